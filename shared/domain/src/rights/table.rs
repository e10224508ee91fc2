//! What may be done about a request, by whom, and where it leads: the one table.

use super::state::State;
use serde::{Deserialize, Serialize};

/// What is done about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Asks who it is.
    NeedIdentity,
    /// Shows who it is.
    Verify,
    /// Asks for the mandate.
    NeedMandate,
    /// Shows the mandate.
    ShowMandate,
    /// Takes effect with the request: suspension and resumption.
    TakeEffect,
    /// Takes it in hand.
    Assign,
    /// Asks the patient for something.
    AskEvidence,
    /// Gives what was asked for.
    GiveEvidence,
    /// Goes on after waiting.
    TakeUp,
    /// Agrees as the first of two.
    ApproveFirst,
    /// Agrees.
    Approve,
    /// Turns it down.
    Refuse,
    /// Puts it off.
    Defer,
    /// Begins to carry it out, or begins again.
    Execute,
    /// Reports that carrying it out failed.
    Fail,
    /// Reports that it was carried out.
    Complete,
    /// Reports that it was carried out in part.
    CompletePart,
    /// Objects to the decision.
    Object,
    /// Finds the objection right.
    Uphold,
    /// Turns the objection down.
    Dismiss,
    /// Agrees to what the objection was about.
    ApproveUpheld,
    /// Takes it back.
    Cancel,
    /// Ends what nobody verified.
    CloseUnverified,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 23] = [
        Self::NeedIdentity,
        Self::Verify,
        Self::NeedMandate,
        Self::ShowMandate,
        Self::TakeEffect,
        Self::Assign,
        Self::AskEvidence,
        Self::GiveEvidence,
        Self::TakeUp,
        Self::ApproveFirst,
        Self::Approve,
        Self::Refuse,
        Self::Defer,
        Self::Execute,
        Self::Fail,
        Self::Complete,
        Self::CompletePart,
        Self::Object,
        Self::Uphold,
        Self::Dismiss,
        Self::ApproveUpheld,
        Self::Cancel,
        Self::CloseUnverified,
    ];

    /// Whether somebody may take this step at all.
    pub const fn open_to(self, who: Who) -> bool {
        match self {
            Self::Verify | Self::ShowMandate | Self::GiveEvidence | Self::Object | Self::Cancel => {
                matches!(who, Who::Patient)
            }
            Self::Assign
            | Self::AskEvidence
            | Self::TakeUp
            | Self::ApproveFirst
            | Self::Approve
            | Self::Refuse
            | Self::Defer
            | Self::Uphold
            | Self::Dismiss => matches!(who, Who::Officer),
            Self::Fail | Self::Complete | Self::CompletePart | Self::Execute => {
                matches!(who, Who::Officer | Who::Service)
            }
            Self::NeedIdentity | Self::NeedMandate | Self::TakeEffect | Self::ApproveUpheld | Self::CloseUnverified => {
                matches!(who, Who::Service)
            }
        }
    }
}

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The patient, or who acts for them.
    Patient,
    /// The data protection officer or somebody of that office.
    Officer,
    /// The service itself.
    Service,
}

impl Who {
    /// Everybody.
    pub const ALL: [Self; 3] = [Self::Patient, Self::Officer, Self::Service];
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is not theirs to take.
    NotTheirs,
    /// The request is not where this step begins.
    Impossible,
    /// The first person cannot be the second.
    SecondPersonNeeded,
    /// Who decided cannot decide about the objection.
    AnotherPersonNeeded,
    /// Only access can be put off.
    OnlyAccess,
    /// The day to which it is put off is not ahead, or too far ahead.
    DeferralDay,
    /// The ground does not belong to this right.
    Ground,
    /// The result does not belong to this right.
    Outcome,
    /// Nothing was asked for.
    Evidence,
    /// Nobody said what is right instead.
    ValuesMissing,
    /// What is right instead was given anew since somebody of the staff looked at it.
    ValuesUnseen,
}

/// The one transition table: where a step of somebody leads.
///
/// # Errors
/// [`Refused::NotTheirs`] or [`Refused::Impossible`].
pub const fn after(state: State, step: Step, who: Who) -> Result<State, Refused> {
    use State as S;
    if !step.open_to(who) {
        return Err(Refused::NotTheirs);
    }
    match (step, state) {
        (Step::NeedIdentity, S::Received) => Ok(S::IdentityPending),
        (Step::Verify, S::Received | S::IdentityPending) | (Step::ShowMandate, S::AgentProofPending) => Ok(S::Queued),
        (Step::NeedMandate, S::IdentityPending) => Ok(S::AgentProofPending),
        (Step::TakeEffect, S::Queued) | (Step::Approve, S::InReview) | (Step::ApproveUpheld, S::Upheld) => {
            Ok(S::Approved)
        }
        (Step::Assign, S::Queued | S::InReview)
        | (Step::GiveEvidence, S::EvidencePending)
        | (Step::TakeUp, S::EvidencePending | S::Deferred)
        | (Step::ApproveFirst, S::InReview) => Ok(S::InReview),
        (Step::AskEvidence, S::InReview) => Ok(S::EvidencePending),
        (Step::Refuse, S::InReview) => Ok(S::Refused),
        (Step::Defer, S::InReview) => Ok(S::Deferred),
        (Step::Execute, S::Approved | S::ExecutionFailed) => Ok(S::Executing),
        (Step::Fail, S::Executing) => Ok(S::ExecutionFailed),
        (Step::Complete, S::Executing) => Ok(S::Completed),
        (Step::CompletePart, S::Executing) => Ok(S::Partial),
        (Step::Object, S::Refused | S::Partial | S::Deferred) => Ok(S::ObjectionOpen),
        (Step::Uphold, S::ObjectionOpen) => Ok(S::Upheld),
        (Step::Dismiss, S::ObjectionOpen) => Ok(S::Dismissed),
        (
            Step::Cancel,
            S::Received
            | S::IdentityPending
            | S::AgentProofPending
            | S::Queued
            | S::InReview
            | S::EvidencePending
            | S::Approved
            | S::Deferred,
        ) => Ok(S::Cancelled),
        (Step::CloseUnverified, S::IdentityPending | S::AgentProofPending) => Ok(S::ClosedUnverified),
        (
            Step::NeedIdentity
            | Step::Verify
            | Step::NeedMandate
            | Step::ShowMandate
            | Step::TakeEffect
            | Step::Assign
            | Step::AskEvidence
            | Step::GiveEvidence
            | Step::TakeUp
            | Step::ApproveFirst
            | Step::Approve
            | Step::Refuse
            | Step::Defer
            | Step::Execute
            | Step::Fail
            | Step::Complete
            | Step::CompletePart
            | Step::Object
            | Step::Uphold
            | Step::Dismiss
            | Step::ApproveUpheld
            | Step::Cancel
            | Step::CloseUnverified,
            _,
        ) => Err(Refused::Impossible),
    }
}
