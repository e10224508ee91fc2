//! An example of each record with every field in it. Records are written out as Rust values, so that a new field, however optional,
//! has to be named here, too; values of a single text are read from it.

use chrono::{DateTime, Utc};
use medius_domain::consent::TextLanguage;
use medius_domain::contact::{ContactCard, Guardian, Relationship};
use medius_domain::health::{
    Allergy, Condition, ConditionStatus, Listing, Medication, Quantity, ResultValue, Said, Severity, Symptom,
    TestResult, Urgency,
};
use medius_domain::inquiry::{AnswerTo, Thread};
use medius_domain::intake::{BasicDraft, HealthDraft};
use medius_domain::policy::Role;
use medius_domain::record::{Entry, MedicineEntry, Original, Place, ResultEntry, Row, Rows, Standing};
use medius_domain::task::Note;
use medius_domain::task::appointment::Appointment;
use medius_domain::task::estimate::{Currency, Estimate};
use medius_domain::task::note::Outcome;
use serde::de::DeserializeOwned;
use serde_json::json;

/// A value of one text.
fn of<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_value(json!(text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn some<T: DeserializeOwned>(text: &str) -> Option<T> {
    Some(of(text))
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn said<T: DeserializeOwned>(text: &str, ko: &str) -> Said<T> {
    Said { text: of(text), ko: some(ko) }
}

pub(crate) fn basic() -> BasicDraft {
    BasicDraft {
        name: some("Nguyễn Thị Lan"),
        name_romanised: some("NGUYEN THI LAN"),
        birth_date: some("1984-02-29"),
        sex: some("female"),
        phone: some("+84 90 000 0000"),
        email: some("lan@example.org"),
        country: some("VN"),
        languages: vec![of("vi"), of("ko")],
    }
}

pub(crate) fn health() -> HealthDraft {
    let symptom =
        Symptom { description: said("tired", "피로"), since: some("2026"), severity: Some(Severity::Moderate) };
    let illness =
        Condition {
            description: said("diabetes", "당뇨병"), since: some("2019-03"), status: ConditionStatus::Active
        };
    let allergy = Allergy {
        substance: said("penicillin", "페니실린"),
        reaction: Some(said("rash", "발진")),
        severity: Some(Severity::Mild),
    };
    let medicine = Medication {
        name: said("metformin", "메트포르민"),
        dose: some("500 mg"),
        directions: Some(said("twice a day", "하루 두 번")),
        since: some("2020-01-05"),
        // Where it comes from is not stored with the story.
        source: None,
    };
    let value =
        Quantity { value: of("7.40"), comparator: some(">="), unit: of("%"), low: some("4.0"), high: some("6.0") };
    let result = |value| TestResult {
        name: said("HbA1c", "당화혈색소"),
        value,
        collected_on: of("2026-11-10"),
        laboratory: some("Hanoi Lab"),
        source: None,
    };
    let results = vec![result(ResultValue::Quantity(value)), result(ResultValue::Text(of("high")))];
    HealthDraft {
        reason: Some(said("HbA1c keeps rising", "당화혈색소가 계속 오릅니다")),
        urgency: Some(Urgency::Soon),
        symptoms: Some(Listing::listed(vec![symptom]).unwrap()),
        history: Some(Listing::listed(vec![illness]).unwrap()),
        allergies: Some(Listing::listed(vec![allergy]).unwrap()),
        medications: Some(Listing::listed(vec![medicine]).unwrap()),
        results: Some(Listing::listed(results).unwrap()),
        concerns: Some(said("my eyes", "눈")),
        expectations: Some(said("a plan", "계획")),
    }
}

pub(crate) fn card() -> ContactCard {
    let guardian = Guardian {
        name: of("Nguyễn Văn An"),
        email: of("an@example.org"),
        phone: some("+84 91 111 1111"),
        relationship: Relationship::Parent,
        language: TextLanguage::En,
    };
    ContactCard {
        email: some("lan@example.org"),
        language: TextLanguage::Ko,
        guardian: Some(guardian),
        guardian_rev: 2,
        of_age_at: Some(at("2030-05-01T15:00:00Z")),
    }
}

pub(crate) fn rows() -> Rows {
    let result = Entry::Result(ResultEntry {
        name: of("당화혈색소"),
        value: of("7.4"),
        unit: some("%"),
        range: some("4.0-6.0"),
        flag: some("H"),
        date: some("2026-11-10"),
        specimen: some("blood"),
        loinc: some("4548-4"),
        laboratory: some("Hanoi Lab"),
    });
    let medicine = Entry::Medicine(MedicineEntry {
        name: of("metformin"),
        dose: some("1"),
        daily_dose: some("2"),
        frequency: some("twice"),
        duration: some("30"),
        directions: some("after meals"),
        date: some("2026-11-10"),
    });
    let places = [
        Place::Page { page: 1, row: 2 },
        Place::Line { line: 3 },
        Place::Entry { pointer: "/entry/4".to_owned() },
        Place::Page { page: 2, row: 1 },
    ];
    let standings = [Standing::Proposed, Standing::Confirmed, Standing::Corrected, Standing::Dropped];
    let entries = [result.clone(), medicine.clone(), result, medicine];
    let row = |(n, ((entry, place), standing)): (u32, ((Entry, Place), Standing))| Row {
        n,
        standing,
        entry: entry.clone(),
        original: Some(Original { entry, place, raw: "as printed".to_owned() }),
        decided_at: Some(at("2026-11-22T03:00:00Z")),
    };
    let rows: Vec<Row> = (1..).zip(entries.into_iter().zip(places).zip(standings)).map(row).collect();
    serde_json::from_value(serde_json::to_value(rows).unwrap()).unwrap()
}

pub(crate) fn note() -> Note {
    let appointment = Appointment {
        start: at("2026-12-01T01:00:00Z"),
        end: at("2026-12-01T02:00:00Z"),
        place: of("3F, desk 2"),
        prepare: some("no breakfast"),
    };
    let estimate = Estimate {
        treatment: of("check-up"),
        low: "100.50".parse().unwrap(),
        high: "200".parse().unwrap(),
        currency: Currency::Usd,
        included: some("laboratory"),
    };
    let outcome =
        Outcome { files: vec![of("upl_00112233445566778899aabbccddeeff")], bundle_sha256: Some("00".repeat(32)) };
    Note {
        text: some("please come"),
        to: some("prv_00112233445566778899aabbccddeeff"),
        appointment: Some(appointment),
        estimate: Some(estimate),
        outcome: Some(outcome),
    }
}

pub(crate) fn thread() -> Thread {
    let thread = Thread::default().with(Role::Patient, of("When is it?"), at("2026-11-22T03:00:00Z")).unwrap();
    thread.with(Role::Coordinator, of("On Monday."), at("2026-11-22T04:00:00Z")).unwrap()
}

pub(crate) fn mailbox() -> AnswerTo {
    AnswerTo { email: of("lan@example.org"), language: TextLanguage::En }
}
