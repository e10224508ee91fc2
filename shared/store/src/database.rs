//! Reading: one transaction gets everything that a use case needs, so that it sees one moment.

use crate::error::StoreError;
use crate::item::{Item, blob, decode, expired, key, text};
use crate::keyring::WrappedKey;
use crate::place::{Place, Table, Tables};
use crate::records::{
    CodeRecord, DeliveryRecord, DocumentRecord, GuardianCode, IdempotencyRecord, MailRecord, MessageRecord,
    ReferralRecord, SealedCase, SealedIntake, SessionRecord,
};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Get, TransactGetItem};
use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::access::{Entry, Scope};
use medius_domain::case::Case;
use medius_domain::chain::Head;
use medius_domain::clock::Clock;
use medius_domain::consent::{ConsentEvent, ConsentHead};
use medius_domain::id::{CaseId, DocumentNumber, LinkId, MailId, ProviderId, ReferralId, Subject};
use medius_domain::link::Link;
use medius_domain::policy::Permit;
use medius_domain::provider::Provider;
use medius_domain::work::Assignment;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;

/// The tables.
#[derive(Clone)]
pub struct Database {
    pub(crate) client: Client,
    pub(crate) tables: Tables,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Database {
    /// With a client, the tables' names and a clock.
    pub fn new(client: Client, tables: Tables, clock: Arc<dyn Clock>) -> Self {
        Self { client, tables, clock }
    }

    /// The present moment by the injected clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Reads places in one transaction (at most 100).
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn read(&self, places: impl IntoIterator<Item = Place>) -> Result<Snapshot, StoreError> {
        let places: Vec<Place> = places.into_iter().collect();
        let mut gets = Vec::with_capacity(places.len());
        for place in &places {
            let get = Get::builder().table_name(self.tables.name(place.table())?).set_key(Some(key(place))).build();
            let get = get.map_err(|_| StoreError::Corrupt { place: place.kind() })?;
            gets.push(TransactGetItem::builder().get(get).build());
        }
        let mut attempt = 0;
        let answer = loop {
            let request = self.client.transact_get_items().set_transact_items(Some(gets.clone()));
            match request.send().await {
                Ok(answer) => break answer,
                // A writer was at one of the places; the SDK does not repeat this by itself.
                Err(e)
                    if attempt < crate::commit::ATTEMPTS
                        && e.as_service_error().is_some_and(|e| e.is_transaction_canceled_exception()) =>
                {
                    attempt += 1;
                    crate::commit::pause(attempt).await;
                }
                Err(e) => return Err(StoreError::service("DynamoDB", "TransactGetItems", &e)),
            }
        };
        let now = self.now();
        let items = answer.responses.unwrap_or_default().into_iter().map(|r| r.item.filter(|i| !expired(i, now)));
        Ok(Snapshot { items: places.into_iter().zip(items).collect(), now })
    }

    async fn list<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        table: Table,
        pk: String,
        prefix: &str,
    ) -> Result<Vec<T>, StoreError> {
        self.items(table, pk, prefix).await?.iter().map(|item| decode(kind, item)).collect()
    }

    /// The items of a partition whose sort keys begin alike.
    pub(crate) async fn items(&self, table: Table, pk: String, prefix: &str) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(table)?)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":prefix", text(prefix));
        self.pages(query).await
    }

    /// Every page of a query, read into records.
    pub(crate) async fn all<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        query: QueryFluentBuilder,
    ) -> Result<Vec<T>, StoreError> {
        self.pages(query).await?.iter().map(|item| decode(kind, item)).collect()
    }

    /// Every page of a query, without what is past its end.
    pub(crate) async fn pages(&self, query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
        let now = self.now();
        let mut pages = query.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
            if !expired(&item, now) {
                found.push(item);
            }
        }
        Ok(found)
    }

    /// The letters of a case.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn referrals(&self, case: &CaseId) -> Result<Vec<ReferralRecord>, StoreError> {
        self.list("referral", Table::Cases, Place::Case(case.clone()).pk(), Place::REFERRALS).await
    }

    /// The deliveries of a case.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn deliveries(&self, case: &CaseId) -> Result<Vec<DeliveryRecord>, StoreError> {
        self.list("delivery", Table::Cases, Place::Case(case.clone()).pk(), Place::DELIVERIES).await
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

    /// Every entry of a day in Asia/Seoul, in the order of time. The index follows the table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn log_of_day(&self, day: NaiveDate) -> Result<Vec<Entry>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::AccessLog)?)
            .index_name("by_day")
            .key_condition_expression("#day = :day")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":day", text(day.to_string()));
        self.all("log entry", query).await
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
        answer.items().iter().map(|i| decode("mail", i)).collect()
    }
}

/// What a read found, all of one moment. Expired records are not there.
#[derive(Debug)]
pub struct Snapshot {
    items: HashMap<Place, Option<Item>>,
    now: DateTime<Utc>,
}

impl Snapshot {
    /// When it was read.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    fn item(&self, place: &Place) -> Option<&Item> {
        debug_assert!(self.items.contains_key(place), "a place that was not read");
        self.items.get(place)?.as_ref()
    }

    pub(crate) fn body<T: DeserializeOwned>(&self, place: &Place) -> Result<Option<T>, StoreError> {
        self.item(place).map(|item| decode(place.kind(), item)).transpose()
    }

    /// A case, if it belongs to the subject. Absent, expired and foreign look the same.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], as with every getter here.
    pub fn case_of(&self, id: &CaseId, subject: &Subject) -> Result<Option<Case>, StoreError> {
        Ok(self.case(id)?.filter(|c| c.subject == *subject))
    }

    /// A case, for functions that act for an institution.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn case(&self, id: &CaseId) -> Result<Option<Case>, StoreError> {
        self.body(&Place::Case(id.clone()))
    }

    /// Everything sealed about the case of a permit, with its keys; none after shredding.
    pub fn sealed_case(&self, permit: &Permit) -> Option<SealedCase> {
        let id = permit.case()?;
        let item = self.item(&Place::Intake(id.clone()));
        let field = |name| item.and_then(|i| blob(i, name));
        Some(SealedCase {
            data_key: self.data_key(permit)?,
            contact_key: self.contact_key(permit)?,
            intake: SealedIntake { basic: field("basic"), health: field("health") },
            card: self.sealed_card(permit),
        })
    }

    /// The wrapped data key of the case of a permit; none after shredding. Nothing sealed can be read without it, and no
    /// permit without a rule gets it.
    pub fn data_key(&self, permit: &Permit) -> Option<WrappedKey> {
        self.wrapped(Place::DataKey(permit.case()?.clone()))
    }

    /// The wrapped key of the contact card; none after shredding.
    pub fn contact_key(&self, permit: &Permit) -> Option<WrappedKey> {
        self.wrapped(Place::ContactKey(permit.case()?.clone()))
    }

    fn wrapped(&self, place: Place) -> Option<WrappedKey> {
        self.item(&place).and_then(|i| blob(i, "wrapped")).map(WrappedKey)
    }

    /// The sealed contact card.
    pub(crate) fn sealed_card(&self, permit: &Permit) -> Option<Vec<u8>> {
        self.item(&Place::Contact(permit.case()?.clone())).and_then(|i| blob(i, "card"))
    }

    /// The state of the guardian's code.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn guardian_code(&self, id: &CaseId) -> Result<Option<GuardianCode>, StoreError> {
        self.body(&Place::GuardianCode(id.clone()))
    }

    /// Who of the staff looks after a case.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn assignment(&self, id: &CaseId) -> Result<Assignment, StoreError> {
        Ok(self.body(&Place::Assignment(id.clone()))?.unwrap_or_else(|| Assignment::none(id.clone(), self.now)))
    }

    /// The state of the consents.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn consents(&self, id: &CaseId) -> Result<ConsentHead, StoreError> {
        Ok(self.body(&Place::Consents(id.clone()))?.unwrap_or_default())
    }

    /// Where the access log stands.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn log_head(&self, scope: &Scope) -> Result<Head, StoreError> {
        Ok(self.body(&Place::LogHead(scope.clone()))?.unwrap_or_default())
    }

    /// A letter.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn referral(&self, case: &CaseId, id: &ReferralId) -> Result<Option<ReferralRecord>, StoreError> {
        self.body(&Place::Referral(case.clone(), id.clone()))
    }

    /// A delivery.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn delivery(
        &self,
        case: &CaseId,
        id: &medius_domain::id::DeliveryId,
    ) -> Result<Option<DeliveryRecord>, StoreError> {
        self.body(&Place::Delivery(case.clone(), id.clone()))
    }

    /// What can be verified about a document.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn document(&self, number: &DocumentNumber) -> Result<Option<DocumentRecord>, StoreError> {
        self.body(&Place::Document(number.clone()))
    }

    /// A link.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn link(&self, id: &LinkId) -> Result<Option<Link>, StoreError> {
        self.body(&Place::Link(id.clone()))
    }

    /// Until when a link's record is kept, for who writes it again without knowing the case.
    pub fn link_kept_until(&self, id: &LinkId) -> Option<DateTime<Utc>> {
        let item = self.item(&Place::Link(id.clone()))?;
        let seconds = item.get("expires_at")?.as_n().ok()?.parse().ok()?;
        DateTime::from_timestamp(seconds, 0)
    }

    /// The newest code of a link.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn code(&self, id: &LinkId) -> Result<Option<CodeRecord>, StoreError> {
        self.body(&Place::Code(id.clone()))
    }

    /// A session, by the SHA-256 of its token.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn session(&self, id: &LinkId, token_sha256: &str) -> Result<Option<SessionRecord>, StoreError> {
        self.body(&Place::Session(id.clone(), token_sha256.to_owned()))
    }

    /// A mail.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn mail(&self, id: &MailId) -> Result<Option<MailRecord>, StoreError> {
        self.body(&Place::Mail(id.clone()))
    }

    /// The answer to an earlier request of the same scope.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn idempotency(&self, scope: &str) -> Result<Option<IdempotencyRecord>, StoreError> {
        self.body(&Place::Idempotency(scope.to_owned()))
    }

    /// An institution.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn provider(&self, id: &ProviderId) -> Result<Option<Provider>, StoreError> {
        self.body(&Place::Provider(id.clone()))
    }
}
