//! A value as printed: `7.4`, `<0.01`, `1,024`, `5-9/HPF`, `5.9 H`, `40 이하`, `음성(0.32)`, `1+`.

use super::number;
use crate::fold;
use crate::input::redacted;
use crate::interval::{End, Interval};
use crate::schema::{Analyte, Step};
use std::fmt;

/// Longest value that is read.
const LONGEST: usize = 60;

/// A number with what stood around it.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    /// The value, or the bounds that it lies between.
    pub interval: Interval,
    /// A unit printed together with the value.
    pub unit: Option<String>,
    /// A mark printed together with the value.
    pub flag: Option<String>,
}

redacted!(Number);

/// Reads a number or bounds; none if anything is left that is not a unit.
#[must_use]
pub fn quantity(raw: &str) -> Option<Number> {
    let text = fold::text(raw);
    if text.chars().count() > LONGEST {
        return None;
    }
    let (text, flag) = without_flag(&text);
    let (comparison, text) = comparison(text);
    let (first, rest) = number(text)?;
    let (interval, rest) = match (comparison, between(rest.trim_start())) {
        (None, Some((second, rest))) if first < second => {
            (Interval { low: Some(End::included(first)), high: Some(End::included(second)) }, rest)
        }
        (_, Some(_)) => return None,
        (Some(sign), None) => (bound(sign, first)?, rest),
        (None, None) => worded(first, rest)?,
    };
    Some(Number { interval, unit: super::unit(rest)?, flag })
}

/// The mark at either end of a value.
fn without_flag(text: &str) -> (&str, Option<String>) {
    let marks = |c: char| matches!(c, '▲' | '▼' | '△' | '▽' | '↑' | '↓' | '*' | '!');
    let bare = text.trim_matches(marks).trim();
    if bare.len() != text.len() {
        let mark: String = text.chars().filter(|c| marks(*c)).collect();
        return (bare, Some(mark));
    }
    for (at, gap) in [(text.rfind(' '), true), (text.find(' '), false)] {
        if let Some((head, tail)) = at.map(|at| text.split_at(at)) {
            let (word, rest) = if gap { (tail.trim(), head) } else { (head, tail.trim()) };
            if super::flag::read(word).is_some() {
                return (rest.trim(), Some(word.to_owned()));
            }
        }
    }
    (text, None)
}

/// A sign of comparison at the start.
pub(super) fn comparison(text: &str) -> (Option<&str>, &str) {
    for (sign, is) in [
        ("<=", "<="),
        (">=", ">="),
        ("=<", "<="),
        ("=>", ">="),
        ("≤", "<="),
        ("≥", ">="),
        ("≦", "<="),
        ("≧", ">="),
        ("<", "<"),
        (">", ">"),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (Some(is), rest.trim_start());
        }
    }
    (None, text)
}

/// The interval of a comparison.
pub(super) fn bound(sign: &str, at: rust_decimal::Decimal) -> Option<Interval> {
    Some(match sign {
        "<" => Interval { low: None, high: Some(End::excluded(at)) },
        "<=" => Interval { low: None, high: Some(End::included(at)) },
        ">" => Interval { low: Some(End::excluded(at)), high: None },
        ">=" => Interval { low: Some(End::included(at)), high: None },
        _ => return None,
    })
}

/// `미만`, `이하`, `이상`, `초과` after a number, or nothing.
pub(super) fn worded(at: rust_decimal::Decimal, rest: &str) -> Option<(Interval, &str)> {
    for (word, sign) in [("미만", "<"), ("이하", "<="), ("이상", ">="), ("초과", ">")] {
        if let Some((unit, after)) = rest.split_once(word) {
            return after.trim().is_empty().then(|| bound(sign, at)).flatten().map(|i| (i, unit));
        }
    }
    Some((Interval::exactly(at), rest))
}

/// The second number of a span.
pub(super) fn between(rest: &str) -> Option<(rust_decimal::Decimal, &str)> {
    let rest = rest.strip_prefix(['-', '~']).or_else(|| rest.strip_prefix("to "))?;
    number(rest.trim_start())
}

/// The word of an entry's scale that a value says; a number beside it does not count: `음성(0.32)`, `0.32 Negative`.
#[must_use]
pub fn word<'a>(analyte: &'a Analyte, raw: &str) -> Option<&'a Step> {
    let text = fold::text(raw);
    if text.chars().count() > LONGEST {
        return None;
    }
    if let Some(step) = step(analyte, &text) {
        return Some(step);
    }
    // With the number and its brackets taken away, what is left is a word or nothing. A titre (`1:40`) stays whole.
    if let Some((outside, inside)) = text.split_once('(') {
        let inside = inside.strip_suffix(')')?;
        let is_number = |part: &str| number(comparison(part.trim()).1).is_some_and(|(_, rest)| rest.trim().is_empty());
        return match (is_number(outside), is_number(inside)) {
            (false, true) => step(analyte, outside),
            (true, false) => step(analyte, inside),
            // `양성(1+)`: both say the same word, or nothing is read.
            (true, true) | (false, false) => {
                step(analyte, outside).filter(|s| step(analyte, inside).is_some_and(|t| t.is == s.is))
            }
        };
    }
    let (head, tail) = text.split_once(' ')?;
    let is_number = |part: &str| number(comparison(part.trim()).1).is_some_and(|(_, rest)| rest.is_empty());
    match (is_number(head), is_number(tail)) {
        (false, true) => step(analyte, head),
        (true, false) => step(analyte, tail),
        (true, true) | (false, false) => None,
    }
}

/// The step whose name or spelling this is.
pub(crate) fn step<'a>(analyte: &'a Analyte, raw: &str) -> Option<&'a Step> {
    let key = fold::word(raw);
    analyte.scale.iter().find(|step| step.spell.iter().chain([&step.is]).any(|spelled| fold::word(spelled) == key))
}
