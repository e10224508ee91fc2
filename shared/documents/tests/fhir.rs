//! The Bundle: what it says. The rules that it keeps are broken one by one in `fhir_rules.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{VARIANTS, issue_of, letter, signed, variant};
use medius_documents::fhir::validate;
use serde_json::{Value, json};

fn bundle(name: &str) -> Value {
    serde_json::from_slice(&letter(&variant(name)).bundle).unwrap()
}

/// Resources of a type.
fn all<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().map(|e| &e["resource"]).filter(|r| r["resourceType"] == kind).collect()
}

/// The first resource of a type, to be broken.
fn first<'a>(bundle: &'a mut Value, kind: &str) -> &'a mut Value {
    let entries = bundle["entry"].as_array_mut().unwrap();
    entries.iter_mut().map(|e| &mut e["resource"]).find(|r| r["resourceType"] == kind).unwrap()
}

#[test]
fn every_sample_is_a_valid_document() {
    for name in VARIANTS {
        assert_eq!(validate(&bundle(name)), Ok(()), "{name}");
        let signed: Value = serde_json::from_slice(&signed(&variant(name)).bundle).unwrap();
        assert_eq!(validate(&signed), Ok(()), "{name}, signed");
    }
}

fn good() -> Value {
    static GOOD: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    GOOD.get_or_init(|| bundle("demo")).clone()
}

#[test]
fn a_breach_names_the_place_and_never_the_value() {
    let mut broken = good();
    first(&mut broken, "Patient")["birthDate"] = "1978-02-30".into();
    let breaches = validate(&broken).unwrap_err();
    assert_eq!(breaches[0].pointer, "/entry/1/resource/birthDate");
    assert!(!format!("{breaches:?}").contains("1978"));
}

#[test]
fn the_patient_speaks_and_nobody_has_confirmed() {
    let bundle = bundle("demo");
    let patient = bundle["entry"][1]["fullUrl"].clone();
    for resource in all(&bundle, "Condition").into_iter().chain(all(&bundle, "AllergyIntolerance")) {
        assert_eq!(resource["verificationStatus"]["coding"][0]["code"], "unconfirmed");
        assert_eq!(resource["asserter"]["reference"], patient);
    }
    assert!(all(&bundle, "MedicationStatement").iter().all(|m| m["informationSource"]["reference"] == patient));
    let request = all(&bundle, "ServiceRequest")[0];
    assert_eq!((&request["requester"]["reference"], &request["intent"]), (&patient, &json!("proposal")));
    assert_eq!(request["reasonCode"][0]["_text"]["extension"][0]["extension"][0]["valueCode"], "ko");
    let categories: Vec<&Value> =
        all(&bundle, "Condition").iter().map(|c| &c["category"][0]["coding"][0]["code"]).collect();
    assert_eq!(
        categories,
        ["75325-1", "75325-1", "75325-1", "problem-list-item", "problem-list-item", "problem-list-item"]
    );
}

#[test]
fn sections_have_their_codes_and_say_why_they_are_empty() {
    let codes = |b: &Value| -> Vec<String> {
        let sections = all(b, "Composition")[0]["section"].as_array().unwrap().clone();
        sections.iter().map(|s| s["code"]["coding"][0]["code"].as_str().unwrap_or("-").to_owned()).collect()
    };
    assert_eq!(codes(&bundle("demo")), ["42349-1", "11450-4", "48765-2", "10160-0", "30954-2", "77599-9", "-"]);
    for (name, reason) in [("empty", "nilknown"), ("not_asked", "notasked")] {
        let bundle = bundle(name);
        for i in 1..=4 {
            let section = &all(&bundle, "Composition")[0]["section"][i];
            assert_eq!(section["emptyReason"]["coding"][0]["code"], reason, "{name} {i}");
            assert!(section.get("entry").is_none());
        }
    }
}

#[test]
fn digits_are_kept_as_they_were_given() {
    let mut case = variant("demo");
    case["health"]["results"]["items"][0]["value"]["quantity"]["value"] = "7.40".into();
    case["health"]["results"]["items"][1]["value"]["quantity"]["value"] = "6.000".into();
    let letter = letter(&case);
    let json = String::from_utf8(letter.bundle).unwrap();
    assert!(json.contains("\"value\":7.40,") && json.contains("\"value\":6.000,"));
}

#[test]
fn common_tests_have_a_loinc_code_and_others_their_name() {
    let bundle = bundle("demo");
    let observations = all(&bundle, "Observation");
    assert_eq!(observations[0]["code"]["coding"][0]["code"], "4548-4");
    let egfr = observations.iter().find(|o| o["code"]["text"] == "eGFR").unwrap();
    assert!(egfr["code"].get("coding").is_none());
    assert_eq!(egfr["valueQuantity"]["code"], "mL/min/{1.73_m2}");
}

#[test]
fn the_largest_intake_fits_into_a_bundle() {
    let mut case = variant("long");
    let fill = |items: &Value, n: usize| -> Value {
        (0..n).map(|i| items[i % items.as_array().unwrap().len()].clone()).collect()
    };
    for (list, n) in [("symptoms", 20), ("history", 25), ("allergies", 20), ("medications", 40), ("results", 80)] {
        case["health"][list]["items"] = fill(&case["health"][list]["items"], n);
    }
    let bundle: Value = serde_json::from_slice(&letter(&case).bundle).unwrap();
    assert!(bundle["entry"].as_array().unwrap().len() <= 200);
    assert_eq!(all(&bundle, "Consent").len(), issue_of().consents.len());
}
