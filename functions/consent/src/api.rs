//! What clients send and get.

use chrono::{DateTime, Utc};
use medius_domain::consent::{
    Action, ConsentActor, ConsentEvent, ConsentText, Current, DataItem, Item, Matter, Served, TextLanguage,
    current_text,
};
use medius_domain::id::{DeliveryId, EventId, ProviderId, ServingId};
use medius_domain::link::{Link, OneTimeCode};
use medius_store::ReferralRecord;
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

/// A passage of a text.
#[derive(Serialize, ToSchema)]
pub struct PassageView {
    /// What it tells: `purpose`, `items`, `retention`, `right_to_refuse`, `recipient`, `recipient_purpose` or
    /// `recipient_retention`.
    #[schema(value_type = String)]
    pub element: medius_domain::consent::Element,
    /// Its heading.
    pub heading: String,
    /// The passage.
    pub text: String,
    /// Whether it must be shown with emphasis (larger by a fifth, bold or coloured).
    pub emphasis: bool,
}

/// A text to be shown.
#[derive(Serialize, ToSchema)]
pub struct TextView {
    /// Its title.
    pub title: String,
    /// Its passages.
    pub elements: Vec<PassageView>,
    /// The words of the button that grants.
    pub grant: String,
    /// The words of the button that refuses.
    pub refuse: String,
}

impl From<ConsentText> for TextView {
    fn from(text: ConsentText) -> Self {
        let passage = |e: medius_domain::consent::TextElement| PassageView {
            element: e.element,
            heading: e.heading,
            text: e.text,
            emphasis: e.emphasis,
        };
        Self {
            title: text.title,
            elements: text.elements.into_iter().map(passage).collect(),
            grant: text.grant,
            refuse: text.refuse,
        }
    }
}

/// A text of the catalogue.
#[derive(Serialize, ToSchema)]
pub struct CatalogueText {
    /// The item.
    #[schema(value_type = String)]
    pub item: Item,
    /// The version that is shown now.
    pub version: u32,
    /// The language.
    #[schema(value_type = String)]
    pub language: TextLanguage,
    /// SHA-256 of the text.
    pub sha256: String,
    /// The text; `{recipient}`, `{department}`, `{country}` and `{contact}` stand for whoever receives.
    pub text: TextView,
}

/// The texts that are shown now.
#[derive(Serialize, ToSchema)]
pub struct Catalogue {
    /// Every item in every language.
    pub items: Vec<CatalogueText>,
}

impl Catalogue {
    /// The catalogue of this build; `abroad` where this deployment transfers anything abroad.
    pub fn current(abroad: bool) -> Self {
        let both = |item| [TextLanguage::Ko, TextLanguage::En].map(|language| (item, language));
        let view = |(item, language)| {
            let text = current_text(item, language);
            let (version, sha256) = (text.version, text.sha256.clone());
            CatalogueText { item, version, language, sha256, text: text.clone().into() }
        };
        let asked = |item: &Item| abroad || *item != Item::X1;
        Self { items: Item::ALL.into_iter().filter(asked).flat_map(both).map(view).collect() }
    }
}

/// A text that was shown: what a decision refers to.
#[derive(Serialize, ToSchema)]
pub struct ServingView {
    /// The serving.
    #[schema(value_type = String)]
    pub serving_id: ServingId,
    /// The item.
    #[schema(value_type = String)]
    pub item: Item,
    /// The institution.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<ProviderId>,
    /// Version of the text.
    pub text_version: u32,
    /// Its language.
    #[schema(value_type = String)]
    pub language: TextLanguage,
    /// Its SHA-256.
    pub text_sha256: String,
    /// When it was shown.
    pub served_at: DateTime<Utc>,
    /// The parts of the information that it speaks about.
    pub data_items: Vec<PartView>,
    /// The text, with the institution's name in it.
    pub text: TextView,
}

/// A part of the patient's information.
#[derive(Serialize, ToSchema)]
pub struct PartView {
    /// Its code.
    #[schema(value_type = String)]
    pub part: DataItem,
    /// What it is called, in the language of the text.
    pub label: &'static str,
    /// Whether it cannot be left out of an agreement.
    pub required: bool,
}

impl ServingView {
    /// The view of a serving and its filled text.
    pub fn new(item: Item, served: &Served, text: ConsentText) -> Self {
        Self {
            serving_id: served.id.clone(),
            item,
            recipient: served.recipient.as_ref().map(|r| r.id.clone()),
            text_version: served.text_version,
            language: served.language,
            text_sha256: served.text_sha256.clone(),
            served_at: served.served_at,
            data_items: item.data_items().iter().map(|part| PartView::new(item, *part, served.language)).collect(),
            text: text.into(),
        }
    }
}

impl PartView {
    fn new(item: Item, part: DataItem, language: TextLanguage) -> Self {
        let (ko, en) = part.label();
        let label = match language {
            TextLanguage::Ko => ko,
            TextLanguage::En => en,
        };
        Self { part, label, required: item.required().contains(&part) }
    }
}

/// A recorded event.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// Place in the case's chain.
    pub seq: u64,
    /// The event.
    #[schema(value_type = String)]
    pub event_id: EventId,
    /// The item.
    #[schema(value_type = String)]
    pub item: Item,
    /// The institution.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<ProviderId>,
    /// What happened: `SERVE`, `GRANT`, `REFUSE`, `WITHDRAW`, `SUPERSEDE` or `EXPIRE`.
    #[schema(value_type = String)]
    pub action: Action,
    /// Version of the text.
    pub text_version: u32,
    /// Its language.
    #[schema(value_type = String)]
    pub language: TextLanguage,
    /// Its SHA-256.
    pub text_sha256: String,
    /// When the text was shown.
    pub served_at: DateTime<Utc>,
    /// When the decision was made.
    pub decided_at: DateTime<Utc>,
    /// When an agreement ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The parts of the information.
    #[schema(value_type = Vec<String>)]
    pub data_items: Vec<DataItem>,
    /// Who decided: `SELF` or `GUARDIAN`.
    #[schema(value_type = String)]
    pub actor: ConsentActor,
    /// Hash of the event before: what makes a changed or missing event show.
    pub previous_hash: String,
}

impl From<&ConsentEvent> for EventView {
    fn from(e: &ConsentEvent) -> Self {
        Self {
            seq: e.seq,
            event_id: e.id.clone(),
            item: e.item,
            recipient: e.recipient.as_ref().map(|r| r.id.clone()),
            action: e.action,
            text_version: e.text_version,
            language: e.language,
            text_sha256: e.text_sha256.clone(),
            served_at: e.served_at,
            decided_at: e.decided_at,
            expires_at: e.expires_at,
            data_items: e.data_items.clone(),
            actor: e.actor,
            previous_hash: e.previous_hash.clone(),
        }
    }
}

/// What is in force about one matter.
#[derive(Serialize, ToSchema)]
pub struct CurrentView {
    /// The item.
    #[schema(value_type = String)]
    pub item: Item,
    /// The institution.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<ProviderId>,
    /// The institution's name, as it was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<String>,
    /// Whether an agreement is in force now.
    pub granted: bool,
    /// Whether the text has a newer version, so that it is asked anew.
    pub superseded: bool,
    /// The last decision.
    #[schema(value_type = String)]
    pub action: Action,
    /// Its event, whose receipt can be fetched.
    #[schema(value_type = String)]
    pub event_id: EventId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when, where it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Who decided: `SELF` or `GUARDIAN`.
    #[schema(value_type = String)]
    pub actor: ConsentActor,
    /// The parts of the information.
    #[schema(value_type = Vec<String>)]
    pub data_items: Vec<DataItem>,
    /// Version of the text that was decided about.
    pub text_version: u32,
    /// Its language.
    #[schema(value_type = String)]
    pub language: TextLanguage,
    /// The very words that were decided about.
    pub text: TextView,
}

impl CurrentView {
    /// The view of a matter's last decision with its words.
    pub fn new(matter: &Matter, current: &Current, event: &ConsentEvent, text: ConsentText, granted: bool) -> Self {
        Self {
            item: matter.item(),
            recipient: matter.recipient().cloned(),
            recipient_name: event.recipient.as_ref().map(|r| r.name.clone()),
            granted,
            superseded: current.text_version != current_text(matter.item(), current.language).version,
            action: current.action,
            event_id: current.event.clone(),
            since: current.decided_at,
            until: current.expires_at,
            actor: current.actor,
            data_items: current.data_items.iter().copied().collect(),
            text_version: current.text_version,
            language: current.language,
            text: text.into(),
        }
    }
}

/// Somebody who may read now.
#[derive(Serialize, ToSchema)]
pub struct ReaderView {
    /// `institution` or `staff`.
    pub who: &'static str,
    /// The institution.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<ProviderId>,
    /// Its name, as it was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The delivery that can be taken back.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<DeliveryId>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// What is in the letter.
    #[schema(value_type = Vec<String>)]
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub data_items: BTreeSet<DataItem>,
}

impl ReaderView {
    /// An institution with a live link.
    pub fn institution(link: &Link, letter: &ReferralRecord, events: &[ConsentEvent]) -> Self {
        let named = events.iter().rev().filter_map(|e| e.recipient.as_ref()).find(|r| r.id == link.provider_id);
        Self {
            who: "institution",
            recipient: Some(link.provider_id.clone()),
            name: named.map(|r| r.name.clone()),
            delivery_id: Some(link.delivery_id.clone()),
            until: Some(link.expires_at),
            data_items: letter.items.clone(),
        }
    }

    /// A member of staff who looks after the case.
    pub fn staff() -> Self {
        let items = BTreeSet::new();
        Self { who: "staff", recipient: None, name: None, delivery_id: None, until: None, data_items: items }
    }
}

/// What the patient agreed to, who may read now, and how it came about.
#[derive(Serialize, ToSchema)]
pub struct ConsentOverview {
    /// Who decides now: `SELF`, or `GUARDIAN` until the 14th birthday.
    #[schema(value_type = String)]
    pub must_decide: ConsentActor,
    /// The last decision about each matter.
    pub current: Vec<CurrentView>,
    /// Who may read now.
    pub may_read_now: Vec<ReaderView>,
    /// Every event, oldest first.
    pub events: Vec<EventView>,
}
