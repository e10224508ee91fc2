//! The header of a table: one to three lines of headings that are known, and the groups of columns that make a table each.

use super::line::{Cell, Line, Word};
use crate::table::heading::{Heading, Role, heading};

/// A column under its heading.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) x0: f64,
    pub(crate) x1: f64,
    /// Nothing for a heading that is not known: the column has its place and is not read.
    pub(crate) is: Option<Heading>,
}

impl Column {
    pub(crate) fn role(&self) -> Option<Role> {
        match &self.is {
            Some(Heading::Is(role)) => Some(*role),
            Some(Heading::Day(_)) | None => None,
        }
    }
}

/// What a group of columns is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Results,
    Medicines,
}

/// Columns `from..to` of a header that make one table.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) kind: Option<Kind>,
}

/// A header that was found.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// Its first line, and how many it has.
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) columns: Vec<Column>,
    pub(crate) groups: Vec<Group>,
}

/// Finds all headers of a page.
pub(crate) fn find(lines: &[Line]) -> Vec<Header> {
    let mut found: Vec<Header> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        // A header of three lines may already look like one from its second line on: the one that knows most wins.
        let best = (at..(at + 3).min(lines.len()))
            .flat_map(|first| (1..=3).filter_map(move |count| candidate(lines, first, count)))
            .max_by_key(|(known, header)| (*known, std::cmp::Reverse(header.count), std::cmp::Reverse(header.first)));
        match best {
            Some((_, header)) if header.first == at => {
                at = header.first + header.count;
                found.push(header);
            }
            _ => at += 1,
        }
    }
    found
}

fn candidate(lines: &[Line], first: usize, count: usize) -> Option<(usize, Header)> {
    let lines = lines.get(first..first + count)?;
    if lines.windows(2).any(|pair| pair[1].y - pair[0].y > 2.2 * pair[0].size.max(pair[1].size)) {
        return None;
    }
    let columns = columns(lines)?;
    let known = columns.iter().filter(|c| c.is.is_some()).count();
    // More unknown than known headings: a row that has a few of the words.
    if columns.len() < 3 || 2 * known <= columns.len() {
        return None;
    }
    let groups = groups(&columns);
    groups.iter().any(|g| g.kind.is_some()).then_some((known, Header { first, count, columns, groups }))
}

/// Headings of several lines, one below the other.
fn columns(lines: &[Line]) -> Option<Vec<Column>> {
    let mut stacked: Vec<(f64, f64, String)> = Vec::new();
    for line in lines.iter().rev() {
        let cells = headings(line)?;
        let mut fresh = Vec::new();
        let mut taken = vec![0_usize; stacked.len()];
        for (x0, x1, text) in cells {
            let below: Vec<usize> =
                (0..stacked.len()).filter(|i| overlap((x0, x1), (stacked[*i].0, stacked[*i].1)) > 0.5).collect();
            for index in &below {
                taken[*index] += 1;
                let column = &mut stacked[*index];
                column.2 = format!("{text} {}", column.2);
                // One above one: the column is as wide as both. One above several: each stays what it is.
                if below.len() == 1 {
                    column.0 = column.0.min(x0);
                    column.1 = column.1.max(x1);
                }
            }
            if below.is_empty() {
                fresh.push((x0, x1, text));
            }
        }
        // Two headings above one: nothing says how they belong together.
        if taken.iter().any(|count| *count > 1) {
            return None;
        }
        stacked.extend(fresh);
    }
    stacked.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Headings that run together and cannot be taken apart: what stands below them is not known to be one column.
    let mixed = |text: &str| heading(text).is_none() && text.split_whitespace().any(matters);
    if stacked.iter().any(|(_, _, text)| mixed(text)) {
        return None;
    }
    Some(stacked.into_iter().map(|(x0, x1, text)| Column { x0, x1, is: heading(&text) }).collect())
}

/// Whether a word alone is a heading of what a row says.
fn matters(word: &str) -> bool {
    match heading(word) {
        Some(Heading::Day(_)) => true,
        Some(Heading::Is(role)) => matches!(
            role,
            Role::Value
                | Role::Previous
                | Role::Unit
                | Role::Range
                | Role::Flag
                | Role::Dose
                | Role::Times
                | Role::Days
        ),
        None => false,
    }
}

/// Cells of a header's line, letters that are spaced out put together (`결   과`), words that are headings taken apart.
fn headings(line: &Line) -> Option<Vec<(f64, f64, String)>> {
    if line.cells.iter().any(Cell::unclear) || line.cells.len() > 40 {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < line.cells.len() {
        let short = line.cells[at..].iter().take(6).take_while(|c| c.text().chars().count() <= 2).count();
        let joined = (2..=short).rev().find(|count| {
            let cells = &line.cells[at..at + count];
            let text: String = cells.iter().map(Cell::text).collect();
            heading(&text).is_some() && cells.iter().all(|c| heading(&c.text()).is_none())
        });
        let count = joined.unwrap_or(1);
        let cells = &line.cells[at..at + count];
        let text: String = cells.iter().map(Cell::text).collect::<Vec<_>>().join(" ");
        match cells {
            [cell] if heading(&text).is_none() && cell.words.len() > 1 => match apart(&cell.words) {
                Some(parts) => {
                    found.extend(parts.iter().map(|words| (words[0].x0, words[words.len() - 1].x1, joined_text(words))))
                }
                None => found.push((cell.x0(), cell.x1(), text)),
            },
            _ => found.push((cells[0].x0(), cells[cells.len() - 1].x1(), text)),
        }
        at += count;
    }
    Some(found)
}

fn joined_text(words: &[Word]) -> String {
    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Words read as headings only, as few as can be (`Reference range`, not `Reference` and `range`); nothing if there are two
/// ways to do so.
fn apart(words: &[Word]) -> Option<Vec<&[Word]>> {
    fn go<'w>(words: &'w [Word], left: usize, so_far: &mut Vec<&'w [Word]>, found: &mut Vec<Vec<&'w [Word]>>) {
        if words.is_empty() {
            found.push(so_far.clone());
        } else if left > 0 {
            for count in 1..=words.len().min(4) {
                let (front, rest) = words.split_at(count);
                if heading(&joined_text(front)).is_some() {
                    so_far.push(front);
                    go(rest, left - 1, so_far, found);
                    so_far.pop();
                }
            }
        }
    }
    if words.len() > 10 {
        return None;
    }
    for parts in 2..=words.len() {
        let mut found = Vec::new();
        go(words, parts, &mut Vec::new(), &mut found);
        match found.len() {
            0 => {}
            1 => return found.pop(),
            _ => return None,
        }
    }
    None
}

/// How much two ranges share.
pub(crate) fn overlap(a: (f64, f64), b: (f64, f64)) -> f64 {
    a.1.min(b.1) - a.0.max(b.0)
}

/// Tables that stand side by side under one line of headings.
fn groups(columns: &[Column]) -> Vec<Group> {
    let names: Vec<usize> = (0..columns.len()).filter(|i| columns[*i].role() == Some(Role::Name)).collect();
    let mut starts = vec![0];
    if names.len() > 1 {
        let period = columns.len() / names.len();
        let repeats = columns.len().is_multiple_of(names.len())
            && (period..columns.len()).all(|i| columns[i].is == columns[i - period].is);
        if repeats {
            starts.extend((1..names.len()).map(|n| n * period));
        } else {
            starts.extend(names.iter().skip(1));
        }
    }
    let ends = starts.iter().skip(1).copied().chain([columns.len()]);
    starts.iter().zip(ends).map(|(from, to)| Group { from: *from, to, kind: kind(&columns[*from..to]) }).collect()
}

/// What columns make, if each heading that matters is there once.
fn kind(columns: &[Column]) -> Option<Kind> {
    let count = |role| columns.iter().filter(|c| c.role() == Some(role)).count();
    let days = columns.iter().filter(|c| matches!(c.is, Some(Heading::Day(_)))).count();
    let once = [
        Role::Name,
        Role::Value,
        Role::Unit,
        Role::Range,
        Role::RangeLow,
        Role::RangeHigh,
        Role::Flag,
        Role::Dose,
        Role::DailyDose,
        Role::Times,
        Role::Days,
        Role::Date,
    ];
    if count(Role::Name) != 1 || count(Role::Foreign) > 0 || once.iter().any(|role| count(*role) > 1) {
        return None;
    }
    let medicine =
        [Role::Dose, Role::DailyDose, Role::Times, Role::Days].iter().filter(|role| count(**role) == 1).count();
    let value = count(Role::Value) == 1 || days > 0;
    if value && medicine == 0 && count(Role::Unit) + count(Role::Range) > 0 {
        Some(Kind::Results)
    } else if !value && medicine >= 2 {
        Some(Kind::Medicines)
    } else {
        None
    }
}
