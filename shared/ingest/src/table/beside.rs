//! What stands beside a value: its unit and its range. Text of a neighbour column in the same cell makes it neither.

use super::cell::is_flag;
use super::date;
use super::words::is_word;
use crate::text::{folded, tidy};
use unicode_normalization::UnicodeNormalization;

/// Something that can be a unit: short, with a letter or a sign of one, no sentence, no number alone.
pub(crate) fn is_unit(text: &str) -> bool {
    let low = folded(text);
    let len = low.chars().count();
    if len == 0 || len > 24 || date::take(text).is_some() || is_flag(text) || is_word("result", &low) {
        return false;
    }
    // Blanks stand in few units; a number or a code beside a unit is of another column.
    const SPACED: [&str; 14] = [
        "mmhg",
        "x10^3/ul",
        "x10³/ul",
        "x10^3/µl",
        "x10^6/ul",
        "x10³/μl",
        "x10⁶/μl",
        "x10^9/l",
        "ml/min/1.73m2",
        "ml/min/1.73m²",
        "ml/min/1.73㎡",
        "mg/24h",
        "mg/24hr",
        "ml/분/1.73m2",
    ];
    if (tidy(text).contains(' ') && !SPACED.contains(&low.as_str())) || low.starts_with('(') {
        return false;
    }
    let hangul = low.chars().filter(|c| ('가'..='힣').contains(c)).count();
    if hangul > 0 {
        return matches!(
            low.as_str(),
            "초" | "분"
                | "점"
                | "배"
                | "개"
                | "세"
                | "회/분"
                | "시간"
                | "개/hpf"
                | "%이상"
                | "mm/시간"
                | "mm/hr"
                | "초/분"
                | "비율"
                | "지수"
                | "회"
        );
    }
    let letters = low.chars().any(|c| c.is_alphabetic() || matches!(c, '%' | '‰' | '°' | '℃'));
    let fine = low.chars().all(|c| {
        c.is_alphanumeric()
            || matches!(
                c,
                '/' | '%'
                    | '‰'
                    | '°'
                    | '^'
                    | '*'
                    | '.'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '²'
                    | '³'
                    | '⁶'
                    | '⁹'
                    | '-'
                    | '_'
                    | '×'
                    | '·'
                    | ','
                    | ':'
                    | '㎎'
                    | '⁄'
            )
    });
    letters && fine && !low.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// A unit that can be nothing else.
pub(crate) fn is_sure_unit(text: &str) -> bool {
    const ENDS: [&str; 12] = ["/dl", "/l", "/ml", "/ul", "/µl", "/μl", "%", "/hpf", "1.73m²", "1.73m2", "/hr", "/min"];
    let low = folded(text);
    is_unit(text) && ENDS.iter().any(|end| low.ends_with(end))
}

/// A reference range: a bound, an interval, or a word that is a result. A number alone is none: it may be a price.
pub(crate) fn is_range(text: &str) -> bool {
    let low = folded(text);
    let len = low.chars().count();
    if len == 0 || len > 160 || date::parse(text).is_some() {
        return false;
    }
    if low == "-" || low == "." {
        return true;
    }
    let digit = low.chars().any(|c| c.is_ascii_digit());
    let sign = ['~', '-', '–', '<', '>', '≤', '≥', '−', '∼', '〜', '～'].iter().any(|c| low.contains(*c));
    let word = ["이하", "이상", "미만", "초과", "to", "upto", "below", "above", "less", "greater", "under", "over"]
        .iter()
        .any(|w| low.contains(w));
    let result = [
        "음성",
        "양성",
        "neg",
        "정상",
        "normal",
        "none",
        "nonreactive",
        "notdetected",
        "trace",
        "없음",
        "불검출",
        "검출안됨",
        "clear",
        "yellow",
        "맑음",
        "황색",
    ]
    .iter()
    .any(|w| low.contains(w));
    ((digit && (sign || word)) || result || is_word("result", &low))
        && is_wording_of_range(text)
        && !has_two_numbers(text)
}

/// Two numbers with nothing but a blank between them, or a laboratory's code: one of them is of another column.
fn has_two_numbers(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let digit = |c: char| c.is_ascii_digit();
    let code = |word: &&str| {
        let digits = word.bytes().rev().take_while(u8::is_ascii_digit).count();
        digits >= 3 && digits < word.len() && word.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    words.windows(2).any(|pair| pair[0].ends_with(digit) && pair[1].starts_with(digit)) || words.iter().any(code)
}

/// Whether the words of a text can be those of a range. A remark in front of a range is none: its room has no heading.
fn is_wording_of_range(text: &str) -> bool {
    let low: String =
        text.nfkc().flat_map(char::to_lowercase).map(|c| if matches!(c, 'μ' | 'µ') { 'u' } else { c }).collect();
    let hangul = |c: char| ('가'..='힣').contains(&c);
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for c in low.chars() {
        let script = if hangul(c) {
            Some(true)
        } else if c.is_alphabetic() {
            Some(false)
        } else {
            None
        };
        if let Some(script) = script {
            match words.last_mut() {
                Some(word) if last == Some(script) => word.push(c),
                _ => words.push(c.to_string()),
            }
        }
        last = script;
    }
    words.iter().all(|word| is_word("range", word))
}
