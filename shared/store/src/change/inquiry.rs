//! Writes about inquiries: one item with its sealed thread, and its key. Both are written anew with every change, so that both
//! end with the inquiry's term; and beside them the record that a statute wants of it, with a term of its own.

use super::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::inquiries::{SealedInquiry, Tally};
use crate::item::{Item, bytes, encode, key, number, text, time};
use crate::place::Place;
use chrono::TimeDelta;
use medius_domain::inquiry::Inquiry;
use medius_domain::statutory::StatutoryRecord;

impl Change {
    fn inquiry_items(inquiry: &Inquiry, sealed: &SealedInquiry) -> Result<[(Place, Item); 2], StoreError> {
        let expires_at = inquiry.expires_at();
        let beside = [
            ("subject", text(inquiry.subject.as_str())),
            ("queue", text(format!("{}#{}", inquiry.topic.code(), inquiry.state.code()))),
            ("updated_at", text(time(inquiry.updated_at))),
            ("version", number(inquiry.version)),
            ("thread", bytes(&sealed.thread)),
        ];
        let place = Place::Inquiry(inquiry.id.clone());
        let mut item = encode(&place, inquiry, Some(expires_at), beside)?;
        let key_place = Place::InquiryKey(inquiry.id.clone());
        let mut key_item = key(&key_place);
        key_item.insert("wrapped".to_owned(), bytes(&sealed.key.0));
        key_item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
        if let Some(to) = &sealed.answer_to {
            item.insert("mailbox".to_owned(), bytes(&to.sealed));
            key_item.insert("wrapped_mailbox".to_owned(), bytes(&to.key.0));
        }
        Ok([(place, item), (key_place, key_item)])
    }

    /// What a statute keeps of an inquiry, as it stands now. No inquiry of which a statute wants a record is written without it.
    fn keep(&mut self, inquiry: &Inquiry, sealed: &SealedInquiry) -> Result<(), StoreError> {
        let Some(record) = StatutoryRecord::of(inquiry) else { return Ok(()) };
        let kept = sealed.record.as_ref().ok_or(StoreError::Corrupt { place: "statutory record" })?;
        let expires_at = record.expires_at();
        let beside = [
            ("subject", text(record.subject.as_str())),
            ("runs_from", text(record.runs_from.to_string())),
            ("version", number(inquiry.version)),
            ("said", bytes(&kept.said)),
        ];
        let place = Place::Statutory(record.id.clone());
        let item = encode(&place, &record, Some(expires_at), beside)?;
        let key_place = Place::StatutoryKey(record.id.clone());
        let mut key_item = key(&key_place);
        key_item.insert("wrapped".to_owned(), bytes(&kept.key.0));
        key_item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
        let same = [(":wrapped", bytes(&kept.key.0))];
        let condition = "attribute_not_exists(pk) OR #wrapped = :wrapped";
        self.push(key_place, Kind::Put(key_item), condition, same, Conflict::Version);
        self.name_last("#wrapped", "wrapped");
        let version = [(":version", number(inquiry.version))];
        let condition = "attribute_not_exists(pk) OR version < :version";
        self.push(place, Kind::Put(item), condition, version, Conflict::Version);
        Ok(())
    }

    /// A new inquiry with its key.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_inquiry(&mut self, inquiry: &Inquiry, sealed: &SealedInquiry) -> Result<(), StoreError> {
        for (place, item) in Self::inquiry_items(inquiry, sealed)? {
            self.create(place, item);
        }
        self.keep(inquiry, sealed)
    }

    /// An inquiry in its next version, if the stored one is the version before and its key is still there: what was
    /// destroyed meanwhile does not come back.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_inquiry(&mut self, inquiry: &Inquiry, sealed: &SealedInquiry) -> Result<(), StoreError> {
        let [(place, item), (key_place, key_item)] = Self::inquiry_items(inquiry, sealed)?;
        let expected = [(":expected", number(inquiry.version - 1))];
        self.push(place, Kind::Put(item), "version = :expected", expected, Conflict::Version);
        let same = [(":wrapped", bytes(&sealed.key.0))];
        self.push(key_place, Kind::Put(key_item), "#wrapped = :wrapped", same, Conflict::Version);
        self.name_last("#wrapped", "wrapped");
        self.keep(inquiry, sealed)
    }

    /// One more of what is counted per hour. Two at once do not count as one. An expired tally may still lie there until
    /// the TTL finds it, so a first one takes its place.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn count(&mut self, name: &str, tally: &Tally) -> Result<(), StoreError> {
        let place = Place::Tally(name.to_owned());
        let ends = tally.since + TimeDelta::hours(1);
        let item = encode(&place, tally, Some(ends), [("n", number(tally.n))])?;
        if tally.n == 1 {
            let now = [(":now", number(self.now.timestamp()))];
            let condition = "attribute_not_exists(pk) OR expires_at <= :now";
            self.push(place, Kind::Put(item), condition, now, Conflict::Version);
        } else {
            let before = [(":before", number(tally.n - 1))];
            self.push(place, Kind::Put(item), "n = :before", before, Conflict::Version);
        }
        Ok(())
    }
}
