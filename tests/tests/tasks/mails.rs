//! Who is mailed about each change: what lies in the outbox after each step of the loop is what the domain's table says, no more and
//! no less.

use super::{Patient, appointment};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_domain::task::telling::{ToCoordinator, ToInstitution, ToPatient, mails};
use medius_domain::task::{Party, TaskAction};
use serde_json::json;
use std::collections::BTreeMap;

/// Mails that were ordered about a case, by what they are.
pub(super) async fn ordered(patient: &Patient) -> BTreeMap<String, usize> {
    let dynamodb = patient.stack.dynamodb(patient.stack.operator_credentials());
    let text = |value: Option<&AttributeValue>| value.and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
    let mut found = BTreeMap::new();
    let mut items = dynamodb
        .scan()
        .table_name(patient.stack.table("outbox"))
        .filter_expression("body.case_id = :case")
        .expression_attribute_values(":case", AttributeValue::S(patient.case.clone()))
        .into_paginator()
        .items()
        .send();
    while let Some(item) = items.next().await {
        let item = item.unwrap();
        let about = item["body"].as_m().unwrap()["about"].as_m().unwrap();
        let kind = format!("{} {}", text(about.get("kind")), text(about.get("notice")));
        *found.entry(kind.trim().to_owned()).or_default() += 1;
    }
    found
}

/// The mails that the table asks for at a step, by what they are; a link's own mails are named by the test.
fn asked_for(action: TaskAction, by: Party) -> Vec<&'static str> {
    let told = mails(action, by);
    let patient = (told.patient == ToPatient::Changed).then_some("patient_notice task_changed");
    let institution = (told.institution == ToInstitution::Changed).then_some("provider_task");
    let coordinator = told.coordinator.map(|word| match word {
        ToCoordinator::Declined => "coordinator_notice task_declined",
        ToCoordinator::Redirected => "coordinator_notice task_redirected",
        ToCoordinator::CancelRequested => "coordinator_notice cancel_requested",
        ToCoordinator::NotAttended => "coordinator_notice not_attended",
        ToCoordinator::Expired => "coordinator_notice task_expired",
    });
    patient.into_iter().chain(institution).chain(coordinator).collect()
}

/// The mails of a case, looked at after each step.
struct Outbox<'a> {
    patient: &'a Patient,
    seen: BTreeMap<String, usize>,
}

impl Outbox<'_> {
    /// What was ordered since the last look is what the steps ask for; codes belong to links and not to steps.
    async fn after(&mut self, steps: &[(TaskAction, Party)], with_link: &[&'static str]) {
        let of_steps = steps.iter().flat_map(|(action, by)| asked_for(*action, *by));
        self.only(&of_steps.chain(with_link.iter().copied()).collect::<Vec<_>>()).await;
    }

    /// What was ordered since the last look is this.
    async fn only(&mut self, kinds: &[&str]) {
        let now = ordered(self.patient).await;
        let mut new = now.clone();
        for (kind, n) in &self.seen {
            *new.get_mut(kind).unwrap() -= n;
        }
        new.retain(|kind, n| *n > 0 && kind != "provider_code");
        let mut expected = BTreeMap::new();
        for kind in kinds {
            *expected.entry((*kind).to_owned()).or_insert(0) += 1;
        }
        assert_eq!(new, expected);
        self.seen = now;
    }
}

use Party::{Institution, Patient as Own};
use TaskAction as A;

#[tokio::test]
async fn each_step_orders_the_mails_that_the_table_asks_for_and_no_others() {
    let patient = Patient::new().await;
    let seen = ordered(&patient).await;
    let mut outbox = Outbox { patient: &patient, seen };
    let letter = patient.app.make_letter(&patient.case, patient.recipient(0)).await.unwrap();
    outbox.after(&[(A::Generate, Own)], &[]).await;
    let desk = patient.send(0, &letter).await;
    outbox.after(&[(A::Send, Own), (A::Open, Institution)], &["provider_link"]).await;
    for (body, state, action) in [
        (json!({"action": "acknowledge"}), "ACKNOWLEDGED", A::Acknowledge),
        (json!({"action": "accept"}), "ACCEPTED", A::Accept),
        (appointment("schedule"), "SCHEDULED", A::Schedule),
        (appointment("reschedule"), "SCHEDULED", A::Reschedule),
    ] {
        desk.says(&body, state).await;
        outbox.after(&[(action, Institution)], &[]).await;
    }
    patient.say(&json!({"action": "confirm_appointment"})).await.expect(200, "confirm").unwrap();
    outbox.after(&[(A::ConfirmAppointment, Own)], &[]).await;
    patient
        .say(&json!({"action": "ask_other_time", "code": "time-does-not-suit", "text": "오후"}))
        .await
        .expect(200, "ask")
        .unwrap();
    outbox.after(&[(A::AskOtherTime, Own)], &[]).await;
    let wish = json!({"action": "request_cancel", "code": "patient-decided"});
    patient.say(&wish).await.expect(200, "wish").unwrap();
    outbox.after(&[(A::RequestCancel, Own)], &[]).await;
    desk.says(&json!({"action": "refuse_cancel", "code": "care-still-needed"}), "ACCEPTED").await;
    outbox.after(&[(A::RefuseCancel, Institution)], &[]).await;
    desk.says(&json!({"action": "request_cancel", "code": "institution-cannot"}), "CANCEL_REQUESTED").await;
    outbox.after(&[(A::RequestCancel, Institution)], &[]).await;
    patient.say(&json!({"action": "refuse_cancel", "code": "care-still-needed"})).await.expect(200, "refuse").unwrap();
    outbox.after(&[(A::RefuseCancel, Own)], &[]).await;
    for (body, state, action) in [
        (json!({"action": "attended"}), "ATTENDED", A::Attended),
        (json!({"action": "interim_outcome", "text": "검사 중"}), "ATTENDED", A::InterimOutcome),
        (json!({"action": "final_outcome", "text": "끝"}), "OUTCOME_RETURNED", A::FinalOutcome),
    ] {
        desk.says(&body, state).await;
        outbox.after(&[(action, Institution)], &[]).await;
    }
    // A consent that is withdrawn now ends the link and not the request: its outcome is the patient's, who closes the loop.
    let to = patient.recipient(0).to_owned();
    patient.app.withdraw(&patient.case, "P", Some(&to)).await.unwrap().expect(201, "withdraw").unwrap();
    outbox.only(&["patient_notice receipt", "provider_ended"]).await;
    assert_eq!(desk.task().await.status, 404);
    assert_eq!(patient.task().await["state"], "OUTCOME_RETURNED");
    patient.say(&json!({"action": "complete"})).await.expect(200, "complete").unwrap();
    outbox.after(&[(A::Complete, Own)], &[]).await;
}

#[tokio::test]
async fn what_does_not_go_on_by_itself_is_mailed_to_the_coordinator_too() {
    for (body, state, action) in [
        (json!({"action": "decline", "code": "capacity"}), "DECLINED", A::Decline),
        (json!({"action": "redirect", "code": "other-institution", "text": "옆 병원"}), "REDIRECTED", A::Redirect),
    ] {
        let patient = Patient::new().await;
        let desk = patient.sent_to(0).await;
        let mut outbox = Outbox { patient: &patient, seen: ordered(&patient).await };
        desk.says(&body, state).await;
        outbox.after(&[(action, Institution)], &[]).await;
    }
}
