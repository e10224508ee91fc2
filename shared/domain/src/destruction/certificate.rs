//! What is signed: what was destroyed and how, what is kept by which statute and until when, and who holds copies.

use super::{Category, Ground, Ledger, ThirdParty};
use crate::id::{CaseId, DestructionId};
use crate::journal::LOG_DAYS;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Form of the certificate; a change of meaning is a new one.
const SCHEMA_VERSION: &str = "medius-destruction-certificate/1";
/// The privacy policy that destructions follow: the hash of its text. A change of the text is a change of this line, which a
/// test holds against the file.
pub const POLICY_VERSION: &str = "sha256:d7449b1b290c33038a0ba241bac95e9111e161cb1c83d75e020dc9fd47410763";
/// How it was destroyed.
const METHODS: [&str; 3] = [
    "deletion of every version, marker and unfinished upload of every object",
    "deletion of every record",
    "destruction of the case's wrapped data keys: without one nothing can be decrypted",
];
/// Under which keys opening was tried afterwards.
const TRIED: [&str; 2] = ["key of the case's data", "key of the contact card"];

/// An attempt to open what had been sealed, after the destruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Under which key.
    pub key: String,
    /// What came out: that there is no key, or there is no certificate.
    pub outcome: Outcome,
}

/// What came out of an attempt to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No wrapped key was found, so that there is nothing that KMS could be asked to unwrap.
    NoKey,
}

/// What a search of a store found after the destruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreResult {
    /// The store.
    pub store: String,
    /// What was found: nothing, or there is no certificate.
    pub left: u64,
}

/// What another law keeps, apart from everything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What.
    pub what: String,
    /// By which statute.
    pub statute: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// From the entry into the ledger to the destruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// When the destruction was entered.
    pub started_at: DateTime<Utc>,
    /// When nothing was left in the live stores.
    pub destroyed_at: DateTime<Utc>,
    /// When no backup could bring it back; none in a certificate of the first stage.
    pub irrecoverable_at: Option<DateTime<Utc>>,
}

/// The certificate. Whole numbers, texts and times only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The form.
    pub schema_version: String,
    /// Of which destruction.
    pub destruction_id: DestructionId,
    /// Of which case.
    pub case_id: CaseId,
    /// Whose, as an HMAC in hex.
    pub subject_hmac: String,
    /// Why.
    pub ground: Ground,
    /// What there was.
    pub counts: BTreeMap<Category, u64>,
    /// How it was destroyed.
    pub methods: Vec<String>,
    /// What was found afterwards.
    pub stores: Vec<StoreResult>,
    /// What came of trying to open it; none in certificates that were signed before attempts were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// What is kept by law.
    pub kept: Vec<Kept>,
    /// Who holds copies as controllers of their own, since when, and whether they were told.
    pub third_parties: Vec<ThirdParty>,
    /// The privacy policy.
    pub policy_version: String,
    /// Hash of the newest entry of the case's access log.
    pub audit_head: String,
    /// When.
    pub period: Period,
}

impl Certificate {
    /// Of a destruction whose stores were searched and found empty, and where opening was tried and failed. The access log is kept from the entry of the signing on.
    pub fn of(ledger: &Ledger, stores: &[&str], audit_head: &str, signed_at: DateTime<Utc>) -> Self {
        let destroyed_at = ledger.destroyed_at.unwrap_or(signed_at);
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            destruction_id: ledger.id.clone(),
            case_id: ledger.case_id.clone(),
            subject_hmac: ledger.subject_hmac.clone(),
            ground: ledger.ground,
            counts: ledger.counts.clone(),
            methods: METHODS.map(str::to_owned).to_vec(),
            stores: stores.iter().map(|store| StoreResult { store: (*store).to_owned(), left: 0 }).collect(),
            attempts: TRIED.map(|key| Attempt { key: key.to_owned(), outcome: Outcome::NoKey }).to_vec(),
            kept: vec![Kept {
                what: "access log without any content of the case".to_owned(),
                statute: "Standard for Safety Measures of Personal Information (Republic of Korea), Article 8"
                    .to_owned(),
                until: signed_at + TimeDelta::days(LOG_DAYS),
            }],
            third_parties: ledger.third_parties.iter().map(|t| ThirdParty { mail: None, ..t.clone() }).collect(),
            policy_version: POLICY_VERSION.to_owned(),
            audit_head: audit_head.to_owned(),
            period: Period { started_at: ledger.started_at, destroyed_at, irrecoverable_at: ledger.irrecoverable_at },
        }
    }
}
