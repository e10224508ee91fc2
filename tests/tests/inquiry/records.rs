//! What a statute keeps of a complaint: apart from it, as it was written and answered, for its patient and for the officer.

use super::visitors::{asking, code, verify, visit};
use super::{NOWHERE, ask, desk, item, kept, log, member, own, patient, refusals, refused, take, texts};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_domain::access::{Action, Outcome};
use medius_domain::policy::Thing;
use medius_tests::anybody::Anybody;
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use reqwest::Method;
use serde_json::json;

fn record(id: &str) -> String {
    format!("{}/record", own(id))
}

/// Takes away everything that an inquiry is, as its end does; what is apart stays.
async fn ended(stack: &Stack, id: &str) {
    for (table, sk) in [("inquiries", "INQUIRY"), ("keys", "KEY")] {
        let delete = stack.dynamodb(stack.operator_credentials()).delete_item().table_name(stack.table(table));
        let delete = delete.key("pk", AttributeValue::S(format!("INQUIRY#{id}")));
        delete.key("sk", AttributeValue::S(sk.to_owned())).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_complaint_and_its_answers_are_kept_apart_and_outlive_it() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "complains").await;
    let id = ask(&app, "complaint", "Zqfirst: it took a month.").await;
    let (coordinator, officer) = (member(&stack, "coordinator").await, member(&stack, "dpo").await);
    take(&coordinator, &id).await;
    let answer = json!({"text": "Zqsecond: we are sorry."});
    coordinator.post(&format!("{}/answer", desk(&id)), &answer).await.unwrap().expect(201, "answer").unwrap();
    let view = app.get(&record(&id)).await.unwrap().expect(200, "record").unwrap().json();
    assert_eq!((&view["answered"], &view["closed_on"]), (&json!(true), &json!(null)));
    app.post(&format!("{}/messages", own(&id)), &json!({"text": "Zqthird: thank you."})).await.unwrap();
    app.change(Method::POST, &format!("{}/close", own(&id)), "\"4\"", Some(&json!({"satisfaction": 2})))
        .await
        .unwrap()
        .expect(200, "close")
        .unwrap();

    // Nothing of what was written can be read where it lies, and the two are not sealed under one key.
    let (apart, key) = (kept(&stack, "statutory", &id).await.unwrap(), kept(&stack, "keys", &id).await.unwrap());
    assert!(!format!("{apart:?}").contains("Zq"), "{apart:?}");
    assert_ne!(key["wrapped"], item(&stack, "keys", &id, "KEY").await.unwrap()["wrapped"]);

    ended(&stack, &id).await;
    refused(&app.get(&own(&id)).await.unwrap(), 404, "not-found");
    let view = app.get(&record(&id)).await.unwrap().expect(200, "record").unwrap().json();
    let said: Vec<_> = texts(&view).into_iter().map(|(from, text)| format!("{from} {text}")).collect();
    assert_eq!(
        said,
        ["patient Zqfirst: it took a month.", "coordinator Zqsecond: we are sorry.", "patient Zqthird: thank you."]
    );
    assert_eq!((&view["kind"], &view["answered"]), (&json!("complaint"), &json!(false)));
    assert!(view["statute"].as_str().unwrap().contains("Article 6") && view["closed_on"].is_string(), "{view}");

    // The officer reads it with a reason; nobody else of the staff, and no other patient, comes to it.
    let theirs = format!("{}/record", desk(&id));
    refused(&officer.get(&theirs).await.unwrap(), 422, "invalid-field");
    let read = officer.get(&format!("{theirs}?reason=audit")).await.unwrap().expect(200, "officer").unwrap();
    assert_eq!(read.json()["thread"], view["thread"]);
    let entries = log(&stack, &id).await;
    let last = entries.last().unwrap();
    assert_eq!((last.action, last.outcome, last.object.thing()), (Action::View, Outcome::Done, Thing::Statutory));
    refused(&coordinator.get(&format!("{theirs}?reason=audit")).await.unwrap(), 403, "forbidden");
    let before = refusals(&stack, &id).await;
    let (foreign, nowhere) = (patient(&stack, "another").await, record(NOWHERE));
    let (tried, absent) = (foreign.get(&record(&id)).await.unwrap(), foreign.get(&nowhere).await.unwrap());
    refused(&tried, 404, "not-found");
    assert_eq!(tried.body, absent.body);
    assert_eq!(refusals(&stack, &id).await, before + 1, "the attempt is in the log");
}

#[tokio::test]
async fn of_a_visitor_there_is_a_record_once_they_have_shown_that_the_mailbox_is_theirs() {
    let stack = Stack::load().unwrap();
    for (topic, wanted) in [("complaint", true), ("service", false)] {
        let (who, email) = (Anybody::new(&stack, "inquiry"), format!("visitor-{}@people.example", fresh_key()));
        let id = visit(&who, &asking(&email, topic)).await;
        assert!(kept(&stack, "statutory", &id).await.is_none(), "{topic}: nobody has complained yet");
        let code = code(&stack, &email).await;
        verify(&who, &id, &code).await.expect(200, "verification").unwrap();
        assert_eq!(kept(&stack, "statutory", &id).await.is_some(), wanted, "{topic}");
    }
}
