//! Who acts for a patient: a child's guardian with the mailbox on file, everybody else with a mandate; and mailboxes that
//! several patients share.

use super::{case_with, claim, codes, known, looked, verified, wish};
use crate::{member, patient, step};
use medius_tests::anybody::Anybody;
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn acting(right: &str, email: &str, role: &str) -> Value {
    json!({"right": right, "email": email, "role": role, "language": "en"})
}

#[tokio::test]
async fn an_agent_and_a_guardian_who_is_not_on_file_wait_for_the_mandate() {
    let stack = Stack::load().unwrap();
    let (_, _, email) = known(&stack).await;
    let who = Anybody::new(&stack, "rights");
    let dpo = member(&stack, "dpo").await;
    for role in ["agent", "guardian"] {
        let (id, ticket) = verified(&stack, &who, &email, &acting("access", &email, role)).await;
        let view = looked(&ticket, &id).await.expect(200, "look").unwrap().json();
        assert_eq!((&view["state"], &view["asked_as"]), (&json!("AGENT_PROOF_PENDING"), &json!(role)));
        assert!(view["waiting_for"]["what"]["ko"].as_str().unwrap().contains("위임"));
        // Nobody takes it up before the mandate is there.
        assert_eq!(step(&dpo, &id, "assign", &Value::Null).await.json()["reason"], "not-in-this-state");
    }
}

#[tokio::test]
async fn a_guardian_on_file_needs_no_mandate() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let opened = json!({"emergency_signs": [], "patient_under_14": true});
    let case = app.post("/v1/cases", &opened).await.unwrap().expect(201, "case").unwrap().json();
    let case = case["id"].as_str().unwrap();
    let mailbox = format!("guardian-{}@families.example", fresh_key());
    let now = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    let guardian = json!({"name": "A B", "email": mailbox, "relationship": "parent", "language": "en"});
    let path = format!("/v1/cases/{case}/intake/guardian");
    app.change(Method::PUT, &path, &now.etag(), Some(&guardian)).await.unwrap().expect(200, "guardian").unwrap();
    let who = Anybody::new(&stack, "rights");
    let (id, ticket) = verified(&stack, &who, &mailbox, &acting("access", &mailbox, "guardian")).await;
    assert_eq!(looked(&ticket, &id).await.json()["state"], "QUEUED");
    // It is the guardian's mailbox and not the patient's.
    claim(&who, &acting("access", &mailbox, "self")).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(codes(&stack, &mailbox, 1).await.len(), 1);
}

#[tokio::test]
async fn the_guardian_of_a_child_that_came_of_age_shows_a_mandate() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let opened = json!({"emergency_signs": [], "patient_under_14": true});
    let case = app.post("/v1/cases", &opened).await.unwrap().expect(201, "case").unwrap().json();
    let case = case["id"].as_str().unwrap().to_owned();
    let mailbox = format!("guardian-{}@families.example", fresh_key());
    let change = |path: String, body: Value| {
        let (app, case) = (&app, &case);
        async move {
            let now = app.get(&format!("/v1/cases/{case}")).await.unwrap();
            app.change(Method::PUT, &path, &now.etag(), Some(&body)).await.unwrap().expect(200, "change").unwrap()
        }
    };
    let guardian = json!({"name": "A B", "email": mailbox, "relationship": "parent", "language": "en"});
    change(format!("/v1/cases/{case}/intake/guardian"), guardian).await;
    let path = format!("/v1/cases/{case}/guardian");
    app.post(&format!("{path}/code"), &Value::Null).await.unwrap().expect(202, "code").unwrap();
    let code = codes(&stack, &mailbox, 1).await.pop().unwrap();
    app.post(&format!("{path}/verify"), &json!({"code": code})).await.unwrap().expect(200, "verification").unwrap();
    for item in ["K1", "G1", "S1"] {
        app.agree(&case, item, None).await.unwrap();
    }
    let born = |years: u32| {
        let day = chrono::Utc::now().date_naive() - chrono::Months::new(12 * years);
        json!({"name": "C D", "birth_date": day.to_string()})
    };
    let basic = format!("/v1/cases/{case}/intake/basic");
    change(basic.clone(), born(9)).await;
    let who = Anybody::new(&stack, "rights");
    let (id, ticket) = verified(&stack, &who, &mailbox, &acting("access", &mailbox, "guardian")).await;
    assert_eq!(looked(&ticket, &id).await.json()["state"], "QUEUED");
    // Fifteen by now: it speaks for itself, and the mailbox alone shows nothing any more.
    change(basic, born(15)).await;
    let (id, ticket) = verified(&stack, &who, &mailbox, &acting("access", &mailbox, "guardian")).await;
    assert_eq!(looked(&ticket, &id).await.json()["state"], "AGENT_PROOF_PENDING");
}

#[tokio::test]
async fn a_mailbox_of_several_patients_needs_the_case() {
    let stack = Stack::load().unwrap();
    let (_, first, email) = known(&stack).await;
    let (other, _) = patient(&stack).await;
    let second = case_with(&stack, &other, &email).await;
    let who = Anybody::new(&stack, "rights");
    claim(&who, &wish("access", &email)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for case in [&first, &second] {
        let mut named = wish("access", &email);
        named["case_id"] = json!(case);
        let (id, ticket) = verified(&stack, &who, &email, &named).await;
        assert_eq!(looked(&ticket, &id).await.json()["case_id"], json!(case));
    }
    assert_eq!(codes(&stack, &email, 2).await.len(), 2, "the one without a case came to nothing");
    // Who has moved on to another mailbox is not reached at the old one any more.
    let path = format!("/v1/cases/{second}/intake/basic");
    let now = other.get(&format!("/v1/cases/{second}")).await.unwrap().expect(200, "case").unwrap();
    let mut basic = now.json()["basic"].clone();
    basic["email"] = json!(format!("moved-{}@patients.example", fresh_key()));
    other.change(Method::PUT, &path, &now.etag(), Some(&basic)).await.unwrap().expect(200, "basic").unwrap();
    let (id, ticket) = verified(&stack, &who.elsewhere(), &email, &wish("access", &email)).await;
    assert_eq!(looked(&ticket, &id).await.json()["case_id"], Value::Null);
}
