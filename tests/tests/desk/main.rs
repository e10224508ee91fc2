//! The desk over HTTP on the local stack: coordinators, clinician reviewers and who may not, and the patient who sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod messages;
mod work;

use medius_domain::access::{Entry, Outcome, Scope};
use medius_domain::chain::Head;
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use serde_json::{Value, json};

/// An id that no case has.
const NOWHERE: &str = "cas_00000000000000000000000000000000";

/// A patient of this test's own, with the address that they sign in with.
async fn patient(stack: &Stack, name: &str) -> PatientApp {
    let sign_in = stack.new_patient(&format!("{name}-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap())
}

/// A member of staff of this test's own: nobody else's cases are assigned to them.
async fn member(stack: &Stack, group: &str) -> StaffApp {
    let sign_in = stack.new_member(&format!("{group}-{}@staff.example", fresh_key()), group).await.unwrap();
    StaffApp::of(stack, &sign_in).await.unwrap()
}

/// A complete case with a letter to the first institution.
async fn case_with_letter(stack: &Stack, name: &str) -> (PatientApp, String, String) {
    let app = patient(stack, name).await;
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    (app, case, letter)
}

/// Assigns a case to who asks.
async fn take(staff: &StaffApp, case: &str) {
    let path = format!("/staff/v1/cases/{case}/assignment");
    staff.put(&path, "\"0\"", &json!({"assignee": "me"})).await.unwrap().expect(200, "assignment").unwrap();
}

/// The case's chain in the access log, which must hold.
async fn log(stack: &Stack, case: &str) -> Vec<Entry> {
    chain(stack, &Scope::Case(case.parse().unwrap())).await
}

/// A chain of the access log, which must hold.
async fn chain(stack: &Stack, scope: &Scope) -> Vec<Entry> {
    let tables = medius_store::Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(stack.dynamodb(stack.operator_credentials()), tables, clock);
    let entries = db.log_entries(scope).await.unwrap();
    let head: Head = medius_domain::access::verify(&entries).expect("the access log's chain");
    assert_eq!(head.seq as usize, entries.len());
    entries
}

/// What the log says that a member of staff did or tried, in its order: action, object, outcome, reason.
async fn traces(stack: &Stack, case: &str, staff: &StaffApp) -> Vec<(String, String, bool, Option<String>)> {
    let code = |value: Value| value.as_str().map(ToOwned::to_owned);
    let by = |e: &Entry| serde_json::to_value(&e.actor).unwrap()["subject"] == staff.subject.as_str();
    log(stack, case)
        .await
        .into_iter()
        .filter(by)
        .map(|e| {
            let reason = code(serde_json::to_value(e.reason).unwrap());
            (e.action.code().to_owned(), e.object.as_str().to_owned(), e.outcome == Outcome::Done, reason)
        })
        .collect()
}

fn trace(action: &str, object: &str, done: bool, reason: Option<&str>) -> (String, String, bool, Option<String>) {
    (action.to_owned(), object.to_owned(), done, reason.map(ToOwned::to_owned))
}

fn refused(answer: &Answer, status: u16, code: &str, errors: &[(&str, &str)]) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.text());
    for (pointer, why) in errors {
        let wanted = json!({"pointer": pointer, "code": why});
        let all = answer.json()["errors"].clone();
        assert!(all.as_array().is_some_and(|all| all.contains(&wanted)), "{pointer} {why}: {all}");
    }
}
