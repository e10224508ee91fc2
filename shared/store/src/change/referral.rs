//! Writes about letters.

use super::{Change, Kind, PRESENT};
use crate::error::{Conflict, StoreError};
use crate::item::encode;
use crate::place::Place;
use crate::records::{DocumentRecord, ReferralRecord};
use medius_domain::case::Case;

impl Change {
    /// A new letter and what can be verified about it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_referral(&mut self, letter: &ReferralRecord, case: &Case) -> Result<(), StoreError> {
        let place = Place::Referral(case.id.clone(), letter.id.clone());
        let item = encode(&place, letter, Some(case.expires_at), [])?;
        self.create(place, item);
        let document = DocumentRecord {
            number: letter.document_number.clone(),
            pdf_sha256: letter.pdf_sha256.clone(),
            bundle_sha256: letter.bundle_sha256.clone(),
            issued_at: letter.issued_at,
        };
        let place = Place::Document(document.number.clone());
        let item = encode(&place, &document, Some(case.expires_at), [])?;
        self.create(place, item);
        Ok(())
    }

    /// A letter that is there, changed: what it says stays, what is said about it changes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_referral(&mut self, letter: &ReferralRecord, case: &Case) -> Result<(), StoreError> {
        let place = Place::Referral(case.id.clone(), letter.id.clone());
        let item = encode(&place, letter, Some(case.expires_at), [])?;
        self.push(place, Kind::Put(item), PRESENT, [], Conflict::Version);
        Ok(())
    }
}
