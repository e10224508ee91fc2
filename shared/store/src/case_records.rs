//! Records of a case between their two forms: rows in memory, one sealed value in the store beside what may be seen of it.

use crate::change::{Change, Kind};
use crate::database::Database;
use crate::error::{Conflict, StoreError};
use crate::item::{Item, blob, bytes, decode, encode, number};
use crate::keyring::WrappedKey;
use crate::place::{Place, Table};
use crate::seal::{Binding, DataKey, OVERHEAD};
use crate::snapshot::Snapshot;
use medius_domain::case::{Case, open_case_expiry};
use medius_domain::id::{CaseId, RecordId};
use medius_domain::record::{MOST_BYTES, Record, Rows};
use medius_domain::upload::Owner;

/// A record with its sealed rows.
#[derive(Debug, Clone)]
pub struct SealedRecord {
    /// What may be seen of it.
    pub record: Record,
    rows: Vec<u8>,
}

pub(crate) fn binding(case: &CaseId, id: &RecordId) -> Binding {
    Binding::field(case, &Place::Record(case.clone(), id.clone()), "rows")
}

impl SealedRecord {
    /// Seals the rows of a record; none when they are more than an item holds.
    ///
    /// # Errors
    /// [`StoreError::Seal`].
    pub fn seal(record: Record, rows: &Rows, key: &DataKey) -> Result<Option<Self>, StoreError> {
        let rows = key.seal_form(&binding(&record.case_id, &record.id), rows)?;
        Ok((rows.len() <= MOST_BYTES + OVERHEAD).then_some(Self { record, rows }))
    }

    /// Opens the rows.
    ///
    /// # Errors
    /// [`StoreError::Seal`] or [`StoreError::Corrupt`].
    pub fn open(&self, key: &DataKey) -> Result<Rows, StoreError> {
        key.open_form(&binding(&self.record.case_id, &self.record.id), &self.rows)
    }

    fn of(item: &Item) -> Result<Self, StoreError> {
        let rows = blob(item, "rows").ok_or(StoreError::Corrupt { place: "record" })?;
        Ok(Self { record: decode("record", item)?, rows })
    }
}

impl Snapshot {
    /// A record.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn record(&self, case: &CaseId, id: &RecordId) -> Result<Option<SealedRecord>, StoreError> {
        self.item(&Place::Record(case.clone(), id.clone())).map(SealedRecord::of).transpose()
    }
}

impl Database {
    /// The records of a case, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn case_records(&self, case: &CaseId) -> Result<Vec<SealedRecord>, StoreError> {
        let items = self.items(Table::Cases, Place::Case(case.clone()).pk(), Place::RECORDS).await?;
        let mut found: Vec<SealedRecord> = items.iter().map(SealedRecord::of).collect::<Result<_, _>>()?;
        found.sort_by(|a, b| (a.record.created_at, &a.record.id).cmp(&(b.record.created_at, &b.record.id)));
        Ok(found)
    }
}

impl Change {
    /// A record: new at version 1, else replaced if the stored one is the version before; and only while the key that it is
    /// sealed under is there. It is kept for an open case's term; should the case end sooner, its key ends with it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_record(&mut self, sealed: &SealedRecord, key: &WrappedKey, case: &Case) -> Result<(), StoreError> {
        let record = &sealed.record;
        let place = Place::Record(case.id.clone(), record.id.clone());
        let beside = [("rev", number(record.version)), ("rows", bytes(&sealed.rows))];
        let until = case.expires_at.max(open_case_expiry(self.now));
        let item = encode(&place, record, Some(until), beside)?;
        self.put_revision(place, item, record.version, Conflict::Version);
        self.require_owner_key(&Owner::Case(case.id.clone()), key);
        Ok(())
    }

    /// Removes a record, if it is still as it was read.
    pub fn delete_record(&mut self, record: &Record) {
        let place = Place::Record(record.case_id.clone(), record.id.clone());
        let expected = [(":expected", number(record.version))];
        self.push(place, Kind::Delete, "rev = :expected", expected, Conflict::Version);
    }
}
