//! A request and its links: which link may be made anew, who hears of news, and what happens where no link lives any more.

use super::clock::{aged, database, ids, tick};
use super::{Desk, Patient};
use chrono::{TimeDelta, Utc};
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::link::{Link, LinkState};
use medius_domain::policy::{On, Thing, permit};
use medius_store::{Change, Place};
use medius_tests::client::Answer;
use medius_tests::stack::Mail;
use medius_tests::staff::StaffApp;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};

/// Writes a link otherwise than it came to be: what takes twenty wrong codes or two weeks otherwise.
async fn rewritten(desk: &Desk<'_>, change_it: impl Fn(Link) -> Link) -> Link {
    let db = database(&desk.patient.stack);
    let id = desk.link.link.id.parse().unwrap();
    let link = db.read([Place::Link(id)]).await.unwrap().link(&desk.link.link.id.parse().unwrap()).unwrap().unwrap();
    let next = Link { rev: link.rev + 1, ..change_it(link) };
    let case = next.case_id.clone();
    let snapshot = db.read([Place::Case(case.clone()), Place::case_log(&case)]).await.unwrap();
    let kept_until = snapshot.case(&case).unwrap().unwrap().expires_at;
    let object = Object::of(Thing::Task, next.task_id.as_ref().expect("its request"), "age");
    let event = Event::of_function("test", Action::Update, object, Purpose::Provision, None);
    let mut change = Change::new(permit(event, &On::Behind(&case, &next.subject)).unwrap(), db.now());
    change.update_link(&next, kept_until).unwrap();
    db.commit(change, &snapshot).await.unwrap();
    next
}

async fn suspended(desk: &Desk<'_>) -> Link {
    rewritten(desk, |link| Link { state: LinkState::Suspended, suspended_at: Some(Utc::now()), ..link }).await
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

/// The mails about the patient's case with something in their subject.
async fn mails(patient: &Patient, subject: &str, part: &str) -> usize {
    let all = patient.stack.mails().await.unwrap();
    let about = |m: &&Mail| m.subject.contains(subject) && m.body_text.as_deref().is_some_and(|t| t.contains(part));
    all.iter().filter(about).count()
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
    rewritten(&desk, |link| Link { expires_at: Utc::now() - TimeDelta::hours(1), ..link }).await;
    // Thirteen days have at least ten working days but for long holidays, and three in any case.
    aged(&db, &case, &task, 13).await;
    for _ in 0..3 {
        tick(&patient.stack).await;
    }
    let mut told = 0;
    for _ in 0..50 {
        told = mails(&patient, "no link left to answer by", &patient.case).await;
        if told > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(told, 1);
    assert_eq!(mails(&patient, "News about a referral", &desk.link.link.id).await, 0);
}
