//! A clinician's review: what the letter, its pages and its data say with one and without, and that only the service's own
//! wording changes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod standards;

use common::{issue_of, letter, provider, review, signed, variant, with_file};
use lopdf::Document;
use medius_documents::view::Judgement;
use medius_documents::{Letter, issue};
use serde_json::Value;

fn bundle(letter: &Letter) -> Value {
    serde_json::from_slice(&letter.bundle).unwrap()
}

fn of<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    bundle["entry"].as_array().unwrap().iter().map(|e| &e["resource"]).filter(|r| r["resourceType"] == kind).collect()
}

fn text(letter: &Letter) -> String {
    let pdf = Document::load_mem(&letter.pdf).unwrap();
    let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
    pdf.extract_text(&pages).unwrap().chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

#[test]
fn a_signed_letter_says_who_signed_and_what_that_stands_for() {
    let signed = signed(&variant("demo"));
    let text = text(&signed);
    for said in ["이서연", "123456", "Reviewedandsignedby", "의사", "2026-11-2214:00KST", "Patient-initiated"] {
        assert!(text.contains(said), "{said}");
    }
    assert!(!text.contains("notconfirmedbyaclinician."));
    let bundle = bundle(&signed);
    let role = of(&bundle, "PractitionerRole")[0];
    assert_eq!(role["practitioner"]["display"], "이서연");
    assert_eq!(role["practitioner"]["identifier"]["value"], "123456");
    let url = bundle["entry"].as_array().unwrap().iter().find(|e| e["resource"] == *role).unwrap()["fullUrl"].clone();
    let composition = of(&bundle, "Composition")[0];
    assert_eq!(
        (&composition["attester"][0]["party"]["reference"], &composition["attester"][0]["mode"]),
        (&url, &"professional".into())
    );
    // The patient stays author and requester.
    let patient = &bundle["entry"][1]["fullUrl"];
    assert_eq!(&composition["author"][0]["reference"], patient);
    assert_eq!(&of(&bundle, "ServiceRequest")[0]["requester"]["reference"], patient);
    let attested = of(&bundle, "Provenance").into_iter().find(|p| p["agent"][0]["who"]["reference"] == url).unwrap();
    assert_eq!(attested["agent"][0]["type"]["coding"][0]["code"], "attester");
    assert_eq!(attested["target"][0]["reference"], bundle["entry"][0]["fullUrl"]);
    assert_eq!(standards::failures(&signed.pdf), Vec::<String>::new());
}

#[test]
fn without_a_review_the_letter_is_plainly_the_patients() {
    let plain = letter(&variant("demo"));
    let text = text(&plain);
    assert!(text.contains("notconfirmedbyaclinician.") && !text.contains("Reviewedandsigned"));
    let bundle = bundle(&plain);
    assert!(of(&bundle, "PractitionerRole").is_empty() && of(&bundle, "Composition")[0].get("attester").is_none());
}

#[test]
fn only_the_services_own_wording_changes() {
    let case = variant("demo");
    let plain = issue(&with_file(&case), &provider(), &issue_of()).unwrap();
    let signed = signed(&case);
    let row =
        |letter: &Letter, name: &str| letter.view.results.items.iter().find(|r| r.name.text == name).unwrap().clone();
    // The patient's own rendering stays; the service's mark and code go where the reviewer takes them away.
    let (before, after) = (row(&plain, "LDL cholesterol"), row(&signed, "LDL cholesterol"));
    assert_eq!(before.name, after.name);
    assert!(before.judgement != Judgement::NotJudged && after.judgement == Judgement::NotJudged && after.bar.is_none());
    let ldl = |letter: &Letter| -> Value {
        of(&bundle(letter), "Observation").into_iter().find(|o| o["code"]["text"] == "LDL cholesterol").unwrap().clone()
    };
    let (before, after) = (ldl(&plain), ldl(&signed));
    assert!(before["code"].get("coding").is_some() && after["code"].get("coding").is_none());
    assert!(before.get("interpretation").is_some() && after.get("interpretation").is_none());
    for kept in ["valueQuantity", "referenceRange", "effectiveDateTime"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    // Nothing else in the letter moves: with these two tests, the review and its marks away, both views are the same.
    let strip = |letter: &Letter| {
        let mut view = serde_json::to_value(&letter.view).unwrap();
        let top = view.as_object_mut().unwrap();
        for changed in ["review", "nature", "document"] {
            top.remove(changed);
        }
        let corrected = |row: &Value| review().wording.of(row["name"]["text"].as_str().unwrap()).is_some();
        view["results"]["items"].as_array_mut().unwrap().retain(|row| !corrected(row));
        view["trends"].as_array_mut().unwrap().retain(|row| !corrected(row));
        view
    };
    assert_eq!(strip(&plain), strip(&signed));
}
