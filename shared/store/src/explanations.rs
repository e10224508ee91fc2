//! Explanations of a patient's records. What they say lies sealed in the documents bucket; here is what may be seen without
//! opening it, with its write and its list.

use crate::change::{Change, Kind, PRESENT};
use crate::database::Database;
use crate::error::{Conflict, StoreError};
use crate::item::encode;
use crate::place::{Place, Table};
use crate::snapshot::Snapshot;
use chrono::{DateTime, Utc};
use medius_domain::case::Case;
use medius_domain::id::{CaseId, EventId, ExplanationId};
use serde::{Deserialize, Serialize};

/// An explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplanationRecord {
    /// Its id.
    pub id: ExplanationId,
    /// The case.
    pub case_id: CaseId,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Version of the case that it was made from.
    pub case_version: u64,
    /// The consents that it rests on.
    pub basis: Vec<EventId>,
    /// SHA-256 of the catalogue that it was made with, hex.
    pub catalogue_sha256: String,
    /// SHA-256 of the report as JSON, hex; also the object's name.
    pub report_sha256: String,
    /// SHA-256 of the PDF, hex; also the object's name.
    pub pdf_sha256: String,
    /// Size of the PDF in bytes.
    pub pdf_bytes: u64,
    /// Number of pages.
    pub pages: u32,
    /// When what it was judged with was corrected: from then on it says something about values that were wrong.
    #[serde(default)]
    pub superseded_at: Option<DateTime<Utc>>,
}

impl Change {
    /// A new explanation.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_explanation(&mut self, explanation: &ExplanationRecord, case: &Case) -> Result<(), StoreError> {
        let place = Place::Explanation(case.id.clone(), explanation.id.clone());
        let item = encode(&place, explanation, Some(case.expires_at), [])?;
        self.create(place, item);
        Ok(())
    }

    /// An explanation that is there, changed: what it says stays, what is said about it changes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_explanation(&mut self, explanation: &ExplanationRecord, case: &Case) -> Result<(), StoreError> {
        let place = Place::Explanation(case.id.clone(), explanation.id.clone());
        let item = encode(&place, explanation, Some(case.expires_at), [])?;
        self.push(place, Kind::Put(item), PRESENT, [], Conflict::Version);
        Ok(())
    }
}

impl Snapshot {
    /// An explanation that was read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn explanation(&self, case: &CaseId, id: &ExplanationId) -> Result<Option<ExplanationRecord>, StoreError> {
        self.body(&Place::Explanation(case.clone(), id.clone()))
    }
}

impl Database {
    /// The explanations of a case.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn explanations(&self, case: &CaseId) -> Result<Vec<ExplanationRecord>, StoreError> {
        self.list("explanation", Table::Cases, Place::Case(case.clone()).pk(), Place::EXPLANATIONS).await
    }
}
