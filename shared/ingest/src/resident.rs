//! Resident and alien registration numbers: found in any form, blacked out, never passed on (PIPA Art. 24-2).
//!
//! Spaced, full-width, dotted, masked with stars or crosses, in one piece or in several. In doubt it is one: a blacked-out
//! row costs the patient a look at the paper, a stored number costs more.

use unicode_normalization::UnicodeNormalization;

/// What stands in its place.
const BLACK: &str = "■■■■■■-■■■■■■■";

/// Digits or masks in a row.
struct Group {
    start: usize,
    end: usize,
    signs: Vec<Sign>,
    /// Whether a hyphen stands before it.
    hyphen: bool,
}

/// One sign of a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Digit(u8),
    Mask,
}

/// Blacks out every number of a text; nothing if there is none.
pub(crate) fn black_out(text: &str) -> Option<String> {
    let found = find(text);
    if found.is_empty() {
        return None;
    }
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in found {
        clean.push_str(text.get(at..start)?);
        clean.push_str(BLACK);
        at = end;
    }
    clean.push_str(text.get(at..)?);
    Some(clean)
}

/// The text, with numbers blacked out; says whether there was one.
pub(crate) fn cleaned(text: String) -> (String, bool) {
    match black_out(&text) {
        Some(clean) => (clean, true),
        None => (text, false),
    }
}

/// Whether a text holds what may be a resident or alien registration number.
pub fn contains(text: &str) -> bool {
    !find(text).is_empty()
}

/// Byte ranges of all numbers, in order.
fn find(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for run in runs(text) {
        let mut at = 0;
        while at < run.len() {
            let Some(len) = FORMS.iter().find_map(|form| fits(run.get(at..)?, form)).or_else(|| glued(run.get(at..)?))
            else {
                at += 1;
                continue;
            };
            found.push((run[at].start, run[at + len - 1].end));
            at += len;
        }
    }
    found
}

/// How the 13 signs may be grouped.
const FORMS: [&[usize]; 8] = [
    &[13],
    &[6, 7],
    &[6, 1, 6],
    &[2, 2, 2, 7],
    &[2, 2, 2, 1, 6],
    &[1, 1, 1, 1, 1, 1, 7],
    &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    &[6, 1, 1, 1, 1, 1, 1, 1],
];

fn fits(groups: &[Group], form: &[usize]) -> Option<usize> {
    let groups = groups.get(..form.len())?;
    if groups.iter().zip(form).any(|(group, len)| group.signs.len() != *len) {
        return None;
    }
    let signs: Vec<Sign> = groups.iter().flat_map(|g| g.signs.iter().copied()).collect();
    is_number(&signs).then_some(form.len())
}

/// With a hyphen in its middle a number is one too where other digits touch its ends: `No.1900101-1234567`.
fn glued(groups: &[Group]) -> Option<usize> {
    let [first, second, ..] = groups else { return None };
    let birth = first.signs.len().checked_sub(6)?;
    let signs: Vec<Sign> = first.signs[birth..].iter().chain(second.signs.get(..7)?).copied().collect();
    (second.hyphen && is_number(&signs)).then_some(2)
}

/// Birth date, a digit for century and sex, six more. The check digit is not used: numbers issued since October 2020
/// have none (Resident Registration Act, enforcement rule Art. 2).
fn is_number(signs: &[Sign]) -> bool {
    let (birth, rest) = signs.split_at(6);
    let digit = |sign: &Sign| match sign {
        Sign::Digit(d) => Some(*d),
        Sign::Mask => None,
    };
    let birth: Option<Vec<u8>> = birth.iter().map(digit).collect();
    let clear = rest.iter().filter(|s| **s != Sign::Mask).count();
    // After the first mask of the second half nothing but masks: `1******`, not `1*2*3*4`.
    let tail = rest.iter().skip_while(|s| **s != Sign::Mask).all(|s| *s == Sign::Mask);
    match birth {
        Some(d) => {
            let month = d[2] * 10 + d[3];
            let day = d[4] * 10 + d[5];
            (1..=12).contains(&month) && (1..=31).contains(&day) && tail
        }
        // The birth date is masked: the second half in clear still tells whose it is.
        None => signs[..6].iter().all(|s| *s == Sign::Mask) && clear == 7,
    }
}

/// Groups of signs with at most three separators between two of them.
fn runs(text: &str) -> Vec<Vec<Group>> {
    let mut runs = Vec::new();
    let mut run: Vec<Group> = Vec::new();
    let mut gap = 0_usize;
    let mut hyphen = false;
    let mut open = false;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        match sign(c, open) {
            Some(sign) => {
                match run.last_mut() {
                    Some(group) if open => {
                        group.end = end;
                        group.signs.push(sign);
                    }
                    _ => run.push(Group { start, end, signs: vec![sign], hyphen }),
                }
                open = true;
                gap = 0;
                hyphen = false;
            }
            // Characters without a look of their own do not part anything.
            None if is_invisible(c) => {}
            None if gap < 3 && !run.is_empty() && is_separator(c) => {
                gap += 1;
                open = false;
                hyphen |= !c.is_whitespace() && !matches!(c, '.' | '/' | '|');
            }
            None => {
                runs.push(std::mem::take(&mut run));
                gap = 0;
                open = false;
                hyphen = false;
            }
        }
    }
    runs.push(run);
    runs
}

fn sign(c: char, after_sign: bool) -> Option<Sign> {
    let folded = if c.is_ascii() { c } else { std::iter::once(c).nfkc().next().unwrap_or(c) };
    if let Some(digit) = folded.to_digit(10).and_then(|d| u8::try_from(d).ok()) {
        return Some(Sign::Digit(digit));
    }
    match folded {
        '*' | '●' | '○' | '■' | '□' | '#' | '◯' | '⚫' => Some(Sign::Mask),
        'x' | 'X' | '×' if after_sign => Some(Sign::Mask),
        _ => None,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '‐'
                | '‑'
                | '‒'
                | '–'
                | '—'
                | '―'
                | '−'
                | '－'
                | '﹣'
                | '.'
                | '·'
                | '/'
                | '_'
                | '|'
                | '~'
                | 'ㅡ'
        )
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_and_blacked_out() {
        for text in [
            "900101-1234567",
            "9001011234567",
            "주민등록번호: 900101 - 1234567 (여)",
            "９００１０１－１２３４５６７",
            "9 0 0 1 0 1 - 1 2 3 4 5 6 7",
            "90.01.01-1234567",
            "900101 1 234567",
            "900101-1******",
            "900101-1XXXXXX",
            "900101-*******",
            "900101-●●●●●●●",
            "******-1234567",
            "900101\u{200b}-\u{200b}1234567",
            "등록번호 | 900101 | 1234567",
            "850315-5123456",
            "12 900101-1234567 34",
            "No.1900101-1234567",
            "900101-12345678",
        ] {
            let clean = black_out(text).unwrap_or_else(|| text.to_owned());
            assert!(clean.contains(BLACK), "{text}");
            assert!(!clean.contains("1234567") && !clean.contains("900101"), "{clean}");
            assert!(!contains(&clean), "blacked out once is enough: {clean}");
        }
    }

    #[test]
    fn rows_of_results_are_left_alone() {
        for text in [
            "WBC | 6.5 | x10^3/uL | 4.0 - 10.0",
            "120 118 115 130 98",
            "2026-11-10 08:31 | 98 | mg/dL | 70-99",
            "혈소판 250 150-400",
            "010-1234-5678",
            "********",
            "아목시실린 1 3 7",
            "전화 02-1234-5678 팩스 02-1234-5679",
            "991301-1234567",
        ] {
            assert_eq!(black_out(text), None, "{text}");
        }
    }
}
