//! Writes about the monthly review.

use super::Change;
use crate::error::StoreError;
use crate::item::encode;
use crate::place::Place;
use chrono::TimeDelta;
use medius_domain::review::SignOff;

/// Days that a sign-off is kept: a year longer than the log that it is about.
const DAYS: i64 = 3 * 366;

impl Change {
    /// The sign-off of a month, if there is none yet. The log's entry carries the hash of the list.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn sign_off(&mut self, sign_off: &SignOff) -> Result<(), StoreError> {
        let place = Place::Review(sign_off.month);
        let item = encode(&place, sign_off, Some(self.now + TimeDelta::days(DAYS)), [])?;
        self.create(place, item);
        self.permit = self.permit.clone().with_evidence(&sign_off.findings_sha256);
        Ok(())
    }
}
