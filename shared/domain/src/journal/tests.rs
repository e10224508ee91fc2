//! Any change of any record is found, and nothing else is.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::access::{Action, Actor, Authentication, Event, Object, Outcome, Purpose};
use crate::case::Case;
use crate::consent::{ConsentActor, Decision, Matter, Standing, TextLanguage};
use crate::id::Subject;
use crate::policy::{On, Thing, permit};
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A chain of `n` entries, a second apart.
fn chain_of(n: usize) -> (Scope, Vec<Entry>, Head) {
    let subject = Subject::of("x");
    let case = Case::new(subject.clone(), false, at("2026-11-22T03:00:00Z"));
    let event = Event {
        actor: Actor::Patient { subject },
        authentication: Authentication::AccessToken,
        action: Action::View,
        outcome: Outcome::Done,
        object: Object::part(Thing::Intake, "basic"),
        purpose: Purpose::PatientRights,
        reason: None,
        basis: vec![],
        evidence: None,
        source_ip: None,
        request_id: None,
    };
    let mut head = Head::default();
    let mut entries = Vec::new();
    for second in 0..n {
        let moment = at("2026-11-22T03:00:00Z") + TimeDelta::seconds(i64::try_from(second).unwrap());
        let (entry, next) = permit(event.clone(), &On::Case(&case)).unwrap().chain(&head, moment).unwrap();
        entries.push(entry);
        head = next;
    }
    (Scope::Case(case.id), entries, head)
}

/// A way to tamper with a list of records.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Change,
    Remove,
    Swap,
    Double,
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![Just(Harm::Change), Just(Harm::Remove), Just(Harm::Swap), Just(Harm::Double)]
}

fn apply(harm: Harm, entries: &mut Vec<Entry>, i: usize, j: usize) {
    let (n, i, j) = (entries.len(), i % entries.len(), j % entries.len());
    match harm {
        Harm::Change => entries[i].outcome = Outcome::Refused,
        Harm::Remove => drop(entries.remove(i)),
        Harm::Swap => entries.swap(i, if i == j { (i + 1) % n } else { j }),
        Harm::Double => entries.insert(j, entries[i].clone()),
    }
}

proptest! {
    #[test]
    fn whatever_happens_to_a_chain_of_the_log_is_found(n in 2_usize..12, harm in harm(), i in 0_usize..12, j in 0_usize..12) {
        let (scope, mut entries, head) = chain_of(n);
        prop_assert_eq!(check_log(&scope, &entries, &head, false), Ok(()));
        apply(harm, &mut entries, i, j);
        prop_assert!(check_log(&scope, &entries, &head, false).is_err());
    }

    #[test]
    fn a_day_s_head_does_not_depend_on_the_order_of_pages(n in 1_usize..10, seed in any::<u64>()) {
        let (_, entries, _) = chain_of(n);
        let day = entries[0].day_kst;
        let mut shuffled = entries.clone();
        let mut state = seed;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        prop_assert_eq!(DayHead::seal(day, None, entries).unwrap(), DayHead::seal(day, None, shuffled).unwrap());
    }

    #[test]
    fn a_sealed_day_finds_every_change_but_the_order(n in 2_usize..10, harm in harm(), i in 0_usize..10, j in 0_usize..10) {
        let (_, entries, _) = chain_of(n);
        let day = entries[0].day_kst;
        let head = DayHead::seal(day, None, entries.clone()).unwrap();
        let mut harmed = entries;
        apply(harm, &mut harmed, i, j);
        let found = head.check(day, None, harmed);
        match harm {
            Harm::Swap => prop_assert_eq!(found, Ok(())),
            Harm::Change => prop_assert_eq!(found.unwrap_err().code, "entries"),
            Harm::Remove | Harm::Double => prop_assert_eq!(found.unwrap_err().code, "count"),
        }
    }
}

#[test]
fn a_chain_in_another_one_s_place_is_found() {
    let ((_, entries, head), (other, ..)) = (chain_of(3), chain_of(1));
    assert_eq!(check_log(&other, &entries, &head, false), Err(Fault::at("broken", 1)));
    assert_eq!(check_log(&other, &[], &Head::default(), false), Err(Fault::missing()));
}

#[test]
fn a_beginning_may_be_gone_only_where_it_can_have_expired() {
    let (scope, entries, head) = chain_of(5);
    assert_eq!(check_log(&scope, &entries[2..], &head, false), Err(Fault::at("broken", 1)));
    assert_eq!(check_log(&scope, &entries[2..], &head, true), Ok(()));
    assert!(check_log(&scope, &[entries[0].clone(), entries[2].clone()], &head, true).is_err());
    assert_eq!(check_log(&scope, &entries[..4], &head, true), Err(Fault::at("not-the-head", 4)));
    let written = at("2024-11-22T03:00:00Z");
    assert!(may_have_expired(written, at("2026-11-22T03:00:00Z")));
    assert!(!may_have_expired(written, at("2026-11-20T03:00:00Z")));
}

#[test]
fn days_follow_from_each_other_with_and_without_entries() {
    let (_, entries, _) = chain_of(3);
    let first_day = entries[0].day_kst;
    let first = DayHead::seal(first_day, None, entries.clone()).unwrap();
    assert_eq!((first.entries, first.first_at.as_deref()), (3, Some("2026-11-22T03:00:00.000Z")));
    let quiet_day = first_day.succ_opt().unwrap();
    let quiet = DayHead::seal(quiet_day, Some(&first), vec![]).unwrap();
    assert_eq!(quiet.entries_sha256, first.sha256().unwrap());
    assert_eq!((quiet.entries, quiet.first_at.clone()), (0, None));
    assert_eq!(quiet.check(quiet_day, Some(&first), vec![]), Ok(()));
    // Another day before it, a day left out, another day's head in its place.
    let other = DayHead::seal(first_day, None, vec![]).unwrap();
    assert_eq!(quiet.check(quiet_day, Some(&other), vec![]).unwrap_err().code, "previous");
    let later = DayHead::seal(quiet_day.succ_opt().unwrap(), Some(&first), vec![]).unwrap();
    assert_eq!(later.check(later.day, Some(&first), vec![]).unwrap_err().code, "previous");
    assert_eq!(first.check(quiet_day, None, entries.clone()).unwrap_err().code, "day");
    let moved = Entry { day_kst: quiet_day, ..entries[0].clone() };
    assert_eq!(first.check(first_day, None, vec![moved]).unwrap_err().code, "foreign-entry");
}

#[test]
fn a_head_says_nothing_but_hashes_times_and_a_number() {
    let (_, entries, _) = chain_of(2);
    let json = serde_json::to_string(&DayHead::seal(entries[0].day_kst, None, entries.clone()).unwrap()).unwrap();
    for prefix in ["sub_", "cas_", "log_", "prv_", "evt_"] {
        assert!(!json.contains(prefix), "{json}");
    }
}

/// Consents of a case with the entries that their commits left in its log.
fn consents() -> (CaseId, Vec<ConsentEvent>, ConsentHead, Vec<Entry>) {
    let (scope, mut log, _) = chain_of(5);
    let Scope::Case(case) = scope else { unreachable!() };
    let (subject, standing) = (Subject::of("x"), Standing::adult(at("2026-11-22T03:00:00Z")));
    let (mut events, mut state, mut heads) = (Vec::new(), ConsentHead::default(), Vec::new());
    for matter in [Matter::general(), Matter::sensitive()] {
        let (served, next) = state.serve(&case, &subject, &matter, None, TextLanguage::En, &standing).unwrap();
        heads.push(next.head.hash.clone());
        let serving = next.served[&matter].id.clone();
        events.extend(served);
        let decision = Decision { serving: &serving, grant: true, data_items: None, actor: ConsentActor::Patient };
        let (decided, next) = next.decide(&case, &subject, &decision, &standing).unwrap().unwrap();
        heads.push(next.head.hash.clone());
        events.extend(decided);
        state = next;
    }
    for (entry, head) in log.iter_mut().skip(1).zip(heads) {
        entry.evidence = Some(head);
    }
    (case, events, state, log)
}

#[test]
fn every_commit_of_consents_is_vouched_for_by_the_log() {
    let (case, events, state, log) = consents();
    assert_eq!(check_consents(&case, &events, &state), Ok(()));
    assert_eq!(check_evidence(&events, &log), Ok(()));
    assert_eq!(check_consents(&CaseId::new(), &events, &state), Err(Fault::at("broken", 1)));
    // Events that were appended, cut off or written anew past the log.
    assert_eq!(check_evidence(&events, &log[..4]), Err(Fault::at("unrecorded", 4)));
    assert_eq!(check_evidence(&events[..3], &log), Err(Fault::at("contradicted", 5)));
    assert_eq!(check_evidence(&[], &log), Err(Fault::at("contradicted", 2)));
    assert_eq!(check_evidence(&events, &[]), Err(Fault::at("unrecorded", 1)));
    let (_, others, ..) = consents();
    assert_eq!(check_evidence(&others, &log), Err(Fault::at("contradicted", 2)));
    // Two entries of the log that changed places.
    let mut swapped = log.clone();
    swapped.swap(2, 3);
    assert!(check_evidence(&events, &swapped).is_err());
}
