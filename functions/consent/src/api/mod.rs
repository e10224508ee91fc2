//! What clients send and get: requests here, answers beside.

mod recorded;
mod text;

pub use recorded::{ConsentOverview, CurrentView, EventView, ReaderView};
pub use text::{Catalogue, CatalogueText, PartView, PassageView, ServingView, TextView};

use chrono::{DateTime, Utc};
use medius_domain::code::OneTimeCode;
use medius_domain::consent::{DataItem, Item, TextLanguage};
use medius_domain::id::{ProviderId, ServingId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Asks for a text to be shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServingRequest {
    /// The item: `G1`, `S1`, `E1`, `P`, `PS`, `K1`, or `X1` where something is transferred abroad.
    #[schema(value_type = String)]
    pub item: Item,
    /// The institution, for `P` and `PS`.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub recipient: Option<ProviderId>,
    /// The language of the text: `ko` or `en`.
    #[schema(value_type = String)]
    pub language: TextLanguage,
}

/// Decides about the text that was shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// The serving that the decision is about.
    #[schema(value_type = String)]
    pub serving_id: ServingId,
    /// The decision.
    pub decision: Decision,
    /// The parts of the information that are agreed to, for `P` and `PS`; all of them when left out.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    pub data_items: Option<BTreeSet<DataItem>>,
}

/// The code that the guardian was sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianCodeRequest {
    /// Eight digits; blanks and hyphens do not count.
    #[schema(value_type = String, max_length = 20)]
    pub code: OneTimeCode,
}

/// A code was sent to the guardian.
#[derive(Serialize, ToSchema)]
pub struct GuardianCodeView {
    /// Until when it can be used.
    pub valid_until: DateTime<Utc>,
}

/// The guardian may decide.
#[derive(Serialize, ToSchema)]
pub struct GuardianVerifiedView {
    /// Until when, before another code is needed.
    pub verified_until: DateTime<Utc>,
}

/// Takes an agreement back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalRequest {
    /// The item.
    #[schema(value_type = String)]
    pub item: Item,
    /// The institution, for `P` and `PS`.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub recipient: Option<ProviderId>,
}

/// A decision.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The patient agrees.
    Grant,
    /// The patient does not agree.
    Refuse,
}
