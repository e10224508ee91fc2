//! Records that are more than a domain type: what is kept about letters, deliveries, mails, sessions and repeats.

use chrono::{DateTime, Utc};
use medius_domain::id::{CaseId, DeliveryId, DocumentNumber, EventId, LinkId, MailId, ProviderId, ReferralId, Subject};
use serde::{Deserialize, Serialize};

/// The patient's story as it is stored: two sealed values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealedIntake {
    /// Basic information.
    pub basic: Option<Vec<u8>>,
    /// Health information.
    pub health: Option<Vec<u8>>,
}

/// A letter. What it says lies sealed in the documents bucket; here is what may be seen without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralRecord {
    /// Its id.
    pub id: ReferralId,
    /// The case.
    pub case_id: CaseId,
    /// Its number on paper.
    pub document_number: DocumentNumber,
    /// The institution that it is addressed to.
    pub recipient: ProviderId,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// Version of the case that it was made from.
    pub case_version: u64,
    /// The consents that it rests on.
    pub basis: Vec<EventId>,
    /// SHA-256 of the PDF, hex; also the object's name.
    pub pdf_sha256: String,
    /// SHA-256 of the FHIR Bundle, hex; printed on the letter.
    pub bundle_sha256: String,
    /// SHA-256 of the display model that pages are made from, hex.
    pub view_sha256: String,
    /// Size of the PDF in bytes.
    pub pdf_bytes: u64,
    /// Number of pages.
    pub pages: u32,
}

/// What anybody who holds a letter can verify about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// The number on paper.
    pub number: DocumentNumber,
    /// SHA-256 of the PDF, hex.
    pub pdf_sha256: String,
    /// SHA-256 of the FHIR Bundle, hex.
    pub bundle_sha256: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
}

/// A delivery: which letter goes where. How far it got is the link's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// Its id.
    pub id: DeliveryId,
    /// The case.
    pub case_id: CaseId,
    /// The letter.
    pub referral_id: ReferralId,
    /// The institution.
    pub provider_id: ProviderId,
    /// The link.
    pub link_id: LinkId,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// The newest one-time code of a link, without the code itself: it is derived again when needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// Its number.
    pub n: u32,
    /// Until when it can be used.
    pub valid_until: DateTime<Utc>,
    /// Wrong tries so far.
    pub tries: u32,
    /// Start of the window in which codes are counted.
    pub window_from: DateTime<Utc>,
    /// Codes sent in that window.
    pub sent_in_window: u32,
    /// Whether it was used.
    pub used: bool,
}

/// A session at an institution's browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was used last.
    pub seen_at: DateTime<Utc>,
    /// The link's epoch when it began: another epoch ends it.
    pub epoch: u32,
    /// The link's secret when it began: another generation ends it.
    pub generation: u32,
}

/// What a mail is about. A mail holds references only; the mailer looks everything else up when it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// The link to an institution.
    ProviderLink,
    /// A one-time code to an institution.
    ProviderCode,
}

/// How far a mail got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MailStatus {
    /// To be sent.
    Pending,
    /// A mailer holds it under a lease.
    Sending,
    /// The mail provider took it.
    Sent,
    /// Not to be sent any more: the link is dead.
    Dropped,
}

impl MailStatus {
    /// The status in the index.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Dropped => "DROPPED",
        }
    }
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRecord {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// The case.
    pub case_id: CaseId,
    /// Whose case, as a pseudonym.
    pub subject: Subject,
    /// The link.
    pub link_id: LinkId,
    /// The link's generation when the mail was ordered.
    pub generation: u32,
    /// The code's number, for a code.
    pub code_n: Option<u32>,
    /// The institution that it goes to.
    pub provider_id: ProviderId,
    /// How far it got.
    pub status: MailStatus,
    /// Times that a mailer took it.
    pub attempts: u32,
    /// Until when a mailer holds it.
    pub lease_until: Option<DateTime<Utc>>,
    /// The mail provider's message id.
    pub message_id: Option<String>,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
}

/// What a repeated request is answered with. Bodies of creating requests hold ids, states and times, nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    /// SHA-256 over subject, route and key, hex.
    pub scope: String,
    /// SHA-256 of the request's body, hex.
    pub payload_sha256: String,
    /// The answer's status.
    pub status: u16,
    /// The address of what was made, for `Location`.
    #[serde(default)]
    pub location: Option<String>,
    /// The answer's body, JSON.
    pub body: String,
}
