//! Rows and decisions about them, and what a letter gets.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::health::{Comparator, ResultValue};
use chrono::TimeZone;
use serde_json::{Value, json};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 3, 0, 0).unwrap()
}

fn entry(value: Value) -> Entry {
    serde_json::from_value(value).unwrap()
}

fn glucose(value: &str, unit: Option<&str>, range: Option<&str>, date: Option<&str>) -> Entry {
    let mut it = json!({"kind": "result", "name": "공복혈당", "value": value});
    for (name, text) in [("unit", unit), ("range", range), ("date", date)] {
        if let Some(text) = text {
            it[name] = text.into();
        }
    }
    entry(it)
}

fn read(entries: Vec<Entry>) -> Rows {
    let original = |entry| Original { entry, place: Place::Page { page: 2, row: 14 }, raw: "공복혈당 | 99".into() };
    Rows::read(entries.into_iter().map(original).collect()).unwrap()
}

fn file() -> Origin {
    Origin::File {
        upload_id: UploadId::new(),
        number: 3,
        media: FileKind::Pdf,
        sha256: "ab".repeat(32),
        bytes: Some(48_213),
    }
}

#[test]
fn what_was_read_counts_only_once_the_patient_decided() {
    let good = glucose("99", Some("mg/dL"), None, Some("2026-11-10"));
    let rows = read(vec![good.clone(), good.clone(), good.clone()]);
    assert_eq!(rows.for_letter(&file()), (vec![], vec![]));
    let other = glucose("98", Some("mg/dL"), None, Some("2026-11-10"));
    let decisions = [(1, Decision::Confirm), (2, Decision::Correct { entry: Box::new(other) }), (3, Decision::Drop)];
    let decided = rows.decided(&decisions, now()).unwrap();
    let counts = decided.counts();
    assert_eq!((counts.proposed, counts.confirmed, counts.corrected, counts.dropped), (0, 1, 1, 1));
    let (results, _) = decided.for_letter(&file());
    assert_eq!(results.len(), 2);
    // The original stays beside what was put right, and confirming goes back to it.
    assert_eq!(decided.rows()[1].original.as_ref().unwrap().entry, good);
    let again = decided.decided(&[(2, Decision::Confirm)], now()).unwrap();
    assert_eq!((again.rows()[1].standing, &again.rows()[1].entry), (Standing::Confirmed, &good));
}

#[test]
fn what_the_patient_confirmed_outlives_the_file_with_its_place_and_nothing_else_of_it() {
    let day = Some("2026-11-10");
    let read = read((97..=100).map(|n| glucose(&n.to_string(), Some("mg/dL"), None, day)).collect());
    let other = glucose("96", Some("mg/dL"), None, day);
    let decisions =
        [(1, Decision::Confirm), (2, Decision::Correct { entry: Box::new(other.clone()) }), (3, Decision::Drop)];
    let decided = read.decided(&decisions, now()).unwrap();
    let (results, _) = decided.for_letter(&file());
    let left = decided.without_the_file();
    assert_eq!(left.rows().iter().map(|row| row.n).collect::<Vec<_>>(), [1, 2]);
    let text = serde_json::to_string(&left).unwrap();
    assert!(!text.contains("공복혈당 | 99") && !text.contains("\"98\"") && !text.contains("\"100\""), "{text}");
    let place = Place::Page { page: 2, row: 14 };
    assert!(left.rows().iter().all(|row| row.original.as_ref().is_some_and(|read| read.place == place)));
    // A letter says the same as before, with the same provenance; confirming it once more changes nothing.
    assert_eq!(left.for_letter(&file()).0.len(), results.len());
    let again = left.clone().decided(&[(2, Decision::Confirm)], now()).unwrap();
    assert_eq!((&again.rows()[1].entry, again.rows()[1].standing), (&other, Standing::Confirmed));
}

#[test]
fn a_result_without_its_day_is_not_confirmed_and_nothing_is_decided_by_halves() {
    let rows = read(vec![glucose("99", None, None, None), glucose("99", None, None, Some("2026-11-10"))]);
    let both = [(2, Decision::Confirm), (1, Decision::Confirm)];
    let errors = rows.clone().decided(&both, now()).unwrap_err();
    assert_eq!((errors.len(), errors[0].pointer.as_str(), errors[0].code), (1, "/decisions/1/date", "missing"));
    for (wrong, pointer, code) in [
        (vec![(7, Decision::Drop)], "/decisions/0/row", "unknown-value"),
        (vec![(2, Decision::Drop), (2, Decision::Confirm)], "/decisions/1/row", "duplicate"),
        (
            vec![(2, Decision::Correct { entry: Box::new(glucose("1", None, None, Some("2027-01-01"))) })],
            "/decisions/0/entry/date",
            "future-date",
        ),
    ] {
        let errors = rows.clone().decided(&wrong, now()).unwrap_err();
        assert_eq!((errors[0].pointer.as_str(), errors[0].code), (pointer, code));
    }
    let errors = Rows::typed(vec![glucose("99", None, None, None)], now()).unwrap_err();
    assert_eq!(errors[0].pointer, "/entries/0/date");
    assert!(Rows::typed(vec![], now()).is_err());
}

#[test]
fn a_letter_gets_a_number_only_with_a_unit_that_is_known_for_sure() {
    let day = Some("2026-11-10");
    for (value, unit, range, expected) in [
        ("99", Some("mg/dl"), Some("70~99"), Some((None, "99", "mg/dL", Some("70"), Some("99")))),
        ("<0.01", Some("ng/㎖"), None, Some((Some(Comparator::Less), "0.01", "ng/mL", None, None))),
        ("5.2", Some("x10³/µL"), Some("4.0 - 10.0"), Some((None, "5.2", "10*3/uL", Some("4.0"), Some("10.0")))),
        ("5.2", Some("10^3/uL"), None, Some((None, "5.2", "10*3/uL", None, None))),
        ("0.5", Some("mcg/dL"), Some("≤1.0"), Some((None, "0.5", "ug/dL", None, Some("1.0")))),
        ("2.1", Some("μIU/mL"), None, Some((None, "2.1", "u[IU]/mL", None, None))),
        // Said as printed: an unknown unit, none at all, words, a range that leaves its own end open.
        ("99", Some("mg%"), None, None),
        ("99", None, None, None),
        ("음성", None, None, None),
        ("1+", Some("mg/dL"), None, None),
        ("99", Some("mg/dL"), Some("<100"), None),
        ("120/80", Some("mmHg"), None, None),
    ] {
        let rows = Rows::typed(vec![glucose(value, unit, range, day)], now()).unwrap();
        let (results, _) = rows.for_letter(&Origin::Form);
        match (&results[0].value, expected) {
            (ResultValue::Quantity(q), Some((comparator, number, code, low, high))) => {
                let text = |n: crate::health::Number| String::from(n);
                assert_eq!(
                    (q.comparator, text(q.value).as_str(), q.unit.code()),
                    (comparator, number, code),
                    "{value}"
                );
                assert_eq!((q.low.map(text).as_deref(), q.high.map(text).as_deref()), (low, high), "{value}");
            }
            (ResultValue::Text(words), None) => {
                assert!(words.expose().starts_with(value), "{value}");
                assert!(unit.is_none_or(|unit| words.expose().contains(&unit.to_owned())), "{value}");
            }
            (other, _) => panic!("{value} {unit:?}: {}", serde_json::to_string(other).unwrap()),
        }
        assert_eq!(results[0].source, Some(Source::Form));
    }
}

#[test]
fn a_medicine_keeps_each_number_under_its_heading() {
    let it = entry(json!({"kind": "medicine", "name": "메트포르민정 500mg", "dose": "1", "frequency": "2",
        "duration": "30", "directions": "식후 30분", "date": "2026-11-10"}));
    let rows = read(vec![it]).decided(&[(1, Decision::Confirm)], now()).unwrap();
    let (_, medicines) = rows.for_letter(&file());
    let directions = medicines[0].directions.clone().unwrap();
    assert_eq!(medicines[0].dose.as_ref().unwrap().expose(), "1");
    assert_eq!(directions.text.expose(), "times a day: 2; days: 30; 식후 30분; prescribed on: 2026-11-10");
    assert_eq!(directions.ko.unwrap().expose(), "1일 투여횟수: 2; 총 투약일수: 30; 식후 30분; 처방일: 2026-11-10");
    let Some(Source::File { number, place, .. }) = &medicines[0].source else { panic!("no source") };
    assert_eq!((*number, place.as_str()), (3, "page 2, row 14"));
}

#[test]
fn rows_do_not_print_and_more_than_fit_are_none() {
    let rows = read(vec![glucose("99", None, None, None)]);
    assert!(!format!("{rows:?}").contains("공복"));
    let many = vec![rows.rows()[0].original.clone().unwrap(); MOST_ROWS + 1];
    assert_eq!(Rows::read(many), None);
}
