//! Texts as they are shown.

use chrono::{DateTime, Utc};
use medius_domain::consent::{ConsentText, DataItem, Item, Served, TextLanguage, current_text};
use medius_domain::id::{ProviderId, ServingId};
use serde::Serialize;
use utoipa::ToSchema;

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
