//! Dates as printed, where they can mean one day only: `03/04/2026` and `26.3.2` could mean several and are not read.

use unicode_normalization::UnicodeNormalization;

/// The one date of a text that is nothing else but a date and perhaps a time of day.
pub(crate) fn parse(text: &str) -> Option<String> {
    let (day, rest) = take(text)?;
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '(' | ')' | 'T'));
    let time = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | ' ' | '+' | 'Z' | '.'))
        || matches!(rest, "월" | "화" | "수" | "목" | "금" | "토" | "일" | "오전" | "오후");
    time.then_some(day)
}

/// The first date of a text, and the text without it.
pub(crate) fn take(text: &str) -> Option<(String, String)> {
    split(text).map(|(before, day, after)| (day, before + &after))
}

/// What stands before the first date of a text, the date, and what stands behind it.
pub(crate) fn split(text: &str) -> Option<(String, String, String)> {
    let chars: Vec<char> = text.nfkc().collect();
    for start in 0..chars.len() {
        if start > 0 && chars[start - 1].is_alphanumeric() && chars[start].is_alphanumeric() {
            continue;
        }
        if let Some((day, end)) =
            iso_like(&chars, start).or_else(|| compact(&chars, start)).or_else(|| english(&chars, start))
        {
            return Some((chars[..start].iter().collect(), day, chars[end..].iter().collect()));
        }
    }
    None
}

/// `2026-03-02`, `2026.3.2`, `2026/03/02`, `2026년 3월 2일`.
fn iso_like(chars: &[char], start: usize) -> Option<(String, usize)> {
    let (year, at) = number(chars, start, 4, 4)?;
    let (at, korean) = separator(chars, at, &['-', '.', '/', '년'])?;
    let (month, at) = number(chars, at, 1, 2)?;
    let (at, _) = separator(chars, at, if korean { &['월'] } else { &['-', '.', '/'] })?;
    let (day, mut at) = number(chars, at, 1, 2)?;
    if korean {
        (at, _) = separator(chars, at, &['일'])?;
    }
    free(chars, at).then_some(())?;
    Some((written(year, month, day)?, at))
}

/// `20260302`.
fn compact(chars: &[char], start: usize) -> Option<(String, usize)> {
    let (all, at) = number(chars, start, 8, 8)?;
    free(chars, at).then_some(())?;
    Some((written(all / 10_000, all / 100 % 100, all % 100)?, at))
}

/// `2 Mar 2026`, `March 2, 2026`.
fn english(chars: &[char], start: usize) -> Option<(String, usize)> {
    if let Some((day, at)) = number(chars, start, 1, 2) {
        let at = blanks(chars, at);
        let (month, at) = month(chars, at)?;
        let (year, at) = number(chars, blanks(chars, at), 4, 4)?;
        free(chars, at).then_some(())?;
        return Some((written(year, month, day)?, at));
    }
    let (month, at) = month(chars, start)?;
    let (day, at) = number(chars, blanks(chars, at), 1, 2)?;
    let at = if chars.get(at) == Some(&',') { at + 1 } else { at };
    let (year, at) = number(chars, blanks(chars, at), 4, 4)?;
    free(chars, at).then_some(())?;
    Some((written(year, month, day)?, at))
}

fn month(chars: &[char], start: usize) -> Option<(u32, usize)> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word: String =
        chars.iter().skip(start).take_while(|c| c.is_alphabetic()).flat_map(|c| c.to_lowercase()).take(12).collect();
    if word.len() < 3 {
        return None;
    }
    let index = MONTHS
        .iter()
        .position(|m| m.starts_with(&word) && (word.len() == 3 || word.len() == m.len() || word == "sept"))?;
    let mut at = start + word.chars().count();
    if chars.get(at) == Some(&'.') {
        at += 1;
    }
    Some((u32::try_from(index).ok()? + 1, at))
}

fn number(chars: &[char], start: usize, min: usize, max: usize) -> Option<(u32, usize)> {
    let digits: String = chars.iter().skip(start).take(max + 1).take_while(|c| c.is_ascii_digit()).collect();
    (min..=max).contains(&digits.len()).then_some(())?;
    Some((digits.parse().ok()?, start + digits.len()))
}

fn blanks(chars: &[char], start: usize) -> usize {
    start + chars.iter().skip(start).take_while(|c| c.is_whitespace()).count().min(2)
}

fn separator(chars: &[char], start: usize, allowed: &[char]) -> Option<(usize, bool)> {
    let at = blanks(chars, start);
    let c = chars.get(at)?;
    allowed.contains(c).then(|| (blanks(chars, at + 1), *c == '년'))
}

/// Whether a date may end here: no digit and no letter follows but a `T` before a time.
fn free(chars: &[char], at: usize) -> bool {
    match chars.get(at) {
        None => true,
        Some('T') => chars.get(at + 1).is_some_and(char::is_ascii_digit),
        Some('-' | '/') => !chars.get(at + 1).is_some_and(char::is_ascii_digit),
        Some(c) => !c.is_ascii_alphanumeric(),
    }
}

fn written(year: u32, month: u32, day: u32) -> Option<String> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    ((1900..=2100).contains(&year) && (1..=days).contains(&day)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_only() {
        for text in [
            "2026-03-02",
            "2026.3.2.",
            "2026/03/02 08:31",
            "2026년 3월 2일",
            "20260302",
            "2 Mar 2026",
            "March 2, 2026",
            "2026-03-02T08:31:00+09:00",
            "２０２６.０３.０２",
            "2026. 3. 2",
            "2026-03-02(월)",
        ] {
            assert_eq!(parse(text).as_deref(), Some("2026-03-02"), "{text}");
        }
        for text in [
            "03/02/2026",
            "26.3.2",
            "2026-02-30",
            "2026-13-01",
            "2026",
            "98",
            "202603021",
            "1234-5678",
            "2025-02-29",
            "12026-03-02",
            "Rev 2026.03.02 A",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("2028-02-29").as_deref(), Some("2028-02-29"));
    }
}
