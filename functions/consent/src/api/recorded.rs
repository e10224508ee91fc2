//! Decisions as they are on record, and what follows from them.

use super::TextView;
use chrono::{DateTime, Utc};
use medius_domain::consent::{
    Action, ConsentActor, ConsentEvent, ConsentText, Current, DataItem, Item, Matter, TextLanguage, current_text,
};
use medius_domain::id::{DeliveryId, EventId, ProviderId};
use medius_domain::link::Link;
use medius_store::ReferralRecord;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

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
