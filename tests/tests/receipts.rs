//! Consent receipts on the local stack: signed by the stack's key, checked with what the service publishes and nothing
//! else, and without anything that says who the patient is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_domain::signed::{KeySet, Kind, Unverified, verify};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, PatientApp, fresh_key, read};
use serde_json::{Value, json};

async fn patient(stack: &Stack, name: &str) -> PatientApp {
    let sign_in = stack.new_patient(&format!("{name}-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap())
}

/// The published keys, as anybody gets them.
async fn keys(stack: &Stack) -> KeySet {
    let address = stack.url("/.well-known/medius-signing-keys.json");
    let answer = read(stack.http().get(address).send().await.unwrap()).await.unwrap().expect(200, "keys").unwrap();
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    serde_json::from_slice(&answer.body).unwrap()
}

async fn receipt(app: &PatientApp, case: &str, event: &str) -> Answer {
    let answer = app.get(&format!("/v1/cases/{case}/consents/{event}/receipt")).await.unwrap();
    answer.expect(200, "receipt").unwrap()
}

#[tokio::test]
async fn every_decision_has_a_receipt_that_anybody_can_verify() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "receipts").await;
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    app.withdraw(&case, "PS", Some(&to)).await.unwrap().expect(201, "withdrawal").unwrap();
    let keys = keys(&stack).await;
    let events = app.get(&format!("/v1/cases/{case}/consents")).await.unwrap().json()["events"].clone();
    let mut states = Vec::new();
    for event in events.as_array().unwrap() {
        let id = event["event_id"].as_str().unwrap();
        if event["action"] == "SERVE" {
            let path = format!("/v1/cases/{case}/consents/{id}/receipt");
            app.get(&path).await.unwrap().expect(404, "nothing was decided").unwrap();
            continue;
        }
        let answer = receipt(&app, &case, id).await;
        assert!(answer.header("content-disposition").starts_with("attachment; filename=\"consent-receipt-evt_"));
        let verified = verify(Kind::ConsentReceipt, &answer.body, &keys).unwrap();
        let receipt = &verified.statement;
        assert_eq!(
            (receipt["record_id"].as_str(), &receipt["pii_processing"]["privacy_notice"]["item"]),
            (Some(id), &event["item"])
        );
        assert_eq!(receipt["pii_processing"]["privacy_notice"]["sha256"], event["text_sha256"]);
        // ECDSA has a fresh number in every signature; what is signed stays the same.
        let again = verify(Kind::ConsentReceipt, &self::receipt(&app, &case, id).await.body, &keys).unwrap();
        assert_eq!(again, verified);
        assert_eq!(verify(Kind::LogHead, &answer.body, &keys), Err(Unverified::File));
        states.push(receipt["events"][1]["event_state"].as_str().unwrap().to_owned());
    }
    states.sort();
    assert_eq!(states, ["given", "given", "given", "given", "withdrawn"]);
}

#[tokio::test]
async fn a_receipt_names_no_patient_and_reading_it_is_in_the_log() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "unnamed").await;
    let story = demo_story().unwrap();
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&story, &to).await.unwrap();
    let event = app.agree(&case, "PS", Some(&to)).await.unwrap();
    let json = receipt(&app, &case, &event).await;
    let page = app.get(&format!("/v1/cases/{case}/consents/{event}/receipt.html")).await.unwrap();
    let page = page.expect(200, "page").unwrap();
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(page.text().contains("<!doctype html>") && page.text().contains("emphasis"));
    for field in ["name", "phone", "email", "birth_date"] {
        let Some(value) = story["basic"][field].as_str() else { continue };
        assert!(!json.text().contains(value) && !page.text().contains(value), "{field}");
    }
    // The file in the page is as good as the file itself.
    let data = page.text();
    let data = data.split("base64,").nth(1).unwrap().split('"').next().unwrap();
    let file = data_encoding::BASE64.decode(data.as_bytes()).unwrap();
    verify(Kind::ConsentReceipt, &file, &keys(&stack).await).unwrap();
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().expect(200, "log").unwrap().json();
    let taken = log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "download");
    assert_eq!(taken.count(), 2, "{log}");
}

#[tokio::test]
async fn somebody_elses_receipt_is_the_same_404_as_none() {
    let stack = Stack::load().unwrap();
    let (owner, other) = (patient(&stack, "owner").await, patient(&stack, "other").await);
    let case = owner.open_case().await.unwrap();
    let event = owner.agree(&case, "G1", None).await.unwrap();
    receipt(&owner, &case, &event).await;
    let theirs = other.open_case().await.unwrap();
    let absent = format!("evt_{}", "0".repeat(32));
    for page in ["receipt", "receipt.html"] {
        let problem = |case: &str, event: &str| {
            let (other, path) = (other.clone(), format!("/v1/cases/{case}/consents/{event}/{page}"));
            async move { other.get(&path).await.unwrap().expect(404, "not theirs").unwrap().json() }
        };
        let none: Value = problem(&theirs, &absent).await;
        for (case, event) in [(&case, &event), (&theirs, &event), (&case, &absent)] {
            assert_eq!(problem(case, event).await, none);
        }
        assert_eq!(none["code"], json!("not-found"));
    }
}
