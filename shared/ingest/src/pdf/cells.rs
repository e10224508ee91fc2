//! Signs to lines by their baselines, and lines to cells by blanks, gaps and lines of the grid.

use super::line::{Cell, Word};
use std::collections::HashMap;

/// A glyph in the frame of reading.
#[derive(Debug, Clone)]
pub(super) struct Sign {
    pub(super) text: String,
    pub(super) x0: f64,
    pub(super) x1: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) run: u32,
    pub(super) unclear: bool,
}

impl Sign {
    pub(super) fn blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }
}

/// Signs of one line.
#[derive(Debug)]
pub(super) struct Group {
    signs: Vec<Sign>,
    pub(super) y: f64,
    pub(super) size: f64,
}

pub(super) fn cluster(mut signs: Vec<Sign>, work: &mut u64) -> Vec<Group> {
    signs.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x0.total_cmp(&b.x0)));
    let mut sizes: Vec<f64> = signs.iter().filter(|s| !s.blank()).map(|s| s.size).collect();
    sizes.sort_by(f64::total_cmp);
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(10.0);
    let (small, plain): (Vec<Sign>, Vec<Sign>) = signs.into_iter().partition(|s| s.size < 0.78 * usual);
    let mut groups = by_baseline(plain);
    let mut left = Vec::new();
    for sign in small {
        match raise(&sign, &groups, work) {
            Some((index, text)) => groups[index].signs.push(Sign { text, ..sign }),
            None => left.push(sign),
        }
    }
    groups.extend(by_baseline(left));
    groups
}

fn by_baseline(signs: Vec<Sign>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for sign in signs {
        let near =
            groups.iter_mut().rev().take(4).find(|g| (sign.y - g.y).abs() <= 0.35 * g.size.min(sign.size).max(1.0));
        match near {
            Some(group) => {
                if !sign.blank() {
                    group.size = group.size.max(sign.size);
                }
                group.signs.push(sign);
            }
            None => groups.push(Group { y: sign.y, size: sign.size, signs: vec![sign] }),
        }
    }
    groups
}

/// A small sign beside larger ones: raised digits become raised characters, so that 10³ never reads 103.
fn raise(sign: &Sign, groups: &[Group], work: &mut u64) -> Option<(usize, String)> {
    let from = groups.partition_point(|g| g.y < sign.y - 0.5 * sign.size);
    for (index, group) in groups.iter().enumerate().skip(from).take(3) {
        let up = group.y - sign.y;
        if sign.size > 0.85 * group.size || up > 0.75 * group.size || up < -0.4 * group.size {
            continue;
        }
        *work += group.signs.len() as u64;
        let beside = group
            .signs
            .iter()
            .any(|s| !s.blank() && sign.x0 - s.x1 < 0.3 * group.size && sign.x0 - s.x1 > -0.3 * group.size);
        if beside {
            let raised = up > 0.2 * group.size;
            return Some((index, if raised { superscript(&sign.text) } else { sign.text.clone() }));
        }
    }
    None
}

fn superscript(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4' => '⁴',
            '5' => '⁵',
            '6' => '⁶',
            '7' => '⁷',
            '8' => '⁸',
            '9' => '⁹',
            '-' | '−' => '⁻',
            '+' => '⁺',
            other => other,
        })
        .collect()
}

/// Splits a line at runs of blanks, at gaps and at lines of the grid.
pub(super) fn cells(mut group: Group, upright: &[(f64, f64, f64)], work: &mut u64) -> Vec<Cell> {
    group.signs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let spacing = spacing(&group.signs);
    let mut cells: Vec<Cell> = Vec::new();
    let mut last: Option<Sign> = None;
    let mut blanks = 0;
    for mut sign in group.signs {
        if sign.blank() {
            // A blank on top of a sign is none.
            blanks += usize::from(last.as_ref().is_none_or(|l| sign.x1 > l.x1 - 0.05 * l.size));
            continue;
        }
        let size = last.as_ref().map_or(sign.size, |l| l.size.min(sign.size));
        let gap = last.as_ref().map_or(f64::MAX, |l| sign.x0 - l.x1);
        let digits =
            |l: &Sign| l.text.ends_with(|c: char| c.is_numeric()) && sign.text.starts_with(|c: char| c.is_numeric());
        let spaced = last
            .as_ref()
            .filter(|l| l.run == sign.run && !digits(l))
            .and_then(|l| spacing.get(&l.run))
            .map_or(0.0, |ems| ems * size);
        let ruled = last.as_ref().is_some_and(|l| {
            ruled(upright, l.x1.min(sign.x0) - 0.1 * size, sign.x0 + 0.1 * size, group.y - 0.3 * size, work)
        });
        if let Some(before) = &mut last {
            // Signs on top of each other: shadows, corrections, two tables printed over each other.
            let overlap = before.x1 - sign.x0;
            let narrow = (before.x1 - before.x0).min(sign.x1 - sign.x0);
            if narrow > 0.05 * size && overlap > 0.45 * narrow {
                sign.unclear = true;
                if let Some(word) = cells.last_mut().and_then(|c| c.words.last_mut()) {
                    word.unclear = true;
                }
            }
        }
        let word = Word { text: sign.text.clone(), x0: sign.x0, x1: sign.x1, unclear: sign.unclear };
        let split = gap > if blanks > 0 { 1.3 } else { 1.0 } * size + spaced;
        match cells.last_mut() {
            Some(cell) if !(split || ruled || blanks > 1) => match cell.words.last_mut() {
                Some(open) if blanks == 0 && gap - spaced <= 0.2 * size => {
                    open.text.push_str(&word.text);
                    open.x1 = open.x1.max(word.x1);
                    open.unclear |= word.unclear;
                }
                _ => cell.words.push(word),
            },
            _ => cells.push(Cell { words: vec![word] }),
        }
        blanks = 0;
        last = Some(sign);
    }
    cells
}

/// What every pair of a run keeps between them: letter spacing, no word gap. Digits are left out: `1 3 7` is no number.
fn spacing(signs: &[Sign]) -> HashMap<u32, f64> {
    let mut runs: HashMap<u32, (usize, f64)> = HashMap::new();
    for pair in signs.windows(2).filter(|p| p[0].run == p[1].run) {
        let entry = runs.entry(pair[0].run).or_insert((0, f64::MAX));
        entry.0 += 1;
        entry.1 = entry.1.min((pair[1].x0 - pair[0].x1) / pair[0].size.max(1.0));
    }
    runs.into_iter()
        .filter(|(_, (pairs, gap))| *pairs >= 2 && (0.0..0.6).contains(gap))
        .map(|(run, (_, gap))| (run, gap))
        .collect()
}

fn ruled(upright: &[(f64, f64, f64)], from: f64, to: f64, y: f64, work: &mut u64) -> bool {
    let start = upright.partition_point(|(x, _, _)| *x < from);
    let mut found = false;
    for (x, y0, y1) in upright.iter().skip(start) {
        *work += 1;
        if *x > to {
            break;
        }
        found |= (*y0..=*y1).contains(&y);
    }
    found
}
