//! The Bundle: what it says, and that each rule is held. Every negative case starts from a good Bundle and breaks one thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{VARIANTS, issue_of, letter, variant};
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

/// The root rule of the first consent to hand on.
fn provision(bundle: &mut Value) -> &mut Value {
    let entries = bundle["entry"].as_array_mut().unwrap();
    let consents = entries.iter_mut().filter(|e| e["resource"]["resourceType"] == "Consent");
    consents.map(|e| &mut e["resource"]["provision"]).find(|p| p.is_object()).unwrap()
}

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name).unwrap();
}

#[test]
fn every_sample_is_a_valid_document() {
    for name in VARIANTS {
        assert_eq!(validate(&bundle(name)), Ok(()), "{name}");
    }
}

/// Breaks a good Bundle and asks for the rule that says so.
fn breaks(rule: &str, change: impl FnOnce(&mut Value)) {
    let mut broken = good();
    change(&mut broken);
    let breaches = validate(&broken).expect_err(rule);
    assert!(breaches.iter().any(|b| b.rule == rule), "{rule}: {breaches:?}");
}

fn good() -> Value {
    static GOOD: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    GOOD.get_or_init(|| bundle("demo")).clone()
}

#[test]
fn bundle_rules_hold() {
    breaks("bdl-7", |b| b["entry"][1]["fullUrl"] = b["entry"][2]["fullUrl"].clone());
    breaks("bdl-9", |b| remove(&mut b["identifier"], "system"));
    breaks("bdl-9", |b| remove(b, "identifier"));
    breaks("bdl-10", |b| remove(b, "timestamp"));
    breaks("bdl-11", |b| b["entry"].as_array_mut().unwrap().swap(0, 1));
    breaks("unresolved", |b| {
        b["entry"].as_array_mut().unwrap().retain(|e| e["resource"]["resourceType"] != "Patient");
    });
    breaks("entries", |b| {
        let entries = b["entry"].as_array_mut().unwrap();
        let last = entries.last().unwrap().clone();
        while entries.len() <= 200 {
            let mut more = last.clone();
            more["fullUrl"] = format!("urn:uuid:00000000-0000-8000-8000-{:012}", entries.len()).into();
            entries.push(more);
        }
    });
}

#[test]
fn resource_invariants_hold() {
    breaks("con-5", |b| first(b, "Condition")["verificationStatus"]["coding"][0]["code"] = "entered-in-error".into());
    breaks("con-3", |b| {
        let entries = b["entry"].as_array_mut().unwrap();
        let problem = entries
            .iter_mut()
            .map(|e| &mut e["resource"])
            .find(|r| r["category"][0]["coding"][0]["code"] == "problem-list-item")
            .unwrap();
        remove(problem, "clinicalStatus");
    });
    breaks("con-4", |b| first(b, "Condition")["abatementDateTime"] = "2020".into());
    breaks("ait-1", |b| remove(first(b, "AllergyIntolerance"), "clinicalStatus"));
    breaks("ait-2", |b| {
        first(b, "AllergyIntolerance")["verificationStatus"]["coding"][0]["code"] = "entered-in-error".into();
    });
    breaks("prr-1", |b| {
        let request = first(b, "ServiceRequest");
        request["orderDetail"] = json!([{"text": "detail"}]);
        remove(request, "code");
    });
    breaks("obs-6", |b| first(b, "Observation")["dataAbsentReason"] = json!({"text": "unknown"}));
    breaks("ppc-1", |b| remove(first(b, "Consent"), "policyRule"));
    breaks("inv-1", |b| {
        let task = json!({"fullUrl": "urn:uuid:00000000-0000-8000-8000-000000000000", "resource": {
            "resourceType": "Task", "status": "requested", "intent": "proposal",
            "authoredOn": "2026-11-22T03:00:00Z", "lastModified": "2026-11-21T03:00:00Z"}});
        b["entry"].as_array_mut().unwrap().push(task);
    });
}

#[test]
fn type_invariants_hold() {
    breaks("qty-3", |b| remove(&mut first(b, "Observation")["valueQuantity"], "system"));
    breaks("ucum", |b| first(b, "Observation")["valueQuantity"]["code"] = "IU/L".into());
    breaks("per-1", |b| {
        first(b, "MedicationStatement")["effectivePeriod"] = json!({"start": "2020-02", "end": "2019-12-31"});
    });
    breaks("cpt-2", |b| remove(&mut first(b, "Patient")["telecom"][0], "system"));
    breaks("cmp-1", |b| {
        let section = &mut first(b, "Composition")["section"][0];
        remove(section, "text");
        remove(section, "entry");
    });
    breaks("cmp-2", |b| first(b, "Composition")["section"][0]["emptyReason"] = json!({"text": "none"}));
    breaks("txt-1", |b| {
        first(b, "Composition")["section"][0]["text"]["div"] =
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>".into();
    });
    breaks("txt-2", |b| {
        first(b, "Composition")["section"][0]["text"]["div"] =
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p> </p></div>".into();
    });
    breaks("ref-1", |b| first(b, "Observation")["subject"]["reference"] = "#patient".into());
    breaks("ext-1", |b| {
        first(b, "ServiceRequest")["reasonCode"][0]["_text"]["extension"][0]["valueCode"] = "ko".into()
    });
}

#[test]
fn cardinality_types_bindings_and_dates_hold() {
    for (kind, name) in [
        ("Composition", "status"),
        ("Composition", "type"),
        ("Composition", "date"),
        ("Composition", "author"),
        ("Composition", "title"),
        ("ServiceRequest", "status"),
        ("ServiceRequest", "intent"),
        ("ServiceRequest", "subject"),
        ("Condition", "subject"),
        ("AllergyIntolerance", "patient"),
        ("MedicationStatement", "status"),
        ("MedicationStatement", "medicationCodeableConcept"),
        ("MedicationStatement", "subject"),
        ("Observation", "status"),
        ("Observation", "code"),
        ("DiagnosticReport", "status"),
        ("DiagnosticReport", "code"),
        ("Consent", "status"),
        ("Consent", "scope"),
        ("Consent", "category"),
        ("Provenance", "target"),
        ("Provenance", "recorded"),
        ("Provenance", "agent"),
    ] {
        breaks("cardinality", |b| remove(first(b, kind), name));
    }
    breaks("cardinality", |b| first(b, "Composition")["title"] = json!(["a", "b"]));
    breaks("cardinality", |b| first(b, "Patient")["name"] = json!({"text": "a"}));
    for (kind, name) in [
        ("Composition", "status"),
        ("Composition", "confidentiality"),
        ("Patient", "gender"),
        ("ServiceRequest", "status"),
        ("ServiceRequest", "intent"),
        ("ServiceRequest", "priority"),
        ("MedicationStatement", "status"),
        ("Observation", "status"),
        ("DiagnosticReport", "status"),
        ("Consent", "status"),
    ] {
        breaks("binding", |b| first(b, kind)[name] = "sometimes".into());
    }
    breaks("binding", |b| first(b, "Condition")["clinicalStatus"]["coding"][0]["code"] = "gone".into());
    breaks("binding", |b| first(b, "AllergyIntolerance")["verificationStatus"]["coding"][0]["system"] = "x:y".into());
    breaks("binding", |b| first(b, "Observation")["valueQuantity"]["comparator"] = "~".into());
    // A consent's root rule has no type, each rule inside has one.
    breaks("cardinality", |b| remove(&mut provision(b)["provision"][0], "type"));
    breaks("binding", |b| provision(b)["provision"][0]["type"] = "allow".into());
    breaks("unknown-element", |b| provision(b)["type"] = "permit".into());
    breaks("date", |b| first(b, "Patient")["birthDate"] = "1978-02-30".into());
    breaks("date", |b| first(b, "Composition")["date"] = "2026-11-22T03:00:00".into());
    breaks("date", |b| b["timestamp"] = "2026-11-22".into());
    breaks("empty", |b| first(b, "Patient")["name"][0]["text"] = " ".into());
    breaks("empty", |b| first(b, "Patient")["address"] = json!([]));
    breaks("empty", |b| first(b, "Patient")["address"] = json!([{}]));
    breaks("empty", |b| first(b, "Patient")["birthDate"] = Value::Null);
    breaks("type", |b| first(b, "Observation")["valueQuantity"]["value"] = "7.4".into());
    breaks("type", |b| first(b, "Observation")["resourceType"] = "Basic".into());
    breaks("unknown-element", |b| first(b, "Patient")["passport"] = "x".into());
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
