//! What an entry says of an event: who, how recognised, what, with which outcome, why.

use crate::id::{ProviderId, Subject};
use crate::policy::Role;
use serde::{Deserialize, Serialize};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// The patient, signed in.
    Patient {
        /// Their pseudonym.
        subject: Subject,
    },
    /// Somebody at an institution, through a link and a one-time code.
    Provider {
        /// The institution.
        institution: ProviderId,
    },
    /// A member of staff, signed in.
    Staff {
        /// Their pseudonym.
        subject: Subject,
        /// The role that allowed it.
        role: Role,
    },
    /// The service itself, for example the mailer.
    System {
        /// The function's name.
        function: String,
    },
}

impl Actor {
    /// As what they act.
    pub const fn role(&self) -> Role {
        match self {
            Self::Patient { .. } => Role::Patient,
            Self::Provider { .. } => Role::Institution,
            Self::Staff { role, .. } => *role,
            Self::System { .. } => Role::Function,
        }
    }
}

/// How the actor was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// Access token of a user pool.
    AccessToken,
    /// The same, and a one-time code to the guardian's mailbox.
    AccessTokenAndGuardianCode,
    /// The link's secret alone.
    LinkSecret,
    /// The link's secret and a one-time code to the institution's mailbox.
    LinkSecretAndCode,
    /// A one-time code to the mailbox on file, or the ticket that it gave.
    MailboxCode,
    /// Not at all: whoever it was has shown nothing yet.
    Nothing,
    /// The function's own role.
    Role,
}

/// What was done, or tried: whether it was done says the [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Seen.
    View,
    /// Made.
    Create,
    /// Changed.
    Update,
    /// Destroyed.
    Delete,
    /// Handed out as a file.
    Download,
    /// Taken along as data.
    Export,
    /// Sent by mail (only a link).
    Send,
    /// A link was used: code asked for, unlocked.
    LinkOpen,
    /// Permission to read given or taken: consent, link revoked, role of staff.
    GrantChange,
    /// Somebody began to sign in.
    SignInAttempt,
    /// Somebody signed in.
    SignIn,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::View,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Download,
        Self::Export,
        Self::Send,
        Self::LinkOpen,
        Self::GrantChange,
        Self::SignInAttempt,
        Self::SignIn,
    ];

    /// The code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Download => "download",
            Self::Export => "export",
            Self::Send => "send",
            Self::LinkOpen => "link_open",
            Self::GrantChange => "grant_change",
            Self::SignInAttempt => "sign_in_attempt",
            Self::SignIn => "sign_in",
        }
    }
}

/// Whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was turned away.
    Refused,
}

/// Why staff looked at what is not assigned to them, or took a file (Safety Measures Standard Art. 8: the reason for a
/// download). A code, because free text would put patients' particulars into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessReason {
    /// The patient asked for help.
    PatientAsked,
    /// An institution asked about a letter.
    InstitutionAsked,
    /// The colleague in charge is away.
    Substitution,
    /// A letter is being reviewed.
    LetterReview,
    /// A delivery failed or is late.
    DeliveryProblem,
    /// A right that the patient exercises.
    RightsRequest,
    /// The monthly review, or a check of the log.
    Audit,
    /// A breach or the suspicion of one.
    Incident,
}

/// Why it was done (policy clause P1, and the duties that the law adds).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Creation of a referral letter and provision of medical information.
    ReferralLetter,
    /// Delivery of a letter to the institution that the patient chose.
    Provision,
    /// Explanation of records.
    Explanation,
    /// Answering and supporting the patient.
    Inquiry,
    /// The patient exercising their own rights.
    PatientRights,
    /// Oversight that the law asks for: access log, review, verification.
    Oversight,
    /// Running the service: directory, staff, sign-ins. No patient data.
    Administration,
}
