//! An explanation as its patient meets it: under the consent for it, of confirmed values only, as data and as a PDF, and
//! attached to nothing. Over HTTP, on the deployed functions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};

async fn patient(stack: &Stack, name: &str) -> (PatientApp, Value) {
    let email = format!("{name}-{}@patients.example", fresh_key());
    let sign_in = stack.new_patient(&email).await.unwrap();
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = email.into();
    (PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap()), story)
}

async fn told(app: &PatientApp, story: &Value) -> String {
    let case = app.open_case().await.unwrap();
    for item in ["G1", "S1"] {
        app.agree(&case, item, None).await.unwrap();
    }
    app.tell(&case, story).await.unwrap();
    case
}

async fn explain(app: &PatientApp, case: &str) -> Answer {
    app.post(&format!("/v1/cases/{case}/explanations"), &json!({"language": "both"})).await.unwrap()
}

async fn report(app: &PatientApp, case: &str, id: &str) -> Value {
    let path = format!("/v1/cases/{case}/explanations/{id}/report");
    app.get(&path).await.unwrap().expect(200, "report").unwrap().json()
}

/// A result as the patient types it from a sheet.
fn typed(name: &str, value: &str, unit: &str, range: &str) -> Value {
    json!({"kind": "result", "name": name, "value": value, "unit": unit, "range": range, "date": "2026-11-02"})
}

async fn record(app: &PatientApp, case: &str, entries: Value) -> Value {
    let path = format!("/v1/cases/{case}/records");
    app.post(&path, &json!({"entries": entries})).await.unwrap().expect(201, "record").unwrap().json()
}

#[tokio::test]
async fn an_explanation_needs_its_consent_and_something_to_explain() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack, "explain-consent").await;
    let case = app.open_case().await.unwrap();
    let refused = explain(&app, &case).await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (403, Some("consent-required")));
    let items: Vec<_> =
        refused.json()["missing_consents"].as_array().unwrap().iter().map(|m| m["item"].clone()).collect();
    assert!(items.contains(&json!("E1")), "{items:?}");
    for item in ["G1", "S1", "E1"] {
        app.agree(&case, item, None).await.unwrap();
    }
    let refused = explain(&app, &case).await;
    assert_eq!((refused.status.as_u16(), refused.json()["reason"].as_str()), (409, Some("nothing-to-explain")));
}

#[tokio::test]
async fn a_sheet_that_was_typed_is_explained_with_a_source_for_every_sentence() {
    let stack = Stack::load().unwrap();
    let (app, story) = patient(&stack, "explain-sheet").await;
    let case = told(&app, &story).await;
    app.agree(&case, "E1", None).await.unwrap();
    record(
        &app,
        &case,
        json!([
            typed("K", "6.8", "mmol/L", "3.5~5.1"),
            typed("TSH", "2.1", "IU/mL", "0.4~4.0"),
            {"kind": "medicine", "name": "와파린"},
            {"kind": "medicine", "name": "이부프로펜"},
        ]),
    )
    .await;
    let made = explain(&app, &case).await.expect(201, "explanation").unwrap();
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let data = report(&app, &case, &id).await;
    // The urgent value stands first and apart.
    assert!(!data["critical"].as_array().unwrap().is_empty(), "{data:#}");
    // A unit that lost its sign is not judged, whatever its range says.
    let text = data.to_string();
    assert!(text.contains("not-judged") || text.contains("not_judged"), "nothing was left unjudged");
    // Nothing is said without a source that is listed.
    let listed: Vec<&str> = data["sources"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let mut sentences = 0;
    walk(&data, &mut |object| {
        if let (Some(_), Some(source)) = (object.get("ko"), object.get("source").and_then(Value::as_str)) {
            sentences += 1;
            assert!(listed.contains(&source), "{source} is not among the sources");
        }
    });
    assert!(sentences > 20, "only {sentences} sentences");

    let pdf = app.get(&format!("/v1/cases/{case}/explanations/{id}/pdf")).await.unwrap().expect(200, "pdf").unwrap();
    assert!(pdf.body.starts_with(b"%PDF-"));
    assert_eq!(pdf.header("content-type"), "application/pdf");
    // It is listed, and stands in nothing else.
    let list = app.get(&format!("/v1/cases/{case}/explanations")).await.unwrap().json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0], made.json());
    let letters = app.get(&format!("/v1/cases/{case}/referrals")).await.unwrap().json();
    assert_eq!(letters["items"], json!([]));
}

fn walk(value: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|v| walk(v, see));
        }
        Value::Array(all) => all.iter().for_each(|v| walk(v, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn a_withdrawal_ends_new_explanations_and_leaves_the_patient_what_was_made() {
    let stack = Stack::load().unwrap();
    let (app, story) = patient(&stack, "explain-withdrawn").await;
    let case = told(&app, &story).await;
    app.agree(&case, "E1", None).await.unwrap();
    let id = explain(&app, &case).await.expect(201, "explanation").unwrap().json()["id"].as_str().unwrap().to_owned();
    let data = report(&app, &case, &id).await;
    assert!(!data["results"].as_array().unwrap().is_empty() && !data["medicines"].as_array().unwrap().is_empty());
    app.withdraw(&case, "E1", None).await.unwrap().expect(201, "withdrawal").unwrap();
    assert_eq!(explain(&app, &case).await.status.as_u16(), 403);
    // What was made stays the patient's own.
    assert_eq!(report(&app, &case, &id).await, data);
}

#[tokio::test]
async fn a_repeat_gets_the_same_explanation_and_a_stranger_none() {
    let stack = Stack::load().unwrap();
    let (app, story) = patient(&stack, "explain-repeat").await;
    let (stranger, _) = patient(&stack, "explain-stranger").await;
    let case = told(&app, &story).await;
    app.agree(&case, "E1", None).await.unwrap();
    let (path, body, key) = (format!("/v1/cases/{case}/explanations"), json!({"language": "en"}), fresh_key());
    let first = app.post_with(&path, &body, &key).await.unwrap().expect(201, "first").unwrap();
    let second = app.post_with(&path, &body, &key).await.unwrap().expect(201, "second").unwrap();
    assert_eq!(first.json(), second.json());
    let id = first.json()["id"].as_str().unwrap().to_owned();
    for path in [format!("{path}/{id}"), format!("{path}/{id}/report"), format!("{path}/{id}/pdf"), path.clone()] {
        assert_eq!(stranger.get(&path).await.unwrap().status.as_u16(), 404, "{path}");
    }
    assert_eq!(explain(&stranger, &case).await.status.as_u16(), 404);
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().json().to_string();
    assert!(log.contains("explanation"), "the log says nothing of it");
}

#[tokio::test]
async fn a_row_that_was_dropped_is_not_explained() {
    let stack = Stack::load().unwrap();
    let (app, story) = patient(&stack, "explain-drop").await;
    let case = told(&app, &story).await;
    app.agree(&case, "E1", None).await.unwrap();
    let made = record(&app, &case, json!([typed("페리틴", "6", "ng/mL", "10~150")])).await;
    let path = format!("/v1/cases/{case}/records/{}", made["id"].as_str().unwrap());
    let id = explain(&app, &case).await.expect(201, "first").unwrap().json()["id"].as_str().unwrap().to_owned();
    assert!(report(&app, &case, &id).await.to_string().contains("페리틴"));
    let read = app.get(&path).await.unwrap().expect(200, "record").unwrap();
    let decisions = json!({"decisions": [{"row": 1, "decision": "drop"}]});
    let path = format!("{path}/decisions");
    app.change(Method::POST, &path, &read.etag(), Some(&decisions)).await.unwrap().expect(200, "drop").unwrap();
    let id = explain(&app, &case).await.expect(201, "second").unwrap().json()["id"].as_str().unwrap().to_owned();
    assert!(!report(&app, &case, &id).await.to_string().contains("페리틴"));
}
