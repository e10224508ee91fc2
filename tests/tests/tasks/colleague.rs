//! "Add a colleague": another person of the same institution gets a link of their own, and it ends as the first one does.

use super::mails::ordered;
use super::{Desk, Patient};
use medius_tests::client::Answer;
use medius_tests::directory::{Entry, entry};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, fresh_key};
use reqwest::Method;
use serde_json::json;

/// A patient whose letter goes to an institution with two entries in the directory.
async fn patient_and_institution() -> (Patient, Entry, Entry) {
    let stack = Stack::load().unwrap();
    let registration = format!("C-{}", fresh_key());
    let own = entry(&stack, &registration, "Medicine").await.unwrap();
    let other = entry(&stack, &registration, "Endocrinology").await.unwrap();
    let patient = Patient::of(stack, &demo_story().unwrap(), own.id.as_str()).await;
    (patient, own, other)
}

impl Desk<'_> {
    async fn adds(&self, contact: &str) -> Answer {
        self.link.send(Method::POST, "/colleagues", Some(&json!({"contact": contact}))).await.unwrap()
    }
}

/// The colleague's own link, out of their own mail, with their own code.
async fn colleague<'a>(patient: &'a Patient, contact: &Entry) -> Desk<'a> {
    let mailbox = contact.contact_email.expose();
    let mut link = Institution::from_mail(&patient.stack, mailbox, 0).await.unwrap();
    link.enter(mailbox).await.unwrap();
    Desk { patient, link }
}

#[tokio::test]
async fn a_colleague_gets_a_link_of_their_own_and_a_cancellation_that_one_confirms_ends_both() {
    let (patient, own, other) = patient_and_institution().await;
    let letter = patient.app.make_letter(&patient.case, own.id.as_str()).await.unwrap();
    let desk = patient.send_to(own.id.as_str(), &letter).await;
    // Only a contact of the same institution, and nobody else of the directory.
    let foreign = desk.adds(patient.recipient(1)).await;
    assert_eq!((foreign.status.as_u16(), &foreign.json()["errors"][0]["pointer"]), (422, &json!("/contact")));
    desk.adds(other.id.as_str()).await.expect(204, "colleague").unwrap();
    assert_eq!(desk.adds(other.id.as_str()).await.json()["reason"], "already-on-its-way");
    let second = colleague(&patient, &other).await;
    assert_ne!((&second.link.link.id, &second.link.link.secret), (&desk.link.link.id, &desk.link.link.secret));
    let steps = second.task().await.expect(200, "task").unwrap().json()["steps"].clone();
    assert_eq!(steps.as_array().unwrap().last().unwrap()["action"], "add_colleague");
    // It is one request: what one says is what the other sees.
    second.says(&json!({"action": "accept"}), "ACCEPTED").await;
    assert_eq!(desk.task().await.json()["state"], "ACCEPTED");

    let wish = json!({"action": "request_cancel", "code": "patient-decided"});
    patient.say(&wish).await.expect(200, "wish").unwrap();
    let ended = |mails: &std::collections::BTreeMap<String, usize>| mails.get("provider_ended").copied().unwrap_or(0);
    assert_eq!(ended(&ordered(&patient).await), 0);
    // Whoever of the institution has a link hears of the wish.
    assert_eq!(ordered(&patient).await.get("provider_task"), Some(&2));
    let over = desk.says(&json!({"action": "confirm_cancel"}), "CANCELLED").await;
    assert_eq!((&over["available_actions"], &over["appointment"]), (&json!([]), &json!(null)));
    for gone in [&desk, &second] {
        assert_eq!(gone.task().await.status, 404);
        assert_eq!(gone.link.send(Method::POST, "/letter", None).await.unwrap().status, 404);
    }
    // Who confirmed it knows; the colleague is told. With its last request the service has ended.
    assert_eq!(ended(&ordered(&patient).await), 1);
    assert_eq!(patient.case_view().await["completed_by"], "cancelled");
}

#[tokio::test]
async fn a_newer_letter_ends_a_colleagues_link_to_the_older_one_and_what_is_over_invites_nobody() {
    let (patient, own, other) = patient_and_institution().await;
    let letter = patient.app.make_letter(&patient.case, own.id.as_str()).await.unwrap();
    let desk = patient.send_to(own.id.as_str(), &letter).await;
    desk.adds(other.id.as_str()).await.expect(204, "colleague").unwrap();
    let second = colleague(&patient, &other).await;
    second
        .says(
            &json!({"action": "ask_more", "code": "medication", "text": "복용량을 알려 주십시오."}),
            "MORE_INFORMATION",
        )
        .await;
    let newer = patient.app.make_letter(&patient.case, own.id.as_str()).await.unwrap();
    let newest = patient.send_to(own.id.as_str(), &newer).await;
    for older in [&desk, &second] {
        assert_eq!(older.task().await.status, 404);
    }
    newest.says(&json!({"action": "decline", "code": "capacity"}), "DECLINED").await;
    let late = newest.adds(other.id.as_str()).await;
    assert_eq!((late.status.as_u16(), &late.json()["reason"]), (409, &json!("action-not-available")));
}
