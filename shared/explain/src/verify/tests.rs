//! The gate refuses what composing would never make.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::verify;
use crate::catalogue::Catalogue;
use crate::input::{Input, Language, Options, Person, Pregnancy, ResultRow, Sex};
use crate::said::{Fact, Speaker, Unsaid};
use crate::schema::Sentence;
use chrono::NaiveDate;

fn input() -> Input {
    let row = |id: &str, name: &str, value: &str, range: &str| ResultRow {
        id: id.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
        unit: Some("mmol/L".to_owned()),
        range: Some(range.to_owned()),
        ..ResultRow::default()
    };
    Input {
        as_of: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
        person: Person { sex: Some(Sex::Female), born: NaiveDate::from_ymd_opt(1980, 1, 1), pregnancy: Pregnancy::No },
        results: vec![row("1", "칼륨", "4.4", "3.5~5.1"), row("2", "나트륨", "141", "136~145")],
        medicines: Vec::new(),
    }
}

fn sentence(en: &str, source: &str) -> Sentence {
    Sentence { ko: "문장입니다.".to_owned(), en: en.to_owned(), source: source.to_owned() }
}

/// Puts a sentence into the first result of a true report and asks the gate.
fn with(en: &str, source: &str) -> Result<(), Unsaid> {
    let catalogue = Catalogue::embedded();
    let mut report = crate::report(&input(), catalogue, Options::default()).unwrap();
    let speaker = Speaker { catalogue, language: Language::Both };
    report.results[0].lies.push(speaker.quote(&sentence(en, source)));
    verify(&report, &input(), catalogue)
}

#[test]
fn a_sentence_with_numbers_of_its_own_row_passes() {
    assert_eq!(with("4.40 lies between 3.5 and 5.1.", "your-report"), Ok(()));
}

#[test]
fn a_number_of_nowhere_is_refused() {
    assert_eq!(with("It should be 4.7 by now.", "your-report"), Err(Unsaid::StrayNumber));
}

#[test]
fn a_number_of_another_row_is_refused() {
    assert_eq!(with("It is 141 now.", "your-report"), Err(Unsaid::StrayNumber));
}

#[test]
fn a_source_that_the_catalogue_does_not_have_is_refused() {
    assert_eq!(with("It is here.", ""), Err(Unsaid::NoSource));
    assert_eq!(with("It is here.", "somebody"), Err(Unsaid::NoSource));
}

#[test]
fn a_stray_number_in_a_note_is_refused() {
    let catalogue = Catalogue::embedded();
    let mut report = crate::report(&input(), catalogue, Options::default()).unwrap();
    let speaker = Speaker { catalogue, language: Language::Ko };
    report.notes.push(
        speaker.quote(&Sentence { ko: "내일 777에 전화하세요.".to_owned(), ..sentence("-", "your-report") }),
    );
    assert_eq!(verify(&report, &input(), catalogue), Err(Unsaid::StrayNumber));
}

#[test]
fn a_phrase_with_an_open_place_is_not_said() {
    let speaker = Speaker { catalogue: Catalogue::embedded(), language: Language::Both };
    let facts = [("value", Fact::Same("4.4"))];
    assert_eq!(speaker.phrase("within", &facts, "your-report"), Err(Unsaid::OpenPlace("within")));
    assert_eq!(
        speaker.phrase("nothing-of-the-kind", &facts, "your-report"),
        Err(Unsaid::NoPhrase("nothing-of-the-kind"))
    );
}

#[test]
fn every_reason_has_its_sentence() {
    let speaker = Speaker { catalogue: Catalogue::embedded(), language: Language::Both };
    for reason in crate::judge::Reason::ALL {
        assert!(speaker.phrase(reason.phrase(), &[], "your-report").is_ok(), "{reason:?}");
    }
}
