//! PDF with text: result sheets, prescriptions, health checks.
//!
//! `guard` looks at the raw bytes, `open` counts what interpreting will cost (`edges` says of what), `draw` interprets into a `drawing`, `seen` drops what people do
//! not see, `line` finds lines and cells by place, `header` knows the headings, `place` and `rows` put cells under them.
//! Where a heading is not known, or a cell could stand under two, nothing is proposed.

mod carried;
mod cells;
mod draw;
mod drawing;
mod edges;
mod guard;
mod header;
mod inflate;
mod line;
mod open;
mod paint;
mod place;
mod rows;
mod seen;

use crate::reading::{Notice, Place, Proposal, Proposed, Provenance, Reading};
use crate::table::heading::{Heading, Role, is_day_label};
use crate::table::record::Record;
use crate::table::{cell, date};
use crate::{Limits, Refused, resident};
use drawing::Drawing;
use hayro_interpret::InterpreterCache;
use header::{Group, Header, Kind};
use line::{Frame, Text};
use rows::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Checks structure and limits without reading text, for the screening of uploads. Gives the number of pages.
///
/// # Errors
/// Why the file is not taken.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<u32, Refused> {
    guard::check(bytes, limits)?;
    contained(|| {
        let pdf = open::open(bytes, limits)?;
        carried::check(&pdf)?;
        Ok(u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX))
    })
}

/// Reads rows of recognised tables.
///
/// # Errors
/// Why the file is not read.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, Refused> {
    guard::check(bytes, limits)?;
    contained(|| pages(bytes, limits))
}

/// A panic of the PDF library on a file it did not expect is that file's fault, not an outage.
fn contained<T>(work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refused::Damaged))
}

/// A page that was read.
struct Page {
    text: Text,
    headers: Vec<Header>,
    pictures: bool,
    incomplete: bool,
}

fn pages(bytes: &[u8], limits: &Limits) -> Result<Reading, Refused> {
    let pdf = open::open(bytes, limits)?;
    let mut numbers = carried::check(&pdf)?;
    let cache = InterpreterCache::new();
    let mut work = 0;
    let mut pages = Vec::new();
    for page in pdf.pages().iter() {
        let drawing = draw::draw(&pdf, page, &cache, limits)?;
        let seen = seen::seen(&drawing, limits, &mut work)?;
        numbers |= resident::contains(&drawn(&drawing));
        let text = line::lines(&drawing, &seen, limits, &mut work)?;
        numbers |= text.lines.iter().any(|line| resident::contains(&line.text()));
        let headers = header::find(&text.lines);
        pages.push(Page { text, headers, pictures: drawing.pictures, incomplete: drawing.incomplete });
    }
    let (signs, unknown) = pages.iter().fold((0, 0), |(s, u), p| (s + p.text.signs, u + p.text.unknown));
    if signs == 0 {
        return Err(Refused::NoText);
    }
    // One sign in twenty that says nothing: the file does not tell which characters its glyphs are.
    if unknown * 20 > signs || pages.iter().any(|p| p.incomplete) {
        return Err(Refused::Unreadable);
    }
    let days: BTreeSet<String> = pages.iter().flat_map(|p| &p.text.lines).flat_map(|l| days(&l.text())).collect();
    let mut reading = Reading::default();
    let day = if days.len() == 1 { days.first().cloned() } else { None };
    if days.len() > 1 {
        reading.notices.push(Notice::SeveralDates);
    }
    for (number, page) in (1..).zip(&pages) {
        read_page(number, page, day.as_ref(), &mut reading);
        if reading.rows.len() > limits.rows {
            return Err(Refused::TooManyEntries);
        }
    }
    if numbers {
        reading.notices.push(Notice::ResidentNumber);
    }
    reading.notices.sort();
    reading.notices.dedup();
    Ok(reading)
}

/// All text in the order of drawing, seen or not.
fn drawn(drawing: &Drawing) -> String {
    let mut text = String::new();
    let mut run = 0;
    for glyph in &drawing.glyphs {
        if glyph.run != run {
            run = glyph.run;
            text.push(' ');
        }
        text.push_str(&glyph.text);
    }
    text
}

/// Days in a line with a label in front that says it is the day of the sample or the examination.
fn days(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line.replace('|', " ");
    while let Some((before, day, after)) = date::split(&rest) {
        if is_day_label(before.trim_end_matches(|c: char| !c.is_alphanumeric())) {
            found.push(day);
        }
        rest = after;
    }
    found
}

fn read_page(number: u32, page: &Page, day: Option<&String>, reading: &mut Reading) {
    let text = &page.text;
    if text.hidden > 0 {
        reading.notices.push(Notice::HiddenText { page: number });
    }
    if text.signs == 0 {
        if page.pictures {
            reading.notices.push(Notice::PictureOnly { page: number });
        }
        return;
    }
    if page.headers.is_empty() {
        reading.notices.push(Notice::NoTable { page: number });
        return;
    }
    let mut left_out = 0;
    let mut found = Vec::new();
    for (header, group, kind, rows) in rows::rows(text, &page.headers) {
        for row in rows {
            let proposals = if row.spoiled { Vec::new() } else { proposals(header, group, kind, &row, day) };
            if proposals.is_empty() {
                left_out += 1;
            }
            for proposed in proposals {
                found.push((
                    row.bounds.0,
                    row.line,
                    Proposal { proposed, provenance: provenance(number, text.frame, &row) },
                ));
            }
        }
    }
    if found.is_empty() && left_out == 0 {
        reading.notices.push(Notice::NoTable { page: number });
    }
    reading.rows.extend(found.into_iter().map(|(_, _, proposal)| proposal));
    if left_out > 0 {
        reading.notices.push(Notice::RowsLeftOut { page: number, rows: left_out });
    }
}

fn provenance(page: u32, frame: Frame, row: &Row) -> Provenance {
    let printed: Vec<String> =
        row.texts.iter().filter(|cells| !cells.is_empty()).map(|cells| cells.join(" ")).collect();
    let (row_text, _) = resident::cleaned(printed.join(" | "));
    let bounds = frame.bounds(row.bounds.0, row.bounds.1, row.bounds.2, row.bounds.3);
    Provenance {
        place: Place::Page { page, row: u32::try_from(row.line).unwrap_or(u32::MAX).saturating_add(1), bounds },
        row: row_text,
    }
}

/// What a row says: one proposal, or one for each day of a table with a column for each day.
fn proposals(header: &Header, group: &Group, kind: Kind, row: &Row, day: Option<&String>) -> Vec<Proposed> {
    let columns = &header.columns[group.from..group.to];
    let roles: Vec<Role> = columns.iter().filter_map(header::Column::role).collect();
    let record = |value: Option<(usize, &String)>| {
        let mut lost = false;
        let mut record = Record::new(roles.contains(&Role::Unit) || roles.contains(&Role::Range), day.cloned());
        record.units = roles.contains(&Role::Unit);
        for (at, column) in (group.from..group.to).zip(columns) {
            let Some(role) = column.role() else { continue };
            let skipped = matches!(
                role,
                Role::Previous | Role::OtherRange | Role::OtherDate | Role::Total | Role::Other | Role::Foreign
            );
            if !skipped {
                for text in &row.texts[at] {
                    record.put(role, text);
                    // A cell of digits in the room of names is a serial number whose heading is missing.
                    lost |= role == Role::Name && text.chars().all(|c| c.is_ascii_digit());
                }
            }
        }
        if let Some((at, day)) = value {
            row.texts[at].iter().for_each(|text| record.put(Role::Value, text));
            record.day = Some(day.clone());
        }
        (!lost).then_some(record)
    };
    // A range or a unit under a heading that is not read, while its own room is empty or not there: it slipped.
    let empty = |role: Role| {
        let mut of_role = (group.from..group.to).zip(columns).filter(|(_, c)| c.role() == Some(role));
        of_role.all(|(at, _)| row.texts[at].is_empty())
    };
    let slipped = |text: &String| {
        let unit = text.split(' ').any(|word| cell::is_unit(word) && (word.contains(['/', '%']) || text == word));
        (empty(Role::Unit) && unit) || (empty(Role::Range) && cell::is_range(text) && text.contains(['-', '~']))
    };
    let unread = (group.from..group.to).zip(columns).filter(|(_, c)| matches!(c.role(), None | Some(Role::Other)));
    if kind == Kind::Results && unread.flat_map(|(at, _)| &row.texts[at]).any(slipped) {
        return Vec::new();
    }
    match kind {
        Kind::Medicines => {
            let needs: Vec<Role> = roles
                .iter()
                .copied()
                .filter(|r| matches!(r, Role::Dose | Role::DailyDose | Role::Times | Role::Days))
                .collect();
            record(None).and_then(|r| r.medicine(&needs)).into_iter().collect()
        }
        Kind::Results if roles.contains(&Role::Value) => record(None).and_then(|r| r.result()).into_iter().collect(),
        Kind::Results => {
            let mut days: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
            for (at, column) in (group.from..group.to).zip(columns) {
                if let Some(Heading::Day(day)) = &column.is {
                    days.entry(day).or_default().push(at);
                }
            }
            // Two columns of one day: which of them is meant is not said.
            days.into_iter()
                .filter(|(_, at)| at.len() == 1)
                .filter_map(|(day, at)| record(Some((at[0], day)))?.result())
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_need_a_label_that_says_which_day() {
        for (line, expected) in [
            ("검사일: 2026-03-02", vec!["2026-03-02"]),
            ("접수일 2026-03-01 | 채취일 2026-03-02 | 보고일 2026-03-03", vec!["2026-03-02"]),
            ("보고 일자 2026-03-03 | 출력 일자: 2026-03-04", vec![]),
            ("개정 2024.01.01", vec![]),
            ("Collected: 2 Mar 2026", vec!["2026-03-02"]),
            ("생년월일 1990-01-01 검진일 2026년 3월 2일", vec!["2026-03-02"]),
            ("교부 연월일 및 번호 | 2026년 3월 2일 - 제 00012 호", vec!["2026-03-02"]),
        ] {
            assert_eq!(days(line), expected, "{line}");
        }
    }
}
