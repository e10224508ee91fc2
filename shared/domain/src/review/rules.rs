//! The rules by which something stands out in a month's log. They judge nothing: they list.

use super::{Finding, Kind, Review, Seen, Who};
use crate::access::{Action, Entry, Outcome, Scope};
use crate::clock::Month;
use crate::id::Subject;
use crate::policy::Thing;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Asia::Seoul;
use std::collections::{BTreeMap, BTreeSet};

/// Working hours begin (Asia/Seoul).
const FROM_HOUR: u32 = 8;
/// Working hours end.
const TO_HOUR: u32 = 20;
/// Different cases that one person may open on a day before it stands out.
const CASES_A_DAY: usize = 20;
/// Failed sign-ins of one person on a day that stand out.
const FAILED_SIGN_INS: usize = 5;
/// Days in a month on which one person looked at one patient's data, and it stands out.
const DAYS_ON_ONE: usize = 5;
/// Times in a month that do so.
const TIMES_ON_ONE: usize = 10;
/// Within these minutes an attempt becomes a sign-in, or it has failed.
pub const SIGN_IN_MINUTES: i64 = 3;

/// One act, with what the rules ask about.
struct Act {
    who: Who,
    staff: bool,
    at: DateTime<Utc>,
    day: NaiveDate,
    done: bool,
    thing: Thing,
    case: Option<String>,
    subject: Option<Subject>,
    seen: Seen,
}

impl Act {
    fn of(entry: &Entry) -> Option<Self> {
        let case = match &entry.scope {
            Scope::Case(id) => Some(id.to_string()),
            Scope::Provider(_)
            | Scope::Member(_)
            | Scope::SignIns(_)
            | Scope::Registry
            | Scope::Review(_)
            | Scope::Right(_)
            | Scope::Inquiry(_) => None,
        };
        let who = Who::of(entry)?;
        Some(Self {
            staff: matches!(who, Who::Staff(_)),
            who,
            at: entry.at.parse().ok()?,
            day: entry.day_kst,
            done: entry.outcome == Outcome::Done,
            thing: entry.object.thing(),
            case,
            subject: entry.subject.clone(),
            seen: Seen::of(entry),
        })
    }

    fn off_hours(&self) -> bool {
        let local = self.at.with_timezone(&Seoul);
        matches!(local.weekday(), Weekday::Sat | Weekday::Sun) || !(FROM_HOUR..TO_HOUR).contains(&local.hour())
    }

    fn takes_a_file(&self) -> bool {
        matches!(self.seen.action, Action::Download | Action::Export)
    }

    fn is_attempt(&self) -> bool {
        self.seen.action == Action::SignInAttempt
    }
}

/// Reads a month's log entry by entry and keeps only what the rules ask about.
#[derive(Default)]
pub struct Reviewer {
    acts: Vec<Act>,
    sign_ins: Vec<(Who, DateTime<Utc>)>,
    unreadable: u64,
}

type Key = (Kind, Who, Option<NaiveDate>, Option<Subject>);

impl Reviewer {
    /// Looks at an entry. The entries may come in any order.
    pub fn see(&mut self, entry: &Entry) {
        let Some(act) = Act::of(entry) else { return };
        if entry.action == Action::SignIn && act.done {
            self.sign_ins.push((act.who.clone(), act.at));
        }
        if act.staff || !act.done || act.is_attempt() {
            self.acts.push(act);
        }
    }

    /// Counts entries that could not be read.
    pub const fn unreadable(&mut self, count: u64) {
        self.unreadable += count;
    }

    /// The list.
    pub fn review(mut self, month: Month) -> Review {
        // Times alone do not order entries of one millisecond.
        self.acts.sort_by(|a, b| (&a.seen.at, &a.seen.id).cmp(&(&b.seen.at, &b.seen.id)));
        let mut found: BTreeMap<Key, Vec<Seen>> = BTreeMap::new();
        let mut add = |kind, act: &Act, day, subject| {
            found.entry((kind, act.who.clone(), day, subject)).or_default().push(act.seen.clone());
        };
        let mut opened: BTreeMap<(&Who, NaiveDate), BTreeSet<&String>> = BTreeMap::new();
        let mut looked: BTreeMap<(&Who, &Subject), (BTreeSet<NaiveDate>, usize)> = BTreeMap::new();
        for act in self.acts.iter().filter(|act| act.staff) {
            if let Some(case) = act.case.as_ref().filter(|_| act.done) {
                opened.entry((&act.who, act.day)).or_default().insert(case);
            }
            if let Some(subject) = &act.subject {
                let (days, times) = looked.entry((&act.who, subject)).or_default();
                days.insert(act.day);
                *times += 1;
            }
        }
        let failed = failed(&self.acts, &self.sign_ins);
        let mut failures: BTreeMap<(&Who, NaiveDate), usize> = BTreeMap::new();
        for act in &failed {
            *failures.entry((&act.who, act.day)).or_default() += 1;
        }
        for act in failed {
            if failures.get(&(&act.who, act.day)).is_some_and(|n| *n >= FAILED_SIGN_INS) {
                add(Kind::FailedSignIns, act, Some(act.day), None);
            }
        }
        for act in self.acts.iter().filter(|act| !act.is_attempt()) {
            if !act.done {
                let code = matches!(act.thing, Thing::Link | Thing::Guardian);
                add(if code { Kind::WrongCode } else { Kind::Refusal }, act, Some(act.day), None);
            }
            if !act.staff {
                continue;
            }
            if act.done && act.takes_a_file() {
                add(Kind::Download, act, Some(act.day), None);
            }
            if act.off_hours() {
                add(Kind::OffHours, act, Some(act.day), None);
            }
            let cases = opened.get(&(&act.who, act.day)).map_or(0, BTreeSet::len);
            if act.case.is_some() && act.done && cases > CASES_A_DAY {
                add(Kind::Bulk, act, Some(act.day), None);
            }
            let Some(subject) = &act.subject else { continue };
            let again = looked.get(&(&act.who, subject));
            if again.is_some_and(|(days, times)| days.len() >= DAYS_ON_ONE || *times >= TIMES_ON_ONE) {
                add(Kind::RepeatedSubject, act, None, Some(subject.clone()));
            }
        }
        let findings =
            found.into_iter().map(|((kind, who, day, subject), entries)| Finding { kind, who, day, subject, entries });
        Review { month, findings: findings.collect(), unreadable: self.unreadable }
    }

    /// Attempts to sign in that came to nothing, by anybody.
    pub fn failed_sign_ins(&self) -> usize {
        failed(&self.acts, &self.sign_ins).len()
    }
}

/// A sign-in uses up the last attempt in the minutes before it. The pool tells of no failure: an attempt that no sign-in
/// follows is one.
fn failed<'a>(acts: &'a [Act], sign_ins: &[(Who, DateTime<Utc>)]) -> Vec<&'a Act> {
    let mut attempts: Vec<&Act> = acts.iter().filter(|act| act.is_attempt()).collect();
    attempts.sort_by_key(|act| act.at);
    let mut used = vec![false; attempts.len()];
    let mut sign_ins: Vec<_> = sign_ins.iter().collect();
    sign_ins.sort_by_key(|(_, at)| *at);
    for (who, at) in sign_ins {
        let before =
            |act: &Act| act.who == *who && act.at <= *at && *at - act.at <= TimeDelta::minutes(SIGN_IN_MINUTES);
        if let Some(last) = attempts.iter().enumerate().rev().find(|(i, act)| !used[*i] && before(act)) {
            used[last.0] = true;
        }
    }
    attempts.into_iter().zip(used).filter(|(_, used)| !used).map(|(act, _)| act).collect()
}
