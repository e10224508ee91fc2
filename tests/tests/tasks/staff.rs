//! Requests that do not go on by themselves, on the coordinator's desk.

use super::Patient;
use medius_tests::client::fresh_key;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn coordinator(stack: &Stack) -> StaffApp {
    let sign_in = stack.new_member(&format!("loop-{}@staff.example", fresh_key()), "coordinator").await.unwrap();
    StaffApp::of(stack, &sign_in).await.unwrap()
}

async fn act(staff: &StaffApp, path: &str, etag: &str, key: &str, body: &Value) -> medius_tests::client::Answer {
    let headers = [("if-match", etag), ("idempotency-key", key)];
    let body = Some(serde_json::to_vec(body).unwrap());
    staff.send(Method::POST, &format!("{path}/actions"), &headers, body).await.unwrap()
}

#[tokio::test]
async fn a_cancellation_that_nobody_answers_is_confirmed_by_the_coordinator() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept", "text": "secret words"}), "ACCEPTED").await;
    let staff = coordinator(&patient.stack).await;
    staff.needed_as(&patient.case, &[]).await.unwrap();
    let wish = json!({"action": "request_cancel", "code": "patient-decided"});
    patient.say(&wish).await.expect(200, "wish").unwrap();

    let item = staff.needed_as(&patient.case, &["cancel_requested"]).await.unwrap().unwrap();
    assert_eq!((&item["assigned"], &item["overdue"]), (&json!("nobody"), &json!(false)));
    let path = format!("/staff/v1/cases/{}/tasks/{}", patient.case, item["task_id"].as_str().unwrap());
    // Not assigned: without a reason nothing is shown, and nothing is done.
    let refused = staff.get(&path).await.unwrap();
    assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["pointer"].clone()), (422, json!("/reason")));
    let shown = staff.get(&format!("{path}?reason=patient_asked")).await.unwrap().expect(200, "task").unwrap();
    let view = shown.json();
    assert_eq!(view["available_actions"], json!(["confirm_cancel"]));
    let noted = view["steps"].as_array().unwrap().iter().filter(|step| step["noted"] == true);
    assert_eq!(noted.count(), 1);
    assert!(!shown.text().contains("secret words") && !shown.text().contains("note\":{"), "{}", shown.text());

    let (etag, key) = (shown.etag(), fresh_key());
    let confirm = json!({"action": "confirm_cancel", "reason": "patient_asked"});
    assert_eq!(act(&staff, &path, "\"1\"", &fresh_key(), &confirm).await.status, 412);
    let see_to = json!({"action": "see_to", "reason": "patient_asked"});
    assert_eq!(act(&staff, &path, &etag, &fresh_key(), &see_to).await.code(), "state-conflict");
    let done = act(&staff, &path, &etag, &key, &confirm).await.expect(200, "confirm").unwrap().json();
    assert_eq!((&done["state"], &done["needs"]), (&json!("CANCELLED"), &json!([])));
    // A repeat is answered with the same.
    let again = act(&staff, &path, &etag, &key, &confirm).await.expect(200, "repeat").unwrap();
    assert_eq!((again.json(), again.header("idempotency-replayed")), (done, "true".to_owned()));

    let last = patient.task().await["steps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["by"], &last["action"]), (&json!("coordinator"), &json!("confirm_cancel")));
    assert_eq!(desk.task().await.status, 404, "what was called off is not read any more");
    assert_eq!(patient.case_view().await["completed_by"], "cancelled");
    staff.needed_as(&patient.case, &[]).await.unwrap();
}

#[tokio::test]
async fn what_a_coordinator_has_seen_to_leaves_the_list_and_stands_where_it_stood() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let staff = coordinator(&patient.stack).await;
    desk.says(&json!({"action": "decline", "code": "capacity"}), "DECLINED").await;
    let item = staff.needed_as(&patient.case, &["declined"]).await.unwrap().unwrap();
    let fields: BTreeSet<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
    let ids_and_days = ["assigned", "case_id", "due_on", "needs", "overdue", "task_id", "updated_at", "version"];
    assert_eq!(fields, BTreeSet::from(ids_and_days));
    let path = format!("/staff/v1/cases/{}/tasks/{}", patient.case, item["task_id"].as_str().unwrap());
    let etag = format!("\"{}\"", item["version"]);
    let seen = json!({"action": "see_to", "reason": "patient_asked"});
    let done = act(&staff, &path, &etag, &fresh_key(), &seen).await.expect(200, "seen to").unwrap().json();
    assert_eq!((&done["state"], &done["version"]), (&json!("DECLINED"), &item["version"]));
    assert_eq!(staff.needed_as(&patient.case, &[]).await.unwrap(), None);
    let confirm = json!({"action": "confirm_cancel", "reason": "patient_asked"});
    assert_eq!(act(&staff, &path, &etag, &fresh_key(), &confirm).await.code(), "state-conflict");
    // It needs the precondition and the key, and names what it does not know.
    let body = Some(serde_json::to_vec(&seen).unwrap());
    let actions = format!("{path}/actions");
    let bare = staff.send(Method::POST, &actions, &[("if-match", &etag)], body.clone()).await.unwrap();
    assert!(bare.status.is_client_error() && bare.code().starts_with("idempotency-key"), "{}", bare.text());
    let bare = staff.send(Method::POST, &actions, &[("idempotency-key", &fresh_key())], body).await.unwrap();
    assert_eq!((bare.status.as_u16(), bare.code()), (428, "if-match-required".to_owned()));
    let vanish = json!({"action": "vanish", "reason": "patient_asked"});
    let unknown = act(&staff, &path, &etag, &fresh_key(), &vanish).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["errors"][0]["pointer"]), (422, &json!("/action")));
}
