//! What clients send and get.

use chrono::{DateTime, Utc};
use medius_domain::id::ExplanationId;
use medius_store::ExplanationRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An explanation to be made, of the results and medicines of the case as it is now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExplanation {
    /// In which language: `ko`, `en` or `both`.
    pub language: ReportLanguage,
    /// Whether the patient is pregnant: `yes` or `no`; some ranges differ. Unless said, ranges that depend on it are not used.
    #[serde(default)]
    pub pregnant: Option<Pregnant>,
}

/// The language of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportLanguage {
    /// Korean.
    Ko,
    /// English.
    En,
    /// Korean and English beside each other.
    Both,
}

/// Whether the patient is pregnant.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pregnant {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// An explanation, without what it says: ids, hashes, sizes and times only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplanationView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ExplanationId,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Version of the case that it was made from: if the case has a newer one, a new explanation may say more.
    pub case_version: u64,
    /// SHA-256 of the catalogue that it was made with, hex.
    pub catalogue_sha256: String,
    /// SHA-256 of the report as JSON, hex.
    pub report_sha256: String,
    /// SHA-256 of the PDF, hex.
    pub pdf_sha256: String,
    /// Number of pages.
    pub pages: u32,
    /// Size of the PDF in bytes.
    pub pdf_bytes: u64,
    /// When what it was judged with was corrected: it says something about values that were wrong. Absent while it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<DateTime<Utc>>,
}

impl From<&ExplanationRecord> for ExplanationView {
    fn from(record: &ExplanationRecord) -> Self {
        Self {
            id: record.id.clone(),
            made_at: record.made_at,
            case_version: record.case_version,
            catalogue_sha256: record.catalogue_sha256.clone(),
            report_sha256: record.report_sha256.clone(),
            pdf_sha256: record.pdf_sha256.clone(),
            pages: record.pages,
            pdf_bytes: record.pdf_bytes,
            superseded_at: record.superseded_at,
        }
    }
}

/// The explanations of a case.
#[derive(Serialize, ToSchema)]
pub struct ExplanationList {
    /// The explanations, the newest first.
    pub items: Vec<ExplanationView>,
}
