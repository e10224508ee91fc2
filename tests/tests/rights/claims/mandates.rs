//! Mandates: brought as sealed files, looked at by the officer with a reason, destroyed ninety days after the request's end.

use super::{CLAIMS, known, looked, verified};
use crate::{chain, member, step, taken};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::access::{Action, Entry, Outcome, Scope};
use medius_domain::clock::Clock;
use medius_store::{Database, Destroyer, Tables};
use medius_tests::anybody::Anybody;
use medius_tests::samples::{announcement, large_pdf, pdf, png, put};
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

struct Ahead(TimeDelta);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.0
    }
}

/// An agent's request whose mailbox was shown, about a case.
async fn agent(stack: &Stack, right: &str) -> (String, String, Anybody) {
    let (_, case, email) = known(stack).await;
    let who = Anybody::new(stack, "rights");
    let mut wish = json!({"right": right, "email": email, "case_id": case, "role": "agent", "language": "en"});
    if right == "suspension" {
        wish["scope"] = json!({"kind": "all"});
    }
    let (id, ticket) = verified(stack, &who, &email, &wish).await;
    (case, id, ticket)
}

async fn announce(ticket: &Anybody, id: &str, kind: &str, bytes: &[u8]) -> medius_tests::user::Answer {
    let path = format!("{CLAIMS}/{id}/proofs");
    ticket.send(Method::POST, &path, Some(&announcement(kind, bytes))).await.unwrap()
}

/// Brings a file and waits until it is settled.
async fn bring(stack: &Stack, ticket: &Anybody, id: &str, kind: &str, bytes: &[u8]) -> Value {
    let announced = announce(ticket, id, kind, bytes).await.expect(201, "announcement").unwrap().json();
    put(stack, &announced, bytes, &[]).await.unwrap().expect(200, "put").unwrap();
    for _ in 0..100 {
        let list = ticket.send(Method::GET, &format!("{CLAIMS}/{id}/proofs"), None).await.unwrap();
        let items = list.expect(200, "proofs").unwrap().json()["items"].as_array().unwrap().clone();
        let file = items.into_iter().find(|item| item["id"] == announced["id"]).unwrap();
        if !matches!(file["state"].as_str(), Some("awaited" | "quarantined")) {
            return file;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the file is not settled in 20 s");
}

async fn mandate(ticket: &Anybody, id: &str) -> medius_tests::user::Answer {
    ticket.send(Method::POST, &format!("{CLAIMS}/{id}/mandate"), None).await.unwrap()
}

#[tokio::test]
async fn of_two_first_files_at_once_both_are_taken() {
    let stack = Stack::load().unwrap();
    let (_, id, ticket) = agent(&stack, "access").await;
    let (one, two) = (pdf("(one)"), png());
    let both = tokio::join!(announce(&ticket, &id, "pdf", &one), announce(&ticket, &id, "png", &two));
    let number = |answer: medius_tests::user::Answer| answer.expect(201, "file").unwrap().json()["number"].clone();
    let numbers = [number(both.0), number(both.1)];
    assert!(numbers.contains(&json!(1)) && numbers.contains(&json!(2)), "{numbers:?}");
}

#[tokio::test]
async fn a_mandate_is_brought_sealed_and_looked_at_by_the_officer() {
    let stack = Stack::load().unwrap();
    let (case, id, ticket) = agent(&stack, "access").await;
    assert_eq!(mandate(&ticket, &id).await.json()["reason"], "no-mandate");
    // What is no picture is refused, with a reason; it is no mandate.
    let refused = bring(&stack, &ticket, &id, "png", b"not a picture at all").await;
    assert_eq!((&refused["state"], refused["reason"]["text"].is_string()), (&json!("refused"), true), "{refused}");
    assert_eq!(mandate(&ticket, &id).await.json()["reason"], "no-mandate");
    assert_eq!(announce(&ticket, &id, "csv", b"a,b").await.code(), "invalid-field");

    let paper = large_pdf("Zqmandate of the patient");
    let file = bring(&stack, &ticket, &id, "pdf", &paper).await;
    assert_eq!(file["state"], "released", "{file}");
    let shown = mandate(&ticket, &id).await.expect(200, "mandate").unwrap();
    assert_eq!(shown.json()["state"], "QUEUED");
    assert_eq!(announce(&ticket, &id, "png", &png()).await.json()["reason"], "not-in-this-state");
    assert_eq!(announce(&ticket.with(&"a".repeat(52)), &id, "png", &png()).await.code(), "not-found");

    let (dpo, coordinator) = (member(&stack, "dpo").await, member(&stack, "coordinator").await);
    let path = format!("/staff/v1/rights-requests/{id}/proofs");
    let listed = dpo.get(&path).await.unwrap().expect(200, "proofs").unwrap().json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let path = format!("{path}/{}", file["id"].as_str().unwrap());
    assert_eq!(dpo.get(&path).await.unwrap().code(), "invalid-field", "a download needs a reason");
    let taken_out = dpo.get(&format!("{path}?reason=rights_request")).await.unwrap().expect(303, "download").unwrap();
    let taken_out = taken_out.followed().await.unwrap();
    assert!(taken_out.body == paper && taken_out.header("content-type") == "application/pdf");
    assert_eq!(coordinator.get(&format!("{path}?reason=rights_request")).await.unwrap().code(), "forbidden");
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;

    // In the bucket it is sealed, and who looked is in the log of the case.
    let s3 = stack.s3(stack.operator_credentials());
    let prefix = format!("rights/{id}/");
    let objects = s3.list_objects_v2().bucket(&stack.run().bucket).prefix(&prefix).send().await.unwrap();
    assert_eq!(objects.contents().len(), 1, "only the released one");
    let key = objects.contents()[0].key().unwrap();
    let object = s3.get_object().bucket(&stack.run().bucket).key(key).send().await.unwrap();
    let bytes = object.body.collect().await.unwrap().into_bytes();
    assert!(!bytes.windows(9).any(|nine| nine == b"Zqmandate") && !bytes.starts_with(b"%PDF"));
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let took = |entry: &&Entry| entry.action == Action::Download;
    let outcomes: Vec<Outcome> = entries.iter().filter(took).map(|entry| entry.outcome).collect();
    // The officer without a reason, with one, and the coordinator.
    assert_eq!(outcomes, [Outcome::Refused, Outcome::Done, Outcome::Refused]);
}

#[tokio::test]
async fn what_takes_effect_at_once_waits_for_an_agent_s_mandate() {
    let stack = Stack::load().unwrap();
    let (_, id, ticket) = agent(&stack, "suspension").await;
    assert_eq!(looked(&ticket, &id).await.json()["state"], "AGENT_PROOF_PENDING");
    bring(&stack, &ticket, &id, "png", &png()).await;
    let shown = mandate(&ticket, &id).await.expect(200, "mandate").unwrap().json();
    assert_eq!(shown["state"], "COMPLETED");
    assert_eq!(looked(&ticket, &id).await.json()["outcome"], "suspended");
}

/// The store, some days ahead.
fn destroyer(stack: &Stack, days: i64) -> Destroyer {
    let tables = Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let db = Database::new(dynamodb, tables, Arc::new(Ahead(TimeDelta::days(days))));
    Destroyer::new(db, stack.s3(stack.operator_credentials()), stack.run().bucket.clone())
}

#[tokio::test]
async fn ninety_days_after_the_end_the_file_and_its_key_are_gone_and_the_hash_is_kept() {
    let stack = Stack::load().unwrap();
    let (_, id, ticket) = agent(&stack, "access").await;
    let file = bring(&stack, &ticket, &id, "png", &png()).await;
    mandate(&ticket, &id).await.expect(200, "mandate").unwrap();
    let dpo = member(&stack, "dpo").await;
    let s3 = stack.s3(stack.operator_credentials());
    let prefix = format!("rights/{id}/");
    let versions = || async {
        let found = s3.list_object_versions().bucket(&stack.run().bucket).prefix(&prefix).send().await.unwrap();
        found.versions().len() + found.delete_markers().len()
    };
    // While the request is open nothing goes, however long it takes.
    destroyer(&stack, 400).sweep_files(&|| true).await.unwrap();
    assert_eq!(versions().await, 1);
    let cancelled = ticket.send(Method::POST, &format!("{CLAIMS}/{id}/cancel"), None).await.unwrap();
    cancelled.expect(200, "cancel").unwrap();
    destroyer(&stack, 90).sweep_files(&|| true).await.unwrap();
    assert_eq!(versions().await, 1, "the ninetieth day is not over");
    assert!(destroyer(&stack, 92).sweep_files(&|| true).await.unwrap().removed >= 1);
    assert_eq!(versions().await, 0);
    // A repeat finds nothing more of it.
    destroyer(&stack, 92).sweep_files(&|| true).await.unwrap();
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let text = |s: String| AttributeValue::S(s);
    let of = |table: &str, sk: String| {
        let get = dynamodb.get_item().table_name(stack.table(table)).key("pk", text(format!("RIGHT#{id}")));
        get.key("sk", text(sk)).send()
    };
    assert!(of("keys", "KEY".to_owned()).await.unwrap().item.is_none());
    let path = format!("/staff/v1/rights-requests/{id}/proofs");
    let listed = dpo.get(&path).await.unwrap().expect(200, "proofs").unwrap().json();
    assert_eq!(listed["items"][0]["sha256"], file["sha256"], "what it was can still be shown");
    let path = format!("{path}/{}?reason=rights_request", file["id"].as_str().unwrap());
    assert_eq!(dpo.get(&path).await.unwrap().code(), "not-found");
    assert_eq!(step(&dpo, &id, "assign", &Value::Null).await.json()["reason"], "not-in-this-state");
}
