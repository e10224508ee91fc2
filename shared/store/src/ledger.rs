//! What is to be destroyed when: cases by their time, and destructions by their next step. Cases are found although they are
//! past their end, which is what makes them due.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{Item, decode, key, text, time};
use crate::place::{Place, Table};
use crate::snapshot::Snapshot;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use chrono::{DateTime, Utc};
use medius_domain::access::{Actor, Entry, Scope};
use medius_domain::case::Case;
use medius_domain::destruction::{Ledger, Step};
use medius_domain::id::{CaseId, DestructionId, MailId};
use serde::de::DeserializeOwned;

/// Records of one page.
const PER_PAGE: i32 = 100;

/// Where the next page begins.
#[derive(Debug, Clone)]
pub struct Cursor(Item);

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The records.
    pub items: Vec<T>,
    /// Where it goes on.
    pub next: Option<Cursor>,
}

/// A case that is being destroyed, as it lies in the table.
#[derive(Debug)]
pub struct Doomed {
    /// The case; none once it is gone.
    pub case: Option<Case>,
    /// Whether anybody told the service how to reach its patient.
    pub reachable: bool,
    /// Where its log stands.
    pub snapshot: Snapshot,
}

impl Database {
    /// Cases of a lifecycle (`open`, `closed`) that are to be destroyed at a moment or before, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn due_cases(
        &self,
        lifecycle: &'static str,
        until: DateTime<Utc>,
        from: Option<Cursor>,
    ) -> Result<Page<Case>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Cases)?)
            .index_name("by_destruction")
            .key_condition_expression("lifecycle = :lifecycle AND destroy_on <= :until")
            .expression_attribute_values(":lifecycle", text(lifecycle))
            .expression_attribute_values(":until", text(time(until)));
        page("case", query, from).await
    }

    /// Destructions after a step with something to do at a moment or before, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn due_ledgers(
        &self,
        step: Step,
        until: DateTime<Utc>,
        from: Option<Cursor>,
    ) -> Result<Page<Ledger>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Ledger)?)
            .index_name("by_step")
            .key_condition_expression("#step = :step AND due_at <= :until")
            .expression_attribute_names("#step", "step")
            .expression_attribute_values(":step", text(step.code()))
            .expression_attribute_values(":until", text(time(until)));
        page("ledger", query, from).await
    }

    /// Every destruction, by a walk over the table: for what was restored. Only the operator may do that.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn ledgers(&self) -> Result<Vec<Ledger>, StoreError> {
        let mut items = self.client.scan().table_name(self.tables.name(Table::Ledger)?).into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            found.push(decode("ledger", &item.map_err(|e| StoreError::service("DynamoDB", "Scan", &e))?)?);
        }
        Ok(found)
    }

    /// A case as it lies in the table, also past its end. For retention alone: nothing else may see it then.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn case_to_destroy(&self, case: &CaseId) -> Result<Option<Case>, StoreError> {
        self.raw(&Place::Case(case.clone())).await?.map(|item| decode("case", &item)).transpose()
    }

    /// What a step of a case's destruction looks at, all of one moment and also past its end. For retention alone.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn doomed(&self, case: &CaseId) -> Result<Doomed, StoreError> {
        let contact = Place::Contact(case.clone());
        let places = [Place::Case(case.clone()), contact.clone(), Place::case_log(case)];
        let snapshot = self.read_past_end(places).await?;
        Ok(Doomed { case: snapshot.case(case)?, reachable: snapshot.item(&contact).is_some(), snapshot })
    }

    /// Which of some destructions are in the ledger (at most 100).
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn entered(&self, ids: Vec<DestructionId>) -> Result<Vec<DestructionId>, StoreError> {
        if ids.is_empty() {
            return Ok(ids);
        }
        let snapshot = self.read(ids.iter().cloned().map(Place::Ledger)).await?;
        Ok(ids.into_iter().filter(|id| snapshot.item(&Place::Ledger(id.clone())).is_some()).collect())
    }

    /// How far a mail got, whatever its age; none when it is gone.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn mail_status(&self, mail: &MailId) -> Result<Option<crate::MailStatus>, StoreError> {
        let item = self.raw(&Place::Mail(mail.clone())).await?;
        item.map(|item| decode::<crate::MailRecord>("mail", &item).map(|mail| mail.status)).transpose()
    }

    /// When somebody last did something at a case: the patient, an institution or staff. What functions do by themselves
    /// does not count, nor what was turned away.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn last_activity(&self, case: &CaseId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::AccessLog)?)
            .consistent_read(true)
            .scan_index_forward(false)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(Place::LogHead(Scope::Case(case.clone())).pk()))
            .expression_attribute_values(":prefix", text(Place::ENTRIES))
            .limit(PER_PAGE);
        let mut items = query.into_paginator().items().send();
        while let Some(item) = items.next().await {
            let entry: Entry = decode("log entry", &item.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?)?;
            match entry.actor {
                Actor::Patient { .. } | Actor::Provider { .. } | Actor::Staff { .. } => {
                    let at = DateTime::parse_from_rfc3339(&entry.at)
                        .map_err(|_| StoreError::Corrupt { place: "log entry" })?;
                    return Ok(Some(at.with_timezone(&Utc)));
                }
                Actor::System { .. } => {}
            }
        }
        Ok(None)
    }

    /// An item as it lies there, whether or not it is past its end.
    pub(crate) async fn raw(&self, place: &Place) -> Result<Option<Item>, StoreError> {
        let get = self.client.get_item().table_name(self.tables.name(place.table())?).set_key(Some(key(place)));
        let answer =
            get.consistent_read(true).send().await.map_err(|e| StoreError::service("DynamoDB", "GetItem", &e))?;
        Ok(answer.item)
    }

    /// The items of a partition as they lie there; of what is sealed nothing is read.
    pub(crate) async fn raw_items(&self, table: Table, pk: String) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(table)?)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .projection_expression("pk, sk, #body, expires_at")
            .expression_attribute_names("#body", "body")
            .expression_attribute_values(":pk", text(pk));
        let mut items = query.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            found.push(item.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?);
        }
        Ok(found)
    }
}

async fn page<T: DeserializeOwned>(
    kind: &'static str,
    query: QueryFluentBuilder,
    from: Option<Cursor>,
) -> Result<Page<T>, StoreError> {
    let query = query.limit(PER_PAGE).set_exclusive_start_key(from.map(|cursor| cursor.0));
    let answer = query.send().await.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
    let items = answer.items().iter().map(|item| decode(kind, item)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: answer.last_evaluated_key.map(Cursor) })
}
