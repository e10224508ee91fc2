//! Who is meant by a mailbox, and how a request of somebody unknown comes to be about a patient.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::rights::Right;
use chrono::{TimeDelta, TimeZone};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap()
}

fn claim(claimant: Claimant, case_id: Option<CaseId>) -> Claim {
    let code = CodeState::next(None, now()).unwrap();
    Claim { claimant, case_id, mailbox: "m".to_owned(), language: TextLanguage::En, code, mailed: true, ticket: None }
}

fn on_file(subject: &str, keeper: Keeper, hours: i64) -> OnFile {
    let updated_at = now() + TimeDelta::hours(hours);
    OnFile { case_id: CaseId::new(), subject: Subject::of(subject), keeper, updated_at }
}

fn request(claim: Claim) -> RightsRequest {
    let wanted = Wanted { right: Right::Access, case_id: None, told_by: None, scope: None, parts: BTreeSet::new() };
    RightsRequest::claimed(claim, wanted, now()).unwrap()
}

#[test]
fn whose_mailbox_it_is_says_who_may_ask_and_whether_a_mandate_is_needed() {
    use Claimant as C;
    for (claimant, keeper, expected) in [
        (C::Patient, Keeper::Patient, Some(false)),
        (C::Patient, Keeper::Guardian, None),
        (C::Guardian, Keeper::Guardian, Some(false)),
        (C::Guardian, Keeper::Patient, Some(true)),
        (C::Agent, Keeper::Patient, Some(true)),
        (C::Agent, Keeper::Guardian, Some(true)),
    ] {
        let meant = claim(claimant, None).meant(&[on_file("a", keeper, 0)]);
        assert_eq!(meant.map(|m| m.mandate), expected, "{claimant:?} {keeper:?}");
        assert_eq!(claim(claimant, None).meant(&[]), None);
    }
}

#[test]
fn a_case_that_is_named_must_have_the_mailbox_and_several_patients_are_nobody() {
    let (old, new) = (on_file("a", Keeper::Patient, 0), on_file("a", Keeper::Patient, 1));
    let other = on_file("b", Keeper::Patient, 2);
    let of = |case: Option<&OnFile>, found: &[OnFile]| {
        claim(Claimant::Patient, case.map(|c| c.case_id.clone())).meant(found).map(|m| m.through)
    };
    let all = [old.clone(), new.clone(), other.clone()];
    assert_eq!(of(None, &[old.clone(), new.clone()]), Some(new.case_id.clone()), "the one that was changed last");
    assert_eq!(of(None, &all), None);
    for one in &all {
        assert_eq!(of(Some(one), &all), Some(one.case_id.clone()));
    }
    assert_eq!(of(Some(&other), &[old, new]), None);
    // A guardian's own mailbox counts before a patient's, who may be somebody else.
    let (child, adult) = (on_file("c", Keeper::Guardian, 0), on_file("d", Keeper::Patient, 1));
    let meant = claim(Claimant::Guardian, None).meant(&[adult, child.clone()]).unwrap();
    assert_eq!((meant.through, meant.mandate), (child.case_id, false));
}

#[test]
fn until_somebody_has_shown_who_they_are_a_request_is_nobody_s() {
    let case = CaseId::new();
    let (one, two) = (request(claim(Claimant::Patient, Some(case.clone()))), request(claim(Claimant::Patient, None)));
    for request in [&one, &two] {
        assert_eq!((request.state, request.rev), (State::IdentityPending, 1));
        assert_eq!((&request.case_id, &request.told_by), (&None, &None));
    }
    assert_ne!(one.subject, two.subject);
    let meant = Meant { subject: Subject::of("a"), through: case.clone(), keeper: Keeper::Patient, mandate: false };
    let ticket = Ticket::new().unwrap();
    let shown = one.shown(&meant, &ticket, now()).unwrap();
    assert_eq!((shown.state, shown.rev, &shown.subject), (State::Queued, 2, &meant.subject));
    assert_eq!((&shown.case_id, &shown.told_by), (&Some(case.clone()), &Some(case)));
    assert_eq!((shown.due_at, shown.received_at), (one.due_at, one.received_at), "the clock did not stop");
    assert!(shown.admits(&ticket, now()) && !one.admits(&ticket, now()));
    assert!(!shown.admits(&ticket, now() + TimeDelta::minutes(60)) && !shown.admits(&Ticket::new().unwrap(), now()));
    assert!(!shown.claim.as_ref().unwrap().code.usable(now()), "a code works once");
    // A later code gives a new ticket and changes nothing else; for another patient it gives none.
    let next = Ticket::new().unwrap();
    let again = shown.shown(&meant, &next, now()).unwrap();
    assert_eq!((again.state, &again.events), (State::Queued, &shown.events));
    assert!(again.admits(&next, now()) && !again.admits(&ticket, now()));
    let other = Meant { subject: Subject::of("b"), ..meant.clone() };
    assert_eq!(shown.shown(&other, &next, now()), Err(Refused::NotTheirs));
}

#[test]
fn who_acts_for_a_patient_waits_for_the_mandate_and_what_nobody_showed_is_closed_when_the_time_is_over() {
    let asked = request(claim(Claimant::Agent, None));
    let through = CaseId::new();
    let meant = Meant { subject: Subject::of("a"), through, keeper: Keeper::Patient, mandate: true };
    let shown = asked.shown(&meant, &Ticket::new().unwrap(), now()).unwrap();
    assert_eq!(shown.state, State::AgentProofPending);
    assert_eq!(shown.mandate_shown(now()).unwrap().state, State::Queued);
    assert_eq!(asked.mandate_shown(now()), Err(Refused::Impossible));
    for open in [&asked, &shown] {
        assert_eq!(open.close_unverified(asked.due_at - TimeDelta::seconds(1)), Err(Refused::Impossible));
        assert_eq!(open.close_unverified(asked.due_at).unwrap().state, State::ClosedUnverified);
    }
    let queued = shown.mandate_shown(now()).unwrap();
    assert_eq!(queued.close_unverified(asked.due_at), Err(Refused::Impossible));
}

#[test]
fn proofs_are_taken_while_they_are_asked_for_and_kept_for_ninety_days_after_the_end() {
    let asked = request(claim(Claimant::Agent, None));
    let meant = Meant { subject: Subject::of("a"), through: CaseId::new(), keeper: Keeper::Patient, mandate: true };
    let shown = asked.shown(&meant, &Ticket::new().unwrap(), now()).unwrap();
    assert!(!asked.takes_proofs() && shown.takes_proofs());
    let queued = shown.mandate_shown(now()).unwrap();
    assert!(!queued.takes_proofs() && queued.keeps_proofs(now() + TimeDelta::days(1000)));
    let closed = queued.cancel(now()).unwrap();
    // The 22nd of November in Seoul, and ninety days later the 20th of February.
    let end = Utc.with_ymd_and_hms(2027, 2, 20, 15, 0, 0).unwrap();
    assert!(closed.keeps_proofs(end - TimeDelta::seconds(1)) && !closed.keeps_proofs(end));
}
