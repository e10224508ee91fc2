//! FHIR dates: as exact as they are known, and on a calendar.

use chrono::{DateTime, NaiveDate};

/// `date`: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, and the day exists.
pub(crate) fn is_date(text: &str) -> bool {
    earliest(text).is_some()
}

/// `dateTime`: a `date`, or a moment with seconds and a time zone.
pub(crate) fn is_date_time(text: &str) -> bool {
    is_date(text) || is_instant(text)
}

/// `instant`: a moment with seconds and a time zone.
pub(crate) fn is_instant(text: &str) -> bool {
    // RFC 3339 also takes a blank or a small `t` before the time, FHIR does not.
    text.as_bytes().get(10) == Some(&b'T') && DateTime::parse_from_rfc3339(text).is_ok()
}

/// The first day that a `date` or the day of a `dateTime` can mean.
pub(crate) fn earliest(text: &str) -> Option<NaiveDate> {
    let day = if is_instant(text) { text.get(..10)? } else { text };
    let full = match day.len() {
        4 => format!("{day}-01-01"),
        7 => format!("{day}-01"),
        10 => day.to_owned(),
        _ => return None,
    };
    let digits = full.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    digits.then(|| NaiveDate::parse_from_str(&full, "%Y-%m-%d").ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist() {
        for good in ["2026", "2026-11", "2024-02-29", "2026-11-22T03:00:00Z", "2026-11-22T12:00:00+09:00"] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in
            ["", "26", "2026-13", "2026-02-29", "2026-1-1", "2026-11-22T03:00:00", "2026-11-22 03:00:00Z", "today"]
        {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
