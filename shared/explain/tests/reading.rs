//! Printed values, ranges, units and marks, read as Korean reports print them; what is not certain is not read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_explain::interval::{End, Interval};
use medius_explain::read::flag::{self, Flag};
use medius_explain::read::{range, value};
use medius_explain::{Sex, egfr, fold};
use rust_decimal::Decimal;

fn d(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn between(low: &str, high: &str) -> Interval {
    Interval { low: Some(End::included(d(low))), high: Some(End::included(d(high))) }
}

fn below(at: &str) -> Interval {
    Interval { low: None, high: Some(End::excluded(d(at))) }
}

#[test]
fn values_are_read_with_what_stands_around_them() {
    let cases: &[(&str, Interval, Option<&str>, Option<&str>)] = &[
        ("7.40", Interval::exactly(d("7.40")), None, None),
        ("１２.５", Interval::exactly(d("12.5")), None, None),
        ("1,024", Interval::exactly(d("1024")), None, None),
        ("−2.5", Interval::exactly(d("-2.5")), None, None),
        ("<0.01", below("0.01"), None, None),
        ("< 0.01", below("0.01"), None, None),
        ("0.3 미만", below("0.3"), None, None),
        ("≥60", Interval { low: Some(End::included(d("60"))), high: None }, None, None),
        (">1,500", Interval { low: Some(End::excluded(d("1500"))), high: None }, None, None),
        ("40 이하", Interval { low: None, high: Some(End::included(d("40"))) }, None, None),
        ("5-9/HPF", between("5", "9"), Some("/HPF"), None),
        ("0∼2", between("0", "2"), None, None),
        ("5.2 mg/dL", Interval::exactly(d("5.2")), Some("mg/dL"), None),
        ("6.2 10^3/uL", Interval::exactly(d("6.2")), Some("10^3/uL"), None),
        ("88 H", Interval::exactly(d("88")), None, Some("H")),
        ("▲131", Interval::exactly(d("131")), None, Some("▲")),
        ("12.1*", Interval::exactly(d("12.1")), None, Some("*")),
    ];
    for (raw, interval, unit, mark) in cases {
        let read = value::quantity(raw).unwrap_or_else(|| panic!("{raw}"));
        assert_eq!(read.interval, *interval, "{raw}");
        assert_eq!((read.unit.as_deref(), read.flag.as_deref()), (*unit, *mark), "{raw}");
    }
}

#[test]
fn values_that_are_not_certain_are_not_read() {
    for raw in [
        "",
        "-",
        ".",
        "5.",
        ".5",
        "0,5",
        "1,5",
        "12,34",
        "1.2.3",
        "6 8",
        "9-5",
        "<5-9",
        "재검",
        "음성",
        "120/80",
        "1e5",
        "5..1",
        "٣",
        "9".repeat(40).as_str(),
    ] {
        let read = value::quantity(raw);
        let harmless = read.as_ref().is_some_and(|r| r.unit.is_some());
        assert!(read.is_none() || harmless, "{raw}: {read:?}");
    }
}

#[test]
fn ranges_are_read_as_they_are_printed() {
    let cases: &[(&str, Interval)] = &[
        ("70~99", between("70", "99")),
        ("70 - 99", between("70", "99")),
        ("(4.0∼10.0)", between("4.0", "10.0")),
        ("[0.4-4.0]", between("0.4", "4.0")),
        ("-1.0 ~ 1.0", between("-1.0", "1.0")),
        ("< 5.0", below("5.0")),
        ("≤40", Interval { low: None, high: Some(End::included(d("40"))) }),
        ("40 이하", Interval { low: None, high: Some(End::included(d("40"))) }),
        ("~40", Interval { low: None, high: Some(End::included(d("40"))) }),
        ("up to 40", Interval { low: None, high: Some(End::included(d("40"))) }),
        ("60 이상", Interval { low: Some(End::included(d("60"))), high: None }),
        ("60~", Interval { low: Some(End::included(d("60"))), high: None }),
        ("1,000~2,000", between("1000", "2000")),
        ("70-99 mg/dL", between("70", "99")),
        ("4.0~10.0 10^3/uL", between("4.0", "10.0")),
        ("남:13.0-17.0 여:12.0-16.0", between("12.0", "16.0")),
        ("F 12.0~16.0 / M 13.0~17.0", between("12.0", "16.0")),
        ("남자 13-17, 여자 12-16", between("12", "16")),
    ];
    for (raw, expected) in cases {
        let read = range::read(raw, Some(Sex::Female)).unwrap_or_else(|| panic!("{raw}"));
        assert_eq!(read.interval, *expected, "{raw}");
    }
    assert_eq!(range::read("남:13.0-17.0 여:12.0-16.0", Some(Sex::Male)).unwrap().interval, between("13.0", "17.0"));
}

#[test]
fn ranges_that_are_not_certain_are_not_read() {
    for raw in
        ["", "-", "99", "정상", "음성", "M: 13-17", "99-70", "70-99-120", "성인 3-5 소아 2-4", "<70-99", "1.2.3-4"]
    {
        assert!(range::read(raw, Some(Sex::Female)).is_none(), "{raw}");
    }
    assert!(range::read("남:13.0-17.0 여:12.0-16.0", None).is_none(), "for whom is not known");
}

#[test]
fn units_of_one_meaning_have_one_key_and_others_do_not() {
    let same: &[&[&str]] = &[
        &[
            "10^3/uL",
            "x10³/µL",
            "X10^3/㎕",
            "10*3/uL",
            "10E3/uL",
            "K/uL",
            "k/㎕",
            "× 10³ / μL",
            "x103/uL",
            "*10^3/uL",
            "천/uL",
        ],
        &["10^6/uL", "M/uL", "x10⁶/㎕"],
        &["mg/dL", "㎎/㎗", "MG/DL", " mg / dl ", "(mg/dL)"],
        &["uIU/mL", "µIU/mL", "μIU/ml", "uIU/㎖"],
        &["mL/min/1.73m2", "mL/min/1.73㎡", "ml/min/1.73m²", "mL/min/1.73m^2"],
        &["%", "％"],
    ];
    let keys: Vec<String> = same.iter().map(|group| fold::unit(group[0])).collect();
    for (group, key) in same.iter().zip(&keys) {
        for spelled in *group {
            assert_eq!(fold::unit(spelled), *key, "{spelled}");
        }
    }
    let mut distinct = keys.clone();
    // A lost raised digit without the sign of multiplication, another power, milli for mega: other keys.
    distinct.extend(["103/uL", "10^9/L", "m/uL", "IU/mL", "mIU/mL", "mg/L", "g/dL", "ug/dL", "/uL"].map(fold::unit));
    let count = distinct.len();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), count, "{distinct:?}");
}

#[test]
fn names_of_one_test_have_one_key_and_others_do_not() {
    for (a, b) in [
        ("γ-GTP", "r-GTP"),
        ("γ-GTP", "gamma GTP"),
        ("AST (SGOT)", "AST(SGOT)"),
        ("ＨｂＡ１ｃ", "Hb A1c"),
        ("CA 19-9", "CA19-9"),
        ("총 콜레스테롤", "총콜레스테롤"),
        ("α-FP", "a-FP"),
    ] {
        assert_eq!(fold::name(a), fold::name(b), "{a} {b}");
    }
    for (a, b) in [("T3", "T4"), ("Neutrophil %", "Neutrophil #"), ("AST/ALT", "ASTALT"), ("Na+", "Na"), ("HDL", "LDL")]
    {
        assert_ne!(fold::name(a), fold::name(b), "{a} {b}");
    }
}

#[test]
fn marks_are_read_and_others_say_nothing() {
    for (raw, expected) in [
        ("H", Flag::High),
        ("▲", Flag::High),
        ("(H)", Flag::High),
        ("Low", Flag::Low),
        ("▼", Flag::Low),
        ("정상", Flag::Within),
        ("*", Flag::Outside),
    ] {
        assert_eq!(flag::read(raw), Some(expected), "{raw}");
    }
    for raw in ["", "R", "재검", "3", "HL"] {
        assert_eq!(flag::read(raw), None, "{raw}");
    }
}

#[test]
fn filtration_rates_agree_with_the_published_equation() {
    // Worked out from the equation of the paper, apart from this code.
    let cases = [
        ("0.7", 40, Sex::Female, "112"),
        ("0.9", 50, Sex::Male, "104"),
        ("1.0", 47, Sex::Male, "93"),
        ("1.8", 75, Sex::Male, "39"),
        ("2.3", 76, Sex::Male, "29"),
        ("0.5", 30, Sex::Female, "129"),
    ];
    for (creatinine, age, sex, expected) in cases {
        assert_eq!(egfr::ckd_epi_2021(d(creatinine), age, sex), Some(d(expected)), "{creatinine} {age}");
    }
    assert_eq!(egfr::ckd_epi_2021(d("0.7"), 17, Sex::Female), None, "adults only");
    assert_eq!(egfr::ckd_epi_2021(d("0"), 40, Sex::Female), None);
}
