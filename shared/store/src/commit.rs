//! Committing: one TransactWriteItems with the access-log entry at its end.

use crate::change::{ABSENT, Change, Kind, Write};
use crate::database::Database;
use crate::error::{Conflict, StoreError};
use crate::item::{encode, key, number, text};
use crate::place::Place;
use crate::snapshot::Snapshot;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem};
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::chain::Head;
use medius_domain::journal::LOG_DAYS;
use medius_domain::policy::Permit;
use std::collections::HashMap;
use std::time::Duration;

/// Times that a write is repeated when others write at the same case at the same moment.
pub(crate) const ATTEMPTS: u32 = 12;

/// A short wait of random length, longer with each attempt: for whoever repeats what ran into a conflict.
pub async fn pause(attempt: u32) {
    let mut random = [0_u8; 1];
    // Without randomness the waits only become equal.
    let _ = aws_lc_rs::rand::fill(&mut random);
    let spread = u64::from(attempt.min(8)) * 12;
    tokio::time::sleep(Duration::from_millis(5 + u64::from(random[0]) * spread / 255)).await;
}

/// Where the chains of a change's entries stand.
fn heads(change: &Change, snapshot: &Snapshot) -> Result<Vec<Head>, StoreError> {
    change.permits().map(|permit| snapshot.log_head(permit.scope())).collect()
}

type Values = Option<HashMap<String, AttributeValue>>;

/// The condition of a write, for which what is past its end is not there, as it is not for reads: what the TTL has not removed
/// yet is no ground for a change, and stands in the way of nothing new. Nothing is added where a condition speaks of the end
/// itself, nor where another write of the same change is the guard.
fn alive(write: &Write, now: DateTime<Utc>) -> (Option<String>, Values) {
    let mut values = write.values.clone();
    let condition = match write.condition {
        "" => None,
        own if own.contains("expires_at") => Some(own.to_owned()),
        own => {
            values.insert(":alive_at".to_owned(), number(now.timestamp()));
            Some(match own {
                ABSENT => format!("{ABSENT} OR expires_at <= :alive_at"),
                own => format!("({own}) AND (attribute_not_exists(expires_at) OR expires_at > :alive_at)"),
            })
        }
    };
    (condition, (!values.is_empty()).then_some(values))
}

impl Database {
    /// Commits a change that was decided on a snapshot with the case's log head in it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with the condition that did not hold (nothing was written), or [`StoreError::Service`].
    pub async fn commit(&self, change: Change, snapshot: &Snapshot) -> Result<(), StoreError> {
        let heads = heads(&change, snapshot)?;
        self.commit_at(change, heads, ATTEMPTS).await
    }

    /// Commits a change that was decided on a list that was read after the snapshot. Whatever happened to the case since
    /// has moved the head of its log, and then the change is not made: the caller reads and decides again.
    ///
    /// # Errors
    /// As [`Self::commit`]; [`Conflict::Busy`] when something happened to the case.
    pub async fn commit_unmoved(&self, change: Change, snapshot: &Snapshot) -> Result<(), StoreError> {
        let heads = heads(&change, snapshot)?;
        self.commit_at(change, heads, 1).await
    }

    /// Commits the first change of a new case.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub async fn commit_first(&self, change: Change) -> Result<(), StoreError> {
        self.commit_at(change, vec![Head::default()], ATTEMPTS).await
    }

    async fn commit_at(&self, change: Change, mut heads: Vec<Head>, attempts: u32) -> Result<(), StoreError> {
        for attempt in 1..=attempts {
            let mut writes = change.writes.clone();
            for (permit, head) in change.permits().zip(&heads) {
                writes.extend(self.log_writes(permit, head)?);
            }
            let items = writes.iter().map(|w| self.transact(w)).collect::<Result<Vec<_>, _>>()?;
            let error = match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
                Ok(_) => {
                    for (metric, by) in change.counted {
                        metrics::counter!(metric, &[by]).increment(1);
                    }
                    return Ok(());
                }
                Err(e) => e,
            };
            let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
                return Err(StoreError::service("DynamoDB", "TransactWriteItems", &error));
            };
            let codes: Vec<&str> =
                canceled.cancellation_reasons().iter().map(|r| r.code().unwrap_or_default()).collect();
            let failed = writes.iter().zip(&codes).filter(|(_, code)| **code == "ConditionalCheckFailed");
            let failed: Vec<Conflict> = failed.map(|(write, _)| write.conflict).collect();
            // When the same request was quicker, that explains whatever else it changed.
            let same = failed.iter().find(|c| **c == Conflict::Idempotency);
            if let Some(conflict) = same.or_else(|| failed.iter().find(|c| **c != Conflict::Busy)) {
                return Err(StoreError::Conflict(*conflict));
            }
            if codes.iter().any(|c| !matches!(*c, "None" | "ConditionalCheckFailed" | "TransactionConflict" | "")) {
                return Err(StoreError::service("DynamoDB", "TransactWriteItems", &error));
            }
            // Somebody else appended to the case's log, or is at it now: the same change after theirs.
            pause(attempt).await;
            if attempt == attempts {
                break;
            }
            let at = change.permits().map(|permit| Place::LogHead(permit.scope().clone()));
            heads = self::heads(&change, &self.read(at).await?)?;
        }
        Err(StoreError::Conflict(Conflict::Busy))
    }

    /// The entry, and the head that moves with it: the head's condition is what keeps the chain one chain.
    fn log_writes(&self, permit: &Permit, head: &Head) -> Result<[Write; 2], StoreError> {
        let now = self.now();
        let expires = Some(now + TimeDelta::days(LOG_DAYS));
        let (entry, next) = permit.chain(head, now).map_err(|_| StoreError::Corrupt { place: "log entry" })?;
        let at = Place::LogEntry(entry.scope.clone(), entry.seq);
        // For the index by day, which the daily head and the review walk.
        let beside = [("day", text(entry.day_kst.to_string())), ("at_id", text(format!("{}#{}", entry.at, entry.id)))];
        let entry_item = encode(&at, &entry, expires, beside)?;
        let head_at = Place::LogHead(entry.scope.clone());
        let head_item = encode(&head_at, &next, expires, [("hash", text(&next.hash))])?;
        let (condition, values) = if head.seq == 0 {
            (ABSENT, HashMap::new())
        } else {
            ("#hash = :previous", HashMap::from([(":previous".to_owned(), text(&head.hash))]))
        };
        let names = if head.seq == 0 {
            HashMap::new()
        } else {
            HashMap::from([("#hash".to_owned(), "hash".to_owned())]) // a reserved word
        };
        let put = |place, item, condition, names, values| Write {
            place,
            kind: Kind::Put(item),
            condition,
            names,
            values,
            conflict: Conflict::Busy,
        };
        Ok([
            put(at, entry_item, ABSENT, HashMap::new(), HashMap::new()),
            put(head_at, head_item, condition, names, values),
        ])
    }

    fn transact(&self, write: &Write) -> Result<TransactWriteItem, StoreError> {
        let table = self.tables.name(write.place.table())?;
        let corrupt = |_| StoreError::Corrupt { place: write.place.kind() };
        let (condition, values) = alive(write, self.now());
        let names = (!write.names.is_empty()).then(|| write.names.clone());
        let item = TransactWriteItem::builder();
        let item = match &write.kind {
            Kind::Put(body) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(body.clone()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(corrupt)?,
            ),
            Kind::Check => item.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key(&write.place)))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(corrupt)?,
            ),
            Kind::Delete => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key(&write.place)))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(corrupt)?,
            ),
        };
        Ok(item.build())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::id::CaseId;

    fn write(condition: &'static str) -> Write {
        let values = HashMap::from([(":expected".to_owned(), number(1))]);
        let place = Place::Case(CaseId::new());
        Write { place, kind: Kind::Check, condition, names: HashMap::new(), values, conflict: Conflict::Version }
    }

    #[test]
    fn what_is_past_its_end_is_no_ground_for_a_change_and_stands_in_nothing_s_way() {
        let now = Utc::now();
        let of = |condition| {
            let (condition, values) = alive(&write(condition), now);
            (condition.unwrap_or_default(), values.unwrap().get(":alive_at").cloned())
        };
        let at = Some(number(now.timestamp()));
        let lives = "(version = :expected) AND (attribute_not_exists(expires_at) OR expires_at > :alive_at)";
        assert_eq!(of("version = :expected"), (lives.to_owned(), at.clone()));
        assert_eq!(of(ABSENT), ("attribute_not_exists(pk) OR expires_at <= :alive_at".to_owned(), at));
        for own in ["", "attribute_not_exists(pk) OR expires_at <= :now"] {
            assert_eq!(of(own), (own.to_owned(), None));
        }
    }
}
