//! Bad input on the routes of staff, of a child's guardian, of messages, receipts and the log: its status, its code, the
//! field's name; the value never comes back and nothing is stored.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod directory;
mod oversight;
mod patient;

use medius_domain::access::{Entry, Outcome, Scope};
use medius_domain::policy::Role;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use serde_json::{Value, json};

/// A word that must not come back in any answer.
const CANARY: &str = "zxcanaryqw";

/// A patient of this test's own with an empty case.
async fn case(stack: &Stack) -> (PatientApp, String) {
    let sign_in = stack.new_patient(&format!("bad-{}@patients.example", fresh_key())).await.unwrap();
    let app = PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap());
    let id = app.open_case().await.unwrap();
    app.agree(&id, "G1", None).await.unwrap();
    (app, id)
}

/// A member of staff of this test's own.
async fn member(stack: &Stack, role: Role) -> StaffApp {
    let sign_in = stack.new_member(&format!("bad-{}@staff.example", fresh_key()), role.code()).await.unwrap();
    StaffApp::of(stack, &sign_in).await.unwrap()
}

/// What was done in a chain of the log; what was turned away may stand there too.
async fn done(stack: &Stack, scope: Scope) -> usize {
    let tables = medius_store::Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(stack.dynamodb(stack.operator_credentials()), tables, clock);
    let entries: Vec<Entry> = db.log_entries(&scope).await.unwrap();
    entries.iter().filter(|entry| entry.outcome == Outcome::Done).count()
}

/// A refusal with its status, code and fields, and without the value.
fn refused(what: &str, answer: &Answer, status: u16, code: &str, errors: &[(&str, &str)]) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{what}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
    for (pointer, why) in errors {
        let wanted = json!({"pointer": pointer, "code": why});
        let has = answer.json()["errors"].as_array().is_some_and(|errors| errors.contains(&wanted));
        assert!(has, "{what}: {pointer} {why}: {}", answer.text());
    }
    assert!(!answer.text().contains(CANARY), "{what}: the value came back");
}

fn invalid(what: &str, answer: &Answer, pointer: &str, why: &str) {
    refused(what, answer, 422, "invalid-field", &[(pointer, why)]);
}

/// A value with one field replaced, by its pointer; a field that is not there is added.
fn with(value: &Value, pointer: &str, field: Value) -> Value {
    let mut changed = value.clone();
    match changed.pointer_mut(pointer) {
        Some(place) => *place = field,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[name] = field;
        }
    }
    changed
}

/// A value without one field.
fn without(value: &Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let mut changed = value.clone();
    changed.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    changed
}
