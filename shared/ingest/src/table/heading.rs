//! Headings of result sheets, prescriptions and health checks, as Korean hospitals print them.
//!
//! Most wrong values come from a wrong column: an older result, a code, a total. So those have headings of their own here,
//! to be known and left alone; a heading that is not in the list gives an unread column.

use super::date;
use crate::text::key;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a column under a heading holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Role {
    Name,
    Code,
    Value,
    /// An older result: known, never read.
    Previous,
    Unit,
    Range,
    RangeLow,
    RangeHigh,
    /// Bands of the national screening beside the normal one: known, not the report's own range.
    OtherRange,
    Flag,
    Date,
    /// Reported, printed, received: not the day of the sample.
    OtherDate,
    Specimen,
    Dose,
    DailyDose,
    Times,
    Days,
    /// The total amount given out: known, never a dose.
    Total,
    Directions,
    /// Remarks, methods, serial numbers, groups: known, not read.
    Other,
    /// Says what the table is not about: prices, insurance.
    Foreign,
}

/// Headings by their key (see [`key`]), read once.
static HEADINGS: LazyLock<HashMap<&'static str, Role>> = LazyLock::new(|| {
    let mut role = None;
    let mut headings = HashMap::new();
    for line in include_str!("../../data/headings.txt").lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            Some(name) => role = ROLES.iter().find(|(n, _)| *n == name).map(|(_, role)| *role),
            None => headings.extend(line.split_whitespace().filter_map(|key| role.map(|role| (key, role)))),
        }
    }
    headings
});

/// Roles by their name in the file.
const ROLES: [(&str, Role); 21] = [
    ("Name", Role::Name),
    ("Code", Role::Code),
    ("Value", Role::Value),
    ("Unit", Role::Unit),
    ("Range", Role::Range),
    ("RangeLow", Role::RangeLow),
    ("RangeHigh", Role::RangeHigh),
    ("OtherRange", Role::OtherRange),
    ("Flag", Role::Flag),
    ("Date", Role::Date),
    ("OtherDate", Role::OtherDate),
    ("Specimen", Role::Specimen),
    ("Dose", Role::Dose),
    ("DailyDose", Role::DailyDose),
    ("Times", Role::Times),
    ("Days", Role::Days),
    ("Total", Role::Total),
    ("Directions", Role::Directions),
    ("Other", Role::Other),
    ("Foreign", Role::Foreign),
    ("Previous", Role::Previous),
];

/// What words make a heading one of older results.
const OLDER: [&str; 12] =
    ["이전", "전회", "과거", "직전", "지난", "종전", "previous", "prior", "last", "baseline", "old", "history"];

/// A heading that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heading {
    /// A role.
    Is(Role),
    /// Results of one day, `YYYY-MM-DD`, which is the heading itself.
    Day(String),
}

/// Understands a heading; nothing if it is not in the list.
pub(crate) fn heading(text: &str) -> Option<Heading> {
    if let Some((day, rest)) = date::take(text) {
        let rest = key(&rest);
        let plain = rest.is_empty() || (by_key(&rest) == Some(Role::Value) && !is_older(&rest));
        return if plain {
            Some(Heading::Day(day))
        } else if is_older(&rest) {
            Some(Heading::Is(Role::Previous))
        } else {
            by_key(&rest).map(Heading::Is)
        };
    }
    let whole = key(text);
    if whole.is_empty() || whole.chars().count() > 40 {
        return None;
    }
    // Known as it is comes first: `과거` is in nobody's name for a unit, but `older` may be in one for a value.
    if is_older(&whole) && !matches!(by_key(&whole), Some(Role::Name | Role::Unit | Role::Range)) {
        return Some(Heading::Is(Role::Previous));
    }
    if let Some(role) = by_key(&whole) {
        return Some(Heading::Is(role));
    }
    // A heading in two languages: 검사명(Test), Result / 결과, 1회 투약량(정).
    let mut roles: Vec<Role> = Vec::new();
    let parts = text.split(['(', ')', '（', '）', '/', '[', ']', '\n']).map(key).filter(|part| !part.is_empty());
    let mut unknown = 0;
    for part in parts {
        match by_key(&part) {
            Some(role) => roles.push(role),
            None => unknown += 1,
        }
    }
    roles.dedup();
    match roles.as_slice() {
        // What a value's heading says in brackets may be everything: 결과(이전), Result (2).
        [Role::Value] if unknown > 0 => None,
        [role] if unknown <= 1 => Some(Heading::Is(*role)),
        _ => None,
    }
}

/// Whether a text in front of a date says that it is the day of the sample, the examination or the prescription.
pub(crate) fn is_day_label(text: &str) -> bool {
    const ANY: [&str; 6] = ["date", "날짜", "일자", "startdate", "prescribed", "collected"];
    let words: Vec<&str> = text.split_whitespace().collect();
    // The longest known one decides: `보고 일자` is not `일자`.
    for count in (1..=words.len().min(4)).rev() {
        let label = key(&words[words.len() - count..].concat());
        if let Some(role) = by_key(&label) {
            return role == Role::Date && (!ANY[..4].contains(&label.as_str()));
        }
    }
    false
}

/// An older result, and nothing else: two headings run together (`정상범위 이전결과`) are not one.
fn is_older(key: &str) -> bool {
    const REST: [&str; 22] = [
        "",
        "결과",
        "결과치",
        "결과값",
        "검사결과",
        "검사결과치",
        "검사",
        "수치",
        "값",
        "치",
        "일",
        "검사일",
        "result",
        "results",
        "value",
        "values",
        "test",
        "date",
        "visit",
        "검사치",
        "측정값",
        "s",
    ];
    OLDER
        .iter()
        .any(|word| key.split_once(word).is_some_and(|(front, back)| REST.contains(&format!("{front}{back}").as_str())))
}

fn by_key(key: &str) -> Option<Role> {
    HEADINGS.get(key).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_of_the_file_is_read_and_has_one_meaning() {
        let text = include_str!("../../data/headings.txt");
        let lines = || text.lines().filter(|line| !line.starts_with('#'));
        let words: Vec<&str> = lines().filter(|l| !l.starts_with('[')).flat_map(str::split_whitespace).collect();
        assert_eq!(words.len(), HEADINGS.len(), "a heading stands twice, or under a role that is not known");
        assert!(words.iter().all(|w| key(w) == **w), "a heading that is not a key is never found");
        assert!(lines().filter(|l| l.starts_with('[')).count() >= 20);
    }

    #[test]
    fn older_results_codes_and_totals_are_known_and_not_read() {
        for older in [
            "이전결과",
            "직전 결과",
            "Previous",
            "Prior result",
            "결과(이전)",
            "과거검사결과",
            "이전결과 2025-11-01",
            "Last result",
        ] {
            assert_eq!(heading(older), Some(Heading::Is(Role::Previous)), "{older}");
        }
        assert_eq!(heading("총 투약량"), Some(Heading::Is(Role::Total)));
        assert_eq!(heading("총 투약일수"), Some(Heading::Is(Role::Days)));
        assert_eq!(heading("1일 투여량"), Some(Heading::Is(Role::DailyDose)));
        assert_eq!(heading("1회 투약량"), Some(Heading::Is(Role::Dose)));
        assert_eq!(heading("결과 2"), None);
        assert_eq!(heading("Result (2)"), None);
        assert_eq!(heading("보고일"), Some(Heading::Is(Role::OtherDate)));
    }

    #[test]
    fn spacing_brackets_and_two_languages_do_not_matter() {
        for (text, role) in [
            ("검 사 명", Role::Name),
            ("검사명(Test)", Role::Name),
            ("Reference Range", Role::Range),
            ("결과 / Result", Role::Value),
            ("정상(A)", Role::Range),
            ("정상(B)", Role::OtherRange),
            ("H/L", Role::Flag),
            ("１회 투약량", Role::Dose),
        ] {
            assert_eq!(heading(text), Some(Heading::Is(role)), "{text}");
        }
        assert_eq!(heading("2026-03-02"), Some(Heading::Day("2026-03-02".to_owned())));
        assert_eq!(heading("결과 2026.03.02"), Some(Heading::Day("2026-03-02".to_owned())));
        assert_eq!(heading("홍길동"), None);
    }
}
