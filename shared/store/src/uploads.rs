//! Reading where files stand: one, those of an owner, and those that somebody has to look at.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{text, time};
use crate::keyring::WrappedKey;
use crate::place::{Place, Table};
use crate::snapshot::Snapshot;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::id::UploadId;
use medius_domain::policy::Permit;
use medius_domain::upload::{Owner, Upload};

/// The part of the index in which files stand that have not come or were not checked; a settled file stands in none.
pub(crate) const CHECK: &str = "check";

/// How much longer than its owner's end, as it stood when the file came, a record lies there: an inquiry that goes on ends
/// later. A record holds ids, states and times only; the file itself goes with its owner.
pub(crate) fn spare(owner: &Owner) -> TimeDelta {
    match owner {
        Owner::Case(_) => TimeDelta::zero(),
        Owner::Right(_) => TimeDelta::days(30),
        Owner::Inquiry(_) => TimeDelta::days(731),
    }
}

impl Snapshot {
    /// A file.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn upload(&self, owner: &Owner, id: &UploadId) -> Result<Option<Upload>, StoreError> {
        self.body(&Place::Upload(owner.clone(), id.clone()))
    }

    /// Until when a file is kept, for who writes its record again without knowing its owner.
    pub fn upload_kept_until(&self, owner: &Owner, id: &UploadId) -> Option<DateTime<Utc>> {
        let item = self.item(&Place::Upload(owner.clone(), id.clone()))?;
        let seconds = item.get("expires_at")?.as_n().ok()?.parse().ok()?;
        DateTime::from_timestamp(seconds, 0).map(|at| at - spare(owner))
    }

    /// The wrapped key of an owner of files, for a permit of that owner; none after shredding. A request about rights may
    /// stand in its case's chain.
    pub fn owner_key(&self, permit: &Permit, owner: &Owner) -> Option<WrappedKey> {
        let fits = match owner {
            Owner::Case(_) | Owner::Inquiry(_) => *permit.scope() == owner.scope(),
            Owner::Right(_) => true,
        };
        fits.then(|| self.wrapped(Place::owner_key(owner))).flatten()
    }
}

impl Database {
    /// The files of an owner, in the order in which they were announced.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn uploads(&self, owner: &Owner) -> Result<Vec<Upload>, StoreError> {
        let mut found: Vec<Upload> =
            self.list("upload", Table::Uploads, Place::owner_pk(owner), Place::UPLOADS).await?;
        found.sort_by_key(|upload| upload.number);
        Ok(found)
    }

    /// Files that have not come or were not checked by their time, the oldest first. All of them: some that fail again and again
    /// must not stand before the rest.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn unsettled_uploads(&self, until: DateTime<Utc>) -> Result<Vec<Upload>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Uploads)?)
            .index_name("by_due")
            .key_condition_expression("due = :due AND due_at <= :until")
            .expression_attribute_values(":due", text(CHECK))
            .expression_attribute_values(":until", text(time(until)));
        let mut items = query.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
            found.push(crate::item::decode("upload", &item)?);
        }
        Ok(found)
    }
}
