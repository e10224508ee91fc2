//! The end of a service: a closed case keeps what it holds, begins nothing new, and its links end with it; it can be opened
//! again. Over HTTP on the deployed functions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_tests::journey::{demo_story, mailbox, wait_for_state};
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{Answer, Institution, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

async fn patient(stack: &Stack) -> PatientApp {
    let sign_in = stack.new_patient(&format!("lifecycle-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap())
}

async fn change(app: &PatientApp, case: &str, what: &str) -> Answer {
    let now = app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap();
    app.change(Method::POST, &format!("/v1/cases/{case}/{what}"), &now.etag(), None).await.unwrap()
}

fn reason(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["reason"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_closed_case_ends_its_links_begins_nothing_new_and_can_be_opened_again() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack).await;
    let to = stack.run().providers[0].clone();
    let mailbox = mailbox(&stack, &to).await.unwrap();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let institution = Institution::of_delivery(&stack, &case, &delivery, &mailbox).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    institution.ask_for_code().await.unwrap().expect(202, "code").unwrap();

    assert_eq!(reason(&change(&app, &case, "reopen").await), (409, "case-open".to_owned()));
    let closed = change(&app, &case, "close").await.expect(200, "close").unwrap().json();
    assert_eq!(closed["completed_by"], "patient_closed");
    let times =
        ["completed_at", "expires_at"].map(|t| closed[t].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>());
    let [completed, destroyed] = times.map(Result::unwrap);
    let kept = destroyed - completed;
    assert!((365..=367).contains(&kept.num_days()), "{kept}");

    assert_eq!(institution.ask_for_code().await.unwrap().status.as_u16(), 404);
    wait_for_state(&app, &case, &delivery, "REVOKED").await.unwrap();
    let reference = delivery["dlv_".len()..][..8].to_ascii_uppercase();
    let ended = |m: &Mail| m.body_text.as_deref().is_some_and(|t| t.contains(&reference) && !t.contains("/r/"));
    stack.wait_for_mail(&mailbox, Duration::from_secs(30), ended).await.unwrap();

    // Closed is closed once; nothing new begins; what is there can be read, taken along and taken back.
    assert_eq!(reason(&change(&app, &case, "close").await), (409, "case-closed".to_owned()));
    let new_letter = app.post(&format!("/v1/cases/{case}/referrals"), &json!({"recipient": to})).await.unwrap();
    assert_eq!(reason(&new_letter), (409, "case-closed".to_owned()));
    let again = app.post(&format!("/v1/cases/{case}/deliveries"), &json!({"referral_id": letter})).await.unwrap();
    assert_eq!(reason(&again), (409, "case-closed".to_owned()));
    let story = demo_story().unwrap();
    let now = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    let basic = format!("/v1/cases/{case}/intake/basic");
    let told = app.change(Method::PUT, &basic, &now.etag(), Some(&story["basic"])).await.unwrap();
    assert_eq!(reason(&told), (409, "case-closed".to_owned()));
    app.get(&format!("/v1/cases/{case}/referrals/{letter}/letter")).await.unwrap().expect(200, "letter").unwrap();
    app.get(&format!("/v1/cases/{case}/access-log/export")).await.unwrap().expect(200, "export").unwrap();

    let reopened = change(&app, &case, "reopen").await.expect(200, "reopen").unwrap().json();
    assert!(reopened.get("completed_at").is_none());
    app.deliver(&case, &letter).await.unwrap();
    // Without the consents to collect there is nothing to open again.
    change(&app, &case, "close").await.expect(200, "close").unwrap();
    app.withdraw(&case, "S1", None).await.unwrap().expect(201, "withdrawal").unwrap();
    let without = change(&app, &case, "reopen").await;
    assert_eq!((without.status.as_u16(), without.code().as_str()), (403, "consent-required"));
}

#[tokio::test]
async fn a_case_is_closed_in_the_version_that_was_seen_and_by_its_patient_only() {
    let stack = Stack::load().unwrap();
    let (app, other) = (patient(&stack).await, patient(&stack).await);
    let case = app.open_case().await.unwrap();
    let path = format!("/v1/cases/{case}/close");
    let unseen = app.change(Method::POST, &path, "\"9\"", None).await.unwrap();
    assert_eq!(unseen.status.as_u16(), 412);
    assert_eq!(app.send(Method::POST, &path, &[], None).await.unwrap().status.as_u16(), 428);
    assert_eq!(other.change(Method::POST, &path, "\"1\"", None).await.unwrap().status.as_u16(), 404);
    app.change(Method::POST, &path, "\"1\"", None).await.unwrap().expect(200, "close").unwrap();
}
