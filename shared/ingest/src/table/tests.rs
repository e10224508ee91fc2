//! Cells as printed, and what looks like them.

use super::cell::*;

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
        is_days("7") && is_days("7일분") && is_days("2 weeks") && !is_days("1정") && !is_days("3회") && !is_days("0")
    );
}
