//! Histories of a Task: whatever patients, institutions, coordinators, reviewers and the clock do in whatever order, it stands
//! where a second, simpler account of the loop says, lets everybody do what that account says and nothing else, loses no step,
//! and tells nobody the same deadline twice.
//!
//! 2,000 histories, or as many as `PROPTEST_CASES` says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod model;

use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::health::Urgency;
use medius_domain::id::{CaseId, DeliveryId, LinkId, ProviderId, ReferralId, Subject};
use medius_domain::task::appointment::{Appointment, PlaceText};
use medius_domain::task::deadline::Mark;
use medius_domain::task::{Party, Said, Task, TaskAction, TaskState};
use model::{AHEAD, Account};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// Histories of a run that says nothing else.
const HISTORIES: u32 = 2000;

/// How many histories ended in each state.
static ENDS: Mutex<BTreeMap<TaskState, u32>> = Mutex::new(BTreeMap::new());

/// Something that happens.
#[derive(Debug, Clone)]
enum Event {
    /// Somebody does something, or tries to.
    Does(TaskAction, Party),
    /// Hours go by; the clock runs at the end of each quarter of them.
    Waits(i64),
}

struct Loop;

fn everything() -> impl Iterator<Item = (TaskAction, Party)> {
    TaskAction::ALL.iter().flat_map(|action| Party::ALL.map(|by| (*action, by)))
}

impl ReferenceStateMachine for Loop {
    type State = Account;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Account> {
        (0..800_i64).prop_map(|hours| Account::begun(DateTime::UNIX_EPOCH + TimeDelta::hours(hours))).boxed()
    }

    fn transitions(account: &Account) -> BoxedStrategy<Event> {
        let may: Vec<_> = everything().filter(|(action, by)| account.may(*action, *by)).collect();
        let ends = |(action, by): &(TaskAction, Party)| {
            let mut after = account.clone();
            after.did(*action, *by);
            after.state().over()
        };
        let (last, on): (Vec<_>, Vec<_>) = may.into_iter().partition(ends);
        let any = select(everything().collect::<Vec<_>>());
        let does = |list: Vec<_>| if list.is_empty() { any.clone().boxed() } else { select(list).boxed() };
        prop_oneof![
            12 => does(on).prop_map(|(action, by)| Event::Does(action, by)),
            1 => does(last).prop_map(|(action, by)| Event::Does(action, by)),
            4 => any.clone().prop_map(|(action, by)| Event::Does(action, by)),
            4 => prop_oneof![3 => 1..40_i64, 1 => 40..500_i64].prop_map(Event::Waits),
        ]
        .boxed()
    }

    fn apply(mut account: Account, event: &Event) -> Account {
        match event {
            Event::Does(action, by) if account.may(*action, *by) => account.did(*action, *by),
            Event::Does(..) => {}
            Event::Waits(hours) => account.waited(*hours),
        }
        account
    }
}

/// The Task, and of which deadlines somebody was told since they could last be told.
struct Real {
    task: Task,
    now: DateTime<Utc>,
    told: BTreeSet<Mark>,
}

impl Real {
    /// One run of the clock, as the service has it: what has ended ends, else reminders are told.
    fn clock(&mut self) {
        if let Some(ended) = self.task.ended_by_time(self.now) {
            self.task = ended;
        }
        let marks = self.task.owed().reached(&self.task.told, self.now);
        for mark in &marks {
            assert!(self.told.insert(*mark), "{mark:?} was told twice");
        }
        if !marks.is_empty() {
            self.task = self.task.after_telling(&marks);
        }
        assert!(self.task.due_at().is_none_or(|at| at > self.now), "the clock left something over");
    }

    fn does(&mut self, action: TaskAction, by: Party) -> bool {
        let now = self.now;
        let mut said = Said::of(action);
        if matches!(action, TaskAction::Schedule | TaskAction::Reschedule) {
            let (start, place) = (now + TimeDelta::hours(AHEAD), PlaceText::parse("3F").unwrap());
            said.note.appointment = Some(Appointment { start, end: start + TimeDelta::hours(1), place, prepare: None });
        }
        // Letters and sendings have ways of their own, which only the patient's routes take.
        let sends = matches!(action, TaskAction::Send | TaskAction::AnswerMore | TaskAction::Renew);
        let next = if action == TaskAction::Generate && by == Party::Patient {
            self.task.with_letter(ReferralId::new(), now)
        } else if sends && self.task.may(action, by, now).is_ok() {
            self.told.clear();
            self.task.sent(DeliveryId::new(), LinkId::new(), now)
        } else {
            self.task.apply(&said, by, now)
        };
        let Ok(next) = next else { return false };
        if action == TaskAction::RequestCancel {
            self.told.retain(|mark| !mark.about_cancelling());
        }
        if said.note.appointment.is_some() {
            self.told.retain(|mark| !matches!(mark, Mark::OutcomeAsked | Mark::OutcomeEscalated));
        }
        if action == TaskAction::AskOtherTime {
            self.told.retain(|mark| !mark.about_proposing());
        }
        let step = next.steps.last().unwrap();
        assert_eq!((step.action, step.by, step.at), (action, by, now));
        assert_eq!((step.from, step.to), (self.task.state, next.state));
        assert_eq!(next.version, self.task.version + 1);
        self.task = next;
        true
    }
}

impl StateMachineTest for Loop {
    type SystemUnderTest = Real;
    type Reference = Self;

    fn init_test(account: &Account) -> Real {
        let now = account.now;
        let subject = Subject::of("patient");
        let task = Task::new(CaseId::new(), subject, ProviderId::new(), Urgency::Soon, ReferralId::new(), now);
        Real { task, now, told: BTreeSet::new() }
    }

    fn apply(mut real: Real, account: &Account, event: Event) -> Real {
        match event {
            Event::Does(action, by) => {
                let steps = real.task.steps.len();
                let done = real.does(action, by);
                assert_eq!(done, account.steps > steps, "{action:?} by {by:?} at {:?}", real.task.state);
            }
            Event::Waits(hours) => {
                // However often it runs, and whenever.
                for part in 1..=4 {
                    real.now = account.now - TimeDelta::minutes((4 - part) * hours * 15);
                    real.clock();
                    real.clock();
                }
            }
        }
        real
    }

    fn check_invariants(real: &Real, account: &Account) {
        let task = &real.task;
        assert_eq!(task.state, account.state());
        assert_eq!(
            (task.letters.len(), task.links.len(), task.steps.len()),
            (account.letters, account.links, account.steps)
        );
        assert!(task.steps.windows(2).all(|two| two[0].to == two[1].from && two[0].n + 1 == two[1].n));
        assert_eq!(task.cancelling.is_some(), task.state == TaskState::CancelRequested);
        for by in Party::ALL {
            let model: Vec<_> = TaskAction::ALL.iter().copied().filter(|action| account.may(*action, by)).collect();
            assert_eq!(task.available_actions(by, real.now), model, "{by:?} at {:?}", task.state);
        }
        if task.state.over() {
            assert!(task.due_at().is_none());
        }
    }

    fn teardown(real: Real, _account: Account) {
        *ENDS.lock().unwrap().entry(real.task.state).or_default() += 1;
    }
}

#[test]
fn a_task_stands_where_the_account_says_whatever_is_done_in_whatever_order() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(HISTORIES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config.clone()).run(&Loop::sequential_strategy(3..60), |(account, events, seen)| {
        Loop::test_sequential(config.clone(), account, events, seen);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // Nothing is shown by histories that never get anywhere: each end is reached.
    if cases >= HISTORIES {
        let ends = ENDS.lock().unwrap().clone();
        for end in TaskState::ALL.into_iter().filter(|state| state.over()) {
            assert!(ends.get(&end).is_some_and(|times| *times >= 10), "{end:?} is hardly reached: {ends:?}");
        }
    }
}
