//! Cells by type. A cell that is not of its heading's type makes its row unread: it stands in the wrong column, or it is
//! damaged (`6 8`), or it is something this reader does not know.

use super::date;
use super::words::is_word;

pub(crate) use super::beside::{is_range, is_sure_unit, is_unit};
pub(crate) use super::prescribed::{is_days, is_dose, is_times};
use crate::text::{folded, tidy};

/// A result with the flag that some laboratories print in the same cell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// The value as printed.
    pub(crate) text: String,
    /// `H`, `▲` …
    pub(crate) flag: Option<String>,
    /// The unit, where it stands behind the number in the same cell.
    pub(crate) unit: Option<String>,
    /// Whether it is a number (and then says nothing without a unit or a range beside it).
    pub(crate) numeric: bool,
}

/// Reads a result.
pub(crate) fn value(raw: &str) -> Option<Value> {
    let text = tidy(raw);
    if text.is_empty() || text.chars().count() > 40 || date::parse(&text).is_some() {
        return None;
    }
    if let Some(found) = plain(&text) {
        return Some(found);
    }
    // A flag before or behind: `126 H`, `▲ 126`, `126H`, `126▲`.
    if let Some((front, back)) = text.rsplit_once(' ') {
        if is_flag(back)
            && let Some(found) = plain(front)
            && found.numeric
        {
            return Some(Value { flag: Some(back.to_owned()), ..found });
        }
        if let Some((first, rest)) = text.split_once(' ')
            && is_flag(first)
            && let Some(found) = plain(rest)
            && found.numeric
        {
            return Some(Value { flag: Some(first.to_owned()), ..found });
        }
        // Its unit behind it: `98 mg/dL`.
        if let Some((number, rest)) = text.split_once(' ')
            && is_unit(rest)
            && let Some(found) = plain(number)
            && found.numeric
        {
            return Some(Value { unit: Some(rest.to_owned()), ..found });
        }
    }
    let tail = text.chars().next_back()?;
    let front = text.strip_suffix(tail)?;
    if matches!(tail, 'H' | 'L' | '▲' | '▼' | '↑' | '↓' | '*')
        && let Some(found) = plain(front)
        && found.numeric
    {
        return Some(Value { flag: Some(tail.to_string()), ..found });
    }
    let head = text.chars().next()?;
    let back = text.strip_prefix(head)?;
    if matches!(head, '▲' | '▼' | '↑' | '↓' | '*')
        && let Some(found) = plain(back)
        && found.numeric
    {
        return Some(Value { flag: Some(head.to_string()), ..found });
    }
    None
}

/// A value without flag and unit.
fn plain(text: &str) -> Option<Value> {
    let text = text.trim();
    let of = |numeric| Some(Value { text: text.to_owned(), flag: None, unit: None, numeric });
    let low = folded(text);
    if is_number(text) || is_pair(text) {
        return of(true);
    }
    if is_word("result", &low) || is_titre(&low) {
        return of(false);
    }
    // `음성(0.32)`, `Negative (0.32)`, `0.32 (음성)`, `1+ (25)`.
    let (outer, inner) = low.strip_suffix(')')?.split_once('(')?;
    let both = (is_word("result", outer) && is_number(inner)) || (is_number(outer) && is_word("result", inner));
    if both { of(false) } else { None }
}

/// `7.4`, `-1.2`, `<0.01`, `> 60`, `1,250`, `≥5.0`; not eight digits that are a day.
pub(crate) fn is_number(text: &str) -> bool {
    let low = folded(text);
    let digits = low.trim_start_matches(['<', '>', '≤', '≥', '=']);
    let signs = low.chars().count() - digits.chars().count();
    if signs > 2 {
        return false;
    }
    let digits = digits.strip_prefix(['-', '+', '−']).unwrap_or(digits);
    // A blank inside a number is damage, one behind the sign is not: `> 60`, but not `6 8`.
    let printed = tidy(text);
    let inner = printed.trim_start_matches(|c: char| !c.is_numeric());
    if inner.contains(' ') {
        return false;
    }
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let all = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if fraction.is_some_and(|f| !all(f) || f.len() > 6) {
        return false;
    }
    if let Some((first, rest)) = whole.split_once(',') {
        return all(first) && first.len() <= 3 && rest.split(',').all(|part| all(part) && part.len() == 3);
    }
    all(whole) && whole.len() <= 12 && date::parse(whole).is_none() && (whole.len() == 1 || !whole.starts_with("00"))
}

/// `120/80`, `5-9`, `0~1`, `5-9/HPF`, `1:40`.
fn is_pair(text: &str) -> bool {
    let low = folded(text);
    let low = low.strip_suffix("/hpf").or_else(|| low.strip_suffix("/lpf")).unwrap_or(&low);
    let small = |s: &str| (1..=3).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let pair = ['/', '-', '~', '–'].iter().any(|c| low.split_once(*c).is_some_and(|(a, b)| small(a) && small(b)));
    // `<1/HPF`, `many/HPF`
    pair && !tidy(text).chars().any(|c| c == ':')
}

fn is_titre(low: &str) -> bool {
    let low = low.trim_start_matches(['<', '>', '≥', '≤']);
    low.strip_prefix("1:").is_some_and(|n| (1..=6).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
}

/// A flag as laboratories print it.
pub(crate) fn is_flag(text: &str) -> bool {
    is_word("flag", &folded(text))
}

/// A code: letters and digits without blanks.
pub(crate) fn is_code(text: &str) -> bool {
    (2..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// A name: letters, not a number, not a date, not too long.
pub(crate) fn is_name(text: &str) -> bool {
    let count = text.chars().count();
    (1..=160).contains(&count)
        && text.chars().any(char::is_alphabetic)
        && !text.contains('\u{fffd}')
        && date::parse(text).is_none()
        && !is_flag_sign(text)
}

fn is_flag_sign(text: &str) -> bool {
    matches!(text, "▲" | "▼" | "↑" | "↓" | "*" | "**")
}
