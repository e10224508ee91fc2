//! Lines to rows: which lines are one row of a table, and which rows are left out because that is not sure.

mod grid;

use super::header::{Column, Group, Header, Kind, overlap};
use super::line::{Cell, Text};
use super::place::{Placed, place};
use crate::table::heading::{Heading, Role};
use grid::{bands, by_grid};

/// A row of a table, its cells' text by column of the group.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) line: usize,
    /// Text by column of the header, from top to bottom.
    pub(crate) texts: Vec<Vec<String>>,
    pub(crate) bounds: (f64, f64, f64, f64),
    /// Why it is not read, if it is not: something in it is not sure.
    pub(crate) spoiled: bool,
}

/// Rows of all tables of a page, in reading order: header, group, row.
pub(crate) fn rows<'h>(text: &Text, headers: &'h [Header]) -> Vec<(&'h Header, &'h Group, Kind, Vec<Row>)> {
    let mut all = Vec::new();
    for (at, header) in headers.iter().enumerate() {
        let end = headers.get(at + 1).map_or(text.lines.len(), |next| next.first);
        let lines: Vec<(usize, &super::line::Line)> =
            text.lines.iter().enumerate().take(end).skip(header.first + header.count).collect();
        let (Some(first), Some(last)) = (text.lines.get(header.first), text.lines.get(header.first + header.count - 1))
        else {
            continue;
        };
        let span = (first.y - first.size, last.y);
        let placed = place(&header.columns, span, &lines, &text.upright);
        for group in &header.groups {
            if let Some(kind) = group.kind {
                all.push((header, group, kind, table(text, header, group, kind, last.y, &placed)));
            }
        }
    }
    all
}

/// One line as a group of columns sees it.
struct Part {
    line: usize,
    y: f64,
    size: f64,
    cells: Vec<Vec<Cell>>,
    stray: bool,
    name: bool,
    value: bool,
    /// Columns other than the name's that have cells.
    others: Vec<Role>,
}

impl Part {
    fn full(&self) -> bool {
        self.name && self.value
    }

    fn empty(&self) -> bool {
        self.cells.iter().all(Vec::is_empty)
    }
}

fn table(text: &Text, header: &Header, group: &Group, kind: Kind, top: f64, placed: &[Placed]) -> Vec<Row> {
    let parts: Vec<Part> =
        placed.iter().map(|p| part(p, header, group, kind)).filter(|p| !p.empty() || p.stray).collect();
    let parts = body(parts, top);
    let bands = bands(text, header, group, &parts, top);
    match bands {
        Some(bands) => by_grid(&parts, &bands, &header.columns),
        None => by_pitch(&parts, &header.columns),
    }
}

fn part(placed: &Placed, header: &Header, group: &Group, kind: Kind) -> Part {
    let mut cells = placed.cells.clone();
    for (at, column) in cells.iter_mut().enumerate() {
        if !(group.from..group.to).contains(&at) {
            column.clear();
        }
    }
    // A stray cell spoils the tables that it stands in; the first and the last reach to the edges of the page.
    let left = if group.from == 0 { f64::MIN } else { header.columns[group.from].x0 };
    let right = header.columns.get(group.to).map_or(f64::MAX, |next| next.x0);
    let stray = placed.stray.iter().any(|s| overlap(*s, (left, right)) > 0.5);
    let is = |column: &Column| match kind {
        Kind::Results => matches!(column.is, Some(Heading::Is(Role::Value) | Heading::Day(_))),
        Kind::Medicines => {
            matches!(column.is, Some(Heading::Is(Role::Dose | Role::DailyDose | Role::Times | Role::Days)))
        }
    };
    let has = |at: usize| !cells[at].is_empty();
    let name = (group.from..group.to).any(|at| header.columns[at].role() == Some(Role::Name) && has(at));
    let value = (group.from..group.to).any(|at| is(&header.columns[at]) && has(at));
    let others = (group.from..group.to)
        .filter(|at| has(*at))
        .filter_map(|at| header.columns[at].role())
        .filter(|r| *r != Role::Name)
        .collect();
    Part { line: placed.line, y: placed.y, size: placed.size, cells, stray, name, value, others }
}

/// Lines up to the end of the table: a gap much larger than between its rows.
fn body(parts: Vec<Part>, top: f64) -> Vec<Part> {
    let full: Vec<f64> = parts.iter().filter(|p| p.full()).map(|p| p.y).collect();
    let mut steps: Vec<f64> = full.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 1.0).collect();
    steps.sort_by(f64::total_cmp);
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(24.0).max(8.0);
    let mut last = top;
    let mut kept = Vec::new();
    for part in parts {
        if part.y - last > (3.6 * usual).max(40.0) {
            break;
        }
        last = part.y;
        kept.push(part);
    }
    kept
}

/// Without a grid: lines nearer to one row than to the next belong to it.
fn by_pitch(parts: &[Part], columns: &[Column]) -> Vec<Row> {
    let full: Vec<usize> = (0..parts.len()).filter(|i| parts[*i].full()).collect();
    let mut members: Vec<Vec<usize>> = full.iter().map(|i| vec![*i]).collect();
    let mut spoiled = vec![false; full.len()];
    let mut steps: Vec<f64> = full.windows(2).map(|pair| parts[pair[1]].y - parts[pair[0]].y).collect();
    steps.sort_by(f64::total_cmp);
    let pitch = |without: f64| steps.first().copied().unwrap_or(without);
    for (at, part) in parts.iter().enumerate().filter(|(_, p)| !p.full()) {
        let next = full.partition_point(|i| *i < at);
        let above = next.checked_sub(1);
        let below = (next < full.len()).then_some(next);
        // Beyond the first and the last row the usual way to a row stands for the row that is not there.
        let up = above.map_or(pitch(1.5 * part.size), |r| part.y - nearest(parts, &members[r], part.y));
        let down = below.map_or(pitch(1.5 * part.size), |r| parts[full[r]].y - part.y);
        let close = 1.7 * part.size;
        let owner = if up < 0.78 * down && up < close {
            above
        } else if down < 0.78 * up && down < close {
            below
        } else {
            None
        };
        let both = [above.filter(|_| up < 2.5 * part.size), below.filter(|_| down < 2.5 * part.size)];
        if part.stray && part.empty() {
            // A sentence across the columns.
            continue;
        }
        if part.value {
            // A second value, or a value whose name stands elsewhere.
            for row in owner.map_or(both, |o| [Some(o), None]).into_iter().flatten() {
                spoiled[row] = true;
            }
        } else if part.name && part.others.is_empty() {
            if heads(part) {
                continue;
            }
            match owner {
                Some(row) => members[row].push(at),
                // A test without a result, or a part of a name: a name that goes on makes the row above unread.
                None => {
                    if let Some(row) = both[0]
                        && goes_on(parts, full[row], part)
                    {
                        spoiled[row] = true;
                    }
                    if let Some(row) = both[1]
                        && open(&name_of(part))
                    {
                        spoiled[row] = true;
                    }
                }
            }
        } else if !part.name {
            // Ranges over several lines.
            match owner {
                Some(row) => members[row].push(at),
                // A range, a unit or a dose of the row above or of the row below: neither is sure.
                None if part.others.iter().any(|r| !matches!(r, Role::Other | Role::Flag | Role::OtherRange)) => {
                    for row in both.into_iter().flatten() {
                        spoiled[row] = true;
                    }
                }
                None => {}
            }
        }
    }
    members
        .iter_mut()
        .enumerate()
        .map(|(at, lines)| {
            lines.sort_unstable();
            let lines: Vec<&Part> = lines.iter().map(|i| &parts[*i]).collect();
            let unsure = lines.iter().any(|p| p.stray || p.cells.iter().flatten().any(Cell::unclear));
            Row { spoiled: spoiled[at] || unsure, ..row(&lines, columns) }
        })
        .collect()
}

fn nearest(parts: &[Part], members: &[usize], y: f64) -> f64 {
    members.iter().map(|i| parts[*i].y).filter(|at| *at <= y).fold(f64::MIN, f64::max)
}

fn name_of(part: &Part) -> String {
    part.cells.iter().flatten().map(Cell::text).collect::<Vec<_>>().join(" ")
}

/// A heading of a section: `[간기능 검사]`, `■ 혈액`, `Chemistry panel:`.
fn heads(part: &Part) -> bool {
    let text = name_of(part);
    let marked = text.starts_with([
        '[', '<', '【', '〈', '《', '■', '●', '◆', '▶', '◎', '□', '○', '▣', '※', '*', '#', '•', '-', '▷', '☞',
    ]);
    let ends = ["검사", "검사]", ":", "panel", "Panel", "profile", "소계", "이하여백", "이하 여백", "기능"]
        .iter()
        .any(|end| text.ends_with(end));
    marked || ends
}

/// Whether a name seems to go on in the next line.
fn goes_on(parts: &[Part], row: usize, next: &Part) -> bool {
    let name = parts[row].cells.iter().flatten().next().map(Cell::text).unwrap_or_default();
    let text = name_of(next);
    let starts =
        text.chars().next().is_some_and(|c| c.is_lowercase() || matches!(c, '(' | ')' | ',' | '/' | '-' | '+' | '&'));
    open(&name) || starts
}

/// A text that is not finished: an open bracket, a comma or a hyphen at its end.
fn open(text: &str) -> bool {
    let brackets = |open: char, close: char| text.matches(open).count() > text.matches(close).count();
    brackets('(', ')') || brackets('[', ']') || text.ends_with([',', '-', '/', '+', '&', '·'])
}

fn row(parts: &[&Part], columns: &[Column]) -> Row {
    let mut texts = vec![Vec::new(); columns.len()];
    let mut bounds = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    for part in parts {
        for (at, cells) in part.cells.iter().enumerate() {
            for cell in cells {
                texts[at].push(cell.text());
                bounds = (
                    bounds.0.min(cell.x0()),
                    bounds.1.min(part.y - 0.9 * part.size),
                    bounds.2.max(cell.x1()),
                    bounds.3.max(part.y + 0.25 * part.size),
                );
            }
        }
    }
    let line = parts.iter().find(|p| p.full()).or(parts.first()).map_or(0, |p| p.line);
    let spoiled = parts.iter().any(|p| p.stray || p.cells.iter().flatten().any(Cell::unclear));
    Row { line, texts, bounds, spoiled }
}
