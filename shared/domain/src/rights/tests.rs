//! The table over every state, step and actor; the clock over midnights, year ends and 29 February; the guards.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::clock::{end_of_kst_day, start_of_kst_day};
use crate::id::{CaseId, Subject};
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use std::collections::{BTreeMap, BTreeSet};

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap()
}

fn wanted(right: Right) -> Wanted {
    Wanted { right, case_id: Some(CaseId::new()), told_by: None, scope: None, parts: BTreeSet::new() }
}

fn request(right: Right) -> RightsRequest {
    RightsRequest::verified(Subject::of("patient"), wanted(right), now()).unwrap()
}

fn in_review(right: Right) -> RightsRequest {
    request(right).assign(&Subject::of("dpo"), now()).unwrap()
}

/// The model's picture, written down a second time: each arrow once, with who may draw it.
const ARROWS: &str = "
    RECEIVED need_identity service IDENTITY_PENDING
    RECEIVED verify patient QUEUED
    RECEIVED cancel patient CANCELLED
    IDENTITY_PENDING verify patient QUEUED
    IDENTITY_PENDING need_mandate service AGENT_PROOF_PENDING
    IDENTITY_PENDING cancel patient CANCELLED
    IDENTITY_PENDING close_unverified service CLOSED_UNVERIFIED
    AGENT_PROOF_PENDING show_mandate patient QUEUED
    AGENT_PROOF_PENDING cancel patient CANCELLED
    AGENT_PROOF_PENDING close_unverified service CLOSED_UNVERIFIED
    QUEUED assign officer IN_REVIEW
    QUEUED take_effect service APPROVED
    QUEUED cancel patient CANCELLED
    IN_REVIEW assign officer IN_REVIEW
    IN_REVIEW ask_evidence officer EVIDENCE_PENDING
    IN_REVIEW approve_first officer IN_REVIEW
    IN_REVIEW approve officer APPROVED
    IN_REVIEW refuse officer REFUSED
    IN_REVIEW defer officer DEFERRED
    IN_REVIEW cancel patient CANCELLED
    EVIDENCE_PENDING give_evidence patient IN_REVIEW
    EVIDENCE_PENDING take_up officer IN_REVIEW
    EVIDENCE_PENDING cancel patient CANCELLED
    APPROVED execute officer EXECUTING
    APPROVED execute service EXECUTING
    APPROVED cancel patient CANCELLED
    DEFERRED take_up officer IN_REVIEW
    DEFERRED object patient OBJECTION_OPEN
    DEFERRED cancel patient CANCELLED
    REFUSED object patient OBJECTION_OPEN
    PARTIAL object patient OBJECTION_OPEN
    EXECUTING fail officer EXECUTION_FAILED
    EXECUTING fail service EXECUTION_FAILED
    EXECUTING complete officer COMPLETED
    EXECUTING complete service COMPLETED
    EXECUTING complete_part officer PARTIAL
    EXECUTING complete_part service PARTIAL
    EXECUTION_FAILED execute officer EXECUTING
    EXECUTION_FAILED execute service EXECUTING
    OBJECTION_OPEN uphold officer UPHELD
    OBJECTION_OPEN dismiss officer DISMISSED
    UPHELD approve_upheld service APPROVED";

fn code(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn the_table_is_the_model_for_every_state_step_and_actor() {
    let mut arrows = BTreeMap::new();
    for line in ARROWS.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [from, step, who, to] = words[..] else { unreachable!("{line}") };
        assert!(arrows.insert((from.to_owned(), step.to_owned(), who.to_owned()), to.to_owned()).is_none(), "{line}");
    }
    let mut asked = 0;
    for state in State::ALL {
        assert_eq!(code(state), state.code());
        for step in Step::ALL {
            for who in Who::ALL {
                asked += 1;
                let expected = arrows.remove(&(code(state), code(step), code(who)));
                match after(state, step, who) {
                    Ok(next) => assert_eq!(Some(code(next)), expected, "{state:?} {step:?} {who:?}"),
                    Err(why) => {
                        assert_eq!(expected, None, "{state:?} {step:?} {who:?}");
                        let theirs = step.open_to(who);
                        assert_eq!(why == Refused::Impossible, theirs, "{state:?} {step:?} {who:?}");
                    }
                }
            }
        }
    }
    assert_eq!(asked, State::ALL.len() * Step::ALL.len() * Who::ALL.len());
    assert!(arrows.is_empty(), "{arrows:?}");
}

#[test]
fn every_state_can_be_reached_and_every_open_one_can_be_left() {
    let mut reached = BTreeSet::from([State::Received]);
    loop {
        let next: BTreeSet<State> = reached
            .iter()
            .flat_map(|state| Step::ALL.into_iter().map(move |step| (*state, step)))
            .flat_map(|(state, step)| Who::ALL.into_iter().filter_map(move |who| after(state, step, who).ok()))
            .chain(reached.iter().copied())
            .collect();
        if next == reached {
            break;
        }
        reached = next;
    }
    assert_eq!(reached.len(), State::ALL.len());
    for state in State::ALL {
        let leaves = |who| Step::ALL.into_iter().any(|step| after(state, step, who).is_ok_and(|next| next != state));
        let someone = Who::ALL.into_iter().any(leaves);
        assert!(someone || state.closed(), "{state:?}");
        // What was carried out, or is being carried out, is not taken back.
        let cancel = after(state, Step::Cancel, Who::Patient).is_ok();
        assert!(!cancel || !matches!(state, State::Executing | State::ExecutionFailed | State::Completed));
    }
}

#[test]
fn the_answer_is_due_ten_days_of_seoul_after_the_day_of_receipt() {
    for (received, last) in [
        // A second before and at midnight in Seoul.
        (end_of_kst_day(day(2026, 11, 22)) - TimeDelta::seconds(1), day(2026, 12, 2)),
        (end_of_kst_day(day(2026, 11, 22)), day(2026, 12, 3)),
        // The year's end: in Seoul it is 2027 while it is 2026 in London.
        (Utc.with_ymd_and_hms(2026, 12, 31, 14, 59, 59).unwrap(), day(2027, 1, 10)),
        (Utc.with_ymd_and_hms(2026, 12, 31, 15, 0, 0).unwrap(), day(2027, 1, 11)),
        // February with and without its 29th.
        (start_of_kst_day(day(2028, 2, 19)), day(2028, 2, 29)),
        (start_of_kst_day(day(2028, 2, 20)), day(2028, 3, 1)),
        (start_of_kst_day(day(2028, 2, 29)), day(2028, 3, 10)),
        (start_of_kst_day(day(2027, 2, 19)), day(2027, 3, 1)),
    ] {
        assert_eq!(due_at(received), end_of_kst_day(last), "{received}");
    }
    // What comes in on 29 February is kept for three years, which end on 28 February.
    let leap = start_of_kst_day(day(2028, 2, 29));
    let request = RightsRequest::verified(Subject::of("p"), wanted(Right::Access), leap).unwrap();
    assert_eq!(request.cancel(leap).unwrap().kept_until(), end_of_kst_day(day(2031, 2, 28)));
}

#[test]
fn reminders_come_after_the_first_seventh_and_eighth_day_and_stop_when_it_is_done() {
    use Milestone::{Alarm, Answer, Assign, Decide};
    let dpo = Subject::of("dpo");
    let queued = request(Right::Access);
    let review = queued.assign(&dpo, now()).unwrap();
    let approved = review.approve(&dpo, true, now()).unwrap();
    let done = approved.complete(&dpo, Outcome::HandedOver, None, now()).unwrap();
    let end = |days| end_of_kst_day(day(2026, 11, 22) + chrono::Days::new(days));
    let second = TimeDelta::seconds(1);
    for (at, of_queued, of_review, of_approved) in [
        (end(1) - second, vec![], vec![], vec![]),
        (end(1), vec![Assign], vec![], vec![]),
        (end(7) - second, vec![Assign], vec![], vec![]),
        (end(7), vec![Assign, Decide], vec![Decide], vec![]),
        (end(8), vec![Assign, Decide, Alarm], vec![Decide, Alarm], vec![]),
        (end(10) - second, vec![Assign, Decide, Alarm], vec![Decide, Alarm], vec![]),
        (end(10), vec![Assign, Decide, Alarm, Answer], vec![Decide, Alarm, Answer], vec![Answer]),
    ] {
        assert_eq!(reminders(&queued, at), of_queued, "{at}");
        assert_eq!(reminders(&review, at), of_review, "{at}");
        assert_eq!(reminders(&approved, at), of_approved, "{at}");
        assert_eq!(reminders(&done, at), vec![], "{at}");
        assert_eq!((queued.overdue(at), done.overdue(at)), (at >= end(10), false), "{at}");
    }
}

#[test]
fn the_officer_is_told_of_each_missed_day_once_however_often_the_clock_is_asked() {
    use Milestone::{Alarm, Answer, Assign, Decide};
    let queued = request(Right::Access);
    let end = |days| end_of_kst_day(day(2026, 11, 22) + chrono::Days::new(days));
    assert_eq!(queued.reminded_of(end(1) - TimeDelta::seconds(1)), None);
    let (first, missed) = queued.reminded_of(end(1)).unwrap();
    assert_eq!((missed, first.rev, first.reminded_of(end(2))), (vec![Assign], queued.rev + 1, None));
    let (second, missed) = first.reminded_of(end(8)).unwrap();
    assert_eq!((missed, second.reminded_of(end(9))), (vec![Decide, Alarm], None));
    let (third, missed) = second.reminded_of(end(10)).unwrap();
    assert_eq!((missed, third.reminded_of(end(400))), (vec![Answer], None));
    // It is no step: what the request waits for, and since when, stays as it is.
    assert_eq!(
        (third.state, third.changed_at(), third.events.len()),
        (queued.state, queued.changed_at(), queued.events.len())
    );
}

#[test]
fn a_refusal_needs_a_ground_of_the_law_for_that_right_and_says_everything() {
    for right in Right::ALL {
        let grounds: Vec<Ground> = Ground::ALL.into_iter().filter(|g| g.fits(right)).collect();
        // To stop processing, and to let it go on, cannot be refused.
        assert_eq!(grounds.is_empty(), right.at_once(), "{right:?}");
        for ground in Ground::ALL {
            assert_eq!(Refusal::new(right, ground, now()).is_ok(), ground.fits(right));
        }
    }
    for ground in Ground::ALL {
        assert!(ground.statute().starts_with("PIPA Art. "));
        let text = ground.text();
        assert!(text.ko.chars().any(|c| ('가'..='힣').contains(&c)) && text.en.is_ascii(), "{ground:?}");
    }
    let refused = in_review(Right::Access).refuse(&Subject::of("dpo"), Ground::HarmToOthers, now()).unwrap();
    assert!(refused.refusal.unwrap().how_to_object().en.contains("another person"));
    assert_eq!(
        in_review(Right::Deletion).refuse(&Subject::of("dpo"), Ground::HarmToOthers, now()),
        Err(Refused::Ground)
    );
}

#[test]
fn only_access_is_put_off_and_only_to_a_day_that_is_near() {
    let dpo = Subject::of("dpo");
    let defer = |right, until| in_review(right).defer(&dpo, DeferralGround::Extent, until, now());
    assert_eq!(defer(Right::Access, day(2026, 12, 10)).unwrap().state, State::Deferred);
    for right in [Right::Correction, Right::Deletion] {
        assert_eq!(defer(right, day(2026, 12, 10)), Err(Refused::OnlyAccess));
    }
    assert_eq!(defer(Right::Access, day(2026, 11, 22)), Err(Refused::DeferralDay));
    assert_eq!(defer(Right::Access, day(2026, 12, 22)).unwrap().deferral.unwrap().until(), day(2026, 12, 22));
    assert_eq!(defer(Right::Access, day(2026, 12, 23)), Err(Refused::DeferralDay));
}

#[test]
fn an_open_case_is_deleted_by_two_people_and_a_closed_one_by_one() {
    let (one, two) = (Subject::of("one"), Subject::of("two"));
    let first = in_review(Right::Deletion).approve(&one, true, now()).unwrap();
    assert_eq!((first.state, first.needs_second()), (State::InReview, true));
    assert_eq!(first.approve(&one, true, now()), Err(Refused::SecondPersonNeeded));
    let second = first.approve(&two, true, now()).unwrap();
    assert_eq!((second.state, second.rev), (State::Executing, first.rev + 1));
    assert_eq!(in_review(Right::Deletion).approve(&one, false, now()).unwrap().state, State::Executing);
    assert_eq!(in_review(Right::Access).approve(&one, true, now()).unwrap().state, State::Executing);
    // What is no longer under review says so, whoever asks.
    assert_eq!(second.approve(&one, true, now()), Err(Refused::Impossible));
}

#[test]
fn who_decided_does_not_decide_about_the_objection() {
    let (one, two) = (Subject::of("one"), Subject::of("two"));
    let refused = in_review(Right::Access).refuse(&one, Ground::HarmToOthers, now()).unwrap();
    let partial = in_review(Right::Access).approve(&one, true, now()).unwrap();
    let partial = partial.complete(&one, Outcome::HandedOver, Some(Ground::HarmToOthers), now()).unwrap();
    let deferred = in_review(Right::Access).defer(&one, DeferralGround::Extent, day(2026, 12, 10), now()).unwrap();
    for decided in [refused, partial, deferred] {
        let open = decided.object(now()).unwrap();
        for uphold in [true, false] {
            assert_eq!(open.decide_objection(&one, uphold, now()), Err(Refused::AnotherPersonNeeded));
        }
        let upheld = open.decide_objection(&two, true, now()).unwrap();
        assert_eq!((upheld.state, upheld.refusal), (State::Executing, None));
        let dismissed = open.decide_objection(&two, false, now()).unwrap();
        assert_eq!(dismissed.state, State::Dismissed);
        assert_eq!(dismissed.object(now()), Err(Refused::Impossible));
    }
}

#[test]
fn a_suspension_takes_effect_with_the_request_and_nothing_else_does() {
    let suspended = request(Right::Suspension).taken_effect(Outcome::Suspended, now()).unwrap();
    let states: Vec<State> = suspended.events.iter().map(|event| event.state).collect();
    use State::{Approved, Completed, Executing, Queued, Received};
    assert_eq!(states, [Received, Queued, Approved, Executing, Completed]);
    assert_eq!(suspended.rev, 1);
    for right in [Right::Access, Right::Correction, Right::Deletion] {
        assert!(request(right).taken_effect(Outcome::Suspended, now()).is_err());
    }
    assert!(request(Right::Resume).taken_effect(Outcome::Suspended, now()).is_err());
}

#[test]
fn an_open_request_always_says_what_it_waits_for_and_a_closed_one_waits_for_nothing() {
    for state in State::ALL {
        let request = RightsRequest { state, ..request(Right::Access) };
        assert_eq!(request.waiting_for().is_none(), state.closed(), "{state:?}");
        if let Some(waiting) = request.waiting_for() {
            assert_eq!(waiting.since, now());
            for text in [waiting.what, waiting.next] {
                assert!(text.ko.chars().any(|c| ('가'..='힣').contains(&c)) && text.en.is_ascii(), "{state:?}");
            }
        }
    }
}

#[test]
fn a_deletion_is_completed_by_the_service_alone_and_names_what_a_statute_keeps() {
    let one = Subject::of("one");
    let executing = in_review(Right::Deletion).approve(&one, false, now()).unwrap();
    assert_eq!(executing.complete(&one, Outcome::Deleted, None, now()), Err(Refused::NotTheirs));
    let done = executing.destroyed(Vec::new(), Vec::new(), now()).unwrap();
    assert_eq!((done.state, done.outcome, &done.refusal), (State::Completed, Some(Outcome::Deleted), &None));
    let held = Held {
        case_id: CaseId::new(),
        ground: crate::lifecycle::HoldGround::Dispute,
        statute: crate::lifecycle::HoldStatute::CivilProcedure,
        until: day(2027, 1, 1),
    };
    let partly = executing.destroyed(vec![held.clone()], Vec::new(), now()).unwrap();
    assert_eq!((partly.state, &partly.held[..]), (State::Partial, &[held][..]));
    assert_eq!(partly.refusal.as_ref().unwrap().ground(), Ground::KeptByStatute);
    // Who agreed does not decide about the objection to the part that was kept.
    let open = partly.object(now()).unwrap();
    assert_eq!(open.decide_objection(&one, true, now()), Err(Refused::AnotherPersonNeeded));
    // What failed and was repaired ends the same way.
    let late = executing.failed(now()).unwrap();
    assert_eq!(
        (late.state, late.destroyed(Vec::new(), Vec::new(), now()).unwrap().state),
        (State::ExecutionFailed, State::Completed)
    );
    assert!(in_review(Right::Deletion).destroyed(Vec::new(), Vec::new(), now()).is_err());
    assert!(in_review(Right::Access).destroyed(Vec::new(), Vec::new(), now()).is_err());
}

#[test]
fn an_open_request_keeps_what_it_is_about_for_its_term_and_a_deletion_nothing() {
    let dpo = Subject::of("dpo");
    let review = in_review(Right::Access);
    assert_eq!(review.keeps_until(), Some(due_at(now())));
    let deferred = review.defer(&dpo, DeferralGround::Extent, day(2026, 12, 20), now()).unwrap();
    assert_eq!(deferred.keeps_until(), Some(end_of_kst_day(day(2026, 12, 20))));
    let refused = review.refuse(&dpo, Ground::HarmToOthers, now()).unwrap();
    assert_eq!(refused.keeps_until(), None);
    let later = now() + TimeDelta::days(30);
    assert_eq!(refused.object(later).unwrap().keeps_until(), Some(due_at(later)));
    assert_eq!(in_review(Right::Deletion).keeps_until(), None);
}

#[test]
fn a_request_reads_back_as_it_was_written() {
    let (one, two) = (Subject::of("one"), Subject::of("two"));
    let asked = in_review(Right::Correction).ask_evidence(&one, BTreeSet::from([Evidence::RightValue]), now()).unwrap();
    let given = asked.evidence_given(now()).unwrap().refuse(&one, Ground::FoundAccurate, now()).unwrap();
    let dismissed = given.object(now()).unwrap().decide_objection(&two, false, now()).unwrap();
    for request in [asked, given, dismissed] {
        let json = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<RightsRequest>(&json).unwrap(), request);
    }
}

#[test]
fn what_the_service_could_not_carry_out_is_completed_by_hand() {
    let one = Subject::of("one");
    let failed = in_review(Right::Access).approve(&one, true, now()).unwrap().failed(now()).unwrap();
    assert_eq!(failed.state, State::ExecutionFailed);
    let done = failed.complete(&one, Outcome::HandedOver, None, now()).unwrap();
    assert_eq!((done.state, done.rev), (State::Completed, failed.rev + 1));
    let partly = failed.complete(&one, Outcome::HandedOver, Some(Ground::HarmToOthers), now()).unwrap();
    assert_eq!(partly.state, State::Partial);
}

#[test]
fn what_was_put_off_and_an_objection_are_answered_by_a_day_of_their_own() {
    let (one, second) = (Subject::of("one"), TimeDelta::seconds(1));
    let until = crate::clock::kst_day(now()) + chrono::Days::new(20);
    let deferred = in_review(Right::Access).defer(&one, DeferralGround::Extent, until, now()).unwrap();
    let end = end_of_kst_day(until);
    assert!(!deferred.overdue(end - second) && deferred.overdue(end));
    assert_eq!(reminders(&deferred, end - second), []);
    assert_eq!(reminders(&deferred, end), [Milestone::Answer]);
    let objected_at = now() + TimeDelta::days(40);
    let open = in_review(Right::Access).refuse(&one, Ground::HarmToOthers, now()).unwrap().object(objected_at).unwrap();
    let end = super::clock::due_at(objected_at);
    assert!(!open.overdue(end - second) && open.overdue(end));
    assert_eq!((reminders(&open, end - second), reminders(&open, end)), (vec![], vec![Milestone::Answer]));
}

#[test]
fn the_record_of_a_complaint_is_kept_to_its_end_and_named_and_nothing_of_another_inquiry() {
    use crate::inquiry::{Inquiry, Topic};
    use crate::statutory::StatutoryRecord;
    let executing = |request: RightsRequest| {
        let (one, two) = (Subject::of("one"), Subject::of("two"));
        request.approve(&one, true, now()).unwrap().approve(&two, true, now()).unwrap()
    };
    let held: Vec<HeldInquiry> = Topic::ALL
        .into_iter()
        .filter_map(|topic| StatutoryRecord::of(&Inquiry::new(Subject::of("patient"), topic, None, now())))
        .map(|record| HeldInquiry::of(&record))
        .collect();
    assert_eq!(held.len(), 1);
    // Ninety idle days after 22 November, and three years.
    assert_eq!(held[0].until, day(2030, 2, 20));
    let partly = executing(in_review(Right::Deletion)).destroyed(Vec::new(), held.clone(), now()).unwrap();
    assert_eq!((partly.state, partly.refusal.unwrap().ground()), (State::Partial, Ground::KeptByStatute));
    assert_eq!(partly.held_inquiries, held);
}
