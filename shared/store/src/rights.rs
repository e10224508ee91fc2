//! Reading requests about the patients' rights: one, a patient's own, and the queue by the day on which they are due.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{decode, expired, text, time};
use crate::place::{Place, Table};
use crate::snapshot::Snapshot;
use chrono::{DateTime, Utc};
use medius_domain::id::{RightId, Subject};
use medius_domain::rights::{RightsRequest, State};

/// Requests in one answer.
const MOST: usize = 100;

/// Requests that wait, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightsQueue {
    /// The requests, at most 100.
    pub items: Vec<RightsRequest>,
    /// Whether more wait than are in the list.
    pub more: bool,
}

impl Snapshot {
    /// A request.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn rights_request(&self, id: &RightId) -> Result<Option<RightsRequest>, StoreError> {
        self.body(&Place::Right(id.clone()))
    }
}

impl Database {
    /// A patient's own requests, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn rights_of(&self, subject: &Subject) -> Result<Vec<RightsRequest>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::Rights)?)
            .index_name("by_subject")
            .scan_index_forward(false)
            .key_condition_expression("subject = :subject")
            .expression_attribute_values(":subject", text(subject.as_str()));
        self.all("rights request", query).await
    }

    /// Every request of some states, for functions that work through them.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn rights_under_way(&self, states: &[State]) -> Result<Vec<RightsRequest>, StoreError> {
        let mut found = Vec::new();
        for state in states {
            let query = self
                .client
                .query()
                .table_name(self.tables.name(Table::Rights)?)
                .index_name("by_state")
                .key_condition_expression("#state = :state")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", text(state.code()));
            found.extend(self.all("rights request", query).await?);
        }
        Ok(found)
    }

    /// Requests of some states that are due before a moment, the most urgent first. The index follows the table within a
    /// second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn rights_queue(&self, states: &[State], until: DateTime<Utc>) -> Result<RightsQueue, StoreError> {
        let most = i32::try_from(MOST + 1).unwrap_or(i32::MAX);
        let mut items = Vec::new();
        for state in states {
            let answer = self
                .client
                .query()
                .table_name(self.tables.name(Table::Rights)?)
                .index_name("by_state")
                .key_condition_expression("#state = :state AND due_at <= :until")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", text(state.code()))
                .expression_attribute_values(":until", text(time(until)))
                .limit(most)
                .send()
                .await
                .map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
            for item in answer.items().iter().filter(|item| !expired(item, self.now())) {
                items.push(decode::<RightsRequest>("rights request", item)?);
            }
        }
        items.sort_by(|a, b| (a.due_at, &a.id).cmp(&(b.due_at, &b.id)));
        items.dedup_by(|a, b| a.id == b.id);
        let more = items.len() > MOST;
        items.truncate(MOST);
        Ok(RightsQueue { items, more })
    }
}
