//! Rules of consent, one by one. Whole histories are in `tests/histories`.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::id::{CaseId, ProviderId, ServingId, Subject};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

struct Patient {
    case: CaseId,
    subject: Subject,
    events: Vec<ConsentEvent>,
    head: ConsentHead,
}

impl Patient {
    fn new() -> Self {
        Self { case: CaseId::new(), subject: Subject::of("x"), events: vec![], head: ConsentHead::default() }
    }

    fn take(&mut self, (events, head): Recorded) {
        self.events.extend(events);
        self.head = head;
    }

    fn serve(&mut self, matter: &Matter, standing: &Standing) -> ServingId {
        let text = |t: &str| t.to_owned();
        let recipient = matter.recipient().map(|id| Recipient {
            id: id.clone(),
            name: text("Example Hospital, Cardiology"),
            purpose: text("To treat you."),
            retention: text("Ten years."),
        });
        let (case, subject) = (&self.case, &self.subject);
        let served = self.head.serve(case, subject, matter, recipient, TextLanguage::En, standing).unwrap();
        self.take(served);
        self.head.served[matter].id.clone()
    }

    fn decide(
        &mut self,
        matter: &Matter,
        items: Option<&[DataItem]>,
        actor: ConsentActor,
        standing: &Standing,
    ) -> Result<(), DecisionRefusal> {
        let serving = self.serve(matter, standing);
        let items = items.map(|i| i.iter().copied().collect::<BTreeSet<_>>());
        let decision = Decision { serving: &serving, grant: true, data_items: items.as_ref(), actor };
        let recorded = self.head.decide(&self.case, &self.subject, &decision, standing).unwrap()?;
        self.take(recorded);
        Ok(())
    }

    fn grant(&mut self, matter: &Matter, standing: &Standing) {
        self.decide(matter, None, standing.must_be(), standing).unwrap();
    }

    fn gate(&self, used_for: &Use, standing: &Standing) -> Result<ConsentProof, MissingConsent> {
        gate(&self.case, &self.head, used_for, standing)
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

#[test]
fn a_text_that_was_not_shown_cannot_be_decided() {
    let (patient, standing) = (Patient::new(), Standing::adult(now()));
    let serving = ServingId::new();
    let decision = Decision { serving: &serving, grant: true, data_items: None, actor: ConsentActor::Patient };
    let refusal = patient.head.decide(&patient.case, &patient.subject, &decision, &standing);
    assert_eq!(refusal.unwrap().unwrap_err(), DecisionRefusal::NotServed);
}

#[test]
fn the_gate_opens_with_every_consent_and_closes_with_one_withdrawal() {
    let (mut patient, standing, to) = (Patient::new(), Standing::adult(now()), ProviderId::new());
    let letter = Use::Letter { recipient: to.clone() };
    let all: Vec<Matter> = [Matter::general(), Matter::sensitive()].into_iter().chain(Matter::provision(&to)).collect();
    for matter in &all {
        assert!(patient.gate(&letter, &standing).is_err());
        patient.grant(matter, &standing);
    }
    assert_eq!(patient.gate(&letter, &standing).unwrap().basis().len(), 4);
    let other = patient.gate(&Use::Letter { recipient: ProviderId::new() }, &standing).unwrap_err();
    assert_eq!(other.matters.len(), 2);
    assert_eq!(verify(&patient.events, &patient.head), Ok(()));
    for matter in &all {
        let withdraw = |head: &ConsentHead| head.withdraw(&patient.case, &patient.subject, matter, &standing).unwrap();
        let (_, after) = withdraw(&patient.head).unwrap();
        assert!(gate(&patient.case, &after, &letter, &standing).is_err());
        assert_eq!(withdraw(&after).unwrap_err(), DecisionRefusal::NothingToWithdraw);
    }
}

#[test]
fn a_first_decision_keeps_what_stood_and_a_later_one_or_a_lapse_beside_it_does_not() {
    let (mut patient, standing, to) = (Patient::new(), Standing::adult(now()), ProviderId::new());
    let [provision, sensitive] = Matter::provision(&to);
    for matter in [&Matter::general(), &provision] {
        let before = patient.head.clone();
        patient.grant(matter, &standing);
        assert!(patient.head.keeps(&before), "{matter:?}");
    }
    let before = patient.head.clone();
    patient.decide(&provision, None, ConsentActor::Patient, &standing).unwrap();
    assert!(!patient.head.keeps(&before), "agreed to again, with another event to rest on");
    // That the provision agreed to before is over by then is noted when the text is shown, before anything is decided.
    let later = Standing::adult(now() + TimeDelta::days(400));
    let serving = patient.serve(&sensitive, &later);
    let shown = patient.head.clone();
    let agreed = Decision { serving: &serving, grant: true, data_items: None, actor: ConsentActor::Patient };
    let (_, after) = patient.head.decide(&patient.case, &patient.subject, &agreed, &later).unwrap().unwrap();
    assert!(!after.keeps(&shown), "what rested on it is still there");
}

#[test]
fn refusing_what_is_optional_blocks_nothing_else() {
    let (mut patient, standing, to) = (Patient::new(), Standing::adult(now()), ProviderId::new());
    for matter in [Matter::general(), Matter::sensitive()] {
        patient.grant(&matter, &standing);
    }
    let [p, ps] = Matter::provision(&to);
    for matter in [Matter::explanation(), p, ps] {
        let serving = patient.serve(&matter, &standing);
        let refuse = Decision { serving: &serving, grant: false, data_items: None, actor: ConsentActor::Patient };
        let refused = patient.head.decide(&patient.case, &patient.subject, &refuse, &standing).unwrap().unwrap();
        patient.take(refused);
        for open in [Use::CollectBasic, Use::CollectHealth] {
            assert!(patient.gate(&open, &standing).is_ok());
        }
    }
    assert!(patient.gate(&Use::Explanation, &standing).is_err());
    let elsewhere = ProviderId::new();
    for matter in Matter::provision(&elsewhere) {
        patient.grant(&matter, &standing);
    }
    assert!(patient.gate(&Use::Letter { recipient: elsewhere }, &standing).is_ok());
    assert!(patient.gate(&Use::Letter { recipient: to }, &standing).is_err());
}

#[test]
fn only_the_parts_agreed_to_may_go_to_the_recipient() {
    let (mut patient, standing, to) = (Patient::new(), Standing::adult(now()), ProviderId::new());
    for matter in [Matter::general(), Matter::sensitive()] {
        patient.grant(&matter, &standing);
    }
    let [p, ps] = Matter::provision(&to);
    let as_patient = ConsentActor::Patient;
    patient.decide(&p, Some(&[DataItem::Identity]), as_patient, &standing).unwrap();
    let without_reason = patient.decide(&ps, Some(&[DataItem::Allergies]), as_patient, &standing);
    assert_eq!(without_reason, Err(DecisionRefusal::RequiredPart));
    let foreign = patient.decide(&ps, Some(&[DataItem::Reason, DataItem::Contact]), as_patient, &standing);
    assert_eq!(foreign, Err(DecisionRefusal::UnknownPart));
    patient.decide(&ps, Some(&[DataItem::Reason, DataItem::Allergies]), as_patient, &standing).unwrap();
    let proof = patient.gate(&Use::Letter { recipient: to.clone() }, &standing).unwrap();
    let agreed = BTreeSet::from([DataItem::Identity, DataItem::Reason, DataItem::Allergies]);
    assert_eq!(*proof.items(), agreed);
    let provision = |items: &BTreeSet<DataItem>| Use::Provision { recipient: to.clone(), items: items.clone() };
    assert!(patient.gate(&provision(&agreed), &standing).is_ok());
    // The patient agrees to less: what was written before contains too much.
    patient.decide(&ps, Some(&[DataItem::Reason]), as_patient, &standing).unwrap();
    let missing = patient.gate(&provision(&agreed), &standing).unwrap_err();
    assert_eq!(missing.matters, vec![ps]);
}

#[test]
fn an_agreement_to_provision_ends_after_a_year_of_seoul_days() {
    let (mut patient, standing, to) = (Patient::new(), Standing::adult(now()), ProviderId::new());
    let [p, _] = Matter::provision(&to);
    patient.grant(&p, &standing);
    let end: DateTime<Utc> = "2027-11-22T15:00:00Z".parse().unwrap();
    let before = Standing::adult(end - TimeDelta::milliseconds(1));
    assert!(patient.head.granted(&p, &before).is_some());
    let after = Standing::adult(end);
    assert!(patient.head.granted(&p, &after).is_none());
    let lapsed = patient.head.lapse(&patient.case, &patient.subject, &after).unwrap();
    assert_eq!(lapsed.0.iter().map(|e| e.action).collect::<Vec<_>>(), [Action::Expire]);
    patient.take(lapsed);
    assert_eq!(verify(&patient.events, &patient.head), Ok(()));
    assert!(patient.head.lapse(&patient.case, &patient.subject, &after).unwrap().0.is_empty());
}

#[test]
fn until_the_fourteenth_birthday_in_seoul_a_guardian_decides_and_from_then_on_the_patient() {
    let of_age: DateTime<Utc> = "2026-12-01T15:00:00Z".parse().unwrap();
    let at = |now| Standing { now, guardianship: Guardianship::Until(of_age) };
    let (last, first) = (at(of_age - TimeDelta::milliseconds(1)), at(of_age));
    let mut patient = Patient::new();
    let alone = patient.decide(&Matter::general(), None, ConsentActor::Patient, &last);
    assert_eq!(alone, Err(DecisionRefusal::GuardianMustDecide));
    patient.grant(&Matter::general(), &last);
    let without = patient.gate(&Use::CollectBasic, &last).unwrap_err();
    assert_eq!(without.matters, vec![Matter::guardian()]);
    patient.grant(&Matter::guardian(), &last);
    assert_eq!(patient.gate(&Use::CollectBasic, &last).unwrap().basis().len(), 2);
    // Midnight in Seoul: what the guardian agreed to is over, and the guardian cannot agree anew.
    assert!(patient.gate(&Use::CollectBasic, &first).is_err());
    let late = patient.decide(&Matter::general(), None, ConsentActor::Guardian, &first);
    assert_eq!(late, Err(DecisionRefusal::PatientMustDecide));
    assert_eq!(patient.events.iter().filter(|e| e.action == Action::Expire).count(), 2);
    patient.grant(&Matter::general(), &first);
    assert_eq!(patient.gate(&Use::CollectBasic, &first).unwrap().basis().len(), 1);
    assert_eq!(verify(&patient.events, &patient.head), Ok(()));
}

#[test]
fn a_guardian_who_agreed_before_the_birth_date_was_told_is_bound_by_it_all_the_same() {
    let mut patient = Patient::new();
    let open = Standing { now: now(), guardianship: Guardianship::Open };
    patient.grant(&Matter::guardian(), &open);
    patient.grant(&Matter::general(), &open);
    assert!(patient.gate(&Use::CollectBasic, &open).is_ok());
    let of_age = Standing { now: now(), guardianship: Guardianship::Until(now()) };
    assert!(patient.gate(&Use::CollectBasic, &of_age).is_err());
}

#[test]
fn the_verifier_finds_what_was_changed_taken_out_moved_cut_off_or_put_into_the_state() {
    let (mut patient, standing) = (Patient::new(), Standing::adult(now()));
    for matter in [Matter::general(), Matter::sensitive(), Matter::explanation()] {
        patient.grant(&matter, &standing);
    }
    let (events, head) = (patient.events, patient.head);
    assert_eq!(verify(&events, &head), Ok(()));
    for at in 0..events.len() {
        let mut changed = events.clone();
        changed[at].decided_at += TimeDelta::seconds(1);
        assert!(verify(&changed, &head).is_err(), "changed at {at}");
        let mut missing = events.clone();
        missing.remove(at);
        assert!(verify(&missing, &head).is_err(), "missing at {at}");
        let mut moved = events.clone();
        moved.swap(at, (at + 1) % events.len());
        assert!(verify(&moved, &head).is_err(), "moved at {at}");
    }
    let mut forged = events.clone();
    forged[1].text_sha256 = "00".repeat(32);
    assert_eq!(verify(&forged, &head), Err(Fault::UnknownText(2)));
    let mut state = head.clone();
    state.current.remove(&Matter::explanation());
    assert_eq!(verify(&events, &state), Err(Fault::State));
    let json = serde_json::to_string(&head).unwrap();
    assert_eq!(serde_json::from_str::<ConsentHead>(&json).unwrap(), head);
}
