//! What the staff's screens get.

use crate::api::CallBackNote;
use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::directory::{ChangeStatus, Field, Ground, ProviderChange};
use medius_domain::id::{ChangeId, ProviderId, Subject};
use medius_domain::person::Email;
use medius_domain::provider::Provider;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a proposal stands: the answer to whoever made or decided it.
#[derive(Serialize, ToSchema)]
pub struct ChangeState {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ChangeId,
    /// The institution.
    #[schema(value_type = String)]
    pub provider_id: ProviderId,
    /// `pending`, `approved`, `rejected`.
    #[schema(value_type = String)]
    pub status: ChangeStatus,
    /// The fields that differ.
    #[schema(value_type = Vec<String>)]
    pub differs: Vec<Field>,
    /// Whether the second person must call the institution back.
    pub needs_call_back: bool,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
}

impl From<&ProviderChange> for ChangeState {
    fn from(change: &ProviderChange) -> Self {
        Self {
            id: change.id.clone(),
            provider_id: change.provider_id.clone(),
            status: change.status,
            differs: change.differs.iter().copied().collect(),
            needs_call_back: change.needs_a_call(),
            proposed_at: change.proposed_at,
        }
    }
}

/// An institution's fields, before or after a change.
#[derive(Serialize, ToSchema)]
pub struct ProviderFields {
    /// Name in Korean.
    pub name_ko: String,
    /// Name in English.
    pub name_en: String,
    /// Department in Korean.
    pub department_ko: String,
    /// Department in English.
    pub department_en: String,
    /// The mailbox that links go to.
    #[schema(value_type = String)]
    pub contact_email: Email,
    /// Registration number.
    pub registration_number: String,
    /// Last day of the registration (Asia/Seoul).
    pub registration_expires_on: NaiveDate,
    /// Whether it takes referrals.
    pub active: bool,
}

impl From<&Provider> for ProviderFields {
    fn from(provider: &Provider) -> Self {
        Self {
            name_ko: provider.name_ko.clone(),
            name_en: provider.name_en.clone(),
            department_ko: provider.department_ko.clone(),
            department_en: provider.department_en.clone(),
            contact_email: provider.contact_email.clone(),
            registration_number: provider.registration_number.clone(),
            registration_expires_on: provider.registration_expires_on,
            active: provider.active,
        }
    }
}

/// How a proposal ended.
#[derive(Serialize, ToSchema)]
pub struct DecisionView {
    /// By whom, as a pseudonym.
    #[schema(value_type = String)]
    pub by: Subject,
    /// When.
    pub at: DateTime<Utc>,
    /// The second person's call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_back: Option<CallBackNote>,
    /// Why it was turned down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub ground: Option<Ground>,
}

/// A proposal with everything that was said about it.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    /// Where it stands.
    #[serde(flatten)]
    pub state: ChangeState,
    /// The institution as it was; absent for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<ProviderFields>,
    /// The institution as it should be.
    pub after: ProviderFields,
    /// Who proposed it, as a pseudonym.
    #[schema(value_type = String)]
    pub proposed_by: Subject,
    /// The proposer's own call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_back: Option<CallBackNote>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionView>,
    /// Whether the institution changed since, so that it can only be rejected and proposed anew.
    pub outdated: bool,
}

impl ChangeView {
    /// The view beside the institution's present revision.
    pub fn new(change: &ProviderChange, current: Option<u64>) -> Self {
        let decision = change.decision.as_ref().map(|d| DecisionView {
            by: d.by.clone(),
            at: d.at,
            call_back: d.call_back.as_ref().map(CallBackNote::from),
            ground: d.ground,
        });
        Self {
            state: ChangeState::from(change),
            before: change.before.as_ref().map(ProviderFields::from),
            after: ProviderFields::from(&change.after),
            proposed_by: change.proposed_by.clone(),
            call_back: change.call_back.as_ref().map(CallBackNote::from),
            decision,
            outdated: change.outdated(current),
        }
    }
}

/// An institution of the directory.
#[derive(Serialize, ToSchema)]
pub struct DirectoryEntry {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProviderId,
    /// Its fields.
    #[serde(flatten)]
    pub fields: ProviderFields,
    /// Whether a letter can be sent there today.
    pub may_receive: bool,
    /// Proposals that wait for a second person.
    pub pending_changes: usize,
}

impl DirectoryEntry {
    /// The entry at a moment.
    pub fn new(provider: &Provider, pending_changes: usize, now: DateTime<Utc>) -> Self {
        Self {
            id: provider.id.clone(),
            fields: ProviderFields::from(provider),
            may_receive: provider.may_receive(now),
            pending_changes,
        }
    }
}

/// The directory.
#[derive(Serialize, ToSchema)]
pub struct DirectoryList {
    /// Institutions, by English name.
    pub items: Vec<DirectoryEntry>,
}

/// An institution with its history.
#[derive(Serialize, ToSchema)]
pub struct DirectoryDetail {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProviderId,
    /// The institution; absent while it is only proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<DirectoryEntry>,
    /// Its proposals, the newest first.
    pub changes: Vec<ChangeView>,
}

/// Proposals over all institutions.
#[derive(Serialize, ToSchema)]
pub struct ChangeList {
    /// The proposals, the oldest first.
    pub items: Vec<ChangeView>,
}
