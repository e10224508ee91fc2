//! Messages between a patient and staff.

use super::{NOWHERE, log, member, patient, refused, take};
use chrono::{Days, Utc};
use medius_domain::access::Outcome;
use medius_domain::clock::kst_day;
use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A draft whose patient told how to be reached, with the address.
async fn reachable(stack: &Stack, name: &str) -> (PatientApp, String, String) {
    let app = patient(stack, name).await;
    let case = app.open_case().await.unwrap();
    app.agree(&case, "G1", None).await.unwrap();
    let email = format!("{name}-{}@patients.example", fresh_key());
    let before = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    let basic = json!({"name": "Vu Thi Hoa", "email": email, "languages": ["vi"]});
    let path = format!("/v1/cases/{case}/intake/basic");
    app.change(Method::PUT, &path, &before.etag(), Some(&basic)).await.unwrap().expect(200, "basic").unwrap();
    (app, case, email)
}

#[tokio::test]
async fn a_patient_and_a_coordinator_write_to_each_other_and_the_mail_holds_none_of_it() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = reachable(&stack, "writes").await;
    let coordinator = member(&stack, "coordinator").await;
    take(&coordinator, &case).await;
    let soon = kst_day(Utc::now()) + Days::new(5);
    let due = format!("/staff/v1/work-list?state=draft&assignee=me&due_by={soon}");
    assert_eq!(coordinator.get(&due).await.unwrap().json()["items"], json!([]));

    let (question, answer) = ("Zqcanaryask: has my letter\narrived?", "Zqcanaryreply: not yet, tomorrow.");
    let (own, staff) = (format!("/v1/cases/{case}/messages"), format!("/staff/v1/cases/{case}/messages"));
    let key = fresh_key();
    let asked = app.post_with(&own, &json!({"text": question}), &key).await.unwrap().expect(201, "question").unwrap();
    assert!(!asked.text().contains("canary"), "the remembered answer must not hold the text");
    let again = app.post_with(&own, &json!({"text": question}), &key).await.unwrap().expect(201, "repeat").unwrap();
    assert_eq!(asked.body, again.body);
    let other = app.post_with(&own, &json!({"text": "another"}), &key).await.unwrap();
    refused(&other, 422, "idempotency-key-reused", &[]);
    // A question makes the case due.
    assert_eq!(coordinator.get(&due).await.unwrap().json()["items"][0]["case_id"], case.as_str());

    let before = stack.mails().await.unwrap().len();
    let sent = coordinator.post(&staff, &json!({"text": answer})).await.unwrap().expect(201, "answer").unwrap().json();
    assert_eq!(sent["from"], "coordinator");
    let patience = Duration::from_secs(30);
    let mail = stack.wait_for_mail(&email, patience, |m| m.to == [email.clone()]).await.unwrap();
    let words = [Some(mail.subject), mail.body_text, mail.body_html].map(Option::unwrap_or_default).join("\n");
    assert!(words.contains("https://") || words.contains("http://"), "the mail has no link: {words}");
    for secret in ["canary", "tomorrow", "Vu Thi Hoa", "Hoa"] {
        assert!(!words.contains(secret), "the mail holds {secret}");
    }
    let mine = stack.mails().await.unwrap().into_iter().skip(before).filter(|m| m.to == [email.clone()]).count();
    assert_eq!(mine, 1, "one mail, and none for the patient's own message");

    for answer_to in [app.get(&own).await.unwrap(), coordinator.get(&staff).await.unwrap()] {
        let list = answer_to.expect(200, "messages").unwrap();
        assert!(!list.text().contains(coordinator.subject.as_str()), "staff have roles here and no names");
        let shown: Vec<(Value, Value)> =
            list.json()["items"].as_array().unwrap().iter().map(|m| (m["from"].clone(), m["text"].clone())).collect();
        assert_eq!(shown, [(json!("patient"), json!(question)), (json!("coordinator"), json!(answer))]);
        assert_eq!(list.json()["more"], false);
    }
    let first = app.get(&own).await.unwrap().json()["items"][1]["sent_at"].as_str().unwrap().to_owned();
    let older = app.get(&format!("{own}?before={first}")).await.unwrap().expect(200, "older").unwrap().json();
    assert_eq!(older["items"].as_array().unwrap().len(), 1);

    for function in ["desk", "mailer"] {
        let lines = stack.logs(function).await.unwrap().join("\n");
        assert!(!lines.contains("canary"), "a log line of {function} holds a text");
    }
}

#[tokio::test]
async fn messages_rest_on_the_consent_to_be_asked_and_answered() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "unasked").await;
    let case = app.open_case().await.unwrap();
    let (own, staff) = (format!("/v1/cases/{case}/messages"), format!("/staff/v1/cases/{case}/messages"));
    let coordinator = member(&stack, "coordinator").await;
    let text = json!({"text": "hello", "reason": "patient_asked"});
    let early = app.post(&own, &json!({"text": "hello"})).await.unwrap();
    refused(&early, 403, "consent-required", &[]);
    assert_eq!(early.json()["missing_consents"], json!([{"item": "G1"}]));
    refused(&coordinator.post(&staff, &text).await.unwrap(), 403, "consent-required", &[]);
    app.agree(&case, "G1", None).await.unwrap();
    app.post(&own, &json!({"text": "hello"})).await.unwrap().expect(201, "with consent").unwrap();
    coordinator.post(&staff, &text).await.unwrap().expect(201, "with consent").unwrap();
    app.withdraw(&case, "G1", None).await.unwrap().expect(201, "withdrawal").unwrap();
    refused(&app.post(&own, &json!({"text": "hello"})).await.unwrap(), 403, "consent-required", &[]);
    refused(&coordinator.post(&staff, &text).await.unwrap(), 403, "consent-required", &[]);
    let read = coordinator.get(&format!("{staff}?reason=patient_asked")).await.unwrap();
    refused(&read, 403, "consent-required", &[]);
    let all = app.get(&own).await.unwrap().expect(200, "the patient's own").unwrap().json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_message_for_an_unassigned_case_needs_a_reason() {
    let stack = Stack::load().unwrap();
    let (_, case, _) = reachable(&stack, "reason").await;
    let coordinator = member(&stack, "coordinator").await;
    let path = format!("/staff/v1/cases/{case}/messages");
    let missing = [("/reason", "missing")];
    refused(&coordinator.get(&path).await.unwrap(), 422, "invalid-field", &missing);
    refused(&coordinator.post(&path, &json!({"text": "hello"})).await.unwrap(), 422, "invalid-field", &missing);
    coordinator.get(&format!("{path}?reason=substitution")).await.unwrap().expect(200, "read").unwrap();
    let text = json!({"text": "hello", "reason": "substitution"});
    coordinator.post(&path, &text).await.unwrap().expect(201, "written").unwrap();
}

#[tokio::test]
async fn a_stranger_neither_reads_nor_writes_and_the_attempt_is_on_record() {
    let stack = Stack::load().unwrap();
    let (_, case, _) = reachable(&stack, "owner").await;
    let stranger = patient(&stack, "stranger").await;
    let before = log(&stack, &case).await.len();
    for id in [case.as_str(), NOWHERE] {
        let path = format!("/v1/cases/{id}/messages");
        refused(&stranger.get(&path).await.unwrap(), 404, "not-found", &[]);
        refused(&stranger.post(&path, &json!({"text": "hello"})).await.unwrap(), 404, "not-found", &[]);
    }
    let path = |id: &str| format!("/v1/cases/{id}/messages");
    let (foreign, absent) = (stranger.get(&path(&case)).await.unwrap(), stranger.get(&path(NOWHERE)).await.unwrap());
    assert_eq!(foreign.body, absent.body);
    let after = log(&stack, &case).await;
    assert_eq!(after.len(), before + 3);
    assert!(after[before..].iter().all(|e| e.outcome == Outcome::Refused && e.object.as_str().starts_with("message")));
}

#[tokio::test]
async fn a_text_that_breaks_a_rule_is_refused_and_never_repeated() {
    let stack = Stack::load().unwrap();
    let (app, case, _) = reachable(&stack, "bad").await;
    let coordinator = member(&stack, "coordinator").await;
    take(&coordinator, &case).await;
    let long = format!("zxcanary{}", "a".repeat(4000));
    for (text, code) in [
        (json!("zxcanary\u{7}"), "control-character"),
        (json!("zxcanary\u{202e}"), "bidi-character"),
        (json!("zxcanary 900101-1234567"), "resident-registration-number"),
        (json!("zxcanary M12345678"), "passport-number"),
        (json!("zxcanary 4111 1111 1111 1111"), "card-number"),
        (json!(long), "too-long"),
        (json!("  \n "), "empty"),
        (json!(7), "wrong-type"),
    ] {
        let body = json!({"text": text});
        for answer in [
            app.post(&format!("/v1/cases/{case}/messages"), &body).await.unwrap(),
            coordinator.post(&format!("/staff/v1/cases/{case}/messages"), &body).await.unwrap(),
        ] {
            refused(&answer, 422, "invalid-field", &[("/text", code)]);
            assert!(!answer.text().contains("zxcanary"));
        }
    }
    let path = format!("/v1/cases/{case}/messages");
    refused(&app.post(&path, &json!({})).await.unwrap(), 422, "invalid-field", &[("/text", "missing")]);
    let body = json!({"text": "hello", "reason": "audit"});
    refused(&app.post(&path, &body).await.unwrap(), 422, "invalid-field", &[("/reason", "unknown-field")]);
    let keyless = app.send(Method::POST, &path, &[], Some(b"{\"text\":\"hello\"}".to_vec())).await.unwrap();
    refused(&keyless, 400, "idempotency-key-required", &[]);
    let later = app.get(&format!("{path}?before=yesterday")).await.unwrap();
    refused(&later, 422, "invalid-field", &[("/before", "format")]);
    assert_eq!(app.get(&path).await.unwrap().json()["items"], json!([]));
}
