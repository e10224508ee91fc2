//! Whose an inquiry is to answer.

use super::{NOWHERE, ask, desk, log, member, own, patient, refusals, refused, take, texts, waiting};
use medius_domain::access::Outcome;
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

/// Waits until the index has an inquiry.
async fn waits(staff: &medius_tests::staff::StaffApp, query: &str, id: &str) -> bool {
    for _ in 0..25 {
        if waiting(staff, query).await.iter().any(|found| found == id) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    false
}

#[tokio::test]
async fn what_is_about_privacy_goes_to_the_officer_and_is_not_there_for_coordinators() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "privacy").await;
    let (privacy, complaint) =
        (ask(&app, "privacy", "Who read my story?").await, ask(&app, "complaint", "Too slow.").await);
    let (officer, coordinator) = (member(&stack, "dpo").await, member(&stack, "coordinator").await);
    for (staff, theirs, not_theirs) in [(&officer, &privacy, &complaint), (&coordinator, &complaint, &privacy)] {
        assert!(waits(staff, "", theirs).await, "what is theirs waits for them");
        for query in ["", "?topic=privacy", "?topic=complaint", "?state=open"] {
            assert!(!waiting(staff, query).await.contains(not_theirs), "{query}");
        }
        let tried = [
            staff.get(&format!("{}?reason=patient_asked", desk(not_theirs))).await.unwrap(),
            staff
                .post(&format!("{}/answer", desk(not_theirs)), &json!({"text": "x", "reason": "audit"}))
                .await
                .unwrap(),
            staff
                .change(
                    Method::POST,
                    &format!("{}/assign", desk(not_theirs)),
                    "\"1\"",
                    Some(&json!({"assignee": "me"})),
                )
                .await
                .unwrap(),
        ];
        let absent = staff.get(&format!("{}?reason=patient_asked", desk(NOWHERE))).await.unwrap();
        for answer in tried {
            refused(&answer, 404, "not-found");
            assert_eq!(answer.body, absent.body);
        }
        assert_eq!(refusals(&stack, not_theirs).await, 3);
        take(staff, theirs).await;
        let answer = json!({"text": "We have looked into it."});
        staff.post(&format!("{}/answer", desk(theirs)), &answer).await.unwrap().expect(201, "answer").unwrap();
        assert!(waits(staff, "?state=answered", theirs).await);
    }
    let view = app.get(&own(&privacy)).await.unwrap().expect(200, "own").unwrap().json();
    assert_eq!(texts(&view)[1].0, "dpo");
}

#[tokio::test]
async fn an_inquiry_that_is_not_assigned_opens_with_a_reason_and_no_other_role_gets_in() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "unassigned").await;
    let id = ask(&app, "technical", "The page stays white.").await;
    let coordinator = member(&stack, "coordinator").await;
    let answer = format!("{}/answer", desk(&id));
    for no_reason in [
        coordinator.get(&desk(&id)).await.unwrap(),
        coordinator.post(&answer, &json!({"text": "Please try again."})).await.unwrap(),
    ] {
        refused(&no_reason, 422, "invalid-field");
        assert_eq!(no_reason.json()["errors"], json!([{"pointer": "/reason", "code": "missing"}]));
    }
    let why = json!({"text": "Please try again.", "reason": "substitution"});
    coordinator.post(&answer, &why).await.unwrap().expect(201, "answer").unwrap();
    let entries = log(&stack, &id).await;
    let last = entries.last().unwrap();
    assert_eq!((last.outcome, serde_json::to_value(last.reason).unwrap()), (Outcome::Done, json!("substitution")));
    assert_eq!(last.purpose, medius_domain::access::Purpose::Inquiry);

    for group in ["clinician_reviewer", "auditor", "ops"] {
        let other = member(&stack, group).await;
        for answer in [
            other.get("/staff/v1/inquiries").await.unwrap(),
            other.get(&format!("{}?reason=audit", desk(&id))).await.unwrap(),
            other.get(&format!("{}?reason=audit", desk(NOWHERE))).await.unwrap(),
            other.post(&answer, &json!({"text": "x", "reason": "audit"})).await.unwrap(),
        ] {
            refused(&answer, 403, "forbidden");
        }
    }
}

#[tokio::test]
async fn two_who_take_an_inquiry_at_once_do_not_both_get_it_and_it_can_be_given_back() {
    let stack = Stack::load().unwrap();
    let id = ask(&patient(&stack, "race").await, "service", "Who answers me?").await;
    let (one, two) = (member(&stack, "coordinator").await, member(&stack, "coordinator").await);
    let path = format!("{}/assign", desk(&id));
    let me = json!({"assignee": "me"});
    let (first, second) = tokio::join!(
        one.change(Method::POST, &path, "\"1\"", Some(&me)),
        two.change(Method::POST, &path, "\"1\"", Some(&me))
    );
    let mut statuses = [first.unwrap().status.as_u16(), second.unwrap().status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let back = one.change(Method::POST, &path, "\"2\"", Some(&json!({"assignee": "none"}))).await.unwrap();
    assert_eq!(back.expect(200, "given back").unwrap().json()["assignee"], json!(null));
    // Both sides write at the same moment: nothing is lost.
    take(&one, &id).await;
    let answer = format!("{}/answer", desk(&id));
    let texts = ["one", "two", "three"].map(|text| json!({"text": text}));
    let (a, b, c) =
        tokio::join!(one.post(&answer, &texts[0]), one.post(&answer, &texts[1]), one.post(&answer, &texts[2]));
    for done in [a, b, c] {
        done.unwrap().expect(201, "answer").unwrap();
    }
    let seen = one.get(&desk(&id)).await.unwrap().expect(200, "thread").unwrap().json();
    assert_eq!(seen["thread"].as_array().unwrap().len(), 4);
}
