//! Glyphs to lines, words and cells, by where they stand: the order in which a file draws them means nothing.

use super::cells::{Sign, cells, cluster};
use super::drawing::{Drawing, Glyph};
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
