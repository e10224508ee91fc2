//! The fields of a receipt, in the blocks of ISO/IEC TS 27560:2023 (clauses 6.3.3 to 6.3.7).

use crate::consent::{ConsentActor, DataItem, Item, Method, TextElement, TextLanguage, Verification};
use crate::id::{CaseId, EventId, Subject};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A receipt about one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// [`super::SCHEMA_VERSION`].
    pub schema_version: &'static str,
    /// One per event, so that a receipt asked for twice is the same receipt.
    pub receipt_id: String,
    /// The event.
    pub record_id: EventId,
    /// The patient's pseudonym.
    pub pii_principal_id: Subject,
    /// What was agreed to, or not.
    pub pii_processing: Processing,
    /// The operator, and for a provision the institution.
    pub party_identification: Vec<Party>,
    /// The text was shown; it was decided.
    pub events: [ReceiptEvent; 2],
    /// Where the event stands in the case's chain, so that the operator's record can be held against the receipt.
    pub record_integrity: Integrity,
}

/// The block "PII processing".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Processing {
    /// The words that were shown.
    pub privacy_notice: Notice,
    /// Their language.
    pub language: TextLanguage,
    /// One: each purpose is asked for by itself (PIPA Art. 22(1)).
    pub purposes: [Purpose; 1],
}

/// A consent text as it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The consent item.
    pub item: Item,
    /// Version of the text.
    pub version: u32,
    /// SHA-256 of the text's file (NFC, UTF-8), in which names in braces stand for what is filled in.
    pub sha256: String,
    /// Title.
    pub title: String,
    /// Passages, filled.
    pub elements: Vec<TextElement>,
    /// What the button said that agrees.
    pub grant: String,
    /// What the button said that refuses.
    pub refuse: String,
}

/// A purpose with everything that the law wants told about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Purpose {
    /// In the words of the text.
    pub purpose: String,
    /// Its kind.
    pub purpose_type: &'static str,
    /// What allows it.
    pub lawful_basis: LawfulBasis,
    /// What it is done with.
    pub pii_information: Vec<PiiInformation>,
    /// Party id of who answers for it.
    pub pii_controllers: [String; 1],
    /// Where the information is stored.
    pub storage_locations: [String; 1],
    /// For how long, in the words of the text.
    pub retention_period: String,
    /// Whose law applies (ISO 3166).
    pub jurisdiction: &'static str,
    /// Party ids of who receives.
    pub recipient_third_parties: Vec<String>,
    /// How to take an agreement back.
    pub withdrawal_method: String,
    /// What else the patient may ask for.
    pub privacy_rights: String,
}

/// What allows a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LawfulBasis {
    /// Consent, always.
    pub r#type: &'static str,
    /// The law.
    pub statute: &'static str,
    /// Its articles, as `article(paragraph)subparagraph`.
    pub articles: &'static [&'static str],
}

/// The block "PII information": one part of the patient's information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PiiInformation {
    /// The part.
    pub pii_type: DataItem,
    /// What it is called.
    pub description: &'static str,
    /// Whether it could be left out of this agreement.
    pub pii_optional: bool,
    /// `health` for sensitive information (PIPA Art. 23).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitive_pii_category: Option<&'static str>,
}

/// The block "party identification".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    /// The operator's registration number, or the institution's id in the directory.
    pub party_id: String,
    /// Name.
    pub party_name: String,
    /// `pii_controller` or `third_party`.
    pub party_role: &'static str,
    /// `operator` or `healthcare_institution`.
    pub party_type: &'static str,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_phone: Option<String>,
}

/// The block "event".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptEvent {
    /// When.
    pub event_time: DateTime<Utc>,
    /// From when until when an agreement counts (ISO 8601 interval; `..` is an open end).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validity_duration: Option<String>,
    /// Whose act it was: the patient's pseudonym or the operator's party id.
    pub entity_id: String,
    /// `notice`, or `explicit` for a decision of its own on each purpose.
    pub event_type: &'static str,
    /// `requested`, `given`, `refused`, `withdrawn`, `superseded` or `expired`.
    pub event_state: &'static str,
    /// Who decided, how, and how that was made sure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decided>,
}

/// How a decision came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// `electronic`, or `automatic` for a newer text or the end of a term.
    pub method: Method,
    /// `SELF` or `GUARDIAN`; nobody for what happens by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<ConsentActor>,
    /// How that was made sure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
}

/// Place of the event in the case's hash chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Integrity {
    /// The case, which names the chain.
    pub case_id: CaseId,
    /// Place, from 1.
    pub seq: u64,
    /// Hash of the event before.
    pub previous_hash: String,
    /// Hash of the event.
    pub hash: String,
}
