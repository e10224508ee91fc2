//! The loop told a second time, without a table and without states: what is so and what is not. Where a Task stands and who may
//! do what follow from that.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use medius_domain::task::{Party, TaskAction, TaskState};

/// Hours ahead that each appointment is proposed.
pub(crate) const AHEAD: i64 = 30;

/// What is so about a Task.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) now: DateTime<Utc>,
    pub(crate) letters: usize,
    pub(crate) links: usize,
    pub(crate) steps: usize,
    signed: bool,
    out: bool,
    opened: bool,
    received: bool,
    yes: bool,
    question: bool,
    date: bool,
    day: Option<NaiveDate>,
    seen: bool,
    missed: bool,
    wish: Option<Party>,
    outcome: Option<DateTime<Utc>>,
    sent: Option<DateTime<Utc>>,
    end: Option<TaskState>,
}

impl Account {
    /// A letter was made.
    pub(crate) const fn begun(now: DateTime<Utc>) -> Self {
        Self {
            now,
            letters: 1,
            links: 0,
            steps: 1,
            signed: false,
            out: false,
            opened: false,
            received: false,
            yes: false,
            question: false,
            date: false,
            day: None,
            seen: false,
            missed: false,
            wish: None,
            outcome: None,
            sent: None,
            end: None,
        }
    }

    pub(crate) fn state(&self) -> TaskState {
        let so = [
            (self.wish.is_some(), TaskState::CancelRequested),
            (self.outcome.is_some(), TaskState::OutcomeReturned),
            (self.seen, TaskState::Attended),
            (self.missed, TaskState::NoShow),
            (self.date, TaskState::Scheduled),
            (self.yes, TaskState::Accepted),
            (self.question, TaskState::MoreInformation),
            (self.received, TaskState::Acknowledged),
            (self.opened, TaskState::Opened),
            (self.out, TaskState::Sent),
            (self.signed, TaskState::Reviewed),
        ];
        let open = || so.into_iter().find(|(so, _)| *so).map_or(TaskState::Generated, |(_, state)| state);
        self.end.unwrap_or_else(open)
    }

    /// Whether somebody may do something now.
    pub(crate) fn may(&self, action: TaskAction, by: Party) -> bool {
        use TaskAction as A;
        let going = self.end.is_none() && self.wish.is_none() && self.outcome.is_none();
        let there = going && self.out;
        let in_hand = there && self.opened;
        let elsewhere = self.date || self.seen || self.missed;
        let (patient, institution) = (by == Party::Patient, by == Party::Institution);
        let others_wish = self.end.is_none() && self.wish.is_some_and(|whose| whose != by);
        // Seoul is nine hours ahead all year.
        let come = self.day.is_none_or(|day| (self.now + TimeDelta::hours(9)).date_naive() >= day);
        match action {
            A::Consent => false,
            A::Generate => patient && going,
            A::Review => by == Party::Reviewer && going && (self.out || !self.signed),
            A::Send | A::Cancel => patient && going && !self.out,
            A::AnswerMore => patient && there && self.question,
            A::Renew => patient && there && !self.question,
            A::Open => institution && there && !self.opened,
            A::Acknowledge => institution && there && !self.received && !self.question && !self.yes,
            A::Accept | A::AskMore => institution && in_hand && !self.yes && !self.question,
            A::Decline => institution && in_hand && !elsewhere,
            A::Redirect => institution && in_hand && !elsewhere && !self.question,
            A::Schedule => institution && there && self.yes && !self.date && !self.seen,
            A::Reschedule => institution && there && self.date && !self.seen,
            A::NoShow => institution && there && self.date && !self.seen && come,
            A::ConfirmAppointment | A::AskOtherTime => patient && there && self.date && !self.seen,
            A::Attended => institution && there && self.yes && !self.seen && !self.missed && come,
            A::RequestCancel => there && !self.seen && (patient || institution && self.yes),
            A::ConfirmCancel => others_wish && matches!(by, Party::Patient | Party::Institution | Party::Coordinator),
            A::RefuseCancel => others_wish && (patient || institution),
            A::InterimOutcome => institution && there && self.yes,
            A::FinalOutcome => {
                let again = self.end.is_none() && self.outcome.is_some();
                institution && (again || there && self.yes && !self.missed)
            }
            A::Estimate => institution && in_hand && !self.question && !self.seen && !self.missed,
            A::AddColleague => institution && in_hand,
            A::Complete => {
                let told = self.end.is_none() && self.outcome.is_some();
                told && (patient || by == Party::Service && self.long_ago(self.outcome))
            }
            A::Expire => by == Party::Service && there && !self.yes && !self.question && self.long_ago(self.sent),
            A::Withdraw => patient && self.end.is_none() && self.outcome.is_none(),
        }
    }

    /// What is so after somebody did something.
    pub(crate) fn did(&mut self, action: TaskAction, by: Party) {
        use TaskAction as A;
        self.steps += 1;
        match action {
            A::Generate => {
                self.letters += 1;
                self.signed = false;
            }
            A::Review => self.signed = true,
            A::Send | A::AnswerMore => {
                (self.out, self.opened, self.received, self.question) = (true, false, false, false);
                (self.sent, self.links) = (Some(self.now), self.links + 1);
            }
            A::Renew => (self.sent, self.links) = (Some(self.now), self.links + 1),
            A::Open => self.opened = true,
            A::Acknowledge => (self.opened, self.received) = (true, true),
            A::Accept => self.yes = true,
            A::AskMore => self.question = true,
            A::Schedule => (self.date, self.day, self.missed) = (true, self.proposed(), false),
            A::Reschedule => self.day = self.proposed(),
            A::AskOtherTime => (self.date, self.day) = (false, None),
            A::Attended => self.seen = true,
            A::NoShow => (self.date, self.missed) = (false, true),
            A::RequestCancel => self.wish = Some(by),
            A::RefuseCancel => self.wish = None,
            A::FinalOutcome => self.outcome = Some(self.now),
            A::Decline => self.end = Some(TaskState::Declined),
            A::Redirect => self.end = Some(TaskState::Redirected),
            A::Cancel | A::ConfirmCancel => self.end = Some(TaskState::Cancelled),
            A::Complete => self.end = Some(TaskState::Completed),
            A::Expire => self.end = Some(TaskState::Expired),
            A::Withdraw => self.end = Some(TaskState::ConsentWithdrawn),
            A::Consent | A::ConfirmAppointment | A::InterimOutcome | A::Estimate | A::AddColleague => {}
        }
    }

    /// Whether something is two weeks ago: so long lives a link, and so long is an outcome read.
    fn long_ago(&self, at: Option<DateTime<Utc>>) -> bool {
        at.is_some_and(|at| self.now - at >= TimeDelta::days(14))
    }

    /// The day in Seoul of what is proposed now.
    fn proposed(&self) -> Option<NaiveDate> {
        Some((self.now + TimeDelta::hours(AHEAD + 9)).date_naive())
    }

    /// What is so after some time in which only the clock did something.
    pub(crate) fn waited(&mut self, hours: i64) {
        self.now += TimeDelta::hours(hours);
        let ends = [TaskAction::Expire, TaskAction::Complete];
        if let Some(action) = ends.into_iter().find(|action| self.may(*action, Party::Service)) {
            self.did(action, Party::Service);
        }
    }
}
