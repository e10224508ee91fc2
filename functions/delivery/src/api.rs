//! What clients send and get. A link never appears: whoever sees a delivery cannot open the letter by it.

use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::id::{DeliveryId, ProviderId, ReferralId};
use medius_domain::link::{Factor, Link, LinkState};
use medius_domain::provider::Provider;
use medius_store::DeliveryRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An institution as patients see it.
#[derive(Serialize, ToSchema)]
pub struct ProviderView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProviderId,
    /// Name in Korean.
    pub name_ko: String,
    /// Name in English.
    pub name_en: String,
    /// Department in Korean.
    pub department_ko: String,
    /// Department in English.
    pub department_en: String,
    /// Last day of its registration (Asia/Seoul).
    pub registration_expires_on: NaiveDate,
    /// Whether a letter can be sent there today.
    pub may_receive: bool,
}

impl ProviderView {
    /// The view at a moment.
    pub fn new(provider: &Provider, now: DateTime<Utc>) -> Self {
        Self {
            id: provider.id.clone(),
            name_ko: provider.name_ko.clone(),
            name_en: provider.name_en.clone(),
            department_ko: provider.department_ko.clone(),
            department_en: provider.department_en.clone(),
            registration_expires_on: provider.registration_expires_on,
            may_receive: provider.may_receive(now),
        }
    }
}

/// The directory.
#[derive(Serialize, ToSchema)]
pub struct ProviderList {
    /// Institutions, by English name.
    pub items: Vec<ProviderView>,
}

/// A letter to be sent to the institution that it is addressed to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelivery {
    /// The letter.
    #[schema(value_type = String)]
    pub referral_id: ReferralId,
    /// What the institution needs beside the link; `one_time_code` unless said.
    #[serde(default)]
    pub factor: FactorChoice,
}

/// What an institution needs beside the link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorChoice {
    /// A code that is mailed to the institution's mailbox when somebody there asks for it.
    #[default]
    OneTimeCode,
    /// A code that the patient or a coordinator tells the institution by telephone. It is made by
    /// `POST /v1/cases/{case_id}/deliveries/{delivery_id}/access-code`; until then nobody can open the link.
    AccessCode,
}

impl From<FactorChoice> for Factor {
    fn from(choice: FactorChoice) -> Self {
        match choice {
            FactorChoice::OneTimeCode => Self::OneTimeCode,
            FactorChoice::AccessCode => Self::AccessCode,
        }
    }
}

impl From<Factor> for FactorChoice {
    fn from(factor: Factor) -> Self {
        match factor {
            Factor::OneTimeCode => Self::OneTimeCode,
            Factor::AccessCode => Self::AccessCode,
        }
    }
}

/// A new access code, shown this once. The one before ends.
#[derive(Serialize, ToSchema)]
pub struct AccessCodeMade {
    /// Ten characters in two groups, to be told by telephone and never written into a mail.
    #[schema(example = "7KQ2M-9XR4T")]
    pub access_code: String,
    /// When the institution's access ends.
    pub expires_at: DateTime<Utc>,
}

/// Where a delivery stands for its patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryState {
    /// The mail waits to be sent.
    Queued,
    /// The mail is on its way.
    Sent,
    /// The institution's mail server took the mail.
    Delivered,
    /// The institution's mail server does not take the mail for now.
    Delayed,
    /// The institution's mail server refused the mail; a coordinator is told.
    Bounced,
    /// The institution opened the letter.
    Unlocked,
    /// The institution took the letter or its data.
    Downloaded,
    /// The institution said that it received the referral.
    Acknowledged,
    /// The institution said that it does not take the referral.
    Declined,
    /// Too many wrong codes: nobody gets in until a coordinator, who is told, makes the link anew.
    Suspended,
    /// The patient took it back, or withdrew the consent.
    Revoked,
    /// What the letter says was corrected, and a newer letter takes its place.
    Superseded,
    /// Its time ran out before the institution acknowledged.
    Expired,
}

impl DeliveryState {
    /// Derived from the link and the time. What an institution has acknowledged or declined stays so when the link ends.
    pub fn of(link: &Link, now: DateTime<Utc>) -> Self {
        let expired = now >= link.expires_at;
        match link.state {
            LinkState::Revoked => Self::Revoked,
            LinkState::Superseded => Self::Superseded,
            LinkState::Acknowledged => Self::Acknowledged,
            LinkState::Declined => Self::Declined,
            LinkState::Queued
            | LinkState::Sent
            | LinkState::Delivered
            | LinkState::Delayed
            | LinkState::Bounced
            | LinkState::Unlocked
            | LinkState::Downloaded
            | LinkState::Suspended
                if expired =>
            {
                Self::Expired
            }
            LinkState::Queued => Self::Queued,
            LinkState::Sent => Self::Sent,
            LinkState::Delivered => Self::Delivered,
            LinkState::Delayed => Self::Delayed,
            LinkState::Bounced => Self::Bounced,
            LinkState::Unlocked => Self::Unlocked,
            LinkState::Downloaded => Self::Downloaded,
            LinkState::Suspended => Self::Suspended,
        }
    }
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: DeliveryId,
    /// The letter.
    #[schema(value_type = String)]
    pub referral_id: ReferralId,
    /// The institution.
    #[schema(value_type = String)]
    pub recipient: ProviderId,
    /// Where it stands.
    pub state: DeliveryState,
    /// What the institution needs beside the link.
    pub factor: FactorChoice,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the institution's access ends.
    pub expires_at: DateTime<Utc>,
    /// When the mail was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// When the institution's mail server took the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<DateTime<Utc>>,
    /// When the institution's mail server refused the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounced_at: Option<DateTime<Utc>>,
    /// When too many wrong codes closed the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<DateTime<Utc>>,
    /// When the institution first opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlocked_at: Option<DateTime<Utc>>,
    /// When the institution first took a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downloaded_at: Option<DateTime<Utc>>,
    /// When the institution said "received".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Files taken so far.
    pub downloads: u32,
    /// Files that may be taken in all.
    pub max_downloads: u32,
}

impl DeliveryView {
    /// The view of a delivery with its link, at a moment.
    pub fn new(delivery: &DeliveryRecord, link: &Link, now: DateTime<Utc>) -> Self {
        Self {
            id: delivery.id.clone(),
            referral_id: delivery.referral_id.clone(),
            recipient: delivery.provider_id.clone(),
            state: DeliveryState::of(link, now),
            factor: link.factor.into(),
            created_at: delivery.created_at,
            expires_at: link.expires_at,
            sent_at: link.sent_at,
            delivered_at: link.delivered_at,
            bounced_at: link.bounced_at,
            suspended_at: link.suspended_at,
            unlocked_at: link.unlocked_at,
            downloaded_at: link.downloaded_at,
            acknowledged_at: link.acknowledged_at,
            revoked_at: link.revoked_at,
            downloads: link.downloads,
            max_downloads: link.max_downloads,
        }
    }
}

/// The deliveries of a case.
#[derive(Serialize, ToSchema)]
pub struct DeliveryList {
    /// The deliveries, the newest first.
    pub items: Vec<DeliveryView>,
}
