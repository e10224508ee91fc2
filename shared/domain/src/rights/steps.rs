//! The steps of a request: each asks the table first, then its own guard, and leaves a trace.

use super::Right;
use super::clock::due_at;
use super::refusal::{Deferral, DeferralGround, Ground, Refusal};
use super::request::{Evidence, Happened, Objection, Outcome, RightsRequest, Wanted};
use super::state::State;
use super::table::{Refused, Step, Who, after};
use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{RightId, Subject};
use chrono::{DateTime, Months, NaiveDate, Utc};
use std::collections::BTreeSet;

/// Years that a request is kept after it was closed.
const KEPT_MONTHS: u32 = 36;

impl RightsRequest {
    /// A request of a patient who has shown who they are.
    ///
    /// # Errors
    /// [`Refused`]; the table says so and a test holds it: never.
    pub fn verified(subject: Subject, wanted: Wanted, now: DateTime<Utc>) -> Result<Self, Refused> {
        let Wanted { right, case_id, told_by, scope, parts } = wanted;
        let received = Happened { at: now, step: None, state: State::Received, who: Who::Patient, by: None };
        let request = Self {
            id: RightId::new(),
            right,
            subject,
            case_id,
            told_by,
            scope,
            parts,
            received_at: now,
            due_at: due_at(now),
            state: State::Received,
            assignee: None,
            evidence: BTreeSet::new(),
            first_approval: None,
            decided_by: None,
            refusal: None,
            deferral: None,
            objection: None,
            values_given: 0,
            values_seen: 0,
            outcome: None,
            forwarded_to: None,
            destructions: Vec::new(),
            held: Vec::new(),
            held_inquiries: Vec::new(),
            reminded: BTreeSet::new(),
            hidden: false,
            events: vec![received],
            claim: None,
            rev: 0,
        };
        request.take(Step::Verify, Who::Patient, None, now)
    }

    /// The request after a step, as the table has it.
    pub(super) fn stepped(
        &self,
        step: Step,
        who: Who,
        by: Option<&Subject>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refused> {
        let state = after(self.state, step, who)?;
        let mut next = self.clone();
        next.state = state;
        next.events.push(Happened { at: now, step: Some(step), state, who, by: by.cloned() });
        Ok(next)
    }

    pub(super) fn take(&self, step: Step, who: Who, by: Option<&Subject>, now: DateTime<Utc>) -> Result<Self, Refused> {
        let next = self.stepped(step, who, by, now)?;
        Ok(Self { rev: self.rev + 1, ..next })
    }

    /// A suspension or a resumption, carried out with the request.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn taken_effect(&self, outcome: Outcome, now: DateTime<Utc>) -> Result<Self, Refused> {
        if !self.right.at_once() || !outcome.fits(self.right) {
            return Err(Refused::Outcome);
        }
        let service = |request: &Self, step| request.stepped(step, Who::Service, None, now);
        let executing = service(&service(self, Step::TakeEffect)?, Step::Execute)?;
        Ok(Self { outcome: Some(outcome), ..service(&executing, Step::Complete)? })
    }

    /// The request after the patient took it back.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn cancel(&self, now: DateTime<Utc>) -> Result<Self, Refused> {
        self.take(Step::Cancel, Who::Patient, None, now)
    }

    /// The request after the patient gave what was asked for.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn evidence_given(&self, now: DateTime<Utc>) -> Result<Self, Refused> {
        self.take(Step::GiveEvidence, Who::Patient, None, now)
    }

    /// The request after the patient objected.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn object(&self, now: DateTime<Utc>) -> Result<Self, Refused> {
        let next = self.take(Step::Object, Who::Patient, None, now)?;
        Ok(Self { objection: Some(Objection { at: now, decided_by: None }), ..next })
    }

    /// In somebody's hand.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn assign(&self, by: &Subject, now: DateTime<Utc>) -> Result<Self, Refused> {
        let next = self.take(Step::Assign, Who::Officer, Some(by), now)?;
        Ok(Self { assignee: Some(by.clone()), ..next })
    }

    /// Taken up again after waiting for the patient or for a day.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn take_up(&self, by: &Subject, now: DateTime<Utc>) -> Result<Self, Refused> {
        self.take(Step::TakeUp, Who::Officer, Some(by), now)
    }

    /// Waiting for something from the patient.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn ask_evidence(
        &self,
        by: &Subject,
        evidence: BTreeSet<Evidence>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refused> {
        let next = self.take(Step::AskEvidence, Who::Officer, Some(by), now)?;
        if evidence.is_empty() {
            return Err(Refused::Evidence);
        }
        Ok(Self { evidence, ..next })
    }

    /// Whether one of two has agreed and the other not yet.
    pub const fn needs_second(&self) -> bool {
        matches!(self.state, State::InReview) && self.first_approval.is_some()
    }

    /// Agreed to; with two people where an open case is to be deleted. What is agreed to begins at once.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn approve(&self, by: &Subject, case_open: bool, now: DateTime<Utc>) -> Result<Self, Refused> {
        let two = self.right == Right::Deletion && case_open;
        match &self.first_approval {
            None if two => {
                let next = self.take(Step::ApproveFirst, Who::Officer, Some(by), now)?;
                Ok(Self { first_approval: Some(by.clone()), ..next })
            }
            // Asked after the table, so that it is the state that is refused where the state is the reason.
            Some(first) if two && first == by => {
                after(self.state, Step::Approve, Who::Officer).and(Err(Refused::SecondPersonNeeded))
            }
            None | Some(_) => {
                let agreed = self.agreed(by, now)?;
                self.values_looked_at().map(|()| agreed)
            }
        }
    }

    pub(super) fn agreed(&self, by: &Subject, now: DateTime<Utc>) -> Result<Self, Refused> {
        let approved = self.take(Step::Approve, Who::Officer, Some(by), now)?;
        let executing = approved.stepped(Step::Execute, Who::Service, None, now)?;
        Ok(Self { decided_by: Some(by.clone()), ..executing })
    }

    /// Turned down.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn refuse(&self, by: &Subject, ground: Ground, now: DateTime<Utc>) -> Result<Self, Refused> {
        let next = self.take(Step::Refuse, Who::Officer, Some(by), now)?;
        let refusal = Refusal::new(self.right, ground, now)?;
        Ok(Self { refusal: Some(refusal), decided_by: Some(by.clone()), ..next })
    }

    /// Put off.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn defer(
        &self,
        by: &Subject,
        ground: DeferralGround,
        until: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Self, Refused> {
        let next = self.take(Step::Defer, Who::Officer, Some(by), now)?;
        let deferral = Deferral::new(self.right, ground, until, now)?;
        Ok(Self { deferral: Some(deferral), decided_by: Some(by.clone()), ..next })
    }

    /// Carried out, wholly or, with the ground for what was not, in part.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn complete(
        &self,
        by: &Subject,
        outcome: Outcome,
        but: Option<Ground>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refused> {
        let step = if but.is_some() { Step::CompletePart } else { Step::Complete };
        // What the service could not carry out is carried out by hand: that is trying again, and it succeeds.
        let executing = if self.state == State::ExecutionFailed {
            self.stepped(Step::Execute, Who::Officer, Some(by), now)?
        } else {
            self.clone()
        };
        let next = executing.take(step, Who::Officer, Some(by), now)?;
        if self.right == Right::Deletion {
            // Only what was looked for everywhere and not found is destroyed: the service says so, with a certificate.
            return Err(Refused::NotTheirs);
        }
        if !outcome.fits(self.right) {
            return Err(Refused::Outcome);
        }
        let refusal = but.map(|ground| Refusal::new(self.right, ground, now)).transpose()?;
        let decided_by = if refusal.is_some() { Some(by.clone()) } else { next.decided_by.clone() };
        Ok(Self { outcome: Some(outcome), refusal, decided_by, ..next })
    }

    /// The objection decided, by somebody else than who decided first. What is found right begins at once.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn decide_objection(&self, by: &Subject, uphold: bool, now: DateTime<Utc>) -> Result<Self, Refused> {
        let step = if uphold { Step::Uphold } else { Step::Dismiss };
        let mut next = self.take(step, Who::Officer, Some(by), now)?;
        if self.decided_by.as_ref() == Some(by) {
            return Err(Refused::AnotherPersonNeeded);
        }
        if let Some(objection) = &mut next.objection {
            objection.decided_by = Some(by.clone());
        }
        if !uphold {
            return Ok(next);
        }
        self.values_looked_at()?;
        let approved = next.stepped(Step::ApproveUpheld, Who::Service, None, now)?;
        let executing = approved.stepped(Step::Execute, Who::Service, None, now)?;
        Ok(Self { refusal: None, deferral: None, decided_by: Some(by.clone()), ..executing })
    }

    /// When something happened last.
    pub fn changed_at(&self) -> DateTime<Utc> {
        self.events.last().map_or(self.received_at, |event| event.at)
    }

    /// Whether the law's time is over and the answer is not there.
    pub fn overdue(&self, now: DateTime<Utc>) -> bool {
        !self.state.closed() && now >= self.awaited_by()
    }

    /// When the next answer is due: of what was put off on its day, of an objection ten days after it, else the law's.
    pub fn awaited_by(&self) -> DateTime<Utc> {
        match (&self.deferral, &self.objection) {
            (Some(deferral), _) if self.state == State::Deferred => end_of_kst_day(deferral.until()),
            (_, Some(objection)) if self.state == State::ObjectionOpen => due_at(objection.at),
            _ => self.due_at,
        }
    }

    /// Until when it is kept: three years after it was closed, or after it was changed last while it is open.
    pub fn kept_until(&self) -> DateTime<Utc> {
        let day = kst_day(self.changed_at());
        end_of_kst_day(day.checked_add_months(Months::new(KEPT_MONTHS)).unwrap_or(day))
    }
}
