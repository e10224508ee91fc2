//! The destroyer: removes everything about a case from every store, one kind after the other. Each part can be repeated, by
//! itself or by two at once: what is gone is gone. Only the role of retention may delete what these calls delete.

mod copies;
mod files;
mod objects;
mod target;

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{Item, decode, text};
use crate::place::{Place, Table};
use crate::records::{MailAbout, MailRecord, MailStatus, ReferralRecord};
use crate::retime::{Elsewhere, key_of, sort_key};
use aws_sdk_s3::Client;
use medius_domain::destruction::{Category, Ledger, ThirdParty};
use medius_domain::id::{CaseId, DocumentNumber, ReferralId};
use medius_domain::link::Link;
use medius_domain::provider::Provider;
use objects::Objects;
use std::collections::HashMap;
use target::{Target, exports, letters, pk};

/// The stores that are searched at the end, as the certificate names them.
pub const STORES: [&str; 8] = ["documents", "exports", "cases", "consents", "uploads", "links", "outbox", "keys"];

/// How far a sweep got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// What was removed.
    pub removed: u64,
    /// Whether everything was looked at before the time was over.
    pub whole: bool,
}

/// Removes what belongs to cases.
#[derive(Clone)]
pub struct Destroyer {
    db: Database,
    s3: Client,
    bucket: String,
}

fn count<T>(found: &[T]) -> u64 {
    u64::try_from(found.len()).unwrap_or(u64::MAX)
}

/// The numbers of a case's letters, by the ids that links know.
fn letters_by_id(own: &[Item]) -> Result<HashMap<ReferralId, DocumentNumber>, StoreError> {
    let referrals = own.iter().filter(|item| sort_key(item).is_some_and(|sk| sk.starts_with(Place::REFERRALS)));
    let read = |item| decode::<ReferralRecord>("referral", item).map(|letter| (letter.id, letter.document_number));
    referrals.map(read).collect()
}

impl Destroyer {
    /// With the tables and the documents bucket.
    pub const fn new(db: Database, s3: Client, bucket: String) -> Self {
        Self { db, s3, bucket }
    }

    /// Counts what there is, and notes what lies in partitions of its own and who holds copies: the last moment at which
    /// the deliveries can tell.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn take_stock(&self, ledger: &mut Ledger) -> Result<(), StoreError> {
        let case = ledger.case_id.clone();
        let own = self.db.raw_items(Table::Cases, pk(&case)).await?;
        self.note_elsewhere(ledger, &own)?;
        let files = self.db.raw_items(Table::Uploads, pk(&case)).await?;
        ledger.count(Category::CaseItems, count(&own) + count(&files));
        ledger.count(Category::DocumentItems, count(&ledger.documents));
        ledger.count(Category::ConsentItems, count(&self.db.raw_items(Table::Consents, pk(&case)).await?));
        ledger.count(Category::WrappedKeys, count(&self.db.raw_items(Table::Keys, pk(&case)).await?));
        let letters_of_case = letters_by_id(&own)?;
        let mut links = 0;
        for id in ledger.links.clone() {
            let items = self.db.raw_items(Table::Links, Place::Link(id).pk()).await?;
            links += count(&items);
            for item in items.iter().filter(|item| sort_key(item) == Some("LINK")) {
                self.note_third_party(ledger, decode("link", item)?, &letters_of_case).await?;
            }
        }
        ledger.count(Category::LinkItems, links);
        let objects = self.listed(&letters(&case)).await?;
        note_objects(ledger, &objects);
        ledger.count(Category::ExportVersions, count(&self.listed(&exports(&case)).await?.versions));
        Ok(())
    }

    fn note_elsewhere(&self, ledger: &mut Ledger, own: &[Item]) -> Result<(), StoreError> {
        let elsewhere = Elsewhere::of(own)?;
        for link in elsewhere.links {
            if !ledger.links.contains(&link) {
                ledger.links.push(link);
            }
        }
        for document in elsewhere.documents {
            if !ledger.documents.contains(&document) {
                ledger.documents.push(document);
            }
        }
        Ok(())
    }

    async fn note_third_party(
        &self,
        ledger: &mut Ledger,
        link: Link,
        letters: &HashMap<ReferralId, DocumentNumber>,
    ) -> Result<(), StoreError> {
        // Who never was sent the link holds nothing.
        let Some(provided_at) = link.sent_at else { return Ok(()) };
        let item = self.db.raw(&Place::Provider(link.provider_id.clone())).await?;
        let provider: Option<Provider> = item.map(|item| decode("provider", &item)).transpose()?;
        let name = provider.map_or_else(|| link.provider_id.to_string(), |p| p.name_en);
        let documents = letters.get(&link.referral_id).cloned().into_iter().collect();
        let provider_id = link.provider_id;
        ledger.provided(ThirdParty { provider_id, name, provided_at, documents, told_at: None, mail: None });
        Ok(())
    }

    /// Removes every version, marker and unfinished upload of the case's letters.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn objects(&self, ledger: &mut Ledger) -> Result<(), StoreError> {
        let objects = self.listed(&letters(&ledger.case_id)).await?;
        note_objects(ledger, &objects);
        self.remove(&objects).await
    }

    /// Removes every version of the case's export archives.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn exports(&self, ledger: &mut Ledger) -> Result<(), StoreError> {
        let objects = self.listed(&exports(&ledger.case_id)).await?;
        ledger.count(Category::ExportVersions, count(&objects.versions));
        self.remove(&objects).await
    }

    /// Removes every item about the case but its keys: first what lies elsewhere, last the case itself, which is what the
    /// way to the rest begins with.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn items(&self, ledger: &mut Ledger) -> Result<(), StoreError> {
        let case = ledger.case_id.clone();
        let mut own = self.db.raw_items(Table::Cases, pk(&case)).await?;
        self.note_elsewhere(ledger, &own)?;
        let files = self.db.raw_items(Table::Uploads, pk(&case)).await?;
        ledger.count(Category::CaseItems, count(&own) + count(&files));
        self.delete_all(Table::Uploads, &files).await?;
        ledger.count(Category::DocumentItems, count(&ledger.documents));
        let mut links = 0;
        for id in ledger.links.clone() {
            let items = self.db.raw_items(Table::Links, Place::Link(id).pk()).await?;
            links += count(&items);
            self.delete_all(Table::Links, &items).await?;
        }
        ledger.count(Category::LinkItems, links);
        for number in &ledger.documents {
            let items = self.db.raw_items(Table::Cases, Place::Document(number.clone()).pk()).await?;
            self.delete_all(Table::Cases, &items).await?;
        }
        let consents = self.db.raw_items(Table::Consents, pk(&case)).await?;
        ledger.count(Category::ConsentItems, count(&consents));
        self.delete_all(Table::Consents, &consents).await?;
        let mails = self.waiting_mails(&case).await?;
        ledger.count(Category::Mails, count(&mails));
        self.delete_all(Table::Outbox, &mails).await?;
        own.sort_by_key(|item| sort_key(item) == Some("CASE"));
        self.delete_all(Table::Cases, &own).await
    }

    /// Removes the wrapped keys of the case: from now on nothing that was sealed for it opens.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn keys(&self, ledger: &mut Ledger) -> Result<(), StoreError> {
        let keys = self.db.raw_items(Table::Keys, pk(&ledger.case_id)).await?;
        ledger.count(Category::WrappedKeys, count(&keys));
        self.delete_all(Table::Keys, &keys).await
    }

    /// Everything once more, for tables that were restored from a backup.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn again(&self, ledger: &Ledger) -> Result<(), StoreError> {
        let mut ledger = ledger.clone();
        self.objects(&mut ledger).await?;
        self.items(&mut ledger).await?;
        self.exports(&mut ledger).await?;
        self.keys(&mut ledger).await
    }

    /// Searches every store and counts what is left.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn left(&self, ledger: &Ledger) -> Result<u64, StoreError> {
        let (target, mut left) = (Target::of(ledger), 0);
        for prefix in &target.prefixes {
            let found = self.listed(prefix).await?;
            left += count(&found.versions) + count(&found.uploads);
        }
        for (table, pk) in target.partitions {
            left += count(&self.db.raw_items(table, pk).await?);
        }
        Ok(left + count(&self.waiting_mails(&ledger.case_id).await?))
    }

    /// Tries to open what was sealed for the case, in the way in which every reader begins: with the wrapped key, of the data and of
    /// the contact card, also past its end. Without one nobody has anything that KMS could be asked to unwrap, and the attempt has
    /// failed. Where one is found it counts as opened: retention itself may unwrap nothing, but others may.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn opens(&self, case: &CaseId) -> Result<bool, StoreError> {
        let places = [Place::DataKey(case.clone()), Place::ContactKey(case.clone())];
        let snapshot = self.db.read_past_end(places.clone()).await?;
        Ok(places.into_iter().any(|place| snapshot.wrapped(place).is_some()))
    }

    async fn delete_all(&self, table: Table, items: &[Item]) -> Result<(), StoreError> {
        for item in items {
            let delete = self.db.client.delete_item().table_name(self.db.tables.name(table)?);
            let delete = delete.set_key(Some(key_of(item)));
            delete.send().await.map_err(|e| StoreError::service("DynamoDB", "DeleteItem", &e))?;
        }
        Ok(())
    }

    /// Mails about the case that have not gone out. What went out expires after a week and holds references only, and so does
    /// the word to institutions that the case is destroyed, which goes out afterwards.
    async fn waiting_mails(&self, case: &CaseId) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        for status in [MailStatus::Pending, MailStatus::Sending] {
            let query = self
                .db
                .client
                .query()
                .table_name(self.db.tables.name(Table::Outbox)?)
                .index_name("by_status")
                .key_condition_expression("#status = :status")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", text(status.as_str()));
            let mut items = query.into_paginator().items().send();
            while let Some(item) = items.next().await {
                let item = item.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
                let mail = decode::<MailRecord>("mail", &item)?;
                let last_word = matches!(mail.about, MailAbout::ProviderDestroyed { .. });
                if mail.case_id.as_ref() == Some(case) && !last_word {
                    found.push(item);
                }
            }
        }
        Ok(found)
    }
}

fn note_objects(ledger: &mut Ledger, objects: &Objects) {
    let markers = u64::try_from(objects.versions.iter().filter(|(_, _, marker)| *marker).count()).unwrap_or(u64::MAX);
    ledger.count(Category::DeleteMarkers, markers);
    ledger.count(Category::ObjectVersions, count(&objects.versions).saturating_sub(markers));
    ledger.count(Category::UnfinishedUploads, count(&objects.uploads));
}
