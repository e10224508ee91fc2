//! Lists: what lies together, in the order in which it is wanted.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{Item, blob, decode, expired, text};
use crate::place::{Place, Table};
use crate::records::{DeliveryRecord, MailRecord, MessageRecord, ReferralRecord};
use chrono::{DateTime, Utc};
use medius_domain::access::{Actor, Entry, Scope};
use medius_domain::case::Case;
use medius_domain::consent::ConsentEvent;
use medius_domain::id::{CaseId, LinkId, ProviderId, Subject};
use medius_domain::link::Link;
use medius_domain::provider::Provider;
use std::collections::{BTreeSet, HashMap};

/// The partition of the index `by_state` of letters that wait for a clinician's review.
pub(crate) const TO_REVIEW: &str = "letter-review";
/// Letters in one answer to who reviews them.
const MOST_TO_REVIEW: i32 = 100;

/// Places read in one transaction, which takes 100.
const PLACES_PER_READ: usize = 90;

impl Database {
    /// The letters of a case.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn referrals(&self, case: &CaseId) -> Result<Vec<ReferralRecord>, StoreError> {
        self.list("referral", Table::Cases, Place::Case(case.clone()).pk(), Place::REFERRALS).await
    }

    /// Letters that wait for a clinician's review, those that were asked for first first, at most 100.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn letters_to_review(&self) -> Result<Vec<ReferralRecord>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(self.tables.name(Table::Cases)?)
            .index_name("by_state")
            .key_condition_expression("#state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(TO_REVIEW))
            .limit(MOST_TO_REVIEW)
            .send()
            .await
            .map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
        answer.items().iter().filter(|item| !expired(item, self.now())).map(|item| decode("referral", item)).collect()
    }

    /// The deliveries of a case.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn deliveries(&self, case: &CaseId) -> Result<Vec<DeliveryRecord>, StoreError> {
        self.list("delivery", Table::Cases, Place::Case(case.clone()).pk(), Place::DELIVERIES).await
    }

    /// The links of deliveries. Each delivery has one, made with it and kept as long.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn links_of<'a>(
        &self,
        deliveries: impl IntoIterator<Item = &'a DeliveryRecord>,
    ) -> Result<HashMap<LinkId, Link>, StoreError> {
        let ids: Vec<&LinkId> = deliveries.into_iter().map(|d| &d.link_id).collect();
        let mut found = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(PLACES_PER_READ) {
            let snapshot = self.read(ids.iter().map(|id| Place::Link((*id).clone()))).await?;
            for id in ids {
                found.extend(snapshot.link(id)?.map(|link| ((*id).clone(), link)));
            }
        }
        Ok(found)
    }

    /// The links of a case that can be used.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn live_links(&self, case: &CaseId) -> Result<Vec<Link>, StoreError> {
        let now = self.now();
        let links = self.links_of(&self.deliveries(case).await?).await?;
        Ok(links.into_values().filter(|link| link.live(now)).collect())
    }

    /// The consent events of a case, in order.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn consent_events(&self, case: &CaseId) -> Result<Vec<ConsentEvent>, StoreError> {
        self.list("consent event", Table::Consents, Place::Case(case.clone()).pk(), Place::EVENTS).await
    }

    /// A chain of the access log, in order.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn log_entries(&self, scope: &Scope) -> Result<Vec<Entry>, StoreError> {
        self.list("log entry", Table::AccessLog, Place::LogHead(scope.clone()).pk(), Place::ENTRIES).await
    }

    /// A patient's own cases, the newest change first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn cases_of(&self, subject: &Subject) -> Result<Vec<Case>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Cases)?)
            .index_name("by_subject")
            .scan_index_forward(false)
            .key_condition_expression("subject = :subject")
            .expression_attribute_values(":subject", text(subject.as_str()));
        self.all("case", query).await
    }

    /// The messages of a case with their sealed texts, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn messages(&self, case: &CaseId) -> Result<Vec<(MessageRecord, Vec<u8>)>, StoreError> {
        let items = self.items(Table::Cases, Place::Case(case.clone()).pk(), Place::MESSAGES).await?;
        let read = |item: &Item| {
            let sealed = blob(item, "text").ok_or(StoreError::Corrupt { place: "message" })?;
            Ok((decode("message", item)?, sealed))
        };
        let mut found: Vec<(MessageRecord, Vec<u8>)> = items.iter().map(read).collect::<Result<_, StoreError>>()?;
        found.sort_by(|(a, _), (b, _)| (a.sent_at, a.id.as_str()).cmp(&(b.sent_at, b.id.as_str())));
        Ok(found)
    }

    /// The institutions of the directory (some hundred at most), by English name.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn providers(&self) -> Result<Vec<Provider>, StoreError> {
        let mut pages =
            self.client.scan().table_name(self.tables.name(Table::Directory)?).into_paginator().items().send();
        let mut found: Vec<Provider> = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|e| StoreError::service("DynamoDB", "Scan", &e))?;
            // Proposed changes lie beside their institution.
            if item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == "PROVIDER") {
                found.push(decode("provider", &item)?);
            }
        }
        found.sort_by(|a, b| a.name_en.cmp(&b.name_en));
        Ok(found)
    }

    /// The institutions that entries of a log speak of, as far as the directory still has them.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn institutions_in(&self, entries: &[Entry]) -> Result<HashMap<ProviderId, Provider>, StoreError> {
        let named = entries.iter().filter_map(|entry| match &entry.actor {
            Actor::Provider { institution } => Some(institution),
            Actor::Patient { .. } | Actor::Staff { .. } | Actor::System { .. } => None,
        });
        self.institutions(named).await
    }

    /// Institutions by their ids, as far as the directory has them.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn institutions<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a ProviderId>,
    ) -> Result<HashMap<ProviderId, Provider>, StoreError> {
        let ids: Vec<&ProviderId> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = HashMap::new();
        for ids in ids.chunks(PLACES_PER_READ) {
            let snapshot = self.read(ids.iter().map(|id| Place::Provider((*id).clone()))).await?;
            for id in ids {
                found.extend(snapshot.provider(id)?.map(|provider| ((*id).clone(), provider)));
            }
        }
        Ok(found)
    }

    /// Mails of a status that were ordered before a moment, oldest first, at most 50.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn mails(&self, status: crate::MailStatus, before: DateTime<Utc>) -> Result<Vec<MailRecord>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(self.tables.name(Table::Outbox)?)
            .index_name("by_status")
            .key_condition_expression("#status = :status AND created_at <= :before")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(status.as_str()))
            .expression_attribute_values(":before", text(crate::item::time(before)))
            .limit(50)
            .send()
            .await
            .map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
        answer.items().iter().filter(|i| !expired(i, self.now())).map(|i| decode("mail", i)).collect()
    }
}
