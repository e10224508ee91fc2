//! How long inquiries are kept, how many one person may ask, and that what was destroyed stays so.

use super::{ask, item, kept, own, patient, refused};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Days, Months, Utc};
use medius_domain::clock::{end_of_kst_day, kst_day};
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::json;

fn end(item: &std::collections::HashMap<String, AttributeValue>) -> i64 {
    item["expires_at"].as_n().expect("every item has an end").parse().unwrap()
}

#[tokio::test]
async fn item_and_key_end_together_one_year_after_closing_and_the_record_of_a_complaint_after_three() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "kept").await;
    for topic in ["service", "privacy", "complaint"] {
        let id = ask(&app, topic, "How long is this kept?").await;
        let today = kst_day(Utc::now());
        for (closed, from) in [(false, today + Days::new(90)), (true, today)] {
            if closed {
                let path = format!("{}/close", own(&id));
                app.change(Method::POST, &path, "\"1\"", Some(&json!({}))).await.unwrap().expect(200, "close").unwrap();
            }
            let expected = end_of_kst_day(from + Months::new(12));
            for (table, sk) in [("inquiries", "INQUIRY"), ("keys", "KEY")] {
                let stored = item(&stack, table, &id, sk).await.unwrap();
                assert_eq!(DateTime::from_timestamp(end(&stored), 0), Some(expected), "{topic} {table} {closed}");
            }
            let view = app.get(&own(&id)).await.unwrap().expect(200, "own").unwrap().json();
            assert_eq!(view["kept_until"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap(), expected);
            // What the statute wants of a complaint lies apart, under a key of its own, and ends later.
            let record = (kept(&stack, "statutory", &id).await, kept(&stack, "keys", &id).await);
            if topic != "complaint" {
                assert_eq!((record, view.get("record_kept_until")), ((None, None), None), "{topic}");
                continue;
            }
            let last = from + Months::new(36);
            for part in [record.0.unwrap(), record.1.unwrap()] {
                assert_eq!(DateTime::from_timestamp(end(&part), 0), Some(end_of_kst_day(last)), "{closed}");
            }
            assert_eq!(view["record_kept_until"], json!(last));
        }
    }
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    for table in ["inquiries", "statutory"] {
        let mut items = dynamodb.scan().table_name(stack.table(table)).into_paginator().items().send();
        while let Some(item) = items.next().await {
            end(&item.unwrap());
        }
    }
}

#[tokio::test]
async fn ten_an_hour_are_taken_and_not_one_more_however_they_come() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "many").await;
    let body = json!({"topic": "service", "text": "Again and again?"});
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (app, body) = (app.clone(), body.clone());
        tasks.spawn(async move { app.post("/v1/inquiries", &body).await.unwrap().status.as_u16() });
    }
    let mut taken = 0;
    while let Some(status) = tasks.join_next().await {
        taken += u32::from(status.unwrap() == 201);
    }
    assert_eq!(taken, 3, "three at once are three");
    for n in 4..=10 {
        app.post("/v1/inquiries", &body).await.unwrap().expect(201, &format!("inquiry {n}")).unwrap();
    }
    let one_more = app.post("/v1/inquiries", &body).await.unwrap();
    refused(&one_more, 429, "too-many-requests");
    assert!((1..=3600).contains(&one_more.header("retry-after").parse::<u32>().unwrap()));
    // Another person is not kept waiting by it.
    ask(&patient(&stack, "first").await, "service", "May I?").await;
}

#[tokio::test]
async fn what_lost_its_key_is_gone_and_does_not_come_back() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "shredded").await;
    let id = ask(&app, "service", "Will this be gone?").await;
    let text = |s: String| AttributeValue::S(s);
    let delete = stack.dynamodb(stack.operator_credentials()).delete_item().table_name(stack.table("keys"));
    delete.key("pk", text(format!("INQUIRY#{id}"))).key("sk", text("KEY".to_owned())).send().await.unwrap();
    for answer in [
        app.get(&own(&id)).await.unwrap(),
        app.post(&format!("{}/messages", own(&id)), &json!({"text": "still there?"})).await.unwrap(),
        app.change(Method::POST, &format!("{}/close", own(&id)), "\"1\"", Some(&json!({}))).await.unwrap(),
    ] {
        refused(&answer, 404, "not-found");
    }
    assert!(item(&stack, "keys", &id, "KEY").await.is_none());
}

#[tokio::test]
async fn what_is_past_its_end_is_not_there_though_it_still_lies_there() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "expired").await;
    let id = ask(&app, "service", "Is it over?").await;
    let text = |s: String| AttributeValue::S(s);
    let update = stack.dynamodb(stack.operator_credentials()).update_item().table_name(stack.table("inquiries"));
    let update = update.key("pk", text(format!("INQUIRY#{id}"))).key("sk", text("INQUIRY".to_owned()));
    let past = AttributeValue::N((Utc::now().timestamp() - 1).to_string());
    let update = update.update_expression("SET expires_at = :past").expression_attribute_values(":past", past);
    update.send().await.unwrap();
    refused(&app.get(&own(&id)).await.unwrap(), 404, "not-found");
    for _ in 0..25 {
        if app.get("/v1/inquiries").await.unwrap().json()["items"] == json!([]) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("the list still shows it");
}
