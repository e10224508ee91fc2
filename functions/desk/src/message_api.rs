//! Messages as clients send and get them.

use chrono::{DateTime, Utc};
use medius_domain::access::AccessReason;
use medius_domain::id::MessageId;
use medius_domain::message::MessageText;
use medius_domain::policy::Role;
use medius_store::MessageRecord;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which messages staff ask for, and why.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffMessageParams {
    /// Code of the reason; needed for a case that is not assigned to the asker.
    #[param(value_type = Option<String>)]
    pub reason: Option<AccessReason>,
    /// Only messages sent before this moment (RFC 3339).
    pub before: Option<DateTime<Utc>>,
}

/// Which messages a patient asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageParams {
    /// Only messages sent before this moment (RFC 3339).
    pub before: Option<DateTime<Utc>>,
}

/// A message from staff.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffMessageRequest {
    /// What it says.
    #[schema(value_type = String, max_length = 4000)]
    pub text: MessageText,
    /// Code of the reason; needed for a case that is not assigned to the writer.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub reason: Option<AccessReason>,
}

/// A message from a patient.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageRequest {
    /// What it says.
    #[schema(value_type = String, max_length = 4000)]
    pub text: MessageText,
}

/// A message without what it says: the answer to who sent it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageSent {
    /// Its id.
    #[schema(value_type = String)]
    pub id: MessageId,
    /// As what its author wrote it: `patient`, `coordinator`. Names of staff are not told.
    #[schema(value_type = String)]
    pub from: Role,
    /// When.
    pub sent_at: DateTime<Utc>,
}

impl From<&MessageRecord> for MessageSent {
    fn from(message: &MessageRecord) -> Self {
        Self { id: message.id.clone(), from: message.from, sent_at: message.sent_at }
    }
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Which, from whom, when.
    #[serde(flatten)]
    pub message: MessageSent,
    /// What it says.
    #[schema(value_type = String)]
    pub text: MessageText,
}

/// Messages of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageList {
    /// The newest hundred that were asked for, the oldest of them first.
    pub items: Vec<MessageView>,
    /// Whether older ones exist: ask for those before the first.
    pub more: bool,
}
