//! Reading what a statute keeps, and sealing it under a key of its own: it outlives the inquiry that it was, and the inquiry's key.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{blob, text};
use crate::keyring::{Keyring, WrappedKey};
use crate::place::{Place, Table};
use crate::seal::Binding;
use crate::snapshot::Snapshot;
use medius_domain::access::Scope;
use medius_domain::id::{InquiryId, Subject};
use medius_domain::policy::Permit;
use medius_domain::statutory::{Said, StatutoryRecord};

/// What was written, as a statute keeps it, sealed, with its wrapped key.
#[derive(Debug, Clone)]
pub struct SealedStatutory {
    pub(crate) key: WrappedKey,
    pub(crate) said: Vec<u8>,
}

pub(crate) fn binding(id: &InquiryId) -> Binding {
    Binding::field(id, &Place::Statutory(id.clone()), "said")
}

impl Keyring {
    /// Seals a record: under a new key where there is none yet.
    pub(crate) async fn seal_statutory(
        &self,
        id: &InquiryId,
        before: Option<&SealedStatutory>,
        said: &Said,
    ) -> Result<SealedStatutory, StoreError> {
        let key = match before {
            Some(sealed) => sealed.key.clone(),
            None => self.create(id).await?,
        };
        let said = self.unwrap(id, &key).await?.seal_form(&binding(id), said)?;
        Ok(SealedStatutory { key, said })
    }

    /// Opens a record.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`] or [`StoreError::Corrupt`].
    pub async fn open_statutory(&self, id: &InquiryId, sealed: &SealedStatutory) -> Result<Said, StoreError> {
        self.unwrap(id, &sealed.key).await?.open_form(&binding(id), &sealed.said)
    }
}

impl Snapshot {
    /// What a statute keeps of an inquiry.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn statutory(&self, id: &InquiryId) -> Result<Option<StatutoryRecord>, StoreError> {
        self.body(&Place::Statutory(id.clone()))
    }

    /// What is sealed of the record of a permit; none for a permit of anything else.
    pub fn sealed_statutory(&self, permit: &Permit) -> Option<SealedStatutory> {
        let Scope::Inquiry(id) = permit.scope() else { return None };
        self.record_beside(id)
    }

    pub(crate) fn record_beside(&self, id: &InquiryId) -> Option<SealedStatutory> {
        let key = self.wrapped(Place::StatutoryKey(id.clone()))?;
        let said = self.item(&Place::Statutory(id.clone())).and_then(|item| blob(item, "said"))?;
        Some(SealedStatutory { key, said })
    }
}

impl Database {
    /// What statutes keep of a patient, the newest first. The index follows the table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn statutory_of(&self, subject: &Subject) -> Result<Vec<StatutoryRecord>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Statutory)?)
            .index_name("by_subject")
            .scan_index_forward(false)
            .key_condition_expression("subject = :subject")
            .expression_attribute_values(":subject", text(subject.as_str()));
        self.all("statutory record", query).await
    }
}
