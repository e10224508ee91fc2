//! The register of monthly reviews.

use crate::error::StoreError;
use crate::place::Place;
use crate::snapshot::Snapshot;
use medius_domain::clock::Month;
use medius_domain::review::SignOff;

impl Snapshot {
    /// The sign-off of a month's review.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn sign_off(&self, month: Month) -> Result<Option<SignOff>, StoreError> {
        self.body(&Place::Review(month))
    }
}
