//! Reading chains for their verifier: what somebody tampered with so that it cannot be read is a finding, not a failure.

use crate::commit::pause;
use crate::database::Database;
use crate::error::StoreError;
use crate::item::{Item, decode, text};
use crate::place::{Place, Table};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::NaiveDate;
use medius_domain::access::{Entry, Scope};
use medius_domain::chain::Head;
use medius_domain::consent::{ConsentEvent, ConsentHead};
use medius_domain::id::CaseId;
use medius_domain::journal::{Fault, check_consents, check_evidence, check_log};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// Times that a chain is read before a fault counts: its records and the record of where it stands are read one after the
/// other, and somebody may append in between.
const LOOKS: u32 = 5;

/// What the verifier says about a chain: how many records it has, or its first fault.
pub type Verdict = Result<u64, Fault>;

/// What the verifier says about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseVerdict {
    /// The consent events.
    pub consents: Verdict,
    /// The access log.
    pub access_log: Verdict,
    /// Whether the log vouches for the consent events: how many commits it has evidence of.
    pub evidence: Verdict,
}

impl CaseVerdict {
    /// Whether nothing is wrong.
    pub const fn is_whole(&self) -> bool {
        self.consents.is_ok() && self.access_log.is_ok() && self.evidence.is_ok()
    }
}

/// The entries of a day, and how many could not be read.
#[derive(Debug, Clone, Default)]
pub struct DayLog {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Number of the others.
    pub unreadable: u64,
}

/// The chains that are there.
#[derive(Debug, Clone, Default)]
pub struct ChainNames {
    /// Of the access log.
    pub logs: BTreeSet<Scope>,
    /// Cases with consents.
    pub cases: BTreeSet<CaseId>,
    /// Keys that are none of ours.
    pub unknown: usize,
}

/// Records in their order, up to the first one that cannot be read.
struct Chain<T> {
    records: Vec<T>,
    unreadable: Option<u64>,
}

impl<T> Chain<T> {
    fn readable(&self) -> Result<&[T], Fault> {
        self.unreadable.map_or(Ok(&self.records), |place| Err(Fault::unreadable(place)))
    }
}

fn count<T>(records: &[T]) -> u64 {
    u64::try_from(records.len()).unwrap_or(u64::MAX)
}

/// The entry's day stands beside it, too, for the index: an entry that was taken out of the index is tampered with.
fn indexed(item: &Item, entry: &Entry) -> bool {
    let beside = |name: &str| item.get(name).and_then(|v| v.as_s().ok()).map(String::as_str);
    beside("day") == Some(&entry.day_kst.to_string()) && beside("at_id") == Some(&format!("{}#{}", entry.at, entry.id))
}

impl Database {
    async fn chain<T: DeserializeOwned>(
        &self,
        table: Table,
        pk: String,
        prefix: &str,
        sound: fn(&Item, &T) -> bool,
    ) -> Result<Chain<T>, StoreError> {
        let mut chain = Chain { records: Vec::new(), unreadable: None };
        for item in self.items(table, pk, prefix).await? {
            match decode::<T>("chain", &item).ok().filter(|record| sound(&item, record)) {
                Some(record) => chain.records.push(record),
                None => {
                    let place = item.get("sk").and_then(|sk| sk.as_s().ok()?.strip_prefix(prefix)?.parse().ok());
                    chain.unreadable = Some(place.unwrap_or_else(|| count(&chain.records) + 1));
                    break;
                }
            }
        }
        Ok(chain)
    }

    async fn log_chain(&self, scope: &Scope) -> Result<(Chain<Entry>, Result<Head, Fault>), StoreError> {
        let pk = Place::LogHead(scope.clone()).pk();
        let chain = self.chain(Table::AccessLog, pk, Place::ENTRIES, indexed).await?;
        let head = self.read([Place::LogHead(scope.clone())]).await?.log_head(scope);
        Ok((chain, head.map_err(|_| Fault::unreadable_head())))
    }

    /// Verifies a chain of the access log. `may_begin_late` where its first entries can have expired.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn check_log(&self, scope: &Scope, may_begin_late: bool) -> Result<Verdict, StoreError> {
        for look in 1..LOOKS {
            let verdict = log_verdict(scope, &self.log_chain(scope).await?, may_begin_late);
            if verdict.is_ok() {
                return Ok(verdict);
            }
            pause(look).await;
        }
        Ok(log_verdict(scope, &self.log_chain(scope).await?, may_begin_late))
    }

    /// Verifies a case's consent events, its access log, and the one against the other.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn check_case(&self, case: &CaseId, may_begin_late: bool) -> Result<CaseVerdict, StoreError> {
        let mut look = 1;
        loop {
            let verdict = self.look_at_case(case, may_begin_late).await?;
            if verdict.is_whole() || look == LOOKS {
                return Ok(verdict);
            }
            pause(look).await;
            look += 1;
        }
    }

    async fn look_at_case(&self, case: &CaseId, may_begin_late: bool) -> Result<CaseVerdict, StoreError> {
        let scope = Scope::Case(case.clone());
        let place = Place::Consents(case.clone());
        let events: Chain<ConsentEvent> = self.chain(Table::Consents, place.pk(), Place::EVENTS, |_, _| true).await?;
        let kept: Result<ConsentHead, StoreError> = self.read([place]).await?.consents(case);
        let log = self.log_chain(&scope).await?;
        let consents = events.readable().and_then(|events| {
            let kept = kept.map_err(|_| Fault::unreadable_head())?;
            check_consents(case, events, &kept).map(|()| count(events))
        });
        // Held against the log also where the one or the other is at fault by itself: what can be read says more.
        let evidence = check_evidence(&events.records, &log.0.records).map(|()| {
            let vouched = log.0.records.iter().filter(|entry| entry.evidence.is_some()).count();
            u64::try_from(vouched).unwrap_or(u64::MAX)
        });
        Ok(CaseVerdict { consents, access_log: log_verdict(&scope, &log, may_begin_late), evidence })
    }

    /// Every entry of a day in Asia/Seoul. The index follows the table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn day_log(&self, day: NaiveDate) -> Result<DayLog, StoreError> {
        let query = self
            .client
            .query()
            .table_name(self.tables.name(Table::AccessLog)?)
            .index_name("by_day")
            .key_condition_expression("#day = :day")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":day", text(day.to_string()));
        let mut log = DayLog::default();
        for item in self.pages(query).await? {
            match decode("log entry", &item) {
                Ok(entry) => log.entries.push(entry),
                Err(_) => log.unreadable += 1,
            }
        }
        Ok(log)
    }

    /// The names of all chains, by a walk over the keys of both tables. Only the operator may do that.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn chain_names(&self) -> Result<ChainNames, StoreError> {
        let mut names = ChainNames::default();
        for pk in self.partitions(Table::AccessLog).await? {
            match Place::scope_of_key(&pk) {
                Some(scope) => drop(names.logs.insert(scope)),
                None => names.unknown += 1,
            }
        }
        for pk in self.partitions(Table::Consents).await? {
            match Place::scope_of_key(&pk) {
                Some(Scope::Case(case)) => drop(names.cases.insert(case)),
                Some(
                    Scope::Provider(_)
                    | Scope::Member(_)
                    | Scope::SignIns(_)
                    | Scope::Registry
                    | Scope::Review(_)
                    | Scope::Right(_)
                    | Scope::Inquiry(_),
                )
                | None => names.unknown += 1,
            }
        }
        Ok(names)
    }

    async fn partitions(&self, table: Table) -> Result<BTreeSet<String>, StoreError> {
        let scan = self.client.scan().table_name(self.tables.name(table)?).projection_expression("pk");
        let mut items = scan.into_paginator().items().send();
        let mut found = BTreeSet::new();
        while let Some(item) = items.next().await {
            let mut item = item.map_err(|e| StoreError::service("DynamoDB", "Scan", &e))?;
            if let Some(AttributeValue::S(pk)) = item.remove("pk") {
                found.insert(pk);
            }
        }
        Ok(found)
    }
}

fn log_verdict(scope: &Scope, log: &(Chain<Entry>, Result<Head, Fault>), may_begin_late: bool) -> Verdict {
    let entries = log.0.readable()?;
    check_log(scope, entries, log.1.as_ref().map_err(|fault| *fault)?, may_begin_late)?;
    Ok(count(entries))
}
