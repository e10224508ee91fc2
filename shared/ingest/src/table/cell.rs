//! Cells by type. A cell that is not of its heading's type makes its row unread: it stands in the wrong column, or it is
//! damaged (`6 8`), or it is something this reader does not know.

use super::date;
use crate::text::{folded, tidy};
use unicode_normalization::UnicodeNormalization;

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

/// Words that are results.
const WORDS: &[&str] = &[
    "negative",
    "neg",
    "neg.",
    "positive",
    "pos",
    "pos.",
    "trace",
    "normal",
    "abnormal",
    "reactive",
    "nonreactive",
    "non-reactive",
    "weaklyreactive",
    "weaklypositive",
    "detected",
    "notdetected",
    "undetected",
    "borderline",
    "equivocal",
    "indeterminate",
    "clear",
    "cloudy",
    "turbid",
    "hazy",
    "yellow",
    "paleyellow",
    "straw",
    "amber",
    "brown",
    "red",
    "colorless",
    "few",
    "many",
    "moderate",
    "some",
    "none",
    "rare",
    "absent",
    "present",
    "nosignificantfinding",
    "음성",
    "양성",
    "약양성",
    "위양성",
    "미약양성",
    "정상",
    "비정상",
    "이상없음",
    "이상소견없음",
    "검출안됨",
    "불검출",
    "미검출",
    "검출",
    "검출됨",
    "경계",
    "판정보류",
    "없음",
    "있음",
    "항체있음",
    "항체없음",
    "항원없음",
    "항원있음",
    "맑음",
    "혼탁",
    "황색",
    "담황색",
    "무색",
    "적색",
    "갈색",
    "a",
    "b",
    "o",
    "ab",
    "a+",
    "b+",
    "o+",
    "ab+",
    "a-",
    "b-",
    "o-",
    "ab-",
    "rh+",
    "rh-",
    "rh(+)",
    "rh(-)",
    "a형",
    "b형",
    "o형",
    "ab형",
    "a,rh+",
    "b,rh+",
    "o,rh+",
    "ab,rh+",
    "-",
    "+",
    "++",
    "+++",
    "++++",
    "±",
    "+/-",
    "+-",
    "1+",
    "2+",
    "3+",
    "4+",
    "+1",
    "+2",
    "+3",
    "+4",
    "(-)",
    "(+)",
    "(±)",
    "(++)",
    "(+++)",
    "1:",
];

/// Flags that are printed beside a value or in a column of their own.
const FLAGS: &[&str] = &[
    "h",
    "l",
    "hh",
    "ll",
    "n",
    "a",
    "aa",
    "*",
    "**",
    "▲",
    "▼",
    "△",
    "▽",
    "↑",
    "↓",
    "⬆",
    "⬇",
    "high",
    "low",
    "normal",
    "abnormal",
    "정상",
    "비정상",
    "높음",
    "낮음",
    "상승",
    "저하",
    "증가",
    "감소",
    "이상",
    "주의",
    "경계",
    "정상a",
    "정상b",
    "정상(a)",
    "정상(b)",
    "정상(경계)",
    "정상b(경계)",
    "정상(b)(경계)",
    "질환의심",
    "유소견",
    "고",
    "저",
    "critical",
    "panic",
    "c",
    "p",
    "+",
    "-",
    "high↑",
    "low↓",
    "h↑",
    "l↓",
    "▲h",
    "▼l",
    "h▲",
    "l▼",
];

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
    if WORDS.contains(&low.as_str()) || is_titre(&low) {
        return of(false);
    }
    // `음성(0.32)`, `Negative (0.32)`, `0.32 (음성)`, `1+ (25)`.
    let (outer, inner) = low.strip_suffix(')')?.split_once('(')?;
    let both = (WORDS.contains(&outer) && is_number(inner)) || (is_number(outer) && WORDS.contains(&inner));
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
    FLAGS.contains(&folded(text).as_str())
}

/// Something that can be a unit: short, with a letter or a sign of one, no sentence, no number alone.
pub(crate) fn is_unit(text: &str) -> bool {
    let low = folded(text);
    let len = low.chars().count();
    if len == 0 || len > 24 || date::take(text).is_some() || is_flag(text) || WORDS.contains(&low.as_str()) {
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
    ((digit && (sign || word)) || result || WORDS.contains(&low.as_str()))
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

/// Words that stand in reference ranges: whom they are for, what they bound, and the pieces of units.
const RANGE_WORDS: &[&str] = &[
    "m",
    "f",
    "male",
    "female",
    "males",
    "females",
    "men",
    "women",
    "man",
    "woman",
    "adult",
    "adults",
    "child",
    "children",
    "normal",
    "negative",
    "positive",
    "neg",
    "pos",
    "none",
    "trace",
    "reactive",
    "nonreactive",
    "non",
    "not",
    "detected",
    "undetected",
    "to",
    "up",
    "upto",
    "below",
    "above",
    "less",
    "greater",
    "than",
    "under",
    "over",
    "or",
    "and",
    "equal",
    "fasting",
    "desirable",
    "optimal",
    "borderline",
    "high",
    "low",
    "risk",
    "deficient",
    "insufficient",
    "sufficient",
    "deficiency",
    "insufficiency",
    "sufficiency",
    "pre",
    "post",
    "menopausal",
    "postmenopausal",
    "premenopausal",
    "follicular",
    "luteal",
    "ovulation",
    "midcycle",
    "pregnant",
    "year",
    "years",
    "yr",
    "yrs",
    "age",
    "am",
    "pm",
    "hpf",
    "lpf",
    "clear",
    "yellow",
    "straw",
    "amber",
    "x",
    "ref",
    "prediabetes",
    "diabetes",
    "few",
    "rare",
    "a",
    "b",
    "c",
    "e",
    "n",
    "p",
    "mg",
    "dl",
    "ml",
    "l",
    "g",
    "ul",
    "u",
    "iu",
    "ng",
    "pg",
    "ug",
    "mcg",
    "mmol",
    "nmol",
    "pmol",
    "umol",
    "mol",
    "meq",
    "ueq",
    "mm",
    "hr",
    "h",
    "min",
    "sec",
    "s",
    "fl",
    "k",
    "hg",
    "mmhg",
    "mosm",
    "kg",
    "cm",
    "miu",
    "uiu",
    "index",
    "co",
    "coi",
    "inr",
    "ratio",
    "ph",
    "fmol",
    "ku",
    "mu",
    "cells",
    "cell",
    "day",
    "d",
    "hour",
    "nm",
    "ppm",
    "남",
    "남성",
    "남자",
    "여",
    "여성",
    "여자",
    "성인",
    "소아",
    "정상",
    "이하",
    "이상",
    "미만",
    "초과",
    "음성",
    "양성",
    "경계",
    "위험",
    "고위험",
    "저위험",
    "공복",
    "식후",
    "시간",
    "년",
    "세",
    "임신",
    "비임신",
    "폐경",
    "폐경전",
    "폐경후",
    "전",
    "후",
    "난포기",
    "배란기",
    "황체기",
    "결핍",
    "부족",
    "충분",
    "불검출",
    "검출",
    "안됨",
    "검출안됨",
    "없음",
    "당뇨",
    "당뇨병",
    "당뇨전단계",
    "전단계",
    "높음",
    "낮음",
    "적정",
    "주의",
    "황색",
    "맑음",
    "담황색",
    "오전",
    "오후",
    "또는",
    "그리고",
    "및",
    "무반응",
    "정상치",
    "바람직",
    "이상적",
    "비반응",
    "초",
    "회",
    "분",
    "배",
    "점",
    "개",
];

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
    words.iter().all(|word| RANGE_WORDS.contains(&word.as_str()))
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
    const UNITS: &[&str] = &[
        "", "정", "t", "tab", "tabs", "tablet", "tablets", "캡슐", "cap", "caps", "capsule", "capsules", "c", "포",
        "pkg", "pk", "ml", "cc", "l", "mg", "g", "mcg", "ug", "µg", "μg", "㎎", "㎖", "iu", "u", "unit", "units",
        "단위", "방울", "drop", "drops", "puff", "puffs", "회", "회분", "앰플", "amp", "a", "vial", "v", "병",
        "bottle", "btl", "매", "장", "patch", "patches", "개", "ea", "kg", "meq", "환", "스푼", "봉", "튜브", "tube",
        "흡입", "spray", "mg/ml", "%", "알",
    ];
    number
        && !tidy(text).split(' ').skip(1).any(|w| w.chars().next().is_some_and(|c| c.is_ascii_digit()))
        && UNITS.contains(&unit.trim_start_matches('/'))
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
    const WORDS: &[&str] = &[
        "qd",
        "bid",
        "tid",
        "qid",
        "hs",
        "qhs",
        "qod",
        "prn",
        "qam",
        "qpm",
        "q4h",
        "q6h",
        "q8h",
        "q12h",
        "q24h",
        "qw",
        "qwk",
        "stat",
        "oncedaily",
        "twicedaily",
        "onceaday",
        "twiceaday",
        "threetimesdaily",
        "threetimesaday",
        "fourtimesdaily",
        "fourtimesaday",
        "onceweekly",
        "daily",
        "weekly",
        "everyotherday",
        "asneeded",
        "atbedtime",
        "everymorning",
        "everynight",
        "1xday",
        "2xday",
        "3xday",
        "1x",
        "2x",
        "3x",
        "4x",
        "필요시",
        "취침전",
        "격일",
        "주1회",
        "월1회",
        "q.d",
        "b.i.d",
        "t.i.d",
        "q.i.d",
    ];
    let _ = count;
    WORDS.contains(&low)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_as_printed() {
        for text in [
            "7.4",
            "<0.01",
            "> 60",
            "1,250",
            "-1.2",
            "1+",
            "±",
            "음성",
            "Negative",
            "음성(0.32)",
            "120/80",
            "5-9/HPF",
            "0~1",
            "1:40",
            "Non-Reactive",
            "170000000",
            "≤ 0.3",
        ] {
            assert_eq!(value(text).map(|v| v.text).as_deref(), Some(text), "{text}");
        }
        for (text, number, flag) in [
            ("126 H", "126", "H"),
            ("126H", "126", "H"),
            ("▲ 126", "126", "▲"),
            ("▼3.1", "3.1", "▼"),
            ("3.1 ↓", "3.1", "↓"),
        ] {
            let found = value(text);
            assert_eq!(found.as_ref().map(|v| v.text.as_str()), Some(number));
            assert_eq!(found.and_then(|v| v.flag).as_deref(), Some(flag));
        }
        assert_eq!(value("98 mg/dL").and_then(|v| v.unit).as_deref(), Some("mg/dL"));
    }

    #[test]
    fn what_is_damaged_or_something_else_is_no_result() {
        for text in [
            "6 8",
            "2024.01.01",
            "20240101",
            "1 2.5",
            "Kim",
            "홍길동",
            "Rev 3",
            "1.2.3",
            "98 102",
            "L3011 98",
            "12,34",
            "007",
            "",
            "mg/dL",
            "1 20",
            "7. 4",
            "0 .5",
            "< 1 0",
            "a lot of words that go on and on and on",
            "120 / 80 75",
            "\u{fffd}8",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn units_ranges_and_doses() {
        for unit in [
            "mg/dL",
            "10^3/uL",
            "x10³/µL",
            "%",
            "mL/min/1.73m²",
            "/HPF",
            "㎎/㎗",
            "IU/mL",
            "초",
            "fL",
            "×10⁶/µL",
            "mm/hr",
            "U/L",
        ] {
            assert!(is_unit(unit), "{unit}");
        }
        for not in ["98", "70-99", "H", "음성", "2026-03-02", "홍길동", "정상 범위", "3,000"] {
            assert!(!is_unit(not), "{not}");
        }
        for range in [
            "70-99",
            "70 ~ 99",
            "< 5.0",
            "음성",
            "Negative",
            "M: 13.0-16.5 F: 12.0-15.5",
            "100 미만",
            "0.00 - 0.99 Negative",
            "≤40",
        ] {
            assert!(is_range(range), "{range}");
        }
        for not in ["98", "3,000", "2024.01.01", "mg/dL", "홍길동"] {
            assert!(!is_range(not), "{not}");
        }
        for dose in ["1", "0.5", "1정", "500 mg", "1T", "1/2정", "1.00", "10mL"] {
            assert!(is_dose(dose), "{dose}");
        }
        for not in ["1 3", "식후", "1 3 7", "7일", "", "3회 7"] {
            assert!(!is_dose(not), "{not}");
        }
        assert!(
            is_times("3")
                && is_times("1일 3회")
                && is_times("TID")
                && is_times("b.i.d.")
                && !is_times("30")
                && !is_times("7일")
        );
        assert!(
            is_days("7")
                && is_days("7일분")
                && is_days("2 weeks")
                && !is_days("1정")
                && !is_days("3회")
                && !is_days("0")
        );
    }
}
