//! The second account of the rules: a diary of what was shown, said and sent. Every question is answered by reading it from
//! its end, in the plainest way, so that it can be checked against the law without knowing the program.

use crate::rules::{seoul_day, seoul_midnight, speaks_of, year_later};
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::consent::{Action, ConsentActor, DataItem, Item};
use proptest::sample::Index;
use std::collections::BTreeSet;

pub(crate) type At = DateTime<Utc>;
pub(crate) type Parts = BTreeSet<DataItem>;
/// An item, for provision with the number of the institution.
pub(crate) type Topic = (Item, Option<usize>);

/// Institutions of a history.
pub(crate) const INSTITUTIONS: usize = 2;

/// What somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A text is shown.
    Show(Topic),
    /// A decision about the n-th text that was ever shown.
    Decide { shown: usize, yes: bool, parts: Option<Parts>, by: ConsentActor },
    /// Shown and agreed at once, by whoever has to.
    Agree(Topic, Option<Parts>),
    /// An agreement is taken back.
    TakeBack(Topic),
    /// Time passes.
    Wait(TimeDelta),
    /// Time passes until an end comes, or until a millisecond before it.
    WaitFor { end: Index, just_before: bool },
    /// The birth date is told or corrected: 14 years are reached so many Seoul days from today.
    Born(i64),
    /// A letter is made.
    Write(usize),
    /// The n-th letter is sent.
    Send(usize),
    /// The mail of the n-th sending goes out.
    Mail(usize),
    /// The n-th link is opened.
    Open(usize),
    /// Whether these parts may go there.
    Ask(usize, Parts),
}

/// What must come of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    Taken(bool),
    Letter(Option<Parts>),
    Allowed(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    Adult,
    Child,
    Until(At),
}

/// A line of the diary.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) what: Action,
    pub(crate) topic: Topic,
    pub(crate) parts: Parts,
    pub(crate) by: ConsentActor,
    pub(crate) end: Option<At>,
    /// About a text that has a newer version.
    pub(crate) outdated: bool,
    /// Found to be over when something was recorded later.
    pub(crate) over: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    to: usize,
    parts: Parts,
    at: At,
    /// The lines of the diary with the agreements that it was sent on.
    basis: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Diary {
    pub(crate) now: At,
    pub(crate) age: Age,
    pub(crate) lines: Vec<Line>,
    pub(crate) shown: Vec<usize>,
    pub(crate) letters: Vec<(usize, Parts)>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) answer: Answer,
    pub(crate) start: Start,
}

/// How a history begins.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) now: At,
    pub(crate) age: Age,
    /// With agreements to the first versions of P and PS.
    pub(crate) old: bool,
    /// Done before the steps.
    pub(crate) begun: Vec<Step>,
    /// What is forged at the end: which event, how, which change.
    pub(crate) forgeries: Vec<(Index, Index, Index)>,
}

impl Diary {
    pub(crate) fn begin(start: Start) -> Self {
        let mut diary = Self {
            now: start.now,
            age: start.age,
            lines: Vec::new(),
            shown: Vec::new(),
            letters: Vec::new(),
            sent: Vec::new(),
            answer: Answer::Nothing,
            start: start.clone(),
        };
        if start.old {
            for item in [Item::P, Item::Ps] {
                diary.show((item, Some(0)), true);
                let by = diary.decider();
                diary.write(Action::Grant, (item, Some(0)), speaks_of(item).0, by, None, true);
            }
        }
        diary
    }

    pub(crate) fn decider(&self) -> ConsentActor {
        match self.age {
            Age::Adult => ConsentActor::Patient,
            Age::Child => ConsentActor::Guardian,
            Age::Until(of_age) if self.now < of_age => ConsentActor::Guardian,
            Age::Until(_) => ConsentActor::Patient,
        }
    }

    fn write(&mut self, what: Action, topic: Topic, parts: Parts, by: ConsentActor, end: Option<At>, outdated: bool) {
        self.lines.push(Line { what, topic, parts, by, end, outdated, over: false });
    }

    fn show(&mut self, topic: Topic, outdated: bool) {
        self.shown.push(self.lines.len());
        self.write(Action::Serve, topic, speaks_of(topic.0).0, self.decider(), None, outdated);
    }

    /// Where the last thing said about a topic stands.
    fn last(&self, topic: Topic) -> Option<usize> {
        self.lines.iter().rposition(|line| line.topic == topic && line.what != Action::Serve)
    }

    fn holds(&self, line: &Line) -> bool {
        line.what == Action::Grant
            && !line.over
            && !line.outdated
            && line.by == self.decider()
            && line.end.is_none_or(|end| self.now < end)
    }

    /// Where the agreements stand on which a letter may go to an institution now: every one of them, or none.
    fn basis(&self, to: usize) -> Option<Vec<usize>> {
        let guardian = (self.decider() == ConsentActor::Guardian).then_some((Item::K1, None));
        let needed = [(Item::G1, None), (Item::S1, None), (Item::P, Some(to)), (Item::Ps, Some(to))];
        let agreed = |topic| self.last(topic).filter(|at| self.holds(&self.lines[*at]));
        guardian.into_iter().chain(needed).map(agreed).collect()
    }

    /// What may go to an institution now, if anything may.
    pub(crate) fn provided(&self, to: usize) -> Option<Parts> {
        let lines = self.basis(to)?.into_iter().map(|at| &self.lines[at]);
        Some(lines.filter(|line| line.topic.1.is_some()).flat_map(|line| line.parts.clone()).collect())
    }

    fn may_go(&self, to: usize, parts: &Parts) -> bool {
        self.provided(to).is_some_and(|agreed| parts.is_subset(&agreed))
    }

    /// Whoever records something finds what is over.
    fn close(&mut self) {
        let topics: Vec<Topic> = self.lines.iter().map(|line| line.topic).collect();
        for topic in topics {
            if let Some(at) = self.last(topic)
                && self.lines[at].what == Action::Grant
                && !self.holds(&self.lines[at])
            {
                self.lines[at].over = true;
            }
        }
    }

    fn decide(&mut self, shown: usize, yes: bool, parts: Option<&Parts>, by: ConsentActor) -> bool {
        let line = &self.lines[self.shown[shown]];
        let (topic, outdated) = (line.topic, line.outdated);
        let newest = *self.shown.iter().rev().find(|at| self.lines[**at].topic == topic).unwrap();
        let (all, required) = speaks_of(topic.0);
        let parts = parts.unwrap_or(&all);
        let right = parts.is_subset(&all) && required.is_subset(parts);
        if newest != self.shown[shown] || outdated || by != self.decider() || !right {
            return false;
        }
        self.close();
        let year = matches!(topic.0, Item::P | Item::Ps | Item::X1).then(|| year_later(self.now));
        let childhood = match self.age {
            Age::Until(of_age) if by == ConsentActor::Guardian => Some(of_age),
            Age::Until(_) | Age::Adult | Age::Child => None,
        };
        let end = if yes { year.into_iter().chain(childhood).min() } else { None };
        let what = if yes { Action::Grant } else { Action::Refuse };
        self.write(what, topic, parts.clone(), by, end, false);
        true
    }

    /// Ends that lie ahead.
    fn ends(&self) -> Vec<At> {
        let of_age = match self.age {
            Age::Until(of_age) => Some(of_age),
            Age::Adult | Age::Child => None,
        };
        let lines = self.lines.iter().filter_map(|line| line.end);
        let links = self.sent.iter().map(|sent| sent.at + TimeDelta::days(14));
        let ahead: BTreeSet<At> = lines.chain(links).chain(of_age).filter(|end| *end > self.now).collect();
        ahead.into_iter().collect()
    }

    pub(crate) fn after(mut self, step: &Step) -> Self {
        self.answer = match step {
            Step::Show(topic) => {
                self.close();
                self.show(*topic, false);
                Answer::Nothing
            }
            Step::Decide { shown, yes, parts, by } => Answer::Taken(self.decide(*shown, *yes, parts.as_ref(), *by)),
            Step::Agree(topic, parts) => {
                self.close();
                self.show(*topic, false);
                let by = self.decider();
                Answer::Taken(self.decide(self.shown.len() - 1, true, parts.as_ref(), by))
            }
            Step::TakeBack(topic) => {
                let last = self.last(*topic).map(|at| self.lines[at].clone());
                let had = last.filter(|line| line.what == Action::Grant && !line.over);
                if let Some(line) = &had {
                    let (parts, by) = (line.parts.clone(), ConsentActor::Patient);
                    self.write(Action::Withdraw, *topic, parts, by, None, line.outdated);
                }
                Answer::Taken(had.is_some())
            }
            Step::Wait(time) => {
                self.now += *time;
                Answer::Nothing
            }
            Step::WaitFor { end, just_before } => {
                let ahead = self.ends();
                if !ahead.is_empty() {
                    let early = TimeDelta::milliseconds(i64::from(*just_before));
                    self.now = (*end.get(&ahead) - early).max(self.now);
                }
                Answer::Nothing
            }
            Step::Born(days) => {
                self.age = Age::Until(seoul_midnight(seoul_day(self.now)) + TimeDelta::days(*days));
                Answer::Nothing
            }
            Step::Write(to) => {
                let parts = self.provided(*to);
                self.letters.extend(parts.clone().map(|parts| (*to, parts)));
                Answer::Letter(parts)
            }
            Step::Send(letter) => {
                let (to, parts) = self.letters[*letter].clone();
                let allowed = self.may_go(to, &parts);
                if let Some(basis) = self.basis(to).filter(|_| allowed) {
                    self.sent.push(Sent { to, parts, at: self.now, basis });
                }
                Answer::Allowed(allowed)
            }
            Step::Mail(sent) => Answer::Allowed(self.may_be_used(*sent, &Parts::new())),
            Step::Open(sent) => Answer::Allowed(self.may_be_used(*sent, &self.sent[*sent].parts)),
            Step::Ask(to, parts) => Answer::Allowed(self.may_go(*to, parts)),
        };
        self
    }

    /// A link opens on the very agreements that it was sent on: what was taken back and agreed to anew revives none.
    fn may_be_used(&self, sent: usize, parts: &Parts) -> bool {
        let sent = &self.sent[sent];
        let same = self.basis(sent.to).is_some_and(|basis| basis == sent.basis);
        same && self.now < sent.at + TimeDelta::days(14) && self.may_go(sent.to, parts)
    }
}
