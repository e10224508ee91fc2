//! What was read from a patient's files and confirmed: in the Bundle beside file, page and row, and nowhere where it was left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{demo, intake, issue_of, provider};
use medius_documents::fhir::validate;
use medius_domain::consent::DataItem;
use medius_domain::disclosure::Disclosure;
use medius_domain::health::{Medication, Source, TestResult};
use medius_domain::upload::FileKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn records() -> (Vec<TestResult>, Vec<Medication>) {
    let source = |place: &str| {
        Some(Source::File {
            number: 3,
            media: FileKind::Pdf,
            sha256: "ab".repeat(32),
            bytes: Some(48_213),
            place: place.to_owned(),
        })
    };
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
fn a_file_stands_once_with_size_and_hash_and_every_value_has_its_provenance() {
    let bundle = bundle(&[]);
    let entries = bundle["entry"].as_array().unwrap();
    let of = |kind: &str| -> Vec<&Value> { entries.iter().filter(|e| e["resource"]["resourceType"] == kind).collect() };
    let files = of("DocumentReference");
    assert_eq!(files.len(), 1);
    let file = &files[0]["resource"];
    assert_eq!(
        file["content"][0]["attachment"],
        json!({"contentType": "application/pdf", "size": 48_213, "title": "File 3"})
    );
    // RFC 6920 of thirty-two bytes 0xab.
    assert_eq!(file["identifier"][0]["value"], "ni:///sha-256;q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s");
    let section = &entries[0]["resource"]["section"][5];
    assert_eq!(section["entry"][0]["reference"], files[0]["fullUrl"]);
    assert!(section.get("emptyReason").is_none());
    // Each value is the target of exactly one Provenance: the file's for what was read, the patient's for what was told.
    let mut targets = Vec::new();
    for provenance in of("Provenance") {
        let resource = &provenance["resource"];
        let from_file = resource["entity"][0]["what"]["reference"] == files[0]["fullUrl"];
        targets.extend(resource["target"].as_array().unwrap().iter().map(|t| (t["reference"].clone(), from_file)));
    }
    for kind in ["Condition", "AllergyIntolerance", "MedicationStatement", "Observation"] {
        for entry in of(kind) {
            let own: Vec<_> = targets.iter().filter(|(target, _)| *target == entry["fullUrl"]).collect();
            assert_eq!(own.len(), 1, "{kind}");
            assert_eq!(own[0].1, entry["resource"].get("derivedFrom").is_some(), "{kind}");
        }
    }
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
