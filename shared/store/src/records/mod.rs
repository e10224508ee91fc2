//! Records that are more than a domain type: what is kept about letters, deliveries, mails, sessions and repeats.

mod about;
mod mail;

pub use about::{DeskNotice, MailAbout, Notice};
pub use mail::{MailRecord, MailStatus};

use crate::keyring::WrappedKey;
use crate::mailboxes::SealedCard;
use chrono::{DateTime, Utc};
use medius_domain::clinician::{LetterReview, LetterSignature};
use medius_domain::code::CodeState;
use medius_domain::consent::DataItem;
use medius_domain::id::{CaseId, DeliveryId, DocumentNumber, EventId, LinkId, MessageId, ProviderId, ReferralId};
use medius_domain::policy::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The patient's story as it is stored: two sealed values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealedIntake {
    /// Basic information.
    pub basic: Option<Vec<u8>>,
    /// Health information.
    pub health: Option<Vec<u8>>,
}

/// Everything sealed about a case, with the keys that open it.
#[derive(Debug, Clone)]
pub struct SealedCase {
    /// The case's data key, wrapped.
    pub data_key: WrappedKey,
    /// The key of the contact card, wrapped.
    pub contact_key: WrappedKey,
    /// The story.
    pub intake: SealedIntake,
    /// How to reach the patient.
    pub card: Option<SealedCard>,
}

/// The one-time code to a guardian.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianCode {
    /// Its number, its end, its tries.
    pub code: CodeState,
    /// Which of the card's mailboxes it went to.
    pub guardian_rev: u32,
    /// Until when the guardian may decide, after a right code.
    pub verified_until: Option<DateTime<Utc>>,
    /// Grows by one with each change.
    pub rev: u64,
}

/// A message between a patient and staff. Its text lies sealed beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// Its id.
    pub id: MessageId,
    /// The case.
    pub case_id: CaseId,
    /// As what its author wrote it: patient, coordinator.
    pub from: Role,
    /// When.
    pub sent_at: DateTime<Utc>,
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
    /// The parts of the patient's information that are in it.
    pub items: BTreeSet<DataItem>,
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
    /// The letter whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<DocumentNumber>,
    /// When something that it says was corrected, or it was signed as another: since then it is not sent any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<DateTime<Utc>>,
    /// How far a clinician's review is, where the patient asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<LetterReview>,
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
    /// A clinician's signature, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<LetterSignature>,
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
