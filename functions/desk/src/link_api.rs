//! Links to institutions as coordinators make them anew. The link itself never appears.

use chrono::{DateTime, Utc};
use medius_domain::access::AccessReason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a coordinator steps in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// Code of the reason; needed for a case that is not assigned to who asks.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub reason: Option<AccessReason>,
}

/// A new access code, shown this once, to be told to the institution by telephone. The one before ends.
#[derive(Serialize, ToSchema)]
pub struct StaffAccessCode {
    /// Ten characters in two groups.
    #[schema(example = "7KQ2M-9XR4T")]
    pub access_code: String,
    /// When the institution's access ends.
    pub expires_at: DateTime<Utc>,
}
