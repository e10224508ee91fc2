//! Writes about copies that wait to be fetched.

use super::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{encode, number};
use crate::place::Place;
use medius_domain::export::Export;

impl Change {
    /// A copy in its next revision: new at the first, else only if the stored one is the revision before.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_export(&mut self, export: &Export) -> Result<(), StoreError> {
        let place = Place::Export(export.right_id.clone());
        let item = encode(&place, export, Some(export.expires_at), [("rev", number(export.rev))])?;
        if export.rev <= 1 {
            // One that was made before a crash, or whose days are over, is made anew.
            let now = [(":now", number(self.now.timestamp()))];
            let condition = "attribute_not_exists(pk) OR expires_at <= :now";
            self.push(place, Kind::Put(item), condition, now, Conflict::Version);
        } else {
            let expected = [(":expected", number(export.rev - 1))];
            self.push(place, Kind::Put(item), "rev = :expected", expected, Conflict::Link);
        }
        Ok(())
    }
}
