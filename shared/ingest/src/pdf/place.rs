//! Which cell stands under which heading. A cell that could stand under two stands under none.

use super::header::{Column, overlap};
use super::line::{Cell, Line, Word};

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
    cells: usize,
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
    let mut spans: Vec<(f64, f64, Option<usize>)> =
        columns.iter().enumerate().map(|(at, c)| (c.x0, c.x1, Some(at))).collect();
    for (_, line) in lines.iter().filter(|(_, line)| line.cells.len() >= columns.len().min(3)) {
        for cell in &line.cells {
            if under(cell.x0(), cell.x1(), columns).len() < 2 {
                spans.push((cell.x0(), cell.x1(), None));
            }
        }
    }
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut clusters: Vec<Cluster> = Vec::new();
    for (x0, x1, column) in spans {
        match clusters.last_mut() {
            Some(cluster) if x0 < cluster.x1 - 0.5 => {
                cluster.x1 = cluster.x1.max(x1);
                cluster.headings += usize::from(column.is_some());
                cluster.cells += usize::from(column.is_none());
                cluster.column = if cluster.headings > 1 { None } else { cluster.column.or(column) };
            }
            _ => clusters.push(Cluster {
                x0,
                x1,
                column,
                headings: usize::from(column.is_some()),
                cells: usize::from(column.is_none()),
            }),
        }
    }
    lend(&mut clusters);
    clusters
}

/// Cells that stand beside their heading (set to the right under a heading set to the left): taken if there is one heading
/// beside them without cells, and no other cells beside that heading.
fn lend(clusters: &mut [Cluster]) {
    let lone = |c: &Cluster| c.headings == 0 && c.cells > 0;
    let empty = |c: &Cluster| c.headings == 1 && c.cells == 0;
    for at in 0..clusters.len() {
        if !lone(&clusters[at]) {
            continue;
        }
        let beside: Vec<usize> = [at.checked_sub(1), Some(at + 1)]
            .into_iter()
            .flatten()
            .filter(|i| clusters.get(*i).is_some_and(empty))
            .collect();
        let [one] = beside.as_slice() else { continue };
        let wanted = [one.checked_sub(1), Some(one + 1)]
            .into_iter()
            .flatten()
            .filter(|i| clusters.get(*i).is_some_and(lone))
            .count();
        let near = (clusters[at].x0 - clusters[*one].x1).max(clusters[*one].x0 - clusters[at].x1) < 60.0;
        if wanted == 1 && near {
            clusters[at].column = clusters[*one].column;
        }
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
    let cluster = rooms.clusters.iter().find(|c| overlap((x0, x1), (c.x0, c.x1)) > 0.0);
    match over.as_slice() {
        [one] => Some(*one),
        [] => cluster.filter(|c| x0 >= c.x0 - 0.5 && x1 <= c.x1 + 0.5).and_then(|c| c.column),
        _ => None,
    }
}

/// Takes a cell apart whose words stand under several headings, if each word stands under one and none comes back.
fn split(cell: &Cell, columns: &[Column], rooms: &Rooms) -> Option<Vec<(usize, Vec<Word>)>> {
    if cell.words.len() < 2 {
        return None;
    }
    let mut parts: Vec<(usize, Vec<Word>)> = Vec::new();
    for word in &cell.words {
        let column = span(word.x0, word.x1, columns, rooms)?;
        match parts.last_mut() {
            Some((last, words)) if *last == column => words.push(word.clone()),
            Some((last, _)) if *last > column => return None,
            _ => parts.push((column, vec![word.clone()])),
        }
    }
    (parts.len() > 1).then_some(parts)
}
