//! Writes about files that people bring. The bytes are in a bucket; here is where each file stands.

use super::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{Item, bytes, encode, key, number, text, time};
use crate::keyring::WrappedKey;
use crate::place::Place;
use crate::uploads::{CHECK, spare};
use chrono::{DateTime, Utc};
use medius_domain::id::RightId;
use medius_domain::upload::{Owner, Upload};

impl Change {
    fn upload_item(upload: &Upload, kept_until: DateTime<Utc>) -> Result<(Place, Item), StoreError> {
        let mut beside = vec![("version", number(upload.version))];
        if let Some(at) = upload.due_at() {
            beside.extend([("due", text(CHECK)), ("due_at", text(time(at)))]);
        }
        let place = Place::Upload(upload.owner.clone(), upload.id.clone());
        let item = encode(&place, upload, Some(kept_until + spare(&upload.owner)), beside)?;
        Ok((place, item))
    }

    /// A file that is announced; it is kept until its owner's end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_upload(&mut self, upload: &Upload, kept_until: DateTime<Utc>) -> Result<(), StoreError> {
        let (place, item) = Self::upload_item(upload, kept_until)?;
        self.create(place, item);
        Ok(())
    }

    /// A file in its next version, if the stored one is the one before.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_upload(&mut self, upload: &Upload, kept_until: DateTime<Utc>) -> Result<(), StoreError> {
        let (place, item) = Self::upload_item(upload, kept_until)?;
        let expected = [(":expected", number(upload.version - 1))];
        self.push(place, Kind::Put(item), "version = :expected", expected, Conflict::Version);
        Ok(())
    }

    /// A file in its next version, which differs in nothing else: what happens to a file meanwhile, and this, cannot both be.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn hold_upload(&mut self, upload: &Upload, kept_until: DateTime<Utc>) -> Result<(), StoreError> {
        self.update_upload(upload, kept_until)?;
        if let Some(last) = self.writes.last_mut() {
            // Nobody named a version, so nobody's was wrong: whoever asks again finds the file as it is by then.
            last.conflict = Conflict::Busy;
        }
        Ok(())
    }

    /// Makes the change depend on the owner's key being as it was read: what was shredded meanwhile gets nothing more.
    pub fn require_owner_key(&mut self, owner: &Owner, wrapped: &WrappedKey) {
        let place = Place::owner_key(owner);
        // One item is asked once in a transaction.
        if self.writes.iter().any(|write| write.place == place) {
            return;
        }
        let same = [(":wrapped", bytes(&wrapped.0))];
        self.push(place, Kind::Check, "#wrapped = :wrapped", same, Conflict::Version);
        self.name_last("#wrapped", "wrapped");
    }

    /// The wrapped key of a request about rights, for what is brought to it.
    pub fn create_right_key(&mut self, right: &RightId, wrapped: &WrappedKey, kept_until: DateTime<Utc>) {
        let place = Place::RightKey(right.clone());
        let mut item = key(&place);
        item.insert("wrapped".to_owned(), bytes(&wrapped.0));
        item.insert("expires_at".to_owned(), number(kept_until.timestamp()));
        self.create(place, item);
    }
}
