//! Writes about deliveries, their links, codes and sessions.

use super::{Change, Kind, PRESENT};
use crate::error::{Conflict, StoreError};
use crate::item::{encode, number};
use crate::place::Place;
use crate::records::{DeliveryRecord, SessionRecord};
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::case::Case;
use medius_domain::code::CodeState;
use medius_domain::id::LinkId;
use medius_domain::link::{Link, Tries};

/// Hours that a code's record outlives the code, for the count of codes in a window.
const CODE_HOURS: i64 = 24;

impl Change {
    /// A new delivery with its link.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_delivery(&mut self, delivery: &DeliveryRecord, link: &Link, case: &Case) -> Result<(), StoreError> {
        let place = Place::Delivery(case.id.clone(), delivery.id.clone());
        let item = encode(&place, delivery, Some(case.expires_at), [])?;
        self.create(place, item);
        let place = Place::Link(link.id.clone());
        let item = encode(&place, link, Some(case.expires_at), [("rev", number(link.rev))])?;
        self.create(place, item);
        Ok(())
    }

    /// A link in its next revision, if the stored one is the one before. The record stays as long as the case, so that
    /// the patient sees what became of it; when it can be used is in the record.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_link(&mut self, link: &Link, kept_until: DateTime<Utc>) -> Result<(), StoreError> {
        let place = Place::Link(link.id.clone());
        let item = encode(&place, link, Some(kept_until), [("rev", number(link.rev))])?;
        let expected = [(":expected", number(link.rev - 1))];
        self.push(place, Kind::Put(item), "rev = :expected", expected, Conflict::Link);
        Ok(())
    }

    /// Makes the change depend on a link being at its revision.
    pub fn require_link(&mut self, link: &Link) {
        let expected = [(":expected", number(link.rev))];
        self.push(Place::Link(link.id.clone()), Kind::Check, "rev = :expected", expected, Conflict::Link);
    }

    /// The newest code's record. Guarded by the link's revision: use together with [`Self::update_link`].
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_code(&mut self, link: &LinkId, code: &CodeState) -> Result<(), StoreError> {
        let place = Place::Code(link.clone());
        let item = encode(&place, code, Some(code.valid_until + TimeDelta::hours(CODE_HOURS)), [])?;
        self.push(place, Kind::Put(item), "", [], Conflict::Link);
        Ok(())
    }

    /// The wrong tries of a network at a link, in their next revision. They are gone when nothing of them counts any more.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_tries(&mut self, link: &LinkId, network: &str, tries: &Tries) -> Result<(), StoreError> {
        let place = Place::Tries(link.clone(), network.to_owned());
        let item = encode(&place, tries, tries.ends(), [("rev", number(tries.rev))])?;
        self.put_revision(place, item, tries.rev, Conflict::Link);
        Ok(())
    }

    /// A new session.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn start_session(
        &mut self,
        link: &LinkId,
        token_sha256: &str,
        session: &SessionRecord,
        ends: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let place = Place::Session(link.clone(), token_sha256.to_owned());
        let item = encode(&place, session, Some(ends), [])?;
        self.create(place, item);
        Ok(())
    }

    /// A session after another request, if it was not ended meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn touch_session(
        &mut self,
        link: &LinkId,
        token_sha256: &str,
        session: &SessionRecord,
        ends: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let place = Place::Session(link.clone(), token_sha256.to_owned());
        let item = encode(&place, session, Some(ends), [])?;
        self.push(place, Kind::Put(item), PRESENT, [], Conflict::Link);
        Ok(())
    }

    /// Ends a session.
    pub fn end_session(&mut self, link: &LinkId, token_sha256: &str) {
        let place = Place::Session(link.clone(), token_sha256.to_owned());
        self.push(place, Kind::Delete, PRESENT, [], Conflict::Link);
    }
}
