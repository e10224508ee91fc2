//! Chains and references.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::case::Case;
use crate::id::{CaseId, InquiryId, ProviderId, RightId};
use crate::policy::{On, Thing, permit};

fn now() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

fn three() -> (Vec<Entry>, Head) {
    let subject = Subject::of("x");
    let case = Case::new(subject.clone(), false, now());
    let event = Event {
        actor: Actor::Patient { subject },
        authentication: Authentication::AccessToken,
        action: Action::View,
        outcome: Outcome::Done,
        object: Object::part(Thing::Intake, ""),
        purpose: Purpose::ReferralLetter,
        reason: None,
        basis: vec![],
        evidence: None,
        source_ip: None,
        request_id: None,
    };
    let permit = permit(event, &On::Case(&case)).unwrap();
    let mut head = Head::default();
    let entries = (0..3)
        .map(|_| {
            let (entry, next) = permit.chain(&head, now()).unwrap();
            head = next;
            entry
        })
        .collect();
    (entries, head)
}

#[test]
fn a_changed_missing_or_reordered_entry_shows_at_its_place() {
    let (good, head) = three();
    assert_eq!(verify(&good).unwrap(), head);
    let mut changed = good.clone();
    changed[1].action = Action::Download;
    assert_eq!(verify(&changed), Err(3));
    let missing = [good[0].clone(), good[2].clone()];
    assert_eq!(verify(&missing), Err(2));
    let reordered = [good[1].clone(), good[0].clone(), good[2].clone()];
    assert_eq!(verify(&reordered), Err(1));
}

#[test]
fn the_last_entry_is_held_by_the_head() {
    let (good, head) = three();
    assert_eq!(verify_to(&good, &head), Ok(()));
    assert_eq!(verify_to(&good[..2], &head), Err(2));
    let mut changed = good;
    changed[2].outcome = Outcome::Refused;
    assert_eq!(verify_to(&changed, &head), Err(3));
}

#[test]
fn references_and_chains_read_back_as_they_were_written() {
    let (entries, _) = three();
    let json = serde_json::to_string(&entries).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Entry>>(&json).unwrap(), entries);
    for scope in [
        Scope::Case(CaseId::new()),
        Scope::Provider(ProviderId::new()),
        Scope::Member(Subject::of("y")),
        Scope::SignIns(Subject::of("z")),
        Scope::Registry,
        Scope::Review("2026-11".parse().unwrap()),
        Scope::Right(RightId::new()),
        Scope::Inquiry(InquiryId::new()),
    ] {
        assert_eq!(Scope::try_from(scope.name()).unwrap(), scope);
    }
    assert!(Scope::try_from("case/x".to_owned()).is_err());
}
