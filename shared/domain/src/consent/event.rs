//! Consent events: append-only, chained per case. What follows from them is in [`super::head`].

use super::{DataItem, Item, TextLanguage};
use crate::id::{CaseId, EventId, ProviderId, ServingId, Subject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// A text was shown.
    Serve,
    /// It was agreed.
    Grant,
    /// It was not agreed.
    Refuse,
    /// An agreement was taken back.
    Withdraw,
    /// The text has a newer version: the agreement to the old one no longer counts.
    Supersede,
    /// The agreement's time is over.
    Expire,
}

/// How a decision was made (Enforcement Decree Art. 17(2): a mark on a web page is a valid method).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A choice on a page or in an app, sent by the signed-in patient.
    Electronic,
    /// By the service itself: a newer text, or the end of a term.
    Automatic,
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ConsentActor {
    /// The patient.
    #[serde(rename = "SELF")]
    Patient,
    /// The guardian of a child under 14.
    #[serde(rename = "GUARDIAN")]
    Guardian,
}

/// How it was made sure who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// The sign-in.
    SignIn,
    /// The sign-in, and a one-time code to the guardian's mailbox within the hour before.
    SignInAndGuardianCode,
}

/// Who receives, as it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The institution.
    pub id: ProviderId,
    /// Its name and department in the language of the text.
    pub name: String,
    /// What it uses the information for, in the words of the text.
    pub purpose: String,
    /// How long it keeps the information, in the words of the text.
    pub retention: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentEvent {
    /// Place in the case's chain, from 1.
    pub seq: u64,
    /// Its id.
    pub id: EventId,
    /// Whose consent.
    pub subject: Subject,
    /// The case.
    pub case: CaseId,
    /// What it is about.
    pub item: Item,
    /// Who receives, for provision.
    pub recipient: Option<Recipient>,
    /// The parts of the information: for a grant those agreed to, else those that the text speaks about.
    pub data_items: Vec<DataItem>,
    /// What happened.
    pub action: Action,
    /// The serving that it is about.
    pub serving: Option<ServingId>,
    /// Version of the text.
    pub text_version: u32,
    /// Language of the text.
    pub language: TextLanguage,
    /// SHA-256 of the text.
    pub text_sha256: String,
    /// When the text was shown.
    pub served_at: DateTime<Utc>,
    /// When the decision was made; for a serving the same moment.
    pub decided_at: DateTime<Utc>,
    /// When an agreement ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// How.
    pub method: Method,
    /// By whom.
    pub actor: ConsentActor,
    /// How that was made sure.
    pub verification: Verification,
    /// Hash of the event before.
    pub previous_hash: String,
}
