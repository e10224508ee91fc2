//! What the service carries out by itself, and reports.

use super::request::{Outcome, RightsRequest};
use super::state::State;
use super::table::{Refused, Step, Who};
use crate::access::Scope;
use chrono::{DateTime, Utc};

impl RightsRequest {
    /// Carried out by the service, where it was agreed to; also after it failed before.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn carried_out(&self, outcome: Outcome, now: DateTime<Utc>) -> Result<Self, Refused> {
        if self.right.at_once() || !outcome.fits(self.right) {
            return Err(Refused::Outcome);
        }
        let begun = match self.state {
            State::ExecutionFailed => self.stepped(Step::Execute, Who::Service, None, now)?,
            State::Received
            | State::IdentityPending
            | State::AgentProofPending
            | State::Queued
            | State::InReview
            | State::EvidencePending
            | State::Approved
            | State::Refused
            | State::Deferred
            | State::Executing
            | State::Completed
            | State::Partial
            | State::ObjectionOpen
            | State::Upheld
            | State::Dismissed
            | State::Cancelled
            | State::ClosedUnverified => self.clone(),
        };
        let done = begun.take(Step::Complete, Who::Service, None, now)?;
        Ok(Self { outcome: Some(outcome), ..done })
    }

    /// The chain in which what happens to it is written down: its case's, where it is about one.
    pub fn scope(&self) -> Scope {
        self.case_id.as_ref().map_or_else(|| Scope::Right(self.id.clone()), Scope::from)
    }
}
