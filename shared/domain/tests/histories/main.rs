//! Histories of consent: whatever is shown, agreed, refused, taken back, superseded and expired in whatever order, a letter
//! is written, sent and opened exactly when a second, simpler account of the rules says so, for exactly those parts; and
//! every history can be verified, and nothing in it changed unseen.
//!
//! 2,000 histories, or as many as `PROPTEST_CASES` says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod diary;
mod evidence;
mod rules;
mod seen;
mod service;
mod steps;
mod tampering;

use diary::{Age, Diary, Start, Step};
use medius_domain::consent::{ConsentActor, Item, verify};
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use seen::SEEN;
use service::Service;
use std::sync::atomic::{AtomicUsize, Ordering};
use steps::Histories;

/// Histories of a run that says nothing else.
const HISTORIES: u32 = 2000;

#[test]
fn no_letter_is_opened_without_consent_at_that_moment_and_every_history_can_be_verified() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(HISTORIES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config.clone()).run(&Histories::sequential_strategy(4..44), |(diary, steps, seen)| {
        Service::test_sequential(config.clone(), diary, steps, seen);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let seen = |what: &AtomicUsize| what.load(Ordering::Relaxed);
    assert!(seen(&SEEN.histories) >= cases as usize);
    if cases >= HISTORIES {
        for (what, times) in [
            ("openings", &SEEN.opened),
            ("openings refused by the gate", &SEEN.turned_away),
            ("openings of a child's letter", &SEEN.opened_for_a_child),
            ("openings of a letter without a part", &SEEN.opened_without_a_part),
            ("agreements superseded", &SEEN.superseded),
            ("agreements expired", &SEEN.expired),
            ("agreements taken back", &SEEN.withdrawn),
            ("forgeries", &SEEN.forged),
        ] {
            assert!(seen(times) >= 100, "only {} {what} in {cases} histories", seen(times));
        }
    }
}

#[test]
fn every_change_of_every_event_and_of_the_kept_state_is_found() {
    let topics = [(Item::K1, None), (Item::G1, None), (Item::S1, None), (Item::P, Some(0)), (Item::Ps, Some(1))];
    let mut begun: Vec<Step> = vec![Step::Born(1)];
    begun.extend(topics.map(|topic| Step::Agree(topic, None)));
    begun.push(Step::TakeBack((Item::S1, None)));
    // The birthday comes: what the guardian agreed to ends, and a refusal is recorded.
    begun.push(Step::Wait(chrono::TimeDelta::days(2)));
    begun.push(Step::Show((Item::E1, None)));
    begun.push(Step::Decide { shown: 7, yes: false, parts: None, by: ConsentActor::Patient });
    let now = "2026-11-22T03:00:00Z".parse().unwrap();
    let start = Start { now, age: Age::Child, old: true, begun, forgeries: Vec::new() };
    let service = Service::init_test(&Diary::begin(start));
    assert_eq!(verify(&service.events, &service.head), Ok(()));
    let actions: Vec<_> = service.events.iter().map(|event| event.action).collect();
    for action in ["Serve", "Grant", "Refuse", "Withdraw", "Supersede", "Expire"] {
        assert!(actions.iter().any(|a| format!("{a:?}") == action), "{action} is not in {actions:?}");
    }
    let (tried, without) = tampering::all(&service);
    assert!(tried >= 25 * service.events.len(), "only {tried} forgeries of {} events", service.events.len());
    // Only an institution that is not there has no other value of the right form.
    assert!(without.iter().all(|place| place == "/recipient"), "{without:?}");
}
