//! What clients send and get.

use chrono::{DateTime, Utc};
use medius_domain::id::{DocumentNumber, ProviderId, ReferralId, TaskId};
use medius_store::ReferralRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A letter to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReferral {
    /// The institution that it is addressed to, from `GET /v1/providers`.
    #[schema(value_type = String)]
    pub recipient: ProviderId,
}

/// A letter, without what it says: ids, hashes, sizes and times only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReferralView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ReferralId,
    /// Its number on paper.
    #[schema(value_type = String)]
    pub document_number: DocumentNumber,
    /// The institution that it is addressed to.
    #[schema(value_type = String)]
    pub recipient: ProviderId,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// Version of the case that it was made from.
    pub case_version: u64,
    /// SHA-256 of the PDF, hex.
    pub pdf_sha256: String,
    /// SHA-256 of the FHIR Bundle, hex: printed on the letter and carried by its QR code.
    pub bundle_sha256: String,
    /// Number of pages.
    pub pages: u32,
    /// Size of the PDF in bytes.
    pub pdf_bytes: u64,
    /// The request that it belongs to; in the answer to its making.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
}

impl From<&ReferralRecord> for ReferralView {
    fn from(letter: &ReferralRecord) -> Self {
        Self {
            id: letter.id.clone(),
            document_number: letter.document_number.clone(),
            recipient: letter.recipient.clone(),
            issued_at: letter.issued_at,
            case_version: letter.case_version,
            pdf_sha256: letter.pdf_sha256.clone(),
            bundle_sha256: letter.bundle_sha256.clone(),
            pages: letter.pages,
            pdf_bytes: letter.pdf_bytes,
            task_id: None,
        }
    }
}

/// The letters of a case.
#[derive(Serialize, ToSchema)]
pub struct ReferralList {
    /// The letters, the newest first.
    pub items: Vec<ReferralView>,
}
