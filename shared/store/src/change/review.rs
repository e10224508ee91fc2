//! Writes about the monthly review.

use super::Change;
use crate::error::StoreError;
use crate::item::encode;
use crate::place::Place;
use chrono::TimeDelta;
use medius_domain::journal::LOG_DAYS;
use medius_domain::review::SignOff;

impl Change {
    /// The sign-off of a month, if there is none yet; it is kept as long as the log that it is about. The log's entry carries
    /// the hash of the list.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn sign_off(&mut self, sign_off: &SignOff) -> Result<(), StoreError> {
        let place = Place::Review(sign_off.month);
        let item = encode(&place, sign_off, Some(self.now + TimeDelta::days(LOG_DAYS)), [])?;
        self.create(place, item);
        self.permit = self.permit.clone().with_evidence(&sign_off.findings_sha256);
        Ok(())
    }
}
