//! A request and its links: which link may be made anew, who hears of news, and what happens where no link lives any more.

use super::clock::{aged, ids, tick};
use super::mails::ordered;
use super::rewritten::{database, rewritten};
use super::{Desk, Patient};
use chrono::{TimeDelta, Utc};
use medius_domain::link::{Link, LinkState};
use medius_tests::client::Answer;
use medius_tests::staff::StaffApp;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};

async fn suspended(desk: &Desk<'_>) -> Link {
    rewritten(&desk.patient.stack, &desk.link.link.id, |link| Link {
        state: LinkState::Suspended,
        suspended_at: Some(Utc::now()),
        ..link
    })
    .await
}

async fn made_anew(patient: &Patient, link: &Link) -> Answer {
    let address = format!("links-{}@staff.example", fresh_key());
    let sign_in = patient.stack.new_member(&address, "coordinator").await.unwrap();
    let coordinator = StaffApp::of(&patient.stack, &sign_in).await.unwrap();
    let path = format!("/staff/v1/cases/{}/deliveries/{}/reissue", patient.case, link.delivery_id);
    coordinator.post_with(&path, &json!({"reason": "delivery_problem"}), &fresh_key()).await.unwrap()
}

fn refusal(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["reason"].clone())
}

#[tokio::test]
async fn a_suspended_link_to_an_older_letter_is_not_made_anew_after_a_newer_one_was_sent() {
    let patient = Patient::new().await;
    let older = patient.sent_to(0).await;
    let link = suspended(&older).await;
    let newer = patient.sent_to(0).await;
    let again = made_anew(&patient, &link).await;
    assert_eq!(refusal(&again), (409, json!("delivery-ended")), "{}", again.text());
    // Nor one that an earlier release left as it was when the newer letter went out.
    let again = made_anew(&patient, &suspended(&older).await).await;
    assert_eq!(refusal(&again), (409, json!("newer-letter")), "{}", again.text());
    assert_eq!(newer.task().await.status, 200, "the newer one goes on");
    // Of the newer letter it can be.
    made_anew(&patient, &suspended(&newer).await).await.expect(200, "anew").unwrap();
}

#[tokio::test]
async fn a_link_that_was_made_anew_gives_time_to_answer_and_none_is_made_for_what_is_over() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    aged(&db, &case, &task, 13).await;
    let link = suspended(&desk).await;
    made_anew(&patient, &link).await.expect(200, "anew").unwrap();
    aged(&db, &case, &task, 1).await;
    tick(&patient.stack).await;
    assert_ne!(patient.task().await["state"], "EXPIRED", "the new link lives for two weeks");

    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let (case, task) = ids(&patient).await;
    aged(&db, &case, &task, 14).await;
    tick(&patient.stack).await;
    assert_eq!(patient.task().await["state"], "EXPIRED");
    let again = made_anew(&patient, &suspended(&desk).await).await;
    assert_eq!(refusal(&again), (409, json!("request-ended")), "{}", again.text());
}

#[tokio::test]
async fn where_no_link_lives_a_coordinator_is_told_that_nobody_can_answer() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    rewritten(&patient.stack, &desk.link.link.id, |link| Link { expires_at: Utc::now() - TimeDelta::hours(1), ..link })
        .await;
    // Thirteen days have at least ten working days but for long holidays, and three in any case.
    aged(&db, &case, &task, 13).await;
    for _ in 0..3 {
        tick(&patient.stack).await;
    }
    let told = ordered(&patient).await;
    assert_eq!(told.get("coordinator_notice link_over"), Some(&1), "{told:?}");
    assert_eq!(told.get("provider_task"), None, "{told:?}");
}

#[tokio::test]
async fn where_the_patient_took_the_link_back_nobody_is_to_send_another() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    let delivery = rewritten(&patient.stack, &desk.link.link.id, |link| link).await.delivery_id;
    let path = format!("/v1/cases/{}/deliveries/{delivery}/revoke", patient.case);
    patient.app.post(&path, &json!({})).await.unwrap().expect(200, "revocation").unwrap();
    aged(&db, &case, &task, 13).await;
    for _ in 0..3 {
        tick(&patient.stack).await;
    }
    assert_eq!(ordered(&patient).await.get("coordinator_notice link_over"), None);
}

/// Whether a function wrote a figure with what it is split by, for CloudWatch.
async fn counted(patient: &Patient, function: &str, metric: &str, (by, what): (&str, &str)) -> bool {
    for _ in 0..100 {
        let lines = patient.stack.logs(function).await.unwrap();
        let figures = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if figures.into_iter().any(|figure| figure[metric].is_number() && figure[by] == what) {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    false
}

#[tokio::test]
async fn steps_and_ends_are_counted_by_the_function_that_makes_them() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let recipient = patient.recipient(0).to_owned();
    patient.app.withdraw(&patient.case, "P", Some(&recipient)).await.unwrap().expect(201, "withdrawal").unwrap();
    for (function, metric, by) in [
        ("delivery", "RequestSteps", ("action", "send")),
        ("provider", "RequestSteps", ("action", "accept")),
        ("consent", "RequestSteps", ("action", "withdraw")),
        ("consent", "LinksEnded", ("state", "REVOKED")),
    ] {
        assert!(counted(&patient, function, metric, by).await, "{function} {metric} {by:?}");
    }
}
