//! Deletion (Art. 36): how a request that was agreed to ends with what became of its cases, and how long an open request keeps
//! what it is about.

use super::Right;
use super::clock::due_at;
use super::refusal::{Ground, Refusal};
use super::request::{Outcome, RightsRequest};
use super::state::State;
use super::table::{Refused, Step, Who};
use crate::case::Case;
use crate::clock::end_of_kst_day;
use crate::id::{CaseId, DestructionId, InquiryId};
use crate::lifecycle::{HoldGround, HoldStatute};
use crate::statutory::StatutoryRecord;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A case that is not destroyed yet, because a statute keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which.
    pub case_id: CaseId,
    /// Why.
    pub ground: HoldGround,
    /// By which statute.
    pub statute: HoldStatute,
    /// The day (Asia/Seoul) on which that is looked at again; with its end the case is destroyed, unless it is renewed.
    pub until: NaiveDate,
}

impl Held {
    /// What holds a case at a moment.
    pub fn of(case: &Case, now: DateTime<Utc>) -> Option<Self> {
        let hold = case.hold.as_ref().filter(|hold| now < hold.ends_at())?;
        Some(Self { case_id: case.id.clone(), ground: hold.ground, statute: hold.statute, until: hold.review_on })
    }
}

/// The record of an inquiry that is not destroyed yet, because a statute keeps it. The inquiry itself is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldInquiry {
    /// Which.
    pub inquiry_id: InquiryId,
    /// By which statute.
    pub statute: HoldStatute,
    /// The last day (Asia/Seoul) on which it is kept, as things stand.
    pub until: NaiveDate,
}

impl HeldInquiry {
    /// What holds a record.
    pub fn of(record: &StatutoryRecord) -> Self {
        Self { inquiry_id: record.id.clone(), statute: record.kind.statute(), until: record.kept_until() }
    }
}

impl RightsRequest {
    /// The same request with the destructions that carry it out.
    #[must_use]
    pub fn destroying(self, destructions: Vec<DestructionId>) -> Self {
        Self { destructions, ..self }
    }

    /// Carried out by the service: everything is destroyed, or everything but what is held.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn destroyed(
        &self,
        held: Vec<Held>,
        held_inquiries: Vec<HeldInquiry>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refused> {
        if self.right != Right::Deletion {
            return Err(Refused::Outcome);
        }
        let running = match self.state {
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
        let (step, refusal) = if held.is_empty() && held_inquiries.is_empty() {
            (Step::Complete, None)
        } else {
            (Step::CompletePart, Some(Refusal::new(self.right, Ground::KeptByStatute, now)?))
        };
        let next = running.take(step, Who::Service, None, now)?;
        Ok(Self { outcome: Some(Outcome::Deleted), refusal, held, held_inquiries, ..next })
    }

    /// Late by so much that somebody must look: reported by the service, which goes on trying.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn failed(&self, now: DateTime<Utc>) -> Result<Self, Refused> {
        self.take(Step::Fail, Who::Service, None, now)
    }

    /// Until when what it is about must not be destroyed by its own end: the law's term of an open request, and of an
    /// objection. Who wants it destroyed holds nothing back.
    pub fn keeps_until(&self) -> Option<DateTime<Utc>> {
        if self.state.closed() || self.right == Right::Deletion {
            return None;
        }
        let put_off = self.deferral.as_ref().map(|deferral| end_of_kst_day(deferral.until()));
        let objection = self.objection.as_ref().map(|objection| due_at(objection.at));
        [Some(self.due_at), put_off, objection].into_iter().flatten().max()
    }
}
