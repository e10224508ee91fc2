//! Writes about a case: itself, its keys, its story, how to reach the patient.

use super::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::holds::HELD;
use crate::item::{Item, bytes, encode, key, number, text, time};
use crate::keyring::WrappedKey;
use crate::place::Place;
use crate::records::SealedCase;
use medius_domain::case::Case;
use medius_domain::work::due_on;

impl Change {
    fn case_item(case: &Case) -> Result<Item, StoreError> {
        let beside = [
            ("subject", text(case.subject.as_str())),
            ("updated_at", text(time(case.updated_at))),
            ("version", number(case.version)),
            ("state", text(if case.completion.is_some() { "closed" } else { case.state.code() })),
            ("lifecycle", text(case.lifecycle())),
            ("destroy_on", text(time(case.destroy_at()))),
            ("due_on", text(due_on(case).to_string())),
        ];
        let mut item = encode(&Place::Case(case.id.clone()), case, Some(case.expires_at), beside)?;
        if let Some(hold) = &case.hold {
            // Only held ones are in the index of holds.
            item.insert("held".to_owned(), text(HELD));
            item.insert("review_on".to_owned(), text(hold.review_on.to_string()));
        }
        Ok(item)
    }

    fn key_item(case: &Case, place: &Place, wrapped: &WrappedKey) -> Item {
        let mut item = key(place);
        item.insert("wrapped".to_owned(), bytes(&wrapped.0));
        item.insert("expires_at".to_owned(), number(case.expires_at.timestamp()));
        item
    }

    fn keys(case: &Case, sealed: &SealedCase) -> [(Place, WrappedKey); 2] {
        [
            (Place::DataKey(case.id.clone()), sealed.data_key.clone()),
            (Place::ContactKey(case.id.clone()), sealed.contact_key.clone()),
        ]
    }

    /// A new case with its keys.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be encoded, as with every builder here.
    pub fn create_case(&mut self, case: &Case, sealed: &SealedCase) -> Result<(), StoreError> {
        self.create(Place::Case(case.id.clone()), Self::case_item(case)?);
        for (place, wrapped) in Self::keys(case, sealed) {
            let item = Self::key_item(case, &place, &wrapped);
            self.create(place, item);
        }
        Ok(())
    }

    /// A case in its next version, if the stored version is the one before; what is sealed about it stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_case(&mut self, case: &Case) -> Result<(), StoreError> {
        let expected = [(":expected", number(case.version - 1))];
        let place = Place::Case(case.id.clone());
        self.push(place, Kind::Put(Self::case_item(case)?), "version = :expected", expected, Conflict::Version);
        Ok(())
    }

    /// A case in its next version, with its story and contact card, if the stored version is the one before. The ends of the
    /// keys move with the case's: nothing sealed must outlive its key, nor a key what it seals.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_case(&mut self, case: &Case, sealed: &SealedCase) -> Result<(), StoreError> {
        self.put_case(case)?;
        // Bound to the stored keys: a case that was shredded meanwhile has none and must not get them back.
        for (place, wrapped) in Self::keys(case, sealed) {
            let item = Self::key_item(case, &place, &wrapped);
            let same = [(":wrapped", bytes(&wrapped.0))];
            self.push(place, Kind::Put(item), "#wrapped = :wrapped", same, Conflict::Version);
            self.name_last("#wrapped", "wrapped");
        }
        let story = [("basic", &sealed.intake.basic), ("health", &sealed.intake.health)];
        let story = Self::sealed_item(&Place::Intake(case.id.clone()), case, &story);
        self.push(Place::Intake(case.id.clone()), Kind::Put(story), "", [], Conflict::Version);
        if let Some(card) = &sealed.card {
            let place = Place::Contact(case.id.clone());
            let mut item = Self::sealed_item(&place, case, &[("card", &Some(card.sealed.clone()))]);
            item.extend(card.attributes().map(|(name, mac)| (name.to_owned(), text(mac))));
            self.push(place, Kind::Put(item), "", [], Conflict::Version);
        }
        Ok(())
    }

    /// Sealed fields of a case. The case's version, checked in the same transaction, guards them too.
    fn sealed_item(place: &Place, case: &Case, fields: &[(&str, &Option<Vec<u8>>)]) -> Item {
        let mut item = key(place);
        item.insert("expires_at".to_owned(), number(case.expires_at.timestamp()));
        for (name, sealed) in fields {
            if let Some(sealed) = sealed {
                item.insert((*name).to_owned(), bytes(sealed));
            }
        }
        item
    }

    /// Makes the change depend on the case being at a version.
    pub fn require_version(&mut self, case: &Case) {
        let expected = [(":expected", number(case.version))];
        self.push(Place::Case(case.id.clone()), Kind::Check, "version = :expected", expected, Conflict::Version);
    }
}
