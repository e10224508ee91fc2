//! What is new for patients: a child's guardian, parts of a consent, receipts, filters of the log.

use super::{CANARY, case, done, invalid, refused};
use medius_domain::access::Scope;
use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};

async fn childs_case(stack: &Stack) -> (PatientApp, String) {
    let sign_in = stack.new_patient(&format!("bad-child-{}@patients.example", fresh_key())).await.unwrap();
    let app = PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap());
    let opened = json!({"emergency_signs": [], "patient_under_14": true});
    let opened = app.post("/v1/cases", &opened).await.unwrap().expect(201, "case").unwrap();
    (app, opened.json()["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_guardian_is_a_name_an_address_and_what_they_are_to_the_child() {
    let stack = Stack::load().unwrap();
    let (app, id) = childs_case(&stack).await;
    let path = format!("/v1/cases/{id}/intake/guardian");
    let before = app.get(&format!("/v1/cases/{id}")).await.unwrap();
    let good = json!({"name": "A", "email": "a@families.example", "relationship": "parent", "language": "en"});
    let one = |name: &str, value: Value| super::with(&good, &format!("/{name}"), value);
    for (body, pointer, why) in [
        (one("name", json!("")), "/name", "empty"),
        (one("name", json!(format!("{CANARY}\nx"))), "/name", "control-character"),
        (one("name", json!(format!("{CANARY} 900101-1234567"))), "/name", "resident-registration-number"),
        (one("name", json!(7)), "/name", "wrong-type"),
        (one("email", json!(CANARY)), "/email", "format"),
        (one("email", json!(format!("{CANARY}@a.example\nBcc: b@a.example"))), "/email", "control-character"),
        (one("phone", json!("010 1234 5678")), "/phone", "format"),
        (one("relationship", json!(CANARY)), "/relationship", "unknown-value"),
        (one("language", json!(CANARY)), "/language", "unknown-value"),
        (one("resident_registration_number", json!(CANARY)), "/resident_registration_number", "unknown-field"),
        (super::without(&good, "/email"), "/email", "missing"),
        (super::without(&good, "/relationship"), "/relationship", "missing"),
    ] {
        let answer = app.change(Method::PUT, &path, &before.etag(), Some(&body)).await.unwrap();
        invalid(&body.to_string(), &answer, pointer, why);
    }
    let stale = app.change(Method::PUT, &path, "\"99\"", Some(&good)).await.unwrap();
    refused("stale", &stale, 412, "version-mismatch", &[]);
    let bytes = serde_json::to_vec(&good).unwrap();
    let versionless = app.send(Method::PUT, &path, &[], Some(bytes)).await.unwrap();
    refused("no version", &versionless, 428, "if-match-required", &[]);
    let after = app.get(&format!("/v1/cases/{id}")).await.unwrap();
    assert_eq!(before.json(), after.json(), "bad input changed the case");
}

#[tokio::test]
async fn a_guardians_code_is_asked_for_by_key_and_typed_as_text() {
    let stack = Stack::load().unwrap();
    let (app, id) = childs_case(&stack).await;
    let path = format!("/v1/cases/{id}/guardian/verify");
    for (body, pointer, why) in [
        (json!({}), "/code", "missing"),
        (json!({"code": 12_345_678}), "/code", "wrong-type"),
        (json!({"code": "12345678", "name": CANARY}), "/name", "unknown-field"),
    ] {
        invalid(&body.to_string(), &app.post(&path, &body).await.unwrap(), pointer, why);
    }
    // What is no code is wrong like any other.
    let wrong = app.post(&path, &json!({"code": CANARY})).await.unwrap();
    refused("no code", &wrong, 409, "state-conflict", &[]);
    assert_eq!(wrong.json()["reason"], "guardian-code-wrong");
    let keyless = app.send(Method::POST, &format!("/v1/cases/{id}/guardian/code"), &[], None).await.unwrap();
    refused("no key", &keyless, 400, "idempotency-key-required", &[]);
    let unnamed = app.post(&format!("/v1/cases/{id}/guardian/code"), &Value::Null).await.unwrap();
    assert_eq!((unnamed.status.as_u16(), unnamed.json()["reason"].as_str()), (409, Some("guardian-not-named")));
}

#[tokio::test]
async fn a_consent_is_given_in_parts_that_the_text_speaks_about() {
    let stack = Stack::load().unwrap();
    let (app, id) = case(&stack).await;
    let path = format!("/v1/cases/{id}/consents");
    let to = stack.run().providers[0].clone();
    let wanted = json!({"item": "PS", "recipient": to, "language": "en"});
    let served = app.post(&format!("{path}/servings"), &wanted).await.unwrap().expect(201, "serving").unwrap();
    let serving = served.json()["serving_id"].clone();
    let before = app.get(&path).await.unwrap().json()["events"].as_array().unwrap().len();
    let decided = |parts: Value| json!({"serving_id": serving, "decision": "grant", "data_items": parts});
    for (body, pointer, why) in [
        (decided(json!([CANARY])), "/data_items/0", "unknown-value"),
        (decided(json!(CANARY)), "/data_items", "wrong-type"),
        (decided(json!(["reason", "identity"])), "/data_items", "unknown-value"),
        (decided(json!(["symptoms"])), "/data_items", "missing"),
        (decided(json!([])), "/data_items", "missing"),
        (json!({"serving_id": serving, "decision": CANARY}), "/decision", "unknown-value"),
        (json!({"serving_id": CANARY, "decision": "grant"}), "/serving_id", "format"),
        (json!({"decision": "grant"}), "/serving_id", "missing"),
        (json!({"serving_id": serving, "decision": "grant", "actor": CANARY}), "/actor", "unknown-field"),
    ] {
        invalid(&body.to_string(), &app.post(&path, &body).await.unwrap(), pointer, why);
    }
    for (body, pointer, why) in [
        (json!({"item": CANARY, "language": "en"}), "/item", "unknown-value"),
        (json!({"item": "E1", "language": CANARY}), "/language", "unknown-value"),
        (json!({"item": "P", "language": "en"}), "/recipient", "missing"),
        (json!({"item": "P", "recipient": CANARY, "language": "en"}), "/recipient", "format"),
        (json!({"item": "K1", "recipient": to, "language": "en"}), "/recipient", "inconsistent"),
        (json!({"item": "E1", "language": "en", "version": CANARY}), "/version", "unknown-field"),
    ] {
        invalid(&body.to_string(), &app.post(&format!("{path}/servings"), &body).await.unwrap(), pointer, why);
    }
    let after = app.get(&path).await.unwrap().json()["events"].as_array().unwrap().len();
    assert_eq!(before, after, "bad input became an event");
}

#[tokio::test]
async fn filters_of_the_log_and_ids_of_receipts_are_checked() {
    let stack = Stack::load().unwrap();
    let (app, id) = case(&stack).await;
    let before = done(&stack, Scope::Case(id.parse().unwrap())).await;
    let path = format!("/v1/cases/{id}/access-log");
    for (query, pointer, why) in [
        (format!("from={CANARY}"), "/from", "format"),
        ("to=2026-02-30".to_owned(), "/to", "format"),
        ("from=2026-11-02&to=2026-11-01".to_owned(), "/to", "inconsistent"),
        (format!("who={CANARY}"), "/who", "unknown-value"),
        (format!("what=view,{CANARY}"), "/what", "unknown-value"),
        ("what=".to_owned(), "/what", "unknown-value"),
        (format!("who=staff&who={CANARY}"), "/who", "duplicate-field"),
        (format!("name={CANARY}"), "/name", "unknown-field"),
    ] {
        invalid(&query, &app.get(&format!("{path}?{query}")).await.unwrap(), pointer, why);
    }
    for event in [CANARY, "evt_00000000000000000000000000000000", "evt_0"] {
        for ending in ["receipt", "receipt.html"] {
            let path = format!("/v1/cases/{id}/consents/{event}/{ending}");
            refused(&path, &app.get(&path).await.unwrap(), 404, "not-found", &[]);
        }
    }
    let sign_in = stack.new_patient(&format!("bad-case-{}@patients.example", fresh_key())).await.unwrap();
    let other = PatientApp::new(&stack, &stack.sign_in(&sign_in).await.unwrap());
    let body = json!({"emergency_signs": [], "patient_under_14": CANARY});
    invalid("age", &other.post("/v1/cases", &body).await.unwrap(), "/patient_under_14", "wrong-type");
    assert_eq!(other.get("/v1/cases").await.unwrap().json()["items"], json!([]));
    assert_eq!(done(&stack, Scope::Case(id.parse().unwrap())).await, before, "bad input is no reading");
}
