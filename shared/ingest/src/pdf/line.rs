//! Glyphs to lines, words and cells, by where they stand: the order in which a file draws them means nothing.

use super::draw::{Drawing, Glyph};
use super::seen::Seen;
use crate::{Limits, Refused};
use std::collections::HashMap;

/// A page as it is read: text level, from left to right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    turn: Turn,
    width: f64,
    height: f64,
}

/// How text stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Turn {
    Level,
    Down,
    Up,
    Over,
}

impl Frame {
    fn to_read(self, x: f64, y: f64) -> (f64, f64) {
        match self.turn {
            Turn::Level => (x, y),
            Turn::Down => (y, self.width - x),
            Turn::Up => (self.height - y, x),
            Turn::Over => (self.width - x, self.height - y),
        }
    }

    fn to_page(self, x: f64, y: f64) -> (f64, f64) {
        match self.turn {
            Turn::Level => (x, y),
            Turn::Down => (self.width - y, x),
            Turn::Up => (y, self.height - x),
            Turn::Over => (self.width - x, self.height - y),
        }
    }

    /// A box of the page as it is shown.
    #[expect(clippy::cast_possible_truncation, reason = "points of a page")]
    pub(crate) fn bounds(self, x0: f64, y0: f64, x1: f64, y1: f64) -> [f32; 4] {
        let (a, b) = (self.to_page(x0, y0), self.to_page(x1, y1));
        let round = |v: f64| ((v * 10.0).round() / 10.0) as f32;
        [round(a.0.min(b.0)), round(a.1.min(b.1)), round(a.0.max(b.0)), round(a.1.max(b.1))]
    }
}

/// A word: no blank inside.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) x0: f64,
    pub(crate) x1: f64,
    /// A glyph of it may not be what is seen.
    pub(crate) unclear: bool,
}

/// Words that stand together.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) words: Vec<Word>,
}

impl Cell {
    pub(crate) fn x0(&self) -> f64 {
        self.words.first().map_or(0.0, |w| w.x0)
    }

    pub(crate) fn x1(&self) -> f64 {
        self.words.last().map_or(0.0, |w| w.x1)
    }

    pub(crate) fn text(&self) -> String {
        self.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn unclear(&self) -> bool {
        self.words.iter().any(|w| w.unclear)
    }
}

/// A line of text.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) cells: Vec<Cell>,
    pub(crate) y: f64,
    pub(crate) size: f64,
}

impl Line {
    pub(crate) fn text(&self) -> String {
        self.cells.iter().map(Cell::text).collect::<Vec<_>>().join(" | ")
    }
}

/// The lines of a page, from the top, and the lines of its grid in the same frame.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) frame: Frame,
    pub(crate) lines: Vec<Line>,
    /// Upright (x, y0, y1) and level (y, x0, x1) lines of a grid.
    pub(crate) upright: Vec<(f64, f64, f64)>,
    pub(crate) level: Vec<(f64, f64, f64)>,
    /// Signs that are seen, and how many of them say nothing.
    pub(crate) signs: usize,
    pub(crate) unknown: usize,
    /// Signs that are not seen.
    pub(crate) hidden: usize,
}

/// A glyph in the frame of reading.
#[derive(Debug, Clone)]
struct Sign {
    text: String,
    x0: f64,
    x1: f64,
    y: f64,
    size: f64,
    run: u32,
    unclear: bool,
}

impl Sign {
    fn blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }
}

/// Finds the lines of a page.
pub(crate) fn lines(drawing: &Drawing, seen: &[Seen], limits: &Limits, work: &mut u64) -> Result<Text, Refused> {
    let turn = turn(drawing, seen);
    let frame = Frame { turn, width: drawing.width, height: drawing.height };
    let mut text =
        Text { frame, lines: Vec::new(), upright: Vec::new(), level: Vec::new(), signs: 0, unknown: 0, hidden: 0 };
    let mut signs = Vec::new();
    for (glyph, seen) in drawing.glyphs.iter().zip(seen) {
        let blank = glyph.text.chars().all(char::is_whitespace);
        if *seen == Seen::No && !blank {
            text.hidden += 1;
        }
        if *seen == Seen::No || turn_of(glyph) != Some(turn) {
            continue;
        }
        let unknown =
            glyph.text.chars().any(|c| c == '\u{fffd}' || c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c));
        if !blank {
            text.signs += 1;
            text.unknown += usize::from(unknown);
        }
        let (x0, y) = frame.to_read(glyph.origin.x, glyph.origin.y);
        let (x1, _) = frame.to_read(glyph.origin.x + glyph.advance.0, glyph.origin.y + glyph.advance.1);
        signs.push(Sign {
            text: glyph.text.clone(),
            x0,
            x1: x1.max(x0),
            y,
            size: glyph.size(),
            run: glyph.run,
            unclear: unknown || *seen == Seen::Unclear,
        });
    }
    rules(drawing, frame, &mut text);
    cap_widths(&mut signs);
    let signs = once(signs, work);
    for group in cluster(signs, work) {
        if *work > limits.comparisons {
            return Err(Refused::TooComplex);
        }
        let (y, size) = (group.y, group.size);
        let cells = cells(group, &text.upright, work);
        if !cells.is_empty() {
            text.lines.push(Line { cells, y, size });
        }
    }
    text.lines.sort_by(|a, b| a.y.total_cmp(&b.y));
    Ok(text)
}

/// Lines of the grid, in the frame of reading.
fn rules(drawing: &Drawing, frame: Frame, text: &mut Text) {
    let mut add = |x0: f64, y0: f64, x1: f64, y1: f64| {
        let (a, b) = (frame.to_read(x0, y0), frame.to_read(x1, y1));
        if (a.0 - b.0).abs() < (a.1 - b.1).abs() {
            text.upright.push((a.0, a.1.min(b.1), a.1.max(b.1)));
        } else {
            text.level.push((a.1, a.0.min(b.0), a.0.max(b.0)));
        }
    };
    for (x, y0, y1) in &drawing.upright {
        add(*x, *y0, *x, *y1);
    }
    for (y, x0, x1) in &drawing.level {
        add(*x0, *y, *x1, *y);
    }
    text.upright.sort_by(|a, b| a.0.total_cmp(&b.0));
    text.level.sort_by(|a, b| a.0.total_cmp(&b.0));
}

/// How a glyph stands; nothing if it is slanted, mirrored or upright in a level line.
fn turn_of(glyph: &Glyph) -> Option<Turn> {
    let size = glyph.size();
    if size <= 0.0 {
        return None;
    }
    let (ux, uy) = (glyph.up.0 / size, glyph.up.1 / size);
    let turn = if uy < -0.98 {
        Turn::Level
    } else if ux > 0.98 {
        Turn::Down
    } else if ux < -0.98 {
        Turn::Up
    } else if uy > 0.98 {
        Turn::Over
    } else if uy < -0.9 && ux.abs() < 0.4 {
        // Slanted letters on a level line (made-up italics).
        Turn::Level
    } else {
        return None;
    };
    let (ax, ay) = glyph.advance;
    let forward = match turn {
        Turn::Level => ax >= 0.0 && ay.abs() <= 0.05 * size,
        Turn::Down => ay >= 0.0 && ax.abs() <= 0.05 * size,
        Turn::Up => ay <= 0.0 && ax.abs() <= 0.05 * size,
        Turn::Over => ax <= 0.0 && ay.abs() <= 0.05 * size,
    };
    forward.then_some(turn)
}

/// How most of the text stands.
fn turn(drawing: &Drawing, seen: &[Seen]) -> Turn {
    let mut counts: HashMap<Turn, usize> = HashMap::new();
    for (glyph, _) in drawing.glyphs.iter().zip(seen).filter(|(_, seen)| **seen != Seen::No) {
        if let Some(turn) = turn_of(glyph) {
            *counts.entry(turn).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .max_by_key(|(turn, count)| (*count, std::cmp::Reverse(*turn)))
        .map_or(Turn::Level, |(turn, _)| turn)
}

/// A glyph is not wider than the way to the next one of its run: condensed text says the width of the plain font.
fn cap_widths(signs: &mut [Sign]) {
    for at in 1..signs.len() {
        let (x, run, y) = (signs[at].x0, signs[at].run, signs[at].y);
        let before = &mut signs[at - 1];
        if before.run == run && (before.y - y).abs() < 0.01 && x > before.x0 + 0.1 * before.size && before.x1 > x {
            before.x1 = x;
        }
    }
}

/// A glyph drawn twice at one place is one (bold by drawing twice). Two that differ at one place are unclear.
fn once(signs: Vec<Sign>, work: &mut u64) -> Vec<Sign> {
    let mut kept: Vec<Sign> = Vec::with_capacity(signs.len());
    let mut places: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for sign in signs {
        if sign.blank() {
            kept.push(sign);
            continue;
        }
        let (column, row) = (place(sign.x0), place(sign.y));
        let mut same = false;
        for near in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)] {
            for index in places.get(&(column + near.0, row + near.1)).into_iter().flatten() {
                *work += 1;
                let other = &mut kept[*index];
                let reach = 0.15 * sign.size.min(other.size);
                if (other.x0 - sign.x0).abs() > reach || (other.y - sign.y).abs() > reach {
                    continue;
                }
                if other.text == sign.text && (other.size - sign.size).abs() < 0.2 * sign.size {
                    same = true;
                    other.unclear |= sign.unclear;
                } else if sign.x1 - sign.x0 > 0.1 * sign.size && other.x1 - other.x0 > 0.1 * other.size {
                    other.unclear = true;
                }
            }
        }
        if !same {
            let unclear = places.get(&(column, row)).is_some_and(|all| {
                all.iter().any(|i| kept[*i].unclear && (kept[*i].x0 - sign.x0).abs() < 0.15 * sign.size)
            });
            places.entry((column, row)).or_default().push(kept.len());
            kept.push(Sign { unclear: sign.unclear || unclear, ..sign });
        }
    }
    kept
}

#[expect(clippy::cast_possible_truncation, reason = "places far off the page are not kept")]
fn place(v: f64) -> i64 {
    (v.clamp(-1e6, 1e6) / 4.0).floor() as i64
}

/// Signs of one line.
#[derive(Debug)]
struct Group {
    signs: Vec<Sign>,
    y: f64,
    size: f64,
}

fn cluster(mut signs: Vec<Sign>, work: &mut u64) -> Vec<Group> {
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
fn cells(mut group: Group, upright: &[(f64, f64, f64)], work: &mut u64) -> Vec<Cell> {
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
