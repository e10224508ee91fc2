//! What clients send and get.

use chrono::{DateTime, Utc};
use medius_domain::consent::{
    Action, ConsentEvent, ConsentHead, ConsentText, Item, Served, TextLanguage, current_text,
};
use medius_domain::id::{EventId, ProviderId, ServingId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for a text to be shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServingRequest {
    /// The item: `G1`, `S1`, `P` or `PS`.
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
    /// The text; `{recipient}` and `{department}` stand for the institution.
    pub text: TextView,
}

/// The texts that are shown now.
#[derive(Serialize, ToSchema)]
pub struct Catalogue {
    /// Every item in every language.
    pub items: Vec<CatalogueText>,
}

impl Catalogue {
    /// The catalogue of this build.
    pub fn current() -> Self {
        let both = |item| [TextLanguage::Ko, TextLanguage::En].map(|language| (item, language));
        let view = |(item, language)| {
            let text = current_text(item, language);
            let (version, sha256) = (text.version, text.sha256.clone());
            CatalogueText { item, version, language, sha256, text: text.clone().into() }
        };
        Self { items: Item::ALL.into_iter().flat_map(both).map(view).collect() }
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
    /// The text, with the institution's name in it.
    pub text: TextView,
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
            text: text.into(),
        }
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
    /// What happened: `SERVE`, `GRANT`, `REFUSE` or `WITHDRAW`.
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
    /// Whether an agreement is in force.
    pub granted: bool,
    /// The last decision.
    #[schema(value_type = String)]
    pub action: Action,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Version of the text that was decided about.
    pub text_version: u32,
}

/// What the patient agreed to, and how it came about.
#[derive(Serialize, ToSchema)]
pub struct ConsentOverview {
    /// What is in force.
    pub current: Vec<CurrentView>,
    /// Every event, oldest first.
    pub events: Vec<EventView>,
}

impl ConsentOverview {
    /// The overview of a case.
    pub fn new(head: &ConsentHead, events: &[ConsentEvent]) -> Self {
        let view =
            |(matter, current): (&medius_domain::consent::Matter, &medius_domain::consent::Current)| CurrentView {
                item: matter.item(),
                recipient: matter.recipient().cloned(),
                granted: head.granted(matter).is_some(),
                action: current.action,
                since: current.decided_at,
                text_version: current.text_version,
            };
        Self { current: head.current.iter().map(view).collect(), events: events.iter().map(Into::into).collect() }
    }
}
