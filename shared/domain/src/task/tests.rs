#![allow(clippy::unwrap_used, clippy::panic)]
mod rules;

use super::table::{TABLE, To, rule};
use super::*;
use crate::task::answer::Answer;
use crate::task::help::Need;
use crate::task::reason::{CancelReason, DeclineReason};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// The model, written down a second time and by state: who may do what there, and where it leads (`=` nowhere, `<` back).
const MODEL: &[(&str, &str)] = &[
    ("DRAFT", "patient:consent>CONSENTED patient:generate>GENERATED"),
    ("CONSENTED", "patient:generate>GENERATED"),
    (
        "GENERATED",
        "patient:generate>GENERATED reviewer:review>REVIEWED patient:send>SENT patient:cancel>CANCELLED \
         patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "REVIEWED",
        "patient:generate>GENERATED patient:send>SENT patient:cancel>CANCELLED patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "SENT",
        "patient:generate= reviewer:review= patient:renew= institution:open>OPENED institution:acknowledge>ACKNOWLEDGED \
         patient:request_cancel>CANCEL_REQUESTED service:expire>EXPIRED patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "OPENED",
        "patient:generate= reviewer:review= patient:renew= institution:acknowledge>ACKNOWLEDGED institution:accept>ACCEPTED \
         institution:decline>DECLINED institution:ask_more>MORE_INFORMATION institution:redirect>REDIRECTED \
         patient:request_cancel>CANCEL_REQUESTED institution:estimate= institution:add_colleague= service:expire>EXPIRED \
         patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "ACKNOWLEDGED",
        "patient:generate= reviewer:review= patient:renew= institution:accept>ACCEPTED institution:decline>DECLINED \
         institution:ask_more>MORE_INFORMATION institution:redirect>REDIRECTED patient:request_cancel>CANCEL_REQUESTED \
         institution:estimate= institution:add_colleague= service:expire>EXPIRED patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "ACCEPTED",
        "patient:generate= reviewer:review= patient:renew= institution:decline>DECLINED institution:redirect>REDIRECTED \
         institution:schedule>SCHEDULED institution:attended>ATTENDED patient:request_cancel>CANCEL_REQUESTED \
         institution:request_cancel>CANCEL_REQUESTED institution:interim_outcome= \
         institution:final_outcome>OUTCOME_RETURNED institution:estimate= institution:add_colleague= \
         patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "MORE_INFORMATION",
        "patient:generate= reviewer:review= patient:answer_more>SENT institution:decline>DECLINED \
         patient:request_cancel>CANCEL_REQUESTED institution:add_colleague= patient:withdraw>CONSENT_WITHDRAWN",
    ),
    ("DECLINED", ""),
    ("REDIRECTED", ""),
    (
        "SCHEDULED",
        "patient:generate= reviewer:review= patient:renew= institution:reschedule= patient:confirm_appointment= \
         patient:ask_other_time>ACCEPTED institution:attended>ATTENDED institution:no_show>NO_SHOW \
         patient:request_cancel>CANCEL_REQUESTED institution:request_cancel>CANCEL_REQUESTED institution:interim_outcome= \
         institution:final_outcome>OUTCOME_RETURNED institution:estimate= institution:add_colleague= \
         patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "ATTENDED",
        "patient:generate= reviewer:review= patient:renew= institution:interim_outcome= institution:final_outcome>OUTCOME_RETURNED \
         institution:add_colleague= patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "NO_SHOW",
        "patient:generate= reviewer:review= patient:renew= institution:schedule>SCHEDULED patient:request_cancel>CANCEL_REQUESTED \
         institution:request_cancel>CANCEL_REQUESTED institution:interim_outcome= institution:add_colleague= \
         patient:withdraw>CONSENT_WITHDRAWN",
    ),
    (
        "CANCEL_REQUESTED",
        "patient:confirm_cancel>CANCELLED institution:confirm_cancel>CANCELLED coordinator:confirm_cancel>CANCELLED \
         patient:refuse_cancel< institution:refuse_cancel< patient:withdraw>CONSENT_WITHDRAWN",
    ),
    ("CANCELLED", ""),
    ("OUTCOME_RETURNED", "institution:final_outcome= patient:complete>COMPLETED service:complete>COMPLETED"),
    ("COMPLETED", ""),
    ("EXPIRED", ""),
    ("CONSENT_WITHDRAWN", ""),
];

fn name<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn the_table_is_the_model_for_every_state_action_and_actor() {
    let model: BTreeMap<&str, Vec<&str>> =
        MODEL.iter().map(|(s, all)| (*s, all.split_whitespace().collect())).collect();
    assert_eq!(model.len(), TaskState::ALL.len());
    let mut triples = 0;
    for state in TaskState::ALL {
        let mut rows = model[name(state).as_str()].clone();
        for &action in TaskAction::ALL {
            for by in Party::ALL {
                triples += 1;
                let found = rule(state, action, by).map(|row| {
                    let to = match row.to {
                        To::State(to) => format!(">{}", name(to)),
                        To::Same => "=".to_owned(),
                        To::Before => "<".to_owned(),
                    };
                    format!("{}:{}{to}", name(by), action.code())
                });
                if let Some(found) = found {
                    let at = rows.iter().position(|row| *row == found);
                    let at = at.unwrap_or_else(|| panic!("{} has {found}", name(state)));
                    rows.remove(at);
                }
            }
        }
        assert!(rows.is_empty(), "{} lacks {rows:?}", name(state));
    }
    assert_eq!(triples, TaskState::ALL.len() * TaskAction::ALL.len() * Party::ALL.len());
}

#[test]
fn no_two_rows_speak_of_the_same() {
    for state in TaskState::ALL {
        for &action in TaskAction::ALL {
            for by in Party::ALL {
                let rows = TABLE.iter().filter(|r| r.action == action && r.by.contains(&by) && r.from.contains(&state));
                assert!(rows.count() <= 1);
            }
        }
    }
}

#[test]
fn what_is_over_stays_and_everything_else_can_end() {
    for state in TaskState::ALL {
        let next: Vec<_> = TaskAction::ALL
            .iter()
            .flat_map(|action| Party::ALL.map(|by| rule(state, *action, by)))
            .flatten()
            .filter_map(|row| if let To::State(to) = row.to { Some(to) } else { None })
            .collect();
        assert_eq!(next.is_empty(), state.over(), "{state:?}");
    }
    // From the first state everything is reached.
    let mut reached = vec![TaskState::Draft];
    let mut at = 0;
    while at < reached.len() {
        for &action in TaskAction::ALL {
            for by in Party::ALL {
                if let Some(To::State(to)) = rule(reached[at], action, by).map(|row| row.to)
                    && !reached.contains(&to)
                {
                    reached.push(to);
                }
            }
        }
        at += 1;
    }
    assert_eq!(reached.len(), TaskState::ALL.len());
}

fn task() -> Task {
    let now = DateTime::UNIX_EPOCH;
    Task::new(CaseId::new(), Subject::of("x"), ProviderId::new(), Urgency::Soon, ReferralId::new(), now)
}

fn after(task: &Task, said: &Said, by: Party) -> Result<Task, TaskRefusal> {
    task.apply(said, by, task.updated_at + TimeDelta::minutes(1))
}

fn offered(task: &Task, by: Party) -> Vec<TaskAction> {
    task.available_actions(by, task.updated_at)
}

fn sent() -> Task {
    let task = task();
    task.sent(DeliveryId::new(), LinkId::new(), task.updated_at).unwrap()
}

#[test]
fn an_institution_answers_step_by_step_and_every_step_is_kept() {
    let now = DateTime::UNIX_EPOCH;
    let mut task = sent();
    assert_eq!((task.state, task.version, task.due.is_some()), (TaskState::Sent, 2, true));
    for (json, state) in [
        (r#"{"acknowledge":{}}"#, TaskState::Acknowledged),
        (r#"{"accept":{"text":"네"}}"#, TaskState::Accepted),
        (
            r#"{"schedule":{"appointment":{"start":"1970-01-01T06:00:00Z","end":"1970-01-01T07:00:00Z","place":"3F"}}}"#,
            TaskState::Scheduled,
        ),
        (r#"{"attended":{}}"#, TaskState::Attended),
        (r#"{"interim_outcome":{"text":"계속"}}"#, TaskState::Attended),
        (r#"{"final_outcome":{"text":"끝"}}"#, TaskState::OutcomeReturned),
    ] {
        let answer: Answer = serde_json::from_str(json).unwrap();
        task = after(&task, &answer.said(now).unwrap(), Party::Institution).unwrap();
        assert_eq!(task.state, state);
    }
    assert_eq!(task.steps.iter().map(|s| s.n).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    assert!(task.steps.iter().zip(task.steps.iter().skip(1)).all(|(a, b)| a.to == b.from));
    assert_eq!(task.steps.iter().filter(|s| s.noted).count(), 4);
    assert_eq!(offered(&task, Party::Patient), [TaskAction::Complete]);
    let done = after(&task, &Said::of(TaskAction::Complete), Party::Patient).unwrap();
    assert!(done.state.over() && Party::ALL.iter().all(|by| offered(&done, *by).is_empty()));
}

#[test]
fn who_asks_to_cancel_is_not_who_agrees() {
    let said =
        Said { reason: Some(Reason::Cancel(CancelReason::PatientDecided)), ..Said::of(TaskAction::RequestCancel) };
    let asked = after(&sent(), &said, Party::Patient).unwrap();
    let confirm = Said::of(TaskAction::ConfirmCancel);
    assert_eq!(after(&asked, &confirm, Party::Patient).unwrap_err(), TaskRefusal::OtherPartyNeeded);
    assert!(!offered(&asked, Party::Patient).contains(&TaskAction::ConfirmCancel));
    for by in [Party::Institution, Party::Coordinator] {
        assert_eq!(after(&asked, &confirm, by).unwrap().state, TaskState::Cancelled);
    }
    let kept = after(&asked, &Said::of(TaskAction::RefuseCancel), Party::Institution).unwrap();
    assert_eq!((kept.state, kept.cancelling), (TaskState::Sent, None));
}

#[test]
fn an_answer_to_a_question_is_a_new_letter_with_deadlines_of_its_own() {
    let now = DateTime::UNIX_EPOCH;
    let opened = after(&sent(), &Said::of(TaskAction::Open), Party::Institution).unwrap();
    let asked = after(&opened, &Said::of(TaskAction::AskMore), Party::Institution).unwrap();
    // The clock is the patient's now, from the question on.
    assert_eq!(asked.owed(), Owed::PatientAnswer { urgency: Urgency::Soon, since: asked.updated_at });
    let made = asked.with_letter(ReferralId::new(), now).unwrap();
    assert_eq!((made.state, made.letters.len()), (TaskState::MoreInformation, 2));
    let later = now + TimeDelta::days(30);
    let again = made.after_telling(&[Mark::AcknowledgeHalf]).sent(DeliveryId::new(), LinkId::new(), later).unwrap();
    assert_eq!((again.state, again.links.len(), again.told.len()), (TaskState::Sent, 2, 0));
    assert_eq!(again.due, Some(Due::of(Urgency::Soon, later)));
}

#[test]
fn who_asks_for_another_time_is_not_forgotten_though_the_first_time_was_chased() {
    let opened = after(&sent(), &Said::of(TaskAction::Open), Party::Institution).unwrap();
    let accepted = after(&opened, &Said::of(TaskAction::Accept), Party::Institution).unwrap();
    let since = accepted.updated_at;
    assert_eq!(accepted.owed(), Owed::Appointment { urgency: Urgency::Soon, since });
    let chased = [Mark::AppointmentHalf, Mark::AppointmentDue, Mark::AppointmentEscalated];
    let told = accepted.after_telling(&chased);
    assert_eq!((told.needs(), told.due_at()), (vec![Need::Overdue], None));
    let seen = told.after_seeing_to().unwrap();
    assert_eq!(seen.needs(), []);
    // An estimate is no appointment: nothing begins anew.
    let estimated = after(&seen, &Said::of(TaskAction::Estimate), Party::Institution).unwrap();
    assert_eq!((estimated.owed(), estimated.needs()), (Owed::Appointment { urgency: Urgency::Soon, since }, vec![]));
    let proposed = after(&estimated, &Said::of(TaskAction::Schedule), Party::Institution).unwrap();
    let anew = after(&proposed, &Said::of(TaskAction::AskOtherTime), Party::Patient).unwrap();
    assert_eq!(anew.owed(), Owed::Appointment { urgency: Urgency::Soon, since: anew.updated_at });
    assert!(anew.due_at().is_some() && anew.needs().is_empty());
    assert_eq!(anew.after_telling(&chased).needs(), [Need::Overdue], "seen to the first time, not the second");
}

#[test]
fn other_needs_words_and_fields_are_named() {
    let now = DateTime::UNIX_EPOCH;
    let refused = |json: &str| {
        let answer: Answer = serde_json::from_str(json).unwrap();
        answer.said(now).unwrap_err().pointer
    };
    assert_eq!(refused(r#"{"decline":{"code":"other"}}"#), "/text");
    assert_eq!(refused(r#"{"request_cancel":{"code":"other"}}"#), "/text");
    assert_eq!(refused(r#"{"no_show":{"code":"other"}}"#), "/text");
    assert_eq!(refused(r#"{"refuse_cancel":{"code":"other"}}"#), "/text");
    assert_eq!(refused(r#"{"redirect":{"code":"other-institution"}}"#), "/to");
    for json in [
        r#"{"decline":{"code":"busy"}}"#,
        r#"{"accept":{"extra":1}}"#,
        r#"{"open":{}}"#,
        r#"{"ask_more":{"text":"?"}}"#,
    ] {
        assert!(serde_json::from_str::<Answer>(json).is_err(), "{json}");
    }
    for reason in DeclineReason::ALL {
        assert_eq!(name(*reason), reason.code());
    }
}

#[test]
fn a_task_has_an_end_however_often_something_is_said() {
    let mut task = after(&sent(), &Said::of(TaskAction::Open), Party::Institution).unwrap();
    while let Ok(next) = after(&task, &Said::of(TaskAction::Estimate), Party::Institution) {
        task = next;
    }
    assert_eq!(task.steps.len(), MOST_STEPS);
    assert!(after(&task, &Said::of(TaskAction::Decline), Party::Institution).is_ok());
}

#[test]
fn what_nobody_answers_ends_with_its_link_and_what_was_told_ends_when_it_was_read() {
    let sent = sent();
    let at = sent.ends_at().unwrap();
    assert_eq!(at, Link::expiry(sent.sent_at.unwrap()));
    let before = at - TimeDelta::milliseconds(1);
    assert!(sent.ended_by_time(before).is_none() && sent.due_at().unwrap() < at);
    assert_eq!(sent.ended_by_time(at).unwrap().state, TaskState::Expired);
    // Once everybody was reminded, its end is what is left to come.
    assert_eq!(sent.after_telling(&Mark::ALL).due_at(), Some(at));
    let opened = after(&sent, &Said::of(TaskAction::Open), Party::Institution).unwrap();
    let accepted = after(&opened, &Said::of(TaskAction::Accept), Party::Institution).unwrap();
    // It is not ended by time, and somebody is reminded until there is an appointment.
    assert!(accepted.ends_at().is_none() && accepted.due_at().is_some());
    assert_eq!(accepted.after_telling(&Mark::ALL).due_at(), None);
    let told = after(&accepted, &Said::of(TaskAction::FinalOutcome), Party::Institution).unwrap();
    let read = told.ends_at().unwrap();
    assert_eq!((read - told.updated_at).num_days(), 14);
    assert_eq!(told.ended_by_time(read).unwrap().state, TaskState::Completed);
}
