//! What a prescription says of a medicine: dose, times a day, days.

use super::cell::is_number;
use super::words::is_word;
use crate::text::{folded, tidy};

/// `1`, `0.5`, `1정`, `500 mg`, `1T`, `1/2정`.
pub(crate) fn is_dose(text: &str) -> bool {
    let low = folded(text);
    let digits: String = low.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '/')).collect();
    let digits = digits.trim_end_matches('/');
    let Some(unit) = low.strip_prefix(digits) else { return false };
    let number = is_number(digits)
        || digits
            .split_once('/')
            .is_some_and(|(a, b)| matches!((a, b), ("1", "2" | "3" | "4") | ("2", "3") | ("3", "4")));
    number && !tidy(text).split(' ').skip(1).any(|w| w.chars().next().is_some_and(|c| c.is_ascii_digit())) && {
        let unit = unit.trim_start_matches('/');
        unit.is_empty() || is_word("dose", unit)
    }
}

/// Times a day: `3`, `3회`, `1일 3회`, `TID`, `q8h`, `once daily`.
pub(crate) fn is_times(text: &str) -> bool {
    let low = folded(text);
    let low = low.trim_end_matches('.');
    let bare = low.strip_prefix("1일").or_else(|| low.strip_prefix("하루")).unwrap_or(low);
    let count = bare
        .strip_suffix("회/일")
        .or_else(|| bare.strip_suffix("회"))
        .or_else(|| bare.strip_suffix("번"))
        .unwrap_or(bare);
    if count.parse::<u8>().is_ok_and(|n| (1..=24).contains(&n)) {
        return true;
    }
    is_word("times", low)
}

/// `7`, `7일`, `7일분`, `2 weeks`.
pub(crate) fn is_days(text: &str) -> bool {
    let low = folded(text);
    let count = ["일분", "일간", "일", "days", "day", "d", "주", "주간", "weeks", "week", "개월", "months", "month"]
        .iter()
        .find_map(|unit| low.strip_suffix(unit))
        .unwrap_or(&low);
    count.parse::<u16>().is_ok_and(|n| (1..=365).contains(&n))
}
