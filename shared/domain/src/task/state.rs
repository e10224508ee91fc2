//! Where a Task stands, in the words of FHIR R4 and of BSeR 2.0 (ballot) beside our own.

use serde::{Deserialize, Serialize};

/// Where a Task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaskState {
    /// The story is being told; there is no letter yet.
    Draft,
    /// The consents for a letter to the institution are given; there is no letter yet.
    Consented,
    /// The letter is made.
    Generated,
    /// A clinician read and signed the letter.
    Reviewed,
    /// The letter was sent.
    Sent,
    /// Somebody at the institution opened it.
    Opened,
    /// The institution said that it received it.
    Acknowledged,
    /// The institution will see the patient.
    Accepted,
    /// The institution needs to know more first.
    MoreInformation,
    /// The institution will not see the patient.
    Declined,
    /// The institution named another one.
    Redirected,
    /// An appointment is agreed on or proposed.
    Scheduled,
    /// The patient was seen.
    Attended,
    /// The patient did not come.
    NoShow,
    /// One side asked to cancel, and the other has not answered yet.
    CancelRequested,
    /// Cancelled.
    Cancelled,
    /// The outcome is back.
    OutcomeReturned,
    /// The patient has the outcome: the loop is closed.
    Completed,
    /// Nobody answered while the link lived.
    Expired,
    /// The patient withdrew a consent that it needs.
    ConsentWithdrawn,
}

impl TaskState {
    /// Every state.
    pub const ALL: [Self; 20] = [
        Self::Draft,
        Self::Consented,
        Self::Generated,
        Self::Reviewed,
        Self::Sent,
        Self::Opened,
        Self::Acknowledged,
        Self::Accepted,
        Self::MoreInformation,
        Self::Declined,
        Self::Redirected,
        Self::Scheduled,
        Self::Attended,
        Self::NoShow,
        Self::CancelRequested,
        Self::Cancelled,
        Self::OutcomeReturned,
        Self::Completed,
        Self::Expired,
        Self::ConsentWithdrawn,
    ];

    /// Whether nothing can follow.
    pub const fn over(self) -> bool {
        match self {
            Self::Declined
            | Self::Redirected
            | Self::Cancelled
            | Self::Completed
            | Self::Expired
            | Self::ConsentWithdrawn => true,
            Self::Draft
            | Self::Consented
            | Self::Generated
            | Self::Reviewed
            | Self::Sent
            | Self::Opened
            | Self::Acknowledged
            | Self::Accepted
            | Self::MoreInformation
            | Self::Scheduled
            | Self::Attended
            | Self::NoShow
            | Self::CancelRequested
            | Self::OutcomeReturned => false,
        }
    }

    /// The code of FHIR R4's value set `task-status`.
    pub const fn fhir_status(self) -> &'static str {
        match self {
            Self::Draft | Self::Consented => "draft",
            Self::Generated | Self::Reviewed => "ready",
            Self::Sent => "requested",
            Self::Opened | Self::Acknowledged => "received",
            Self::Accepted | Self::Scheduled => "accepted",
            Self::MoreInformation | Self::NoShow | Self::CancelRequested => "on-hold",
            Self::Declined | Self::Redirected => "rejected",
            Self::Attended => "in-progress",
            Self::Cancelled | Self::ConsentWithdrawn => "cancelled",
            Self::OutcomeReturned | Self::Completed => "completed",
            Self::Expired => "failed",
        }
    }

    /// The code of BSeR 2.0's (ballot) business status, where it has one.
    pub const fn business_status(self) -> Option<&'static str> {
        match self {
            Self::Generated | Self::Reviewed | Self::Sent | Self::Opened | Self::Acknowledged => Some("2.0"),
            Self::Accepted => Some("3.0"),
            Self::Declined => Some("4.0"),
            Self::Scheduled => Some("5.1.1"),
            Self::NoShow => Some("5.1.2"),
            Self::Attended => Some("5.1.4"),
            Self::CancelRequested => Some("5.2"),
            Self::Cancelled | Self::ConsentWithdrawn => Some("6.0"),
            Self::OutcomeReturned | Self::Completed => Some("7.0"),
            Self::Draft | Self::Consented | Self::MoreInformation | Self::Redirected | Self::Expired => None,
        }
    }
}
