//! Rows of a table that has lines between them.

use super::{Part, Row, row};
use crate::pdf::header::{Column, Group, Header};
use crate::pdf::line::{Cell, Text};

/// Where level lines of a grid part the rows, if they part nearly all of them.
pub(super) fn bands(text: &Text, header: &Header, group: &Group, parts: &[Part], top: f64) -> Option<Vec<f64>> {
    let (from, to) = (header.columns.get(group.from)?.x0, header.columns.get(group.to - 1)?.x1);
    let bottom = parts.last()?.y + 40.0;
    let mut ys: Vec<f64> = Vec::new();
    let mut at = 0;
    let near: Vec<(f64, f64, f64)> =
        text.level.iter().filter(|(y, _, _)| (top - 2.0..=bottom).contains(y)).copied().collect();
    while at < near.len() {
        let y = near[at].0;
        let mut spans: Vec<(f64, f64)> =
            near[at..].iter().take_while(|l| l.0 - y < 1.5).map(|l| (l.1.max(from), l.2.min(to))).collect();
        at += spans.len();
        spans.retain(|s| s.1 > s.0);
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut covered = 0.0;
        let mut end = f64::MIN;
        for (x0, x1) in spans {
            covered += (x1 - x0.max(end)).max(0.0);
            end = end.max(x1);
        }
        if covered > 0.6 * (to - from) {
            ys.push(y);
        }
    }
    let full: Vec<&Part> = parts.iter().filter(|p| p.full()).collect();
    let parted = full.windows(2).filter(|pair| ys.iter().any(|y| (pair[0].y..pair[1].y).contains(y))).count();
    (full.len() > 1 && parted * 5 >= (full.len() - 1) * 4).then_some(ys)
}

/// Lines between two lines of the grid are one row.
pub(super) fn by_grid(parts: &[Part], bands: &[f64], columns: &[Column]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let band = bands.partition_point(|y| *y <= parts[at].y - 0.3 * parts[at].size);
        let count = parts[at..]
            .iter()
            .take_while(|p| bands.partition_point(|y| *y <= p.y - 0.3 * p.size) == band)
            .count()
            .max(1);
        let lines = &parts[at..at + count];
        at += count;
        let full = lines.iter().filter(|p| p.full()).count();
        let values = lines.iter().filter(|p| p.value).count();
        let names = lines.iter().any(|p| p.name);
        if full > 1 {
            // Two rows without a line between them: each for itself, and nothing between them may belong to either.
            let alone = lines.iter().all(Part::full);
            rows.extend(
                lines.iter().filter(|p| p.full()).map(|p| Row { spoiled: !alone || p.stray, ..row(&[p], columns) }),
            );
        } else if names && values > 0 {
            let whole: Vec<&Part> = lines.iter().collect();
            rows.push(Row {
                spoiled: values > 1
                    || lines.iter().any(|p| p.stray)
                    || whole.iter().any(|p| p.cells.iter().flatten().any(Cell::unclear)),
                ..row(&whole, columns)
            });
        }
    }
    rows
}
