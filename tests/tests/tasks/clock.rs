//! What time alone does, by the deployed function: reminders once, the coordinator, and ends.

use super::Patient;
use super::rewritten::database;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::id::{CaseId, TaskId};
use medius_domain::policy::{On, Thing, permit};
use medius_domain::task::deadline::Mark;
use medius_domain::task::help::Need;
use medius_domain::task::{Step, Task};
use medius_store::{Change, Database, Place};
use medius_tests::stack::Stack;
use serde_json::json;

async fn stored(db: &Database, case: &CaseId, task: &TaskId) -> Task {
    db.read([Place::Task(case.clone(), task.clone())]).await.unwrap().task(case, task).unwrap().expect("the Task")
}

/// Writes a Task as if everything about it had happened so many days earlier.
pub(crate) async fn aged(db: &Database, case: &CaseId, id: &TaskId, days: i64) {
    let task = stored(db, case, id).await;
    let earlier = |at: DateTime<Utc>| at - TimeDelta::days(days);
    let steps = task.steps.iter().map(|step| Step { at: earlier(step.at), ..step.clone() }).collect();
    let old = Task {
        sent_at: task.sent_at.map(earlier),
        appointment_on: task.appointment_on.map(|day| day - TimeDelta::days(days)),
        appointment_ends: task.appointment_ends.map(earlier),
        steps,
        version: task.version + 1,
        ..task
    };
    let event =
        Event::of_function("test", Action::Update, Object::of(Thing::Task, id, "age"), Purpose::Provision, None);
    let snapshot = db.read([Place::Case(case.clone()), Place::case_log(case)]).await.unwrap();
    let kept_until = snapshot.case(case).unwrap().unwrap().expires_at;
    let mut change = Change::new(permit(event, &On::Behind(case, &old.subject)).unwrap(), db.now());
    change.update_task(&old, kept_until).unwrap();
    db.commit(change, &snapshot).await.unwrap();
}

/// The patient's Task with its ids.
pub(crate) async fn ids(patient: &Patient) -> (CaseId, TaskId) {
    let id = patient.task().await["id"].as_str().unwrap().parse().unwrap();
    (patient.case.parse().unwrap(), id)
}

pub(crate) async fn tick(stack: &Stack) {
    let report = stack.invoke("deadlines", None, &json!({"kind": "clock"})).await.unwrap();
    assert_eq!((&report["failed"], &report["complete"]), (&json!(0), &json!(true)), "{report}");
}

/// Mails about a case to coordinators, and to institutions with news.
async fn mails(patient: &Patient, link: &str) -> (usize, usize) {
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let all = patient.stack.mails().await.unwrap();
    let has = |m: &medius_tests::stack::Mail, part: &str| m.body_text.as_deref().is_some_and(|t| t.contains(part));
    let desk = all.iter().filter(|m| m.to.iter().any(|to| to == "desk@staff.example") && has(m, &patient.case));
    (desk.count(), all.iter().filter(|m| m.subject.contains("News about a referral") && has(m, link)).count())
}

/// Mails that tell the patient that an answer is awaited.
async fn awaited(patient: &Patient) -> usize {
    let link = format!("/open#{}", patient.case);
    let told = |text: &str| text.contains("Your answer is awaited") || text.contains("답변을 기다리고 있습니다");
    let all = patient.stack.mails().await.unwrap();
    all.iter().filter_map(|m| m.body_text.as_deref()).filter(|text| text.contains(&link) && told(text)).count()
}

#[tokio::test]
async fn an_institution_is_reminded_once_and_then_the_coordinator_is_called() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    tick(&patient.stack).await;
    assert!(stored(&db, &case, &task).await.told.is_empty());
    // Three weeks have at least ten working days and a coordinator's day more, whatever holidays there are; the link's life is
    // fourteen days, so it is aged in two steps.
    aged(&db, &case, &task, 13).await;
    for _ in 0..3 {
        tick(&patient.stack).await;
    }
    let told = stored(&db, &case, &task).await.told;
    assert!(told.contains(&Mark::AcknowledgeEscalated), "{told:?}");
    assert_eq!(mails(&patient, &desk.link.link.id).await, (1, 1));
    aged(&db, &case, &task, 1).await;
    tick(&patient.stack).await;
    assert_eq!(patient.task().await["state"], "EXPIRED");
}

#[tokio::test]
async fn an_institution_that_accepted_is_reminded_to_propose_an_appointment_and_then_the_coordinator_is_called() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    tick(&patient.stack).await;
    assert!(stored(&db, &case, &task).await.told.is_empty());
    let (desk_before, link_before) = mails(&patient, &desk.link.link.id).await;
    // Four weeks have at least eleven working days, whatever holidays there are.
    aged(&db, &case, &task, 28).await;
    for _ in 0..3 {
        tick(&patient.stack).await;
    }
    let told = stored(&db, &case, &task).await.told;
    assert!(told.contains(&Mark::AppointmentDue) && told.contains(&Mark::AppointmentEscalated), "{told:?}");
    assert_eq!(mails(&patient, &desk.link.link.id).await, (desk_before + 1, link_before + 1));
    assert_eq!(stored(&db, &case, &task).await.needs(), [Need::Overdue]);
    assert_eq!(patient.task().await["state"], "ACCEPTED");
}

#[tokio::test]
async fn a_patient_who_does_not_answer_a_question_is_reminded_and_then_the_coordinator_helps() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let question = json!({"action": "ask_more", "code": "medication", "text": "복용량을 알려 주십시오."});
    desk.says(&question, "MORE_INFORMATION").await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    let (desk_before, link_before) = mails(&patient, &desk.link.link.id).await;
    let own_before = awaited(&patient).await;
    aged(&db, &case, &task, 28).await;
    for _ in 0..3 {
        tick(&patient.stack).await;
    }
    let told = stored(&db, &case, &task).await.told;
    assert!(told.contains(&Mark::QuestionDue) && told.contains(&Mark::QuestionEscalated), "{told:?}");
    // The institution waits, so it is told nothing; the patient once, and the coordinator.
    assert_eq!(mails(&patient, &desk.link.link.id).await, (desk_before + 1, link_before));
    assert_eq!(awaited(&patient).await, own_before + 1);
    assert_eq!(patient.task().await["state"], "MORE_INFORMATION");
}

#[tokio::test]
async fn an_answer_that_is_typed_while_somebody_is_reminded_is_still_one_to_what_stands_there() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    aged(&db, &case, &task, 13).await;
    let before = desk.task().await.expect(200, "task").unwrap().etag();
    tick(&patient.stack).await;
    assert!(stored(&db, &case, &task).await.told.contains(&Mark::AcknowledgeDue));
    let answer = desk.answer_at(&before, &json!({"action": "accept"})).await;
    assert_eq!(answer.expect(200, "answer").unwrap().json()["state"], "ACCEPTED");
}

#[tokio::test]
async fn a_request_to_cancel_is_not_forgotten_and_never_ends_by_itself() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let wish = json!({"action": "request_cancel", "code": "patient-decided"});
    patient.say(&wish).await.expect(200, "wish").unwrap();
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    let (desk_before, link_before) = mails(&patient, &desk.link.link.id).await;
    // Two weeks have at least three business days, whatever holidays there are.
    aged(&db, &case, &task, 14).await;
    for _ in 0..3 {
        tick(&patient.stack).await;
    }
    let told = stored(&db, &case, &task).await.told;
    assert!(told.contains(&Mark::CancelDue) && told.contains(&Mark::CancelEscalated), "{told:?}");
    assert_eq!(mails(&patient, &desk.link.link.id).await, (desk_before + 1, link_before + 1));
    aged(&db, &case, &task, 90).await;
    tick(&patient.stack).await;
    assert_eq!(patient.task().await["state"], "CANCEL_REQUESTED");
}

#[tokio::test]
async fn an_outcome_that_was_read_closes_the_service_after_two_weeks() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    desk.says(&json!({"action": "final_outcome", "text": "끝"}), "OUTCOME_RETURNED").await;
    let db = database(&patient.stack);
    let (case, task) = ids(&patient).await;
    aged(&db, &case, &task, 13).await;
    tick(&patient.stack).await;
    assert_eq!(patient.task().await["state"], "OUTCOME_RETURNED");
    aged(&db, &case, &task, 1).await;
    tick(&patient.stack).await;
    assert_eq!(patient.task().await["state"], "COMPLETED");
    assert_eq!(patient.case_view().await["completed_by"], "outcome_returned");
}
