//! Where a request can stand.

use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It came in.
    Received,
    /// Who asks must still show that it is they.
    IdentityPending,
    /// Who asks for somebody else must still show the mandate.
    AgentProofPending,
    /// It waits to be taken up.
    Queued,
    /// The data protection officer looks into it.
    InReview,
    /// Something is needed from the patient.
    EvidencePending,
    /// It was agreed to.
    Approved,
    /// It was turned down.
    Refused,
    /// Access was put off.
    Deferred,
    /// It is being carried out.
    Executing,
    /// Carrying it out failed.
    ExecutionFailed,
    /// It was carried out.
    Completed,
    /// It was carried out in part; the rest was turned down.
    Partial,
    /// The patient objects to the decision.
    ObjectionOpen,
    /// The objection was right.
    Upheld,
    /// The objection was turned down.
    Dismissed,
    /// The patient took it back.
    Cancelled,
    /// Nobody showed who asks.
    ClosedUnverified,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 18] = [
        Self::Received,
        Self::IdentityPending,
        Self::AgentProofPending,
        Self::Queued,
        Self::InReview,
        Self::EvidencePending,
        Self::Approved,
        Self::Refused,
        Self::Deferred,
        Self::Executing,
        Self::ExecutionFailed,
        Self::Completed,
        Self::Partial,
        Self::ObjectionOpen,
        Self::Upheld,
        Self::Dismissed,
        Self::Cancelled,
        Self::ClosedUnverified,
    ];

    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::IdentityPending => "IDENTITY_PENDING",
            Self::AgentProofPending => "AGENT_PROOF_PENDING",
            Self::Queued => "QUEUED",
            Self::InReview => "IN_REVIEW",
            Self::EvidencePending => "EVIDENCE_PENDING",
            Self::Approved => "APPROVED",
            Self::Refused => "REFUSED",
            Self::Deferred => "DEFERRED",
            Self::Executing => "EXECUTING",
            Self::ExecutionFailed => "EXECUTION_FAILED",
            Self::Completed => "COMPLETED",
            Self::Partial => "PARTIAL",
            Self::ObjectionOpen => "OBJECTION_OPEN",
            Self::Upheld => "UPHELD",
            Self::Dismissed => "DISMISSED",
            Self::Cancelled => "CANCELLED",
            Self::ClosedUnverified => "CLOSED_UNVERIFIED",
        }
    }

    /// Whether nobody has to do anything more, unless the patient objects.
    pub const fn closed(self) -> bool {
        match self {
            Self::Refused
            | Self::Completed
            | Self::Partial
            | Self::Dismissed
            | Self::Cancelled
            | Self::ClosedUnverified => true,
            Self::Received
            | Self::IdentityPending
            | Self::AgentProofPending
            | Self::Queued
            | Self::InReview
            | Self::EvidencePending
            | Self::Approved
            | Self::Deferred
            | Self::Executing
            | Self::ExecutionFailed
            | Self::ObjectionOpen
            | Self::Upheld => false,
        }
    }
}
