//! Every rule of FHIR R4 that a letter can break, one broken at a time: each case starts from a good Bundle and must be refused
//! by the rule that says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{signed, variant};
use medius_documents::fhir::validate;
use serde_json::{Value, json};

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

/// A good Bundle with everything that a letter can have: records of a file, and a clinician's signature.
fn good() -> Value {
    static GOOD: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    GOOD.get_or_init(|| serde_json::from_slice(&signed(&variant("demo")).bundle).unwrap()).clone()
}

type Change = Box<dyn FnOnce(&mut Value)>;

/// Ways to break it, each with the rule that is broken.
#[derive(Default)]
struct Cases(Vec<(&'static str, Change)>);

impl Cases {
    fn breaks(&mut self, rule: &'static str, change: impl FnOnce(&mut Value) + 'static) {
        self.0.push((rule, Box::new(change)));
    }
}

#[test]
fn each_of_sixty_and_more_broken_bundles_is_refused_by_the_rule_that_it_breaks() {
    assert_eq!(validate(&good()), Ok(()));
    let mut cases = Cases::default();
    for add in
        [bundle_rules, resource_invariants, type_invariants, cardinality_types_bindings_and_dates, files_and_signatures]
    {
        add(&mut cases);
    }
    assert!(cases.0.len() >= 60, "{} cases", cases.0.len());
    for (i, (rule, change)) in cases.0.into_iter().enumerate() {
        let mut broken = good();
        change(&mut broken);
        let breaches = validate(&broken).expect_err(rule);
        assert!(breaches.iter().any(|b| b.rule == rule), "case {i}, {rule}: {breaches:?}");
    }
}

fn bundle_rules(c: &mut Cases) {
    c.breaks("bdl-7", move |b| b["entry"][1]["fullUrl"] = b["entry"][2]["fullUrl"].clone());
    c.breaks("bdl-9", move |b| remove(&mut b["identifier"], "system"));
    c.breaks("bdl-9", move |b| remove(b, "identifier"));
    c.breaks("bdl-10", move |b| remove(b, "timestamp"));
    c.breaks("bdl-11", move |b| b["entry"].as_array_mut().unwrap().swap(0, 1));
    c.breaks("unresolved", move |b| {
        b["entry"].as_array_mut().unwrap().retain(|e| e["resource"]["resourceType"] != "Patient");
    });
    c.breaks("entries", move |b| {
        let entries = b["entry"].as_array_mut().unwrap();
        let last = entries.last().unwrap().clone();
        while entries.len() <= 200 {
            let mut more = last.clone();
            more["fullUrl"] = format!("urn:uuid:00000000-0000-8000-8000-{:012}", entries.len()).into();
            entries.push(more);
        }
    });
}

fn resource_invariants(c: &mut Cases) {
    c.breaks("con-5", move |b| {
        first(b, "Condition")["verificationStatus"]["coding"][0]["code"] = "entered-in-error".into()
    });
    c.breaks("con-3", move |b| {
        let entries = b["entry"].as_array_mut().unwrap();
        let problem = entries
            .iter_mut()
            .map(|e| &mut e["resource"])
            .find(|r| r["category"][0]["coding"][0]["code"] == "problem-list-item")
            .unwrap();
        remove(problem, "clinicalStatus");
    });
    c.breaks("con-4", move |b| first(b, "Condition")["abatementDateTime"] = "2020".into());
    c.breaks("ait-1", move |b| remove(first(b, "AllergyIntolerance"), "clinicalStatus"));
    c.breaks("ait-2", move |b| {
        first(b, "AllergyIntolerance")["verificationStatus"]["coding"][0]["code"] = "entered-in-error".into();
    });
    c.breaks("prr-1", move |b| {
        let request = first(b, "ServiceRequest");
        request["orderDetail"] = json!([{"text": "detail"}]);
        remove(request, "code");
    });
    c.breaks("obs-6", move |b| first(b, "Observation")["dataAbsentReason"] = json!({"text": "unknown"}));
    c.breaks("ppc-1", move |b| remove(first(b, "Consent"), "policyRule"));
    c.breaks("inv-1", move |b| {
        let task = json!({"fullUrl": "urn:uuid:00000000-0000-8000-8000-000000000000", "resource": {
            "resourceType": "Task", "status": "requested", "intent": "proposal",
            "authoredOn": "2026-11-22T03:00:00Z", "lastModified": "2026-11-21T03:00:00Z"}});
        b["entry"].as_array_mut().unwrap().push(task);
    });
}

fn type_invariants(c: &mut Cases) {
    c.breaks("qty-3", move |b| remove(&mut first(b, "Observation")["valueQuantity"], "system"));
    c.breaks("ucum", move |b| first(b, "Observation")["valueQuantity"]["code"] = "IU/L".into());
    c.breaks("per-1", move |b| {
        first(b, "MedicationStatement")["effectivePeriod"] = json!({"start": "2020-02", "end": "2019-12-31"});
    });
    c.breaks("cpt-2", move |b| remove(&mut first(b, "Patient")["telecom"][0], "system"));
    c.breaks("cmp-1", move |b| {
        let section = &mut first(b, "Composition")["section"][0];
        remove(section, "text");
        remove(section, "entry");
    });
    c.breaks("cmp-2", move |b| first(b, "Composition")["section"][0]["emptyReason"] = json!({"text": "none"}));
    c.breaks("txt-1", move |b| {
        first(b, "Composition")["section"][0]["text"]["div"] =
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>".into();
    });
    c.breaks("txt-2", move |b| {
        first(b, "Composition")["section"][0]["text"]["div"] =
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p> </p></div>".into();
    });
    c.breaks("ref-1", move |b| first(b, "Observation")["subject"]["reference"] = "#patient".into());
    c.breaks("ext-1", move |b| {
        first(b, "ServiceRequest")["reasonCode"][0]["_text"]["extension"][0]["valueCode"] = "ko".into()
    });
}

fn cardinality_types_bindings_and_dates(c: &mut Cases) {
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
        c.breaks("cardinality", move |b| remove(first(b, kind), name));
    }
    c.breaks("cardinality", move |b| first(b, "Composition")["title"] = json!(["a", "b"]));
    c.breaks("cardinality", move |b| first(b, "Patient")["name"] = json!({"text": "a"}));
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
        c.breaks("binding", move |b| first(b, kind)[name] = "sometimes".into());
    }
    c.breaks("binding", move |b| first(b, "Condition")["clinicalStatus"]["coding"][0]["code"] = "gone".into());
    c.breaks("binding", move |b| {
        first(b, "AllergyIntolerance")["verificationStatus"]["coding"][0]["system"] = "x:y".into()
    });
    c.breaks("binding", move |b| first(b, "Observation")["valueQuantity"]["comparator"] = "~".into());
    // A consent's root rule has no type, each rule inside has one.
    c.breaks("cardinality", move |b| remove(&mut provision(b)["provision"][0], "type"));
    c.breaks("binding", move |b| provision(b)["provision"][0]["type"] = "allow".into());
    c.breaks("unknown-element", move |b| provision(b)["type"] = "permit".into());
    c.breaks("date", move |b| first(b, "Patient")["birthDate"] = "1978-02-30".into());
    c.breaks("date", move |b| first(b, "Composition")["date"] = "2026-11-22T03:00:00".into());
    c.breaks("date", move |b| b["timestamp"] = "2026-11-22".into());
    c.breaks("empty", move |b| first(b, "Patient")["name"][0]["text"] = " ".into());
    c.breaks("empty", move |b| first(b, "Patient")["address"] = json!([]));
    c.breaks("empty", move |b| first(b, "Patient")["address"] = json!([{}]));
    c.breaks("empty", move |b| first(b, "Patient")["birthDate"] = Value::Null);
    c.breaks("type", move |b| first(b, "Observation")["valueQuantity"]["value"] = "7.4".into());
    c.breaks("type", move |b| first(b, "Observation")["resourceType"] = "Basic".into());
    c.breaks("unknown-element", move |b| first(b, "Patient")["passport"] = "x".into());
}

/// The files that values were read from, what came from where, and who signed.
fn files_and_signatures(c: &mut Cases) {
    for (kind, name) in [("DocumentReference", "status"), ("DocumentReference", "content"), ("Provenance", "recorded")]
    {
        c.breaks("cardinality", move |b| remove(first(b, kind), name));
    }
    c.breaks("binding", move |b| first(b, "DocumentReference")["status"] = "lost".into());
    c.breaks("cardinality", move |b| remove(&mut first(b, "DocumentReference")["content"][0], "attachment"));
    c.breaks("type", move |b| first(b, "DocumentReference")["content"][0]["attachment"]["size"] = (-1).into());
    c.breaks("type", move |b| first(b, "DocumentReference")["content"][0]["attachment"]["size"] = json!(1.5));
    c.breaks("unknown-element", move |b| {
        first(b, "DocumentReference")["content"][0]["attachment"]["hash"] = "q6urq6s=".into();
    });
    c.breaks("binding", move |b| of_file(b)["entity"][0]["role"] = "guess".into());
    c.breaks("cardinality", move |b| remove(&mut of_file(b)["entity"][0], "what"));
    c.breaks("unresolved", move |b| {
        of_file(b)["entity"][0]["what"]["reference"] = "urn:uuid:00000000-0000-8000-8000-000000000009".into();
    });
    c.breaks("cardinality", move |b| remove(&mut first(b, "Provenance")["agent"][0], "who"));
    c.breaks("binding", move |b| first(b, "Composition")["attester"][0]["mode"] = "friendly".into());
    c.breaks("date", move |b| first(b, "Composition")["attester"][0]["time"] = "yesterday".into());
    c.breaks("cardinality", move |b| remove(&mut first(b, "Composition")["attester"][0], "mode"));
    c.breaks("unresolved", move |b| {
        b["entry"].as_array_mut().unwrap().retain(|e| e["resource"]["resourceType"] != "PractitionerRole");
    });
    c.breaks("cardinality", move |b| remove(&mut provision(b)["provision"][0]["actor"][0], "role"));
    c.breaks("cardinality", move |b| remove(&mut provision(b)["provision"][0]["actor"][0], "reference"));
    c.breaks("obs-3", move |b| {
        first(b, "Observation")["referenceRange"] = json!([{"low": null}]);
        remove(&mut first(b, "Observation")["referenceRange"][0], "low");
    });
}

/// The Provenance of what was read from a file.
fn of_file(bundle: &mut Value) -> &mut Value {
    let entries = bundle["entry"].as_array_mut().unwrap();
    entries.iter_mut().map(|e| &mut e["resource"]).find(|r| r["entity"].is_array()).unwrap()
}
