//! Reading: one transaction gets everything that a use case needs, so that it sees one moment.

use crate::error::StoreError;
use crate::item::{Item, decode, expired, key, text};
use crate::place::{Place, Table, Tables};
use crate::snapshot::Snapshot;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Get, TransactGetItem};
use chrono::{DateTime, Utc};
use medius_domain::clock::Clock;
use serde::de::DeserializeOwned;
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
        let mut snapshot = self.read_past_end(places).await?;
        let now = snapshot.now;
        for item in snapshot.items.values_mut() {
            *item = item.take().filter(|item| !expired(item, now));
        }
        Ok(snapshot)
    }

    /// The same with what is past its end and not destroyed yet. For a case's destruction and the last mail about it alone:
    /// nothing else may see it.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn read_past_end(&self, places: impl IntoIterator<Item = Place>) -> Result<Snapshot, StoreError> {
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
        let items = answer.responses.unwrap_or_default().into_iter().map(|r| r.item);
        Ok(Snapshot { items: places.into_iter().zip(items).collect(), now })
    }

    pub(crate) async fn list<T: DeserializeOwned>(
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
}
