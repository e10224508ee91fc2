//! Invariants, by FHIR's own keys.

use super::{Breaches, MOST_ENTRIES, dates, ucum, xhtml};
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether an element is there.
fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some()
}

/// Whether a concept carries a code.
fn coded(concept: &Value, codes: &[&str]) -> bool {
    concept["coding"]
        .as_array()
        .is_some_and(|all| all.iter().any(|c| c["code"].as_str().is_some_and(|code| codes.contains(&code))))
}

/// The invariants of one type.
pub(super) fn of_type(name: &str, v: &Value, at: &str, out: &mut Breaches) {
    match name {
        "Section" => {
            out.unless(has(v, "text") || has(v, "entry") || has(v, "section"), "cmp-1", at);
            out.unless(!(has(v, "emptyReason") && has(v, "entry")), "cmp-2", at);
        }
        "ContactPoint" => out.unless(!has(v, "value") || has(v, "system"), "cpt-2", at),
        "Period" => period(v, at, out),
        "Quantity" => {
            out.unless(!has(v, "code") || has(v, "system"), "qty-3", at);
            let is_ucum = v["system"].as_str() == Some("http://unitsofmeasure.org");
            out.unless(!is_ucum || v["code"].as_str().is_some_and(ucum::parses), "ucum", at);
        }
        "Extension" => out.unless(has(v, "extension") != (has(v, "valueCode") || has(v, "valueString")), "ext-1", at),
        "Reference" => {
            // Nothing is contained in the resources of a letter, so a local reference has nowhere to go.
            let local = v["reference"].as_str().is_some_and(|r| r.starts_with('#'));
            out.unless(!local, "ref-1", at);
        }
        "ServiceRequest" => out.unless(!has(v, "orderDetail") || has(v, "code"), "prr-1", at),
        "Condition" => condition(v, at, out),
        "AllergyIntolerance" => {
            let in_error = coded(&v["verificationStatus"], &["entered-in-error"]);
            out.unless(in_error || has(v, "clinicalStatus"), "ait-1", at);
            out.unless(!in_error || !has(v, "clinicalStatus"), "ait-2", at);
        }
        "Observation" => {
            let valued = has(v, "valueQuantity") || has(v, "valueString");
            out.unless(!has(v, "dataAbsentReason") || !valued, "obs-6", at);
        }
        "ReferenceRange" => out.unless(has(v, "low") || has(v, "high") || has(v, "text"), "obs-3", at),
        "Consent" => out.unless(has(v, "policy") || has(v, "policyRule"), "ppc-1", at),
        "Task" => task(v, at, out),
        _ => {}
    }
}

fn period(v: &Value, at: &str, out: &mut Breaches) {
    if let (Some(start), Some(end)) = (v["start"].as_str(), v["end"].as_str()) {
        // A shorter date means its whole span: compared is what both of them say.
        let common = start.len().min(end.len());
        out.unless(start.get(..common) <= end.get(..common), "per-1", at);
    }
}

fn condition(v: &Value, at: &str, out: &mut Breaches) {
    let in_error = coded(&v["verificationStatus"], &["entered-in-error"]);
    let problem = v["category"].as_array().is_some_and(|all| all.iter().any(|c| coded(c, &["problem-list-item"])));
    out.unless(in_error || !problem || has(v, "clinicalStatus"), "con-3", at);
    let over = coded(&v["clinicalStatus"], &["resolved", "remission", "inactive"]);
    out.unless(!has(v, "abatementDateTime") || over, "con-4", at);
    out.unless(!in_error || !has(v, "clinicalStatus"), "con-5", at);
}

/// No Task is part of a letter; the rule stands here for the loop's Tasks, which are checked by the same validator.
fn task(v: &Value, at: &str, out: &mut Breaches) {
    let day = |name: &str| v[name].as_str().and_then(dates::earliest).map(|d| (d, v[name].as_str()));
    if let (Some(authored), Some(modified)) = (day("authoredOn"), day("lastModified")) {
        out.unless(modified >= authored, "inv-1", at);
    }
}

/// txt-1 and txt-2.
pub(super) fn narrative(div: &str, at: &str, out: &mut Breaches) {
    out.unless(xhtml::is_basic(div), "txt-1", at);
    out.unless(xhtml::has_content(div), "txt-2", at);
}

/// What only the whole Bundle shows.
pub(super) fn bundle(v: &Value, out: &mut Breaches) {
    let entries = v["entry"].as_array().map_or(&[][..], Vec::as_slice);
    out.unless(entries.len() <= MOST_ENTRIES, "entries", "/entry");
    let document = v["type"].as_str() == Some("document");
    let identifier = &v["identifier"];
    out.unless(!document || (has(identifier, "system") && has(identifier, "value")), "bdl-9", "/identifier");
    out.unless(!document || has(v, "timestamp"), "bdl-10", "/timestamp");
    let first = v["entry"][0]["resource"]["resourceType"].as_str();
    out.unless(!document || first == Some("Composition"), "bdl-11", "/entry/0");

    let mut urls = BTreeSet::new();
    for (i, entry) in entries.iter().enumerate() {
        let at = format!("/entry/{i}/fullUrl");
        let version = entry["resource"]["meta"]["versionId"].as_str();
        out.unless(entry["fullUrl"].as_str().is_some_and(|url| urls.insert((url, version))), "bdl-7", &at);
    }
    let known: BTreeSet<&str> = urls.into_iter().map(|(url, _)| url).collect();
    for (i, entry) in entries.iter().enumerate() {
        resolve(&entry["resource"], &format!("/entry/{i}/resource"), &known, out);
    }
}

/// Every `urn:uuid` that something refers to is an entry.
fn resolve(value: &Value, at: &str, known: &BTreeSet<&str>, out: &mut Breaches) {
    match value {
        Value::Object(map) => {
            for (name, v) in map {
                let at = format!("{at}/{name}");
                if name == "reference"
                    && let Some(target) = v.as_str().filter(|t| t.starts_with("urn:uuid:"))
                {
                    out.unless(known.contains(target), "unresolved", &at);
                }
                resolve(v, &at, known, out);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| resolve(v, &format!("{at}/{i}"), known, out));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
