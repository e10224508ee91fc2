//! The clock of a request: ten days of Seoul from the day on which it came in (Enforcement Decree Art. 41, 43, 44), which no
//! question about identity stops. That a request is late is worked out and never stored.

use super::request::RightsRequest;
use super::state::State;
use crate::clock::{end_of_kst_day, kst_day};
use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};

/// Days that the law gives for an answer.
const ANSWER_DAYS: u64 = 10;

/// What should have happened by a day. The receipt is acknowledged at once, so that is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// Somebody has it in hand.
    Assign,
    /// It is decided.
    Decide,
    /// It is still undecided, two days before the law's end.
    Alarm,
    /// The answer is there.
    Answer,
}

impl Milestone {
    /// Every milestone, in the order of time.
    pub const ALL: [Self; 4] = [Self::Assign, Self::Decide, Self::Alarm, Self::Answer];

    const fn days(self) -> u64 {
        match self {
            Self::Assign => 1,
            Self::Decide => 7,
            Self::Alarm => 8,
            Self::Answer => ANSWER_DAYS,
        }
    }

    /// Whether a request in this state has missed it, once its day is over.
    const fn missed_in(self, state: State) -> bool {
        match state {
            State::Received | State::IdentityPending | State::AgentProofPending | State::Queued => true,
            State::InReview | State::EvidencePending => !matches!(self, Self::Assign),
            // Decided, but not done: the answer of the law is the result.
            // Of what was put off and of an objection the answer has a day of its own.
            State::Approved
            | State::Executing
            | State::ExecutionFailed
            | State::Upheld
            | State::Deferred
            | State::ObjectionOpen => matches!(self, Self::Answer),
            State::Refused
            | State::Completed
            | State::Partial
            | State::Dismissed
            | State::Cancelled
            | State::ClosedUnverified => false,
        }
    }
}

/// The end of a milestone's day for what came in at a moment.
pub fn milestone(milestone: Milestone, received_at: DateTime<Utc>) -> DateTime<Utc> {
    let day = kst_day(received_at);
    end_of_kst_day(day.checked_add_days(Days::new(milestone.days())).unwrap_or(day))
}

/// When the answer is due: the first moment after the tenth day in Seoul.
pub fn due_at(received_at: DateTime<Utc>) -> DateTime<Utc> {
    milestone(Milestone::Answer, received_at)
}

impl RightsRequest {
    /// The request once the officer is told of what is missed now, with that; none where there is nothing new to tell.
    pub fn reminded_of(&self, now: DateTime<Utc>) -> Option<(Self, Vec<Milestone>)> {
        let missed: Vec<Milestone> =
            reminders(self, now).into_iter().filter(|milestone| !self.reminded.contains(milestone)).collect();
        if missed.is_empty() {
            return None;
        }
        let mut next = Self { rev: self.rev + 1, ..self.clone() };
        next.reminded.extend(&missed);
        Some((next, missed))
    }
}

/// What should have happened by now and did not, the oldest first.
pub fn reminders(request: &RightsRequest, now: DateTime<Utc>) -> Vec<Milestone> {
    let due = |m: Milestone| match m {
        Milestone::Answer => request.awaited_by(),
        Milestone::Assign | Milestone::Decide | Milestone::Alarm => milestone(m, request.received_at),
    };
    let missed = |m: &Milestone| m.missed_in(request.state) && due(*m) <= now;
    Milestone::ALL.into_iter().filter(missed).collect()
}
