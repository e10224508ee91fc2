#![allow(clippy::unwrap_used)]
use super::*;
use crate::id::{CaseId, DestructionId, DocumentNumber, ProviderId, RightId};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

fn at(hours: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 11, 22, 15, 0, 0).unwrap() + TimeDelta::hours(hours)
}

fn ledger() -> Ledger {
    Ledger::new(CaseId::new(), "ab".repeat(32), Ground::RetentionEnded, at(0), at(-21))
}

#[test]
fn the_way_through_is_one_and_each_step_is_taken_once() {
    let way = [
        Move::Told,
        Move::ObjectsGone,
        Move::ItemsGone,
        Move::ExportsGone,
        Move::KeysGone,
        Move::NothingFound,
        Move::Certified,
        Move::WindowPassed,
    ];
    let mut ledger = ledger();
    let mut steps = vec![ledger.step];
    for by in way {
        ledger = ledger.moved(by).unwrap();
        steps.push(ledger.step);
    }
    assert_eq!(steps, Step::ALL);
    assert_eq!((ledger.rev, ledger.next_at()), (9, None));
}

#[test]
fn every_pair_of_step_and_move_is_in_the_table_or_refused() {
    for step in Step::ALL {
        for by in Move::ALL {
            let rows: Vec<_> = TRANSITIONS.iter().filter(|(s, m, _)| (*s, *m) == (step, by)).collect();
            assert!(rows.len() <= 1);
            let moved = Ledger { step, ..ledger() }.moved(by);
            match rows.first() {
                Some((_, _, to)) => assert_eq!(moved.unwrap().step, *to),
                None => assert_eq!(moved.unwrap_err(), NoSuchMove(by, step)),
            }
        }
    }
    // Nothing that was destroyed lives on, and keys go after everything that they open.
    assert!(TRANSITIONS.iter().all(|(from, by, _)| *by != Move::Postponed || *from <= Step::Told));
}

#[test]
fn a_case_is_told_a_day_before_and_destroyed_at_its_time_and_final_after_the_key_s_backups() {
    let ledger = ledger();
    assert!(!ledger.is_due(at(-25)) && ledger.is_due(at(-24)));
    let told = ledger.moved(Move::Told).unwrap();
    assert!(!told.is_due(at(-1)) && told.is_due(at(0)));
    assert!(!told.mail_is_late(at(47)) && told.mail_is_late(at(48)));
    assert!(!told.is_late(at(71)) && told.is_late(at(72)));
    let destroyed = Ledger { step: Step::Destroyed, destroyed_at: Some(at(1)), ..told };
    assert!(!destroyed.is_due(at(72)) && destroyed.is_due(at(73)) && !destroyed.is_late(at(500)));
}

#[test]
fn a_case_has_one_ledger_and_its_id_does_not_say_which() {
    let (a, b) = (CaseId::new(), CaseId::new());
    assert_eq!(DestructionId::of(&a), DestructionId::of(&a));
    assert_ne!(DestructionId::of(&a), DestructionId::of(&b));
    assert!(!DestructionId::of(&a).as_str().contains(&a.as_str()[4..12]));
    assert_eq!(DestructionId::of(&a).as_str().parse(), Ok(DestructionId::of(&a)));
}

#[test]
fn the_certificate_says_what_was_kept_and_names_nobody() {
    let mut ledger = ledger();
    ledger.count(Category::CaseItems, 7);
    ledger.count(Category::CaseItems, 3);
    let certificate = Certificate::of(&ledger, &["cases"], "head", at(1));
    assert_eq!(certificate.counts[&Category::CaseItems], 7, "a repeat takes nothing back");
    assert_eq!(certificate.kept[0].until, at(1) + TimeDelta::days(crate::journal::LOG_DAYS));
    let json = serde_json::to_string(&certificate).unwrap();
    assert_eq!(serde_json::from_str::<Certificate>(&json).unwrap(), certificate);
    assert!(!json.contains("sub_") && !json.contains("provider_id"));
    // One that was signed before opening was tried is read as it is, and says nothing of it.
    let mut old: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(old["attempts"][1]["outcome"], "no_key");
    old.as_object_mut().unwrap().remove("attempts");
    let read: Certificate = serde_json::from_value(old.clone()).unwrap();
    assert!(read.attempts.is_empty());
    assert_eq!(serde_json::to_value(&read).unwrap(), old);
}

proptest! {
    /// Whatever comes in whatever order, a ledger is where the table says, its revision counts the moves, and it never is
    /// destroyed without having been verified after the last thing that was found.
    #[test]
    fn no_order_of_moves_gets_past_the_verification(moves in proptest::collection::vec(0_usize..10, 0..60)) {
        let (mut ledger, mut verified) = (ledger(), false);
        for by in moves.into_iter().map(|i| Move::ALL[i]) {
            let before = ledger.clone();
            match before.moved(by) {
                Ok(next) => {
                    prop_assert_eq!(next.rev, before.rev + 1);
                    verified = match by {
                        Move::NothingFound => true,
                        Move::SomethingFound | Move::Postponed => false,
                        Move::Told | Move::ObjectsGone | Move::ItemsGone | Move::ExportsGone | Move::KeysGone
                        | Move::Certified | Move::WindowPassed => verified,
                    };
                    prop_assert!(next.step < Step::Destroyed || verified);
                    ledger = next;
                }
                Err(NoSuchMove(refused, from)) => prop_assert_eq!((refused, from), (by, before.step)),
            }
        }
    }
}

#[test]
fn the_certificate_names_the_policy_whose_text_is_in_the_repository() {
    let text = include_bytes!("../../../../infra/privacy-policy.txt");
    assert_eq!(POLICY_VERSION, format!("sha256:{}", crate::chain::sha256_hex(text)));
}

#[test]
fn an_institution_that_was_sent_several_letters_stands_there_once_with_all_of_them() {
    let (mut ledger, provider_id) = (ledger(), ProviderId::new());
    let held = |provided_at, documents: &[&DocumentNumber]| ThirdParty {
        provider_id: provider_id.clone(),
        name: "Hospital".to_owned(),
        provided_at,
        documents: documents.iter().map(|n| (*n).clone()).collect(),
        told_at: None,
        mail: None,
    };
    let (a, b) = (DocumentNumber::new(2027), DocumentNumber::new(2027));
    ledger.provided(held(at(2), &[&a]));
    ledger.provided(held(at(1), &[&b]));
    ledger.provided(held(at(2), &[&a]));
    assert_eq!(ledger.third_parties, [held(at(1), &[&a, &b])]);
}

#[test]
fn what_the_patient_asks_for_comes_forward_and_what_has_begun_goes_on() {
    let right = RightId::new();
    for step in Step::ALL {
        let entered = Ledger { step, ..ledger() };
        let now = entered.brought_forward(right.clone(), at(-20));
        assert_eq!((now.rev, now.step, now.right.as_ref()), (2, step, Some(&right)));
        let early = step <= Step::Told;
        assert_eq!(now.ground, if early { Ground::Deletion } else { Ground::RetentionEnded });
        assert_eq!(now.due_at, if early { at(-20) } else { at(0) });
    }
    // Nobody has to be told a day before what they asked for.
    let entered = ledger().brought_forward(right, at(-20));
    assert!(entered.is_due(at(-20)) && !entered.is_due(at(-21)));
}
