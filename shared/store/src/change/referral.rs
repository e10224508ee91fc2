//! Writes about letters.

use super::{Change, Kind, PRESENT};
use crate::error::{Conflict, StoreError};
use crate::item::{encode, text};
use crate::lists::TO_REVIEW;
use crate::place::Place;
use crate::records::{DocumentRecord, ReferralRecord};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use medius_domain::case::Case;
use medius_domain::clinician::{LetterReview, LetterSignature};
use medius_domain::clock::kst_day;

impl Change {
    /// Attributes by which a letter that waits for its review lies in the index, under the day on which it was asked for.
    fn queued(letter: &ReferralRecord) -> Vec<(&'static str, AttributeValue)> {
        match &letter.review {
            Some(LetterReview::Waiting { asked_at }) if letter.superseded_at.is_none() => {
                vec![("state", text(TO_REVIEW)), ("due_on", text(kst_day(*asked_at).to_string()))]
            }
            Some(LetterReview::Waiting { .. } | LetterReview::Signed { .. }) | None => Vec::new(),
        }
    }

    /// A new letter and what can be verified about it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_referral(&mut self, letter: &ReferralRecord, case: &Case) -> Result<(), StoreError> {
        self.create_signed_referral(letter, None, case)
    }

    /// The same with a clinician's signature.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_signed_referral(
        &mut self,
        letter: &ReferralRecord,
        signature: Option<LetterSignature>,
        case: &Case,
    ) -> Result<(), StoreError> {
        let place = Place::Referral(case.id.clone(), letter.id.clone());
        let item = encode(&place, letter, Some(case.expires_at), Self::queued(letter))?;
        self.create(place, item);
        let document = DocumentRecord {
            number: letter.document_number.clone(),
            pdf_sha256: letter.pdf_sha256.clone(),
            bundle_sha256: letter.bundle_sha256.clone(),
            issued_at: letter.issued_at,
            signature,
        };
        let place = Place::Document(document.number.clone());
        let item = encode(&place, &document, Some(case.expires_at), [])?;
        self.create(place, item);
        Ok(())
    }

    /// That a copy of a letter was made for its recipient, so that the copy can be verified by the letter's number. Said again,
    /// it is the same.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn note_copy(
        &mut self,
        letter: &ReferralRecord,
        sha256: &str,
        kept_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let place = Place::Copy(letter.document_number.clone(), sha256.to_owned());
        let item = encode(&place, &letter.recipient, Some(kept_until), [])?;
        self.push(place, Kind::Put(item), "", [], Conflict::Exists);
        Ok(())
    }

    /// A letter that is there, changed: what it says stays, what is said about it changes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_referral(&mut self, letter: &ReferralRecord, case: &Case) -> Result<(), StoreError> {
        let place = Place::Referral(case.id.clone(), letter.id.clone());
        let item = encode(&place, letter, Some(case.expires_at), Self::queued(letter))?;
        self.push(place, Kind::Put(item), PRESENT, [], Conflict::Version);
        Ok(())
    }
}
