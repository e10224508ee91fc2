//! Inquiries over HTTP on the local stack: patients who ask, staff who answer, and who is told nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attachments;
mod bad_input;
mod keeping;
mod records;
mod staff;
mod visitors;

use aws_sdk_dynamodb::types::AttributeValue;
use medius_domain::access::{Entry, Outcome, Scope};
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// An id that no inquiry has.
const NOWHERE: &str = "inq_00000000000000000000000000000000";

async fn patient(stack: &Stack, name: &str) -> PatientApp {
    let sign_in = stack.new_patient(&format!("{name}-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap())
}

async fn member(stack: &Stack, group: &str) -> StaffApp {
    let sign_in = stack.new_member(&format!("{group}-{}@staff.example", fresh_key()), group).await.unwrap();
    StaffApp::of(stack, &sign_in).await.unwrap()
}

/// Asks, and gives the inquiry's id.
async fn ask(app: &PatientApp, topic: &str, text: &str) -> String {
    let body = json!({"topic": topic, "text": text});
    let asked = app.post("/v1/inquiries", &body).await.unwrap().expect(201, "inquiry").unwrap();
    asked.json()["id"].as_str().unwrap().to_owned()
}

fn own(id: &str) -> String {
    format!("/v1/inquiries/{id}")
}

fn desk(id: &str) -> String {
    format!("/staff/v1/inquiries/{id}")
}

/// Takes an inquiry as it is now.
async fn take(staff: &StaffApp, id: &str) {
    let seen = staff.get(&format!("{}?reason=patient_asked", desk(id))).await.unwrap().expect(200, "open").unwrap();
    let path = format!("{}/assign", desk(id));
    let taken = staff.change(Method::POST, &path, &seen.etag(), Some(&json!({"assignee": "me"}))).await.unwrap();
    assert_eq!(taken.expect(200, "assignment").unwrap().json()["mine"], true);
}

/// The ids in the list of a member of staff.
async fn waiting(staff: &StaffApp, query: &str) -> Vec<String> {
    let list = staff.get(&format!("/staff/v1/inquiries{query}")).await.unwrap().expect(200, "list").unwrap().json();
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// The inquiry's chain in the access log, which must hold.
async fn log(stack: &Stack, id: &str) -> Vec<Entry> {
    let tables = medius_store::Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(stack.dynamodb(stack.operator_credentials()), tables, clock);
    let entries = db.log_entries(&Scope::Inquiry(id.parse().unwrap())).await.unwrap();
    let head = medius_domain::access::verify(&entries).expect("the access log's chain");
    assert_eq!(head.seq as usize, entries.len());
    entries
}

/// What was tried and turned away.
async fn refusals(stack: &Stack, id: &str) -> usize {
    log(stack, id).await.iter().filter(|entry| entry.outcome == Outcome::Refused).count()
}

/// An item as it is stored.
async fn item(stack: &Stack, table: &str, id: &str, sk: &str) -> Option<HashMap<String, AttributeValue>> {
    at(stack, table, format!("INQUIRY#{id}"), sk).await
}

/// What a statute keeps of an inquiry, or the key of that.
async fn kept(stack: &Stack, table: &str, id: &str) -> Option<HashMap<String, AttributeValue>> {
    let sk = if table == "keys" { "KEY" } else { "STATUTORY" };
    at(stack, table, format!("STATUTORY#{id}"), sk).await
}

async fn at(stack: &Stack, table: &str, pk: String, sk: &str) -> Option<HashMap<String, AttributeValue>> {
    let get = stack.dynamodb(stack.operator_credentials()).get_item().table_name(stack.table(table));
    let get = get.key("pk", AttributeValue::S(pk)).key("sk", AttributeValue::S(sk.to_owned()));
    get.send().await.unwrap().item
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.text());
}

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

fn texts(view: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    view["thread"].as_array().unwrap().iter().map(|written| (text(&written["from"]), text(&written["text"]))).collect()
}

#[tokio::test]
async fn a_patient_asks_staff_answer_and_neither_mail_nor_table_nor_log_holds_the_words() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = reachable(&stack, "asks").await;
    let body = json!({"topic": "referral", "case_id": case, "text": "Zqinquiryask: was it\nsent?"});
    let key = fresh_key();
    let asked = app.post_with("/v1/inquiries", &body, &key).await.unwrap().expect(201, "inquiry").unwrap();
    assert!(!asked.text().contains("Zqinquiry"), "the remembered answer must not hold the text");
    let again = app.post_with("/v1/inquiries", &body, &key).await.unwrap().expect(201, "repeat").unwrap();
    assert_eq!(asked.body, again.body);
    let other = json!({"topic": "service", "text": "another"});
    refused(&app.post_with("/v1/inquiries", &other, &key).await.unwrap(), 422, "idempotency-key-reused");
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((asked.json()["state"].clone(), asked.header("location")), (json!("open"), own(&id)));

    let coordinator = member(&stack, "coordinator").await;
    take(&coordinator, &id).await;
    let before = stack.mails().await.unwrap().len();
    let answer = json!({"text": "Zqinquiryreply: yes, this morning."});
    let key = fresh_key();
    for _ in 0..2 {
        let path = format!("{}/answer", desk(&id));
        let answered = coordinator.post_with(&path, &answer, &key).await.unwrap().expect(201, "answer").unwrap();
        assert_eq!((answered.json()["state"].clone(), answered.text().contains("Zq")), (json!("answered"), false));
    }
    let mail = stack.wait_for_mail(&email, Duration::from_secs(30), |m| m.to == [email.clone()]).await.unwrap();
    let words = [Some(mail.subject), mail.body_text, mail.body_html].map(Option::unwrap_or_default).join("\n");
    assert!(words.contains("http"), "the mail has no link: {words}");
    for secret in ["Zqinquiry", "morning", "Hoa", id.as_str()] {
        assert!(!words.contains(secret), "the mail holds {secret}");
    }
    let mails = stack.mails().await.unwrap().into_iter().skip(before).filter(|m| m.to == [email.clone()]).count();
    assert_eq!(mails, 1, "a repeat is no second answer");

    let more = json!({"text": "Zqinquirymore: thank you."});
    app.post(&format!("{}/messages", own(&id)), &more).await.unwrap().expect(201, "more").unwrap();
    let view = app.get(&own(&id)).await.unwrap().expect(200, "own inquiry").unwrap();
    assert!(!view.text().contains(coordinator.subject.as_str()), "staff have roles here and no names");
    let said = |from: &str, text: &str| (from.to_owned(), text.to_owned());
    let expected = [
        said("patient", "Zqinquiryask: was it\nsent?"),
        said("coordinator", "Zqinquiryreply: yes, this morning."),
        said("patient", "Zqinquirymore: thank you."),
    ];
    assert_eq!((texts(&view.json()), view.json()["state"].clone()), (expected.to_vec(), json!("open")));
    let seen = coordinator.get(&desk(&id)).await.unwrap().expect(200, "assigned").unwrap();
    assert_eq!(texts(&seen.json()), expected);

    let close = format!("{}/close", own(&id));
    let stale = app.change(Method::POST, &close, "\"1\"", Some(&json!({"satisfaction": 4}))).await.unwrap();
    refused(&stale, 412, "version-mismatch");
    let closed = app.change(Method::POST, &close, &view.etag(), Some(&json!({"satisfaction": 4}))).await.unwrap();
    let closed = closed.expect(200, "close").unwrap().json();
    assert_eq!((closed["state"].clone(), closed["satisfaction"].clone()), (json!("closed"), json!(4)));
    for late in [
        app.post(&format!("{}/messages", own(&id)), &more).await.unwrap(),
        coordinator.post(&format!("{}/answer", desk(&id)), &answer).await.unwrap(),
    ] {
        refused(&late, 409, "state-conflict");
        assert_eq!(late.json()["reason"], "inquiry-closed");
    }
    let list = app.get("/v1/inquiries").await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!((list["items"][0]["id"].as_str(), list["items"].as_array().unwrap().len()), (Some(&*id), 1));

    for table in stack.run().tables.keys() {
        let dynamodb = stack.dynamodb(stack.operator_credentials());
        let mut pages = dynamodb.scan().table_name(stack.table(table)).into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let item = item.unwrap();
            let stored = format!("{item:?}");
            assert!(!stored.contains("Zqinquiry"), "{table} holds a text");
            let bytes = item.values().filter_map(|value| value.as_b().ok());
            for bytes in bytes.map(|b| b.as_ref()) {
                assert!(!bytes.windows(9).any(|nine| nine == b"Zqinquiry"), "{table} holds a text in bytes");
            }
        }
    }
    for function in ["inquiry", "mailer"] {
        let lines = stack.logs(function).await.unwrap().join("\n");
        assert!(!lines.contains("Zqinquiry"), "a log line of {function} holds a text");
    }
    let done: Vec<String> = log(&stack, &id).await.iter().map(|entry| entry.action.code().to_owned()).collect();
    assert_eq!(done, ["create", "view", "update", "create", "create", "view", "view", "update"]);
}

#[tokio::test]
async fn a_stranger_is_told_nothing_and_the_attempt_is_on_record() {
    let stack = Stack::load().unwrap();
    let (app, stranger) = (patient(&stack, "asker").await, patient(&stack, "stranger").await);
    let id = ask(&app, "service", "How long does it take?").await;
    let close = |id: &str| format!("{}/close", own(id));
    for (mine, absent) in [
        (stranger.get(&own(&id)).await.unwrap(), stranger.get(&own(NOWHERE)).await.unwrap()),
        (
            stranger.post(&format!("{}/messages", own(&id)), &json!({"text": "x"})).await.unwrap(),
            stranger.post(&format!("{}/messages", own(NOWHERE)), &json!({"text": "x"})).await.unwrap(),
        ),
        (
            stranger.change(Method::POST, &close(&id), "\"1\"", Some(&json!({}))).await.unwrap(),
            stranger.change(Method::POST, &close(NOWHERE), "\"1\"", Some(&json!({}))).await.unwrap(),
        ),
    ] {
        refused(&mine, 404, "not-found");
        assert_eq!(mine.body, absent.body);
    }
    assert_eq!(refusals(&stack, &id).await, 3);
    assert_eq!(stranger.get("/v1/inquiries").await.unwrap().json()["items"], json!([]));
    // Somebody else's case cannot be named either, and that it is there is not told.
    let case = app.open_case().await.unwrap();
    let about = |case: &str| json!({"topic": "referral", "text": "What about this?", "case_id": case});
    let foreign = stranger.post("/v1/inquiries", &about(&case)).await.unwrap();
    let absent = stranger.post("/v1/inquiries", &about("cas_00000000000000000000000000000000")).await.unwrap();
    refused(&foreign, 404, "not-found");
    assert_eq!(foreign.body, absent.body);
}
