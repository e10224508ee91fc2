//! Moving the end of everything about a case: one sweep over all that belongs to it, so that nothing outlives the case and
//! nothing is missing while it lives. Also the one way to make a case invisible before its destruction.

use crate::commit::{ATTEMPTS, pause};
use crate::database::Database;
use crate::error::{Conflict, StoreError};
use crate::item::{Item, decode, key, number};
use crate::place::{Place, Table};
use crate::records::{DeliveryRecord, ReferralRecord};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use chrono::{DateTime, Utc};
use medius_domain::case::Case;
use medius_domain::id::{CaseId, DocumentNumber, LinkId};

/// What lies in other partitions than the case's own.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    pub(crate) links: Vec<LinkId>,
    pub(crate) documents: Vec<DocumentNumber>,
}

impl Elsewhere {
    /// By the deliveries and letters among the items of a case.
    pub(crate) fn of(items: &[Item]) -> Result<Self, StoreError> {
        let mut found = Self::default();
        for item in items {
            let Some(sk) = sort_key(item) else { continue };
            if sk.starts_with(Place::DELIVERIES) {
                found.links.push(decode::<DeliveryRecord>("delivery", item)?.link_id);
            } else if sk.starts_with(Place::REFERRALS) {
                found.documents.push(decode::<ReferralRecord>("referral", item)?.document_number);
            }
        }
        Ok(found)
    }
}

pub(crate) fn sort_key(item: &Item) -> Option<&str> {
    item.get("sk")?.as_s().ok().map(String::as_str)
}

/// The key of an item that was read.
pub(crate) fn key_of(item: &Item) -> Item {
    ["pk", "sk"].into_iter().filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
}

impl Database {
    /// Moves the end of everything about a case but the case's own item, which moves with its version. Codes and sessions
    /// keep their own, shorter ends. A repeat changes nothing more.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn retime(&self, case: &CaseId, until: DateTime<Utc>) -> Result<(), StoreError> {
        let pk = Place::Case(case.clone()).pk();
        let own = self.raw_items(Table::Cases, pk.clone()).await?;
        let elsewhere = Elsewhere::of(&own)?;
        for item in own.iter().filter(|item| sort_key(item) != Some("CASE")) {
            self.move_end(Table::Cases, key_of(item), until).await?;
        }
        for table in [Table::Consents, Table::Uploads, Table::Keys] {
            for item in self.raw_items(table, pk.clone()).await? {
                self.move_end(table, key_of(&item), until).await?;
            }
        }
        for place in elsewhere.links.into_iter().map(Place::Link) {
            self.move_end(place.table(), key(&place), until).await?;
        }
        // A document's partition has the marks of its recipients' copies, too.
        for document in elsewhere.documents.into_iter().map(Place::Document) {
            for item in self.raw_items(document.table(), document.pk()).await? {
                self.move_end(document.table(), key_of(&item), until).await?;
            }
        }
        Ok(())
    }

    async fn move_end(&self, table: Table, key: Item, until: DateTime<Utc>) -> Result<(), StoreError> {
        for attempt in 1..=ATTEMPTS {
            let update = self
                .client
                .update_item()
                .table_name(self.tables.name(table)?)
                .set_key(Some(key.clone()))
                .update_expression("SET expires_at = :until")
                // What is gone must not come back as a key with an end.
                .condition_expression("attribute_exists(pk) AND expires_at <> :until")
                .expression_attribute_values(":until", number(until.timestamp()));
            let Err(error) = update.send().await else { return Ok(()) };
            match error.as_service_error() {
                Some(e) if e.is_conditional_check_failed_exception() => return Ok(()),
                Some(e) if e.code() == Some("TransactionConflictException") => pause(attempt).await,
                Some(_) | None => return Err(StoreError::service("DynamoDB", "UpdateItem", &error)),
            }
        }
        Err(StoreError::Conflict(Conflict::Busy))
    }

    /// Ends a case at this moment, if it is still the version that was decided on: no read sees it any more, and every write
    /// that was decided on it fails. What follows is its destruction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the case changed meanwhile.
    pub async fn condemn(&self, case: &Case) -> Result<(), StoreError> {
        let now = self.now().timestamp();
        let update = self
            .client
            .update_item()
            .table_name(self.tables.name(Table::Cases)?)
            .set_key(Some(key(&Place::Case(case.id.clone()))))
            .update_expression("SET expires_at = :now, version = :condemned")
            .condition_expression("version = :expected OR version = :condemned")
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":expected", number(case.version))
            // No version that anybody can have read.
            .expression_attribute_values(":condemned", number(-1));
        match update.send().await {
            Ok(_) => Ok(()),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Err(StoreError::Conflict(Conflict::Version))
            }
            Err(e) => Err(StoreError::service("DynamoDB", "UpdateItem", &e)),
        }
    }
}
