//! Deletion of everything: what the patient asked the service about goes too, what a statute keeps of it apart is named with its end,
//! and the answer says what stays as proof.

use super::{ask, chain, member, seen, taken, with_case};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_domain::access::{Action, Actor, Scope};
use medius_tests::samples::{announcement, pdf, put};
use medius_tests::stack::Stack;
use medius_tests::user::PatientApp;
use serde_json::{Value, json};
use std::time::Duration;

async fn asked(app: &PatientApp, topic: &str) -> String {
    let body = json!({"topic": topic, "text": "Zqasked: and what becomes of this?"});
    let asked = app.post("/v1/inquiries", &body).await.unwrap().expect(201, "inquiry").unwrap();
    asked.json()["id"].as_str().unwrap().to_owned()
}

/// Versions of files that lie in the bucket with an inquiry.
async fn files(stack: &Stack, inquiry: &str) -> usize {
    let s3 = stack.s3(stack.operator_credentials());
    let list = s3.list_object_versions().bucket(&stack.run().bucket).prefix(format!("inquiries/{inquiry}/"));
    let found = list.send().await.unwrap();
    found.versions().len() + found.delete_markers().len()
}

/// Whether a table has anything of an inquiry.
async fn kept(stack: &Stack, table: &str, inquiry: &str) -> bool {
    let query = stack.dynamodb(stack.operator_credentials()).query().table_name(stack.table(table));
    let query = query.key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("INQUIRY#{inquiry}")));
    !query.send().await.unwrap().items().is_empty()
}

#[tokio::test]
async fn with_everything_go_the_inquiries_and_what_is_kept_is_named_with_its_reason() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let (plain, complaint) = (asked(&app, "service").await, asked(&app, "complaint").await);
    let paper = pdf("(Zqpaper)");
    let path = format!("/v1/inquiries/{plain}/attachments");
    let announced = app.post(&path, &announcement("pdf", &paper)).await.unwrap().expect(201, "file").unwrap().json();
    put(&stack, &announced, &paper, &[]).await.unwrap().expect(200, "put").unwrap();
    for _ in 0..100 {
        if files(&stack, &plain).await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(files(&stack, &plain).await > 0 && kept(&stack, "keys", &plain).await);
    for table in ["inquiries", "uploads"] {
        assert!(kept(&stack, table, &plain).await, "{table}");
    }

    let id = ask(&app, &json!({"right": "deletion"})).await;
    let (one, two) = (member(&stack, "dpo").await, member(&stack, "dpo").await);
    taken(&one, &id, "assign", &Value::Null, "IN_REVIEW").await;
    taken(&one, &id, "approve", &Value::Null, "IN_REVIEW").await;
    taken(&two, &id, "approve", &Value::Null, "EXECUTING").await;
    let mut done = Value::Null;
    for _ in 0..60 {
        stack.invoke("retention", None, &json!({"kind": "continue"})).await.unwrap();
        done = seen(&app, &id).await;
        if done["state"] != "EXECUTING" {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!((&done["state"], &done["outcome"]), (&json!("PARTIAL"), &json!("deleted")), "{done}");
    assert_eq!(app.get(&format!("/v1/cases/{case}")).await.unwrap().status, 404);
    // The record of the complaint stays to the end that a statute gives it, and says so; all else is gone from every store.
    let held = done["held_inquiries"].as_array().unwrap();
    assert_eq!((held.len(), &held[0]["inquiry_id"]), (1, &json!(complaint)));
    assert!(held[0]["statute"].as_str().unwrap().contains("E-Commerce Act") && held[0]["until"].is_string());
    assert_eq!(done["refusal"]["ground"], "kept_by_statute");
    assert_eq!(done["still_kept"].as_array().unwrap().len(), 3);
    let record =
        app.get(&format!("/v1/inquiries/{complaint}/record")).await.unwrap().expect(200, "record").unwrap().json();
    assert_eq!((&record["kept_until"], &record["statute"]), (&held[0]["until"], &held[0]["statute"]));
    assert!(record["thread"][0]["text"].as_str().unwrap().starts_with("Zqasked"));
    assert_eq!(files(&stack, &plain).await, 0);
    for inquiry in [&plain, &complaint] {
        assert_eq!(app.get(&format!("/v1/inquiries/{inquiry}")).await.unwrap().status, 404);
        for table in ["inquiries", "keys", "uploads"] {
            assert!(!kept(&stack, table, inquiry).await, "{table}");
        }
    }
    let entries = chain(&stack, &Scope::Inquiry(plain.parse().unwrap())).await;
    let last = entries.last().unwrap();
    assert!(last.action == Action::Delete && matches!(last.actor, Actor::System { .. }), "{last:?}");
}
