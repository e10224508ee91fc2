//! Rights over HTTP on the local stack: what patients ask, how the data protection officer decides, what takes effect at
//! once, and who may not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod claims;
mod clock;
mod copy;
mod correction;
mod deletion;
mod export;
mod holds;
mod journeys;
#[allow(dead_code, reason = "the requests of every route serve two test programs")]
#[path = "../policy_matrix/requests.rs"]
mod requests;
mod statement;
mod suspension;
mod verification;

use medius_domain::access::{Entry, Scope};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use serde_json::{Value, json};

/// A request that is nowhere.
const NOWHERE: &str = "rgt_00000000000000000000000000000000";

/// A patient of this test's own, with the access token.
async fn patient(stack: &Stack) -> (PatientApp, String) {
    let sign_in = stack.new_patient(&format!("rights-{}@patients.example", fresh_key())).await.unwrap();
    let tokens = stack.sign_in(&sign_in).await.unwrap();
    (PatientApp::new(stack, &tokens), tokens.access)
}

/// A patient with a complete case for the first institution.
async fn with_case(stack: &Stack) -> (PatientApp, String) {
    let (app, _) = patient(stack).await;
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    (app, case)
}

async fn member(stack: &Stack, group: &str) -> StaffApp {
    let sign_in = stack.new_member(&format!("{group}-{}@staff.example", fresh_key()), group).await.unwrap();
    StaffApp::of(stack, &sign_in).await.unwrap()
}

/// Asks for something and returns the request's id.
async fn ask(app: &PatientApp, wish: &Value) -> String {
    let asked = app.post("/v1/rights-requests", wish).await.unwrap().expect(201, "request").unwrap();
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(asked.header("location"), format!("/v1/rights-requests/{id}"));
    id
}

/// A step of the patient.
async fn own(app: &PatientApp, id: &str, step: &str) -> Answer {
    let path = format!("/v1/rights-requests/{id}/{step}");
    app.send(reqwest::Method::POST, &path, &[("idempotency-key", &fresh_key())], None).await.unwrap()
}

/// A step of staff; null for a step without a body.
async fn step(staff: &StaffApp, id: &str, step: &str, body: &Value) -> Answer {
    let path = format!("/staff/v1/rights-requests/{id}/{step}");
    let body = (!body.is_null()).then(|| serde_json::to_vec(body).unwrap());
    staff.send(reqwest::Method::POST, &path, &[("idempotency-key", &fresh_key())], body).await.unwrap()
}

/// A step that is taken, with the state that it leads to.
async fn taken(staff: &StaffApp, id: &str, what: &str, body: &Value, state: &str) {
    let answer = step(staff, id, what, body).await.expect(200, what).unwrap();
    assert_eq!(answer.json()["state"], state, "{what}");
}

/// A request as its patient sees it.
async fn seen(app: &PatientApp, id: &str) -> Value {
    app.get(&format!("/v1/rights-requests/{id}")).await.unwrap().expect(200, "request").unwrap().json()
}

/// A request once the service has brought it to a state.
async fn ended(app: &PatientApp, id: &str, state: &str) -> Value {
    let mut last = Value::Null;
    for _ in 0..150 {
        last = seen(app, id).await;
        if last["state"] == state {
            return last;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("the request is {} and not {state} after 30 s", last["state"])
}

fn reason(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["reason"].as_str().unwrap_or_default().to_owned())
}

fn states(request: &Value) -> Vec<String> {
    let events = request["events"].as_array().unwrap();
    events.iter().map(|event| event["state"].as_str().unwrap().to_owned()).collect()
}

/// Mails that say that there is news about a request of a case.
async fn news(stack: &Stack, case: &str, at_least: usize) -> usize {
    let marker = format!("/open#{case}");
    for _ in 0..150 {
        let mails = stack.mails().await.unwrap();
        let about =
            |text: &str| text.contains(&marker) && (text.contains("request about") || text.contains("요청하신 건"));
        let count = mails.iter().filter(|mail| mail.body_text.as_deref().is_some_and(about)).count();
        if count >= at_least {
            return count;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("fewer than {at_least} mails came in 30 s")
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
    medius_domain::access::verify(&entries).expect("the access log's chain");
    entries
}

/// Whether the officer's queue has a request, asked for by its state.
async fn queued(dpo: &StaffApp, id: &str, state: &str) -> Option<Value> {
    for _ in 0..25 {
        let path = format!("/staff/v1/rights-requests?state={state}");
        let queue = dpo.get(&path).await.unwrap().expect(200, "queue").unwrap().json();
        let found = queue["items"].as_array().unwrap().iter().find(|item| item["id"] == id).cloned();
        if found.is_some() || queue["more"] == json!(true) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    None
}
