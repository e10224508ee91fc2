//! What was read from a patient's files and confirmed: in the Bundle beside file, page and row, and nowhere where it was left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{demo, intake, issue_of, provider};
use medius_documents::fhir::validate;
use medius_domain::consent::DataItem;
use medius_domain::disclosure::Disclosure;
use medius_domain::health::{Medication, Source, TestResult};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn records() -> (Vec<TestResult>, Vec<Medication>) {
    let source =
        |place: &str| Some(Source::File { number: 3, kind: "pdf", sha256: "ab".repeat(32), place: place.to_owned() });
    let result = json!({"name": {"text": "페리틴"}, "value": {"quantity": {"value": "41.0", "unit": "ng/mL"}},
        "collected_on": "2026-11-10"});
    let medicine = json!({"name": {"text": "레보티록신정"}, "dose": "1"});
    let result: TestResult = serde_json::from_value(result).unwrap();
    let medicine: Medication = serde_json::from_value(medicine).unwrap();
    let result = TestResult { source: source("page 2, row 14"), ..result };
    (vec![result], vec![Medication { source: source("page 1, row 3"), ..medicine }])
}

fn bundle(left_out: &[DataItem]) -> Value {
    let (results, medicines) = records();
    let intake = intake(&demo()).with_records(results, medicines).unwrap();
    let items: BTreeSet<DataItem> = Disclosure::parts().filter(|item| !left_out.contains(item)).collect();
    let letter = medius_documents::issue(&Disclosure::of(intake, &items).unwrap(), &provider(), &issue_of()).unwrap();
    serde_json::from_slice(&letter.bundle).unwrap()
}

#[test]
fn a_value_names_file_page_and_row_and_the_bundle_is_valid() {
    let bundle = bundle(&[]);
    assert_eq!(validate(&bundle), Ok(()));
    let find = |kind: &str, text: &str| -> Value {
        let mut all = bundle["entry"].as_array().unwrap().iter().map(|e| &e["resource"]);
        all.find(|r| r["resourceType"] == kind && r.to_string().contains(text)).unwrap().clone()
    };
    for (kind, name, place) in
        [("Observation", "페리틴", "page 2, row 14"), ("MedicationStatement", "레보티록신정", "page 1, row 3")]
    {
        let resource = find(kind, name);
        let from = resource["derivedFrom"][0]["display"].as_str().unwrap();
        assert!(from.contains("file 3 (pdf") && from.contains(&"ab".repeat(32)) && from.ends_with(place), "{from}");
        let note = resource["note"][0]["text"].as_str().unwrap();
        assert!(note.contains("file 3") && note.contains(place) && note.contains("confirmed by the patient"), "{note}");
    }
    assert_eq!(find("Observation", "페리틴")["valueQuantity"]["value"].to_string(), "41.0");
    // What the patient told in the story has no file.
    let told =
        bundle["entry"].as_array().unwrap().iter().filter(|e| e["resource"].get("derivedFrom").is_some()).count();
    assert_eq!(told, 2);
}

#[test]
fn what_is_left_out_takes_its_files_with_it() {
    let text = bundle(&[DataItem::Results, DataItem::Medications]).to_string();
    assert!(!text.contains("file 3") && !text.contains(&"ab".repeat(32)) && !text.contains("페리틴"));
    assert!(text.contains("The patient was not asked for attachments."));
}

#[test]
fn the_same_value_told_twice_stands_once() {
    let intake = intake(&demo());
    let (before, told) = (intake.results.items().len(), intake.results.items()[0].clone());
    let (more, _) = records();
    let all = vec![told, more[0].clone(), more[0].clone()];
    assert_eq!(intake.with_records(all, Vec::new()).unwrap().results.items().len(), before + 1);
}
