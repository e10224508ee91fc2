//! Which cell stands under which heading. A cell that could stand under two stands under none.

use super::header::{Column, overlap};
use super::line::{Cell, Line, Word};
use crate::table::cell;
use crate::table::heading::Role;

/// A line's cells by column.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    /// Index of the line on the page.
    pub(crate) line: usize,
    pub(crate) y: f64,
    pub(crate) size: f64,
    /// Cells by column.
    pub(crate) cells: Vec<Vec<Cell>>,
    /// Where cells stand that are under no heading for sure.
    pub(crate) stray: Vec<(f64, f64)>,
}

/// The room of each column, and whether lines of a grid say so.
struct Rooms {
    ruled: bool,
    rooms: Vec<(f64, f64)>,
    clusters: Vec<Cluster>,
}

/// Cells and headings that overlap.
struct Cluster {
    x0: f64,
    x1: f64,
    /// The column; nothing if there is none or more than one.
    column: Option<usize>,
    headings: usize,
    /// What its cells say.
    cells: Vec<String>,
}

/// Places the cells of all lines below a header.
pub(crate) fn place(
    columns: &[Column],
    header: (f64, f64),
    lines: &[(usize, &Line)],
    upright: &[(f64, f64, f64)],
) -> Vec<Placed> {
    let rooms = rooms(columns, header, lines, upright);
    lines
        .iter()
        .map(|(index, line)| {
            let mut placed = Placed {
                line: *index,
                y: line.y,
                size: line.size,
                cells: vec![Vec::new(); columns.len()],
                stray: Vec::new(),
            };
            for cell in &line.cells {
                match room(cell, columns, &rooms) {
                    Some(column) => placed.cells[column].push(cell.clone()),
                    None => match split(cell, columns, &rooms) {
                        Some(parts) => {
                            for (column, words) in parts {
                                placed.cells[column].push(Cell { words });
                            }
                        }
                        None => placed.stray.push((cell.x0(), cell.x1())),
                    },
                }
            }
            placed
        })
        .collect()
}

fn rooms(columns: &[Column], header: (f64, f64), lines: &[(usize, &Line)], upright: &[(f64, f64, f64)]) -> Rooms {
    // Lines of the grid that run along the header.
    let middle = f64::midpoint(header.0, header.1);
    let rules: Vec<f64> =
        upright.iter().filter(|(_, y0, y1)| (*y0..=*y1).contains(&middle)).map(|(x, _, _)| *x).collect();
    let between = |from: f64, to: f64| rules.iter().copied().filter(move |x| (from - 0.5..=to + 0.5).contains(x));
    let ruled = columns.windows(2).all(|pair| between(pair[0].x1, pair[1].x0).next().is_some());
    let rooms = (0..columns.len())
        .map(|at| {
            let left = rules.iter().copied().filter(|x| *x <= columns[at].x0 + 0.5).fold(f64::MIN, f64::max);
            let right = rules.iter().copied().filter(|x| *x >= columns[at].x1 - 0.5).fold(f64::MAX, f64::min);
            (left, right)
        })
        .collect();
    Rooms { ruled, rooms, clusters: if ruled { Vec::new() } else { clusters(columns, lines) } }
}

fn clusters(columns: &[Column], lines: &[(usize, &Line)]) -> Vec<Cluster> {
    let mut spans: Vec<(f64, f64, Result<usize, String>)> =
        columns.iter().enumerate().map(|(at, c)| (c.x0, c.x1, Ok(at))).collect();
    for (_, line) in lines.iter().filter(|(_, line)| line.cells.len() >= columns.len().min(3)) {
        for cell in &line.cells {
            if under(cell.x0(), cell.x1(), columns).len() < 2 {
                spans.push((cell.x0(), cell.x1(), Err(cell.text())));
            }
        }
    }
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut clusters: Vec<Cluster> = Vec::new();
    for (x0, x1, what) in spans {
        if clusters.last().is_none_or(|c| x0 >= c.x1 - 0.5) {
            clusters.push(Cluster { x0, x1, column: None, headings: 0, cells: Vec::new() });
        }
        let Some(cluster) = clusters.last_mut() else { continue };
        cluster.x1 = cluster.x1.max(x1);
        match what {
            Ok(column) => {
                cluster.headings += 1;
                cluster.column = (cluster.headings == 1).then_some(column);
            }
            Err(text) => cluster.cells.push(text),
        }
    }
    lend(&mut clusters, columns);
    clusters
}

/// Cells that stand beside their headings (set to the left under headings in the middle): taken where, between columns that
/// are sure, cells and headings take turns, as many of the ones as of the others, and all cells are of their heading's type.
fn lend(clusters: &mut [Cluster], columns: &[Column]) {
    let lone = |c: &Cluster| c.headings == 0 && !c.cells.is_empty();
    let empty = |c: &Cluster| c.headings == 1 && c.cells.is_empty();
    let mut at = 0;
    while at < clusters.len() {
        let count = clusters[at..].iter().take_while(|c| lone(c) || empty(c)).count();
        let run = &mut clusters[at..at + count];
        let turns = run.windows(2).all(|pair| lone(&pair[0]) != lone(&pair[1]));
        let column = |pair: &[Cluster]| pair[0].column.or(pair[1].column);
        let proven = |pair: &[Cluster]| {
            let role = column(pair).and_then(|c| columns[c].role());
            pair.iter().flat_map(|c| &c.cells).all(|text| is_of(role, text))
        };
        if turns && count.is_multiple_of(2) && run.chunks(2).all(proven) {
            for pair in run.chunks_mut(2) {
                let column = column(pair);
                pair[0].column = column;
                pair[1].column = column;
            }
        }
        at += count.max(1);
    }
}

/// Whether a text is of the type of a heading, and could not as well be of another one's.
fn is_of(role: Option<Role>, text: &str) -> bool {
    match role {
        Some(Role::Name) => {
            let unit = cell::is_unit(text) && text.contains(['/', '%']);
            cell::is_name(text) && cell::value(text).is_none() && !unit
        }
        Some(Role::Value | Role::Previous) => cell::value(text).is_some(),
        Some(Role::Unit) => cell::is_unit(text) && (text.contains(['/', '%']) || text.chars().count() < 7),
        Some(Role::Range) => {
            cell::is_range(text)
                && cell::value(text).is_none_or(|v| !v.numeric || text.contains(['-', '~', '<', '>', '≤', '≥']))
        }
        Some(Role::Flag) => cell::is_flag(text),
        Some(Role::Code) => cell::is_code(text),
        Some(Role::Dose | Role::DailyDose) => cell::is_dose(text),
        Some(Role::Times) => cell::is_times(text),
        Some(Role::Days) => cell::is_days(text),
        _ => false,
    }
}

/// Headings that a span stands under.
fn under(x0: f64, x1: f64, columns: &[Column]) -> Vec<usize> {
    (0..columns.len()).filter(|i| overlap((x0, x1), (columns[*i].x0, columns[*i].x1)) > 0.5).collect()
}

fn room(cell: &Cell, columns: &[Column], rooms: &Rooms) -> Option<usize> {
    span(cell.x0(), cell.x1(), columns, rooms)
}

fn span(x0: f64, x1: f64, columns: &[Column], rooms: &Rooms) -> Option<usize> {
    if rooms.ruled {
        return rooms.rooms.iter().position(|(left, right)| x0 >= left - 2.0 && x1 <= right + 2.0);
    }
    let over = under(x0, x1, columns);
    let mut touched = rooms.clusters.iter().filter(|c| overlap((x0, x1), (c.x0, c.x1)) > 0.0);
    // Mostly inside one cluster, and in no other.
    let cluster = touched.next().filter(|c| overlap((x0, x1), (c.x0, c.x1)) > 0.6 * (x1 - x0));
    let alone = touched.next().is_none();
    match over.as_slice() {
        [one] => Some(*one),
        [] => cluster.filter(|_| alone).and_then(|c| c.column),
        _ => None,
    }
}

/// Takes a cell apart whose words stand under several headings, if each word stands under one and none comes back.
fn split(cell: &Cell, columns: &[Column], rooms: &Rooms) -> Option<Vec<(usize, Vec<Word>)>> {
    if cell.words.len() < 2 {
        return None;
    }
    let mut parts: Vec<(usize, Vec<Word>)> = Vec::new();
    let (mut between, mut within) = (f64::MAX, 0.0_f64);
    let mut end = f64::MIN;
    for word in &cell.words {
        let column = span(word.x0, word.x1, columns, rooms)?;
        match parts.last_mut() {
            Some((last, words)) if *last == column => {
                within = within.max(word.x0 - end);
                words.push(word.clone());
            }
            Some((last, _)) if *last > column => return None,
            last => {
                if last.is_some() {
                    between = between.min(word.x0 - end);
                }
                parts.push((column, vec![word.clone()]));
            }
        }
        end = word.x1;
    }
    // Words of one column stand nearer to each other than columns do.
    if within > 0.0 && between < 1.2 * within {
        return None;
    }
    (parts.len() > 1).then_some(parts)
}
