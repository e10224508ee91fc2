//! A reference range as printed: `70~99`, `< 5.0`, `40 이하`, `남 13-17 / 여 12-16`, `음성`.

use super::{number, value};
use crate::fold;
use crate::input::Sex;
use crate::interval::{End, Interval};
use rust_decimal::Decimal;

/// A range of numbers as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The range.
    pub interval: Interval,
    /// One unit of the last printed digit: between `99` and `100` the print says nothing.
    pub step: Decimal,
    /// A unit printed with it.
    pub unit: Option<String>,
}

/// Reads a range; none if it is not certain what it says, or for whom.
#[must_use]
pub fn read(raw: &str, sex: Option<Sex>) -> Option<Printed> {
    let text = fold::text(raw);
    if text.chars().count() > 80 {
        return None;
    }
    match by_sex(&text) {
        Some((female, male)) => match sex? {
            Sex::Female => one(female),
            Sex::Male => one(male),
        },
        None => one(&text),
    }
}

/// The two halves of a range that is printed for both sexes.
fn by_sex(text: &str) -> Option<(&str, &str)> {
    let find = |names: &[&str]| {
        names.iter().find_map(|name| {
            text.match_indices(name).map(|(at, found)| (at, at + found.len())).find(|(at, end)| {
                let before = text[..*at].chars().next_back();
                let after = text[*end..].chars().next();
                !before.is_some_and(char::is_alphabetic) && !after.is_some_and(char::is_alphabetic)
            })
        })
    };
    let female = find(&["여자", "여성", "여", "Female", "FEMALE", "female", "F"])?;
    let male = find(&["남자", "남성", "남", "Male", "MALE", "male", "M"])?;
    let cut = |own: (usize, usize), other: (usize, usize)| {
        let end = if other.0 > own.0 { other.0 } else { text.len() };
        text[own.1..end].trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '/' | ',' | ';' | '(' | ')' | '[' | ']' | '=')
        })
    };
    Some((cut(female, male), cut(male, female)))
}

fn one(text: &str) -> Option<Printed> {
    let text = text.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']']).trim();
    let (sign, bare) = value::comparison(text);
    let bare = bare.strip_prefix("up to ").map_or(bare, str::trim_start);
    let up_to = bare.len() != value::comparison(text).1.len();
    if let Some(sign) = sign {
        let (at, rest) = number(bare)?;
        return printed(value::bound(sign, at)?, at.scale(), rest);
    }
    if up_to || bare.starts_with('~') {
        let (at, rest) = number(bare.trim_start_matches('~').trim_start())?;
        return printed(value::bound("<=", at)?, at.scale(), rest);
    }
    let (first, rest) = number(bare)?;
    if let Some((second, rest)) = value::between(rest.trim_start()) {
        let interval = Interval { low: Some(End::included(first)), high: Some(End::included(second)) };
        return (first < second).then(|| printed(interval, first.scale().max(second.scale()), rest)).flatten();
    }
    if matches!(rest.trim(), "~" | "-") {
        return printed(value::bound(">=", first)?, first.scale(), "");
    }
    // One number alone is no range.
    let (interval, rest) = value::worded(first, rest)?;
    if interval.exact().is_some() { None } else { printed(interval, first.scale(), rest) }
}

fn printed(interval: Interval, scale: u32, rest: &str) -> Option<Printed> {
    let step = Decimal::try_from_i128_with_scale(1, scale).ok()?;
    Some(Printed { interval, step, unit: super::unit(rest)? })
}
