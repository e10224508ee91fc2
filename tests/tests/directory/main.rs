//! The provider directory over HTTP on the local stack: two people, a call back, and an institution that may not be sent to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod refusals;
mod sending;

use chrono::{DateTime, Days, NaiveDate, Utc};
use medius_domain::access::{Entry, Outcome, Scope, verify};
use medius_domain::clock::{Clock, SystemClock, kst_day};
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use serde_json::{Value, json};

async fn staff(stack: &Stack, group: &str) -> StaffApp {
    let who = stack.new_member(&format!("{group}-{}@staff.example", fresh_key()), group).await.unwrap();
    StaffApp::of(stack, &who).await.unwrap()
}

async fn patient(stack: &Stack) -> PatientApp {
    let who = stack.new_patient(&format!("directory-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&who).await.unwrap())
}

fn now() -> DateTime<Utc> {
    SystemClock.now()
}

fn today() -> NaiveDate {
    kst_day(now())
}

/// An institution as staff would enter it; its name puts it last in every list.
fn particulars(mailbox: &str) -> Value {
    json!({
        "name_ko": "하늘가상병원", "name_en": "Zz Imaginary Hospital", "department_ko": "내과", "department_en": "Medicine",
        "contact_email": mailbox, "registration_number": "DEMO-M-0900",
        "registration_expires_on": today().checked_add_days(Days::new(300)).unwrap().to_string(), "active": true
    })
}

fn call() -> Value {
    json!({"number_from": "registration_record", "number": "+82-2-555-0100", "called_on": today().to_string(),
        "spoken_to_role": "international_office"})
}

fn mailbox() -> String {
    format!("in-{}@zz.example", fresh_key())
}

/// What must be done to a proposal.
fn decide(change: &Value, step: &str) -> String {
    let text = |name: &str| change[name].as_str().unwrap().to_owned();
    format!("/staff/v1/providers/{}/changes/{}/{step}", text("provider_id"), text("id"))
}

async fn propose(by: &StaffApp, provider: &str, after: &Value) -> Answer {
    by.post(&format!("/staff/v1/providers/{provider}/changes"), &json!({"after": after})).await.unwrap()
}

/// An institution that two people entered, with its mailbox.
async fn entered(one: &StaffApp, two: &StaffApp) -> (String, String) {
    let mailbox = mailbox();
    let body = json!({"after": particulars(&mailbox)});
    let proposed = one.post("/staff/v1/providers", &body).await.unwrap().expect(201, "proposal").unwrap();
    let change = proposed.json();
    let approved = two.post(&decide(&change, "approve"), &json!({"call_back": call()})).await.unwrap();
    assert_eq!(approved.expect(200, "approval").unwrap().json()["status"], "approved");
    (change["provider_id"].as_str().unwrap().to_owned(), mailbox)
}

fn reason(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["reason"].as_str().unwrap_or_default().to_owned())
}

fn field(answer: &Answer) -> (u16, String) {
    let error = &answer.json()["errors"][0];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), format!("{} {}", text("pointer"), text("code")))
}

/// The institution's chain in the access log, which must hold.
async fn log(stack: &Stack, provider: &str) -> Vec<Entry> {
    let tables =
        medius_store::Tables::new(|name| stack.run().tables.get(&name.strip_prefix("TABLE_")?.to_lowercase()).cloned());
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let db = medius_store::Database::new(dynamodb, tables, std::sync::Arc::new(SystemClock));
    let entries = db.log_entries(&Scope::Provider(provider.parse().unwrap())).await.unwrap();
    verify(&entries).expect("the institution's chain");
    entries
}

#[tokio::test]
async fn an_institution_is_there_when_a_second_coordinator_has_called_it_back() {
    let stack = Stack::load().unwrap();
    let (one, two, patient) =
        (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await, patient(&stack).await);
    let body = json!({"after": particulars(&mailbox()), "call_back": call()});
    let key = fresh_key();
    let proposed = one.post_with("/staff/v1/providers", &body, &key).await.unwrap().expect(201, "proposal").unwrap();
    let change = proposed.json();
    assert_eq!((change["status"].as_str(), change["needs_call_back"].as_bool()), (Some("pending"), Some(true)));
    let again = one.post_with("/staff/v1/providers", &body, &key).await.unwrap();
    assert_eq!(again.json(), change, "the same request made a second institution");
    let id = change["provider_id"].as_str().unwrap();

    let seen = async || {
        let list = patient.get("/v1/providers").await.unwrap().json();
        list["items"].as_array().unwrap().iter().any(|p| p["id"] == id)
    };
    assert!(!seen().await, "patients see a proposal");
    let detail = two.get(&proposed.header("location")).await.unwrap().expect(200, "detail").unwrap().json();
    assert!(detail.get("provider").is_none() && detail["changes"][0]["status"] == "pending");
    let waiting = two.get("/staff/v1/provider-changes?status=pending").await.unwrap().json();
    assert!(waiting["items"].as_array().unwrap().iter().any(|c| c["id"] == change["id"]));

    let approve = decide(&change, "approve");
    let own = one.post(&approve, &json!({"call_back": call()})).await.unwrap();
    assert_eq!(reason(&own), (409, "second-person-needed".into()));
    let silent = two.post(&approve, &json!({})).await.unwrap();
    assert_eq!(field(&silent), (422, "/call_back missing".into()));
    assert!(!seen().await);
    two.post(&approve, &json!({"call_back": call()})).await.unwrap().expect(200, "approval").unwrap();
    assert!(seen().await);
    let late = one.post(&decide(&change, "reject"), &json!({"ground": "mistake"})).await.unwrap();
    assert_eq!(reason(&late), (409, "already-decided".into()));

    let detail = one.get(&format!("/staff/v1/providers/{id}")).await.unwrap().json();
    assert_eq!(detail["provider"]["contact_email"], body["after"]["contact_email"]);
    assert_eq!(detail["changes"][0]["proposed_by"], one.subject.as_str());
    assert_eq!(detail["changes"][0]["decision"]["by"], two.subject.as_str());
    let entries = log(&stack, id).await;
    let refused: Vec<&Entry> = entries.iter().filter(|e| e.outcome == Outcome::Refused).collect();
    assert_eq!(refused.len(), 1, "whoever tries to be both people is on record");
    let approval = entries.iter().find(|e| e.object.as_str().ends_with("/approved") && e.outcome == Outcome::Done);
    assert!(approval.unwrap().evidence.is_some(), "the log does not vouch for who agreed to what");
}

#[tokio::test]
async fn of_two_approvals_at_once_one_counts_and_a_stale_proposal_never_does() {
    let stack = Stack::load().unwrap();
    let (one, two, three) =
        (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await, staff(&stack, "coordinator").await);
    let (id, first_mailbox) = entered(&one, &two).await;
    for _ in 0..5 {
        let mut renamed = particulars(&first_mailbox);
        renamed["department_en"] = json!(format!("Medicine {}", fresh_key()));
        let change = propose(&one, &id, &renamed).await.expect(201, "proposal").unwrap().json();
        let (path, body) = (decide(&change, "approve"), json!({}));
        let (a, b) = tokio::join!(two.post(&path, &body), three.post(&path, &body));
        let mut answers = [reason(&a.unwrap()), reason(&b.unwrap())];
        answers.sort();
        assert_eq!(answers, [(200, String::new()), (409, "already-decided".into())]);
    }
    // Two proposals made from the same state: the second would put back what the first changed.
    let mut renamed = particulars(&first_mailbox);
    renamed["name_en"] = json!("Zz Renamed Hospital");
    let rename = propose(&one, &id, &renamed).await.expect(201, "proposal").unwrap().json();
    let moved = propose(&one, &id, &particulars(&mailbox())).await.expect(201, "proposal").unwrap().json();
    let (path, other) = (decide(&rename, "approve"), decide(&moved, "approve"));
    let (body, with_call) = (json!({}), json!({"call_back": call()}));
    let (a, b) = tokio::join!(two.post(&path, &body), three.post(&other, &with_call));
    let mut answers = [reason(&a.unwrap()), reason(&b.unwrap())];
    answers.sort();
    assert_eq!(answers, [(200, String::new()), (409, "provider-changed".into())]);
    let detail = one.get(&format!("/staff/v1/providers/{id}")).await.unwrap().json();
    let stale: Vec<_> = detail["changes"].as_array().unwrap().iter().filter(|c| c["outdated"] == true).collect();
    assert_eq!(stale.len(), 1);
    let path = decide(stale[0], "reject");
    let ended = one.post(&path, &json!({"ground": "outdated"})).await.unwrap().expect(200, "rejection").unwrap();
    assert_eq!(ended.json()["status"], "rejected");
}

#[tokio::test]
async fn an_institution_from_before_there_were_proposals_is_changed_like_any_other() {
    let stack = Stack::load().unwrap();
    let (one, two) = (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await);
    let id = stack.run().providers[2].clone();
    let path = format!("/staff/v1/providers/{id}");
    let detail = one.get(&path).await.unwrap().expect(200, "detail").unwrap().json();
    let mut after = detail["provider"].clone();
    for derived in ["id", "may_receive", "pending_changes"] {
        after.as_object_mut().unwrap().remove(derived);
    }
    after["department_en"] = json!(format!("Family Medicine {}", fresh_key()));
    let changes = [
        propose(&one, &id, &after).await.expect(201, "first").unwrap().json(),
        propose(&one, &id, &after).await.expect(201, "second").unwrap().json(),
    ];
    let first = two.post(&decide(&changes[0], "approve"), &json!({})).await.unwrap();
    first.expect(200, "approval").unwrap();
    let second = two.post(&decide(&changes[1], "approve"), &json!({})).await.unwrap();
    assert_eq!(reason(&second), (409, "provider-changed".into()));
    let detail = one.get(&path).await.unwrap().json();
    assert_eq!(detail["provider"]["department_en"], after["department_en"]);
    assert_eq!(detail["provider"]["may_receive"], false, "its registration has ended all the same");
}
