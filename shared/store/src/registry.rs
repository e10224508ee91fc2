//! Reading what staff keep about institutions and about themselves: proposed changes, revisions, members.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::text;
use crate::place::{Place, Table};
use crate::snapshot::Snapshot;
use medius_domain::directory::{ChangeStatus, ProviderChange};
use medius_domain::id::{ChangeId, ProviderId, Subject};
use medius_domain::member::Member;
use medius_domain::provider::Provider;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Places that one transaction reads.
const READ_AT_ONCE: usize = 100;

/// An institution with its revision, as it is stored. Readers that only send letters see the institution in it.
#[derive(Serialize)]
pub(crate) struct Revised<'a> {
    #[serde(flatten)]
    pub(crate) provider: &'a Provider,
    pub(crate) rev: u64,
}

/// The revision alone; what was seeded has none, which counts as 0.
#[derive(Deserialize)]
struct Revision {
    #[serde(default)]
    rev: u64,
}

impl Snapshot {
    /// An institution with its revision.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn provider_revision(&self, id: &ProviderId) -> Result<Option<(Provider, u64)>, StoreError> {
        let rev = self.body::<Revision>(&Place::Provider(id.clone()))?;
        Ok(self.provider(id)?.zip(rev.map(|r| r.rev)))
    }

    /// A proposed change.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn provider_change(&self, provider: &ProviderId, id: &ChangeId) -> Result<Option<ProviderChange>, StoreError> {
        self.body(&Place::ProviderChange(provider.clone(), id.clone()))
    }

    /// What is recorded about a member of staff.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn member(&self, subject: &Subject) -> Result<Option<Member>, StoreError> {
        self.body(&Place::Member(subject.clone()))
    }
}

impl Database {
    /// The changes of an institution, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn provider_changes(&self, id: &ProviderId) -> Result<Vec<ProviderChange>, StoreError> {
        let pk = Place::Provider(id.clone()).pk();
        let items = self.items(Table::Directory, pk, Place::CHANGES).await?;
        let read = |item| crate::item::decode("provider change", item);
        let mut found: Vec<ProviderChange> = items.iter().map(read).collect::<Result<_, _>>()?;
        found.sort_by(|a, b| (b.proposed_at, b.id.as_str()).cmp(&(a.proposed_at, a.id.as_str())));
        Ok(found)
    }

    /// The changes of a status over all institutions, the oldest first. The index follows the table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn changes_in(&self, status: ChangeStatus) -> Result<Vec<ProviderChange>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Directory)?)
            .index_name("by_status")
            .key_condition_expression("#status = :status")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(status.code()));
        self.all("provider change", query).await
    }

    /// The present revisions of institutions; none for one that is not there.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn provider_revisions(&self, ids: &[ProviderId]) -> Result<HashMap<ProviderId, u64>, StoreError> {
        let mut found = HashMap::new();
        for some in ids.chunks(READ_AT_ONCE) {
            let snapshot = self.read(some.iter().map(|id| Place::Provider(id.clone()))).await?;
            for id in some {
                if let Some((_, rev)) = snapshot.provider_revision(id)? {
                    found.insert(id.clone(), rev);
                }
            }
        }
        Ok(found)
    }

    /// What is recorded about members of staff, for those of whom anything is.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn members(&self, subjects: &[Subject]) -> Result<HashMap<Subject, Member>, StoreError> {
        let mut found = HashMap::new();
        for some in subjects.chunks(READ_AT_ONCE) {
            let snapshot = self.read(some.iter().map(|s| Place::Member(s.clone()))).await?;
            for subject in some {
                if let Some(member) = snapshot.member(subject)? {
                    found.insert(subject.clone(), member);
                }
            }
        }
        Ok(found)
    }
}
