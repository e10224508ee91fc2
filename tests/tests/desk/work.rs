//! The work list, and who looks after a case.

use super::{NOWHERE, case_with_letter, chain, member, patient, refused, take, trace, traces};
use chrono::{Days, Utc};
use medius_domain::access::Scope;
use medius_domain::clock::kst_day;
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn two_who_take_a_case_at_once_do_not_both_get_it() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "race").await;
    let case = app.open_case().await.unwrap();
    let (one, two) = (member(&stack, "coordinator").await, member(&stack, "coordinator").await);
    let path = format!("/staff/v1/cases/{case}/assignment");
    let body = json!({"assignee": "me"});
    for rev in 0..4 {
        let etag = format!("\"{rev}\"");
        let (a, b) = tokio::join!(one.put(&path, &etag, &body), two.put(&path, &etag, &body));
        let answers = [a.unwrap(), b.unwrap()];
        let mut statuses: Vec<u16> = answers.iter().map(|a| a.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "revision {rev}");
        let won = answers.iter().find(|a| a.status == 200).unwrap();
        assert_eq!(won.etag(), format!("\"{}\"", rev + 1));
        assert_eq!((&won.json()["assigned"], &won.json()["version"]), (&json!("me"), &json!(rev + 1)));
    }
    let done = [&one, &two].map(|staff| traces(&stack, &case, staff));
    let [first, second] = done;
    let all: Vec<_> = first.await.into_iter().chain(second.await).collect();
    assert_eq!(all, vec![trace("update", "assignment", true, None); 4]);
}

#[tokio::test]
async fn an_assignment_names_a_version_a_person_and_a_day_that_can_be() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "assign").await;
    let case = app.open_case().await.unwrap();
    let (coordinator, colleague) = (member(&stack, "coordinator").await, member(&stack, "coordinator").await);
    let path = format!("/staff/v1/cases/{case}/assignment");
    let put = async |etag: &str, body: Value| coordinator.put(&path, etag, &body).await.unwrap();
    let today = kst_day(Utc::now());

    let bare = coordinator.send(reqwest::Method::PUT, &path, &[], Some(b"{\"assignee\":null}".to_vec())).await.unwrap();
    refused(&bare, 428, "if-match-required", &[]);
    refused(&put("\"1\"", json!({"assignee": "me"})).await, 412, "version-mismatch", &[]);
    refused(&put("\"0\"", json!({})).await, 422, "invalid-field", &[("/assignee", "missing")]);
    refused(&put("\"0\"", json!({"assignee": "you"})).await, 422, "invalid-field", &[("/assignee", "format")]);
    refused(&put("\"0\"", json!({"assignee": "me", "x": 1})).await, 422, "invalid-field", &[("/x", "unknown-field")]);
    for day in [json!(today - Days::new(1)), json!(today + Days::new(367))] {
        let body = json!({"assignee": "me", "due_on": day});
        refused(&put("\"0\"", body).await, 422, "invalid-field", &[("/due_on", "out-of-range")]);
    }
    let body = json!({"assignee": "me", "due_on": "tomorrow"});
    refused(&put("\"0\"", body).await, 422, "invalid-field", &[("/due_on", "format")]);
    let absent = format!("/staff/v1/cases/{NOWHERE}/assignment");
    refused(&coordinator.put(&absent, "\"0\"", &json!({"assignee": "me"})).await.unwrap(), 404, "not-found", &[]);

    let given = put("\"0\"", json!({"assignee": colleague.subject.as_str(), "due_on": today})).await;
    let given = given.expect(200, "assignment").unwrap().json();
    assert_eq!((&given["assigned"], &given["due_on"]), (&json!("other"), &json!(today)));
    // The colleague opens it without a reason, and back with nobody only with one.
    let open = format!("/staff/v1/cases/{case}");
    colleague.get(&open).await.unwrap().expect(200, "own case").unwrap();
    put("\"1\"", json!({"assignee": null})).await.expect(200, "nobody's").unwrap();
    refused(&colleague.get(&open).await.unwrap(), 422, "invalid-field", &[("/reason", "missing")]);
}

#[tokio::test]
async fn the_work_list_shows_what_is_due_by_state_day_and_person_and_nothing_about_patients() {
    let stack = Stack::load().unwrap();
    let (_, case, _) = case_with_letter(&stack, "due").await;
    let coordinator = member(&stack, "coordinator").await;
    take(&coordinator, &case).await;
    let list = async |query: &str| -> Vec<Value> {
        let answer = coordinator.get(&format!("/staff/v1/work-list?{query}")).await.unwrap();
        let answer = answer.expect(200, "work list").unwrap();
        let name = demo_story().unwrap()["basic"]["name"].as_str().unwrap().to_owned();
        assert!(!answer.text().contains(&name) && !answer.text().contains("sub_"));
        answer.json()["items"].as_array().unwrap().clone()
    };
    let today = kst_day(Utc::now());
    let found = list("assignee=me").await;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["case_id"], &found[0]["state"]), (&json!(case), &json!("complete")));
    assert_eq!((&found[0]["assigned"], &found[0]["version"]), (&json!("me"), &json!(1)));
    assert!(found[0]["due_on"].as_str().unwrap() > today.to_string().as_str(), "due after two working days");
    let fields: BTreeSet<&str> = found[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(["assigned", "case_id", "due_on", "overdue", "state", "updated_at", "version"]));
    assert!(list(&format!("assignee=me&due_by={today}")).await.is_empty());
    assert!(list("assignee=me&state=draft").await.is_empty());

    // A day that staff set goes before the rule's, sooner and later.
    let path = format!("/staff/v1/cases/{case}/assignment");
    let sooner = json!({"assignee": "me", "due_on": today});
    coordinator.put(&path, "\"1\"", &sooner).await.unwrap().expect(200, "sooner").unwrap();
    let found = list(&format!("assignee=me&due_by={today}")).await;
    assert_eq!((&found[0]["due_on"], &found[0]["overdue"]), (&json!(today), &json!(false)));
    let later = today + Days::new(40);
    let put_off = json!({"assignee": "me", "due_on": later});
    coordinator.put(&path, "\"2\"", &put_off).await.unwrap().expect(200, "put off").unwrap();
    assert!(list("assignee=me").await.is_empty());
    assert_eq!(list(&format!("assignee=me&due_by={later}")).await.len(), 1);
    // Without a day of its own it is back under the rule.
    coordinator.put(&path, "\"3\"", &json!({"assignee": "me"})).await.unwrap().expect(200, "by rule").unwrap();
    assert_eq!(list("assignee=me").await.len(), 1);

    // Each look is on record, in the chain of what belongs to no case.
    let by = serde_json::to_value(&coordinator.subject).unwrap();
    let looks = chain(&stack, &Scope::Registry).await.into_iter().filter(|entry| {
        let look = serde_json::to_value(entry).unwrap();
        look["actor"]["subject"] == by && look["object"] == "work-list" && look["subject"].is_null()
    });
    assert_eq!(looks.count(), 7);

    for (query, pointer, code) in [
        ("state=lost", "/state", "unknown-value"),
        ("due_by=soon", "/due_by", "format"),
        ("assignee=you", "/assignee", "unknown-value"),
        ("assignee=me&assignee=any", "/assignee", "duplicate-field"),
        ("name=Kim", "/name", "unknown-field"),
    ] {
        let answer = coordinator.get(&format!("/staff/v1/work-list?{query}")).await.unwrap();
        refused(&answer, 422, "invalid-field", &[(pointer, code)]);
    }
}
