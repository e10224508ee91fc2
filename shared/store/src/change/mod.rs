//! A change: conditional writes that stand or fall together with their access-log entry, mail and idempotency record.
//! It is made under a permit only. What can be written about each thing is in a file of its own.

mod case;
mod consent;
mod delivery;
mod desk;
mod directory;
mod export;
mod inquiry;
mod ledger;
mod mail;
mod member;
mod referral;
mod review;
mod rights;
mod upload;

pub(crate) use mail::mail_item;

use crate::error::{Conflict, StoreError};
use crate::item::{Item, encode, number};
use crate::place::Place;
use crate::records::IdempotencyRecord;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::policy::Permit;
use medius_domain::provider::Provider;
use std::collections::HashMap;

/// Hours that answers to repeated requests are kept.
const IDEMPOTENCY_HOURS: i64 = 24;

/// What one write does.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Put(Item),
    Check,
    Delete,
}

/// One conditional write.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    pub(crate) condition: &'static str,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
    pub(crate) conflict: Conflict,
}

pub(crate) const ABSENT: &str = "attribute_not_exists(pk)";
pub(crate) const PRESENT: &str = "attribute_exists(pk)";

/// A change under a permit: the permit's entry in the access log is part of it.
#[derive(Debug, Clone)]
pub struct Change {
    pub(crate) permit: Permit,
    /// Leave for what the change does to other cases, each with its entry in that case's chain.
    pub(crate) also: Vec<Permit>,
    pub(crate) writes: Vec<Write>,
    pub(crate) now: DateTime<Utc>,
    /// What is counted when it is made: the metric, and by what it is split.
    pub(crate) counted: Vec<(&'static str, (&'static str, &'static str))>,
}

impl Change {
    /// An empty change: only the entry, for a read or a refusal.
    pub const fn new(permit: Permit, now: DateTime<Utc>) -> Self {
        Self { permit, also: Vec::new(), writes: Vec::new(), now, counted: Vec::new() }
    }

    /// Leave for what the same change does in another chain, which gets its entry with it. A chain gets one entry of a change.
    pub fn also(&mut self, permit: Permit) {
        if self.permits().all(|given| given.scope() != permit.scope()) {
            self.also.push(permit);
        }
    }

    pub(crate) fn permits(&self) -> impl Iterator<Item = &Permit> {
        std::iter::once(&self.permit).chain(&self.also)
    }

    /// How many writes it takes, its entries in the log included: one transaction takes 100.
    pub fn size(&self) -> usize {
        self.writes.len() + 2 * (1 + self.also.len())
    }

    pub(crate) fn push(
        &mut self,
        place: Place,
        kind: Kind,
        condition: &'static str,
        values: impl IntoIterator<Item = (&'static str, AttributeValue)>,
        conflict: Conflict,
    ) {
        let values = values.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        self.writes.push(Write { place, kind, condition, names: HashMap::new(), values, conflict });
    }

    /// Gives the last write a name for an attribute that is a reserved word of DynamoDB.
    pub(crate) fn name_last(&mut self, placeholder: &str, attribute: &str) {
        if let Some(write) = self.writes.last_mut() {
            write.names.insert(placeholder.to_owned(), attribute.to_owned());
        }
    }

    pub(crate) fn create(&mut self, place: Place, item: Item) {
        self.push(place, Kind::Put(item), ABSENT, [], Conflict::Exists);
    }

    /// A record with a revision: created at revision 1, else replaced only if the stored one is the revision before.
    pub(crate) fn put_revision(&mut self, place: Place, item: Item, rev: u64, conflict: Conflict) {
        if rev <= 1 {
            self.push(place, Kind::Put(item), ABSENT, [], conflict);
        } else {
            let expected = [(":expected", number(rev - 1))];
            self.push(place, Kind::Put(item), "rev = :expected", expected, conflict);
        }
    }

    /// What a repeat of this request is answered with.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn remember(&mut self, record: &IdempotencyRecord) -> Result<(), StoreError> {
        let place = Place::Idempotency(record.scope.clone());
        let item = encode(&place, record, Some(self.now + TimeDelta::hours(IDEMPOTENCY_HOURS)), [])?;
        let now = [(":now", number(self.now.timestamp()))];
        // An expired record may still lie there until the TTL finds it.
        let condition = "attribute_not_exists(pk) OR expires_at <= :now";
        self.push(place, Kind::Put(item), condition, now, Conflict::Idempotency);
        Ok(())
    }
}

/// Encodes an institution for the directory. Seeding and the staff's own screens use the same form.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn provider_item(provider: &Provider) -> Result<HashMap<String, AttributeValue>, StoreError> {
    encode(&Place::Provider(provider.id.clone()), provider, None, [])
}
