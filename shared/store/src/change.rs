//! A change: conditional writes that stand or fall together with their access-log entry, mail and idempotency record.

use crate::error::{Conflict, StoreError};
use crate::item::{Item, bytes, encode, key, number, text, time};
use crate::keyring::WrappedKey;
use crate::place::Place;
use crate::records::{
    CodeRecord, DeliveryRecord, DocumentRecord, IdempotencyRecord, MailRecord, MailStatus, ReferralRecord,
    SealedIntake, SessionRecord,
};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::access::Event;
use medius_domain::case::{Case, open_case_expiry};
use medius_domain::consent::{ConsentEvent, ConsentHead, ConsentProof};
use medius_domain::id::{CaseId, LinkId, Subject};
use medius_domain::link::Link;
use medius_domain::provider::Provider;
use std::collections::HashMap;

/// Hours that answers to repeated requests are kept.
const IDEMPOTENCY_HOURS: i64 = 24;
/// Days that a mail stays in the outbox after it was ordered.
const OUTBOX_DAYS: i64 = 7;
/// Hours that a code's record outlives the code, for the count of codes in a window.
const CODE_HOURS: i64 = 24;

/// What one write does.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Put(Item),
    Check,
    Delete,
}

/// One conditional write.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    pub(crate) condition: &'static str,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
    pub(crate) conflict: Conflict,
}

const ABSENT: &str = "attribute_not_exists(pk)";
const PRESENT: &str = "attribute_exists(pk)";

/// A change of one case. It cannot be made without the access-log entry that it carries.
#[derive(Debug, Clone)]
pub struct Change {
    pub(crate) case: CaseId,
    pub(crate) subject: Subject,
    pub(crate) event: Event,
    pub(crate) writes: Vec<Write>,
    now: DateTime<Utc>,
}

impl Change {
    /// An empty change: only the entry, for a read.
    pub fn new(case: &CaseId, subject: &Subject, event: Event, now: DateTime<Utc>) -> Self {
        Self { case: case.clone(), subject: subject.clone(), event, writes: Vec::new(), now }
    }

    fn push(
        &mut self,
        place: Place,
        kind: Kind,
        condition: &'static str,
        values: impl IntoIterator<Item = (&'static str, AttributeValue)>,
        conflict: Conflict,
    ) {
        let values = values.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        self.writes.push(Write { place, kind, condition, names: HashMap::new(), values, conflict });
    }

    fn create(&mut self, place: Place, item: Item) {
        self.push(place, Kind::Put(item), ABSENT, [], Conflict::Exists);
    }

    fn case_item(case: &Case) -> Result<Item, StoreError> {
        let beside = [
            ("subject", text(case.subject.as_str())),
            ("updated_at", text(time(case.updated_at))),
            ("version", number(case.version)),
        ];
        encode(&Place::Case(case.id.clone()), case, Some(case.expires_at), beside)
    }

    fn key_item(case: &Case, wrapped: &WrappedKey) -> Item {
        let mut item = key(&Place::DataKey(case.id.clone()));
        item.insert("wrapped".to_owned(), bytes(&wrapped.0));
        item.insert("expires_at".to_owned(), number(case.expires_at.timestamp()));
        item
    }

    /// A new case with its data key.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a record cannot be encoded, as with every builder here.
    pub fn create_case(&mut self, case: &Case, wrapped: &WrappedKey) -> Result<(), StoreError> {
        self.create(Place::Case(case.id.clone()), Self::case_item(case)?);
        self.create(Place::DataKey(case.id.clone()), Self::key_item(case, wrapped));
        Ok(())
    }

    /// A case in its next version, with its story, if the stored version is the one before. The data key's end moves with
    /// the case's: a story must not outlive its key, nor a key its story.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_case(&mut self, case: &Case, wrapped: &WrappedKey, intake: &SealedIntake) -> Result<(), StoreError> {
        let expected = [(":expected", number(case.version - 1))];
        let place = Place::Case(case.id.clone());
        self.push(place, Kind::Put(Self::case_item(case)?), "version = :expected", expected, Conflict::Version);
        // Bound to the stored key: a case that was shredded meanwhile has none and must not get one back.
        let same = [(":wrapped", bytes(&wrapped.0))];
        let place = Place::DataKey(case.id.clone());
        self.push(place, Kind::Put(Self::key_item(case, wrapped)), "#wrapped = :wrapped", same, Conflict::Version);
        if let Some(write) = self.writes.last_mut() {
            write.names.insert("#wrapped".to_owned(), "wrapped".to_owned()); // a reserved word
        }
        let place = Place::Intake(case.id.clone());
        let mut item = key(&place);
        item.insert("expires_at".to_owned(), number(case.expires_at.timestamp()));
        for (name, sealed) in [("basic", &intake.basic), ("health", &intake.health)] {
            if let Some(sealed) = sealed {
                item.insert(name.to_owned(), bytes(sealed));
            }
        }
        // The case's version, checked in the same transaction, guards the story too.
        self.push(place, Kind::Put(item), "", [], Conflict::Version);
        Ok(())
    }

    /// Makes the change depend on the case being at a version.
    pub fn require_version(&mut self, case: &Case) {
        let expected = [(":expected", number(case.version))];
        self.push(Place::Case(case.id.clone()), Kind::Check, "version = :expected", expected, Conflict::Version);
    }

    /// A consent event and the state that follows from it, if the state is still the one that it was made from.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn consent(&mut self, event: &ConsentEvent, next: &ConsentHead) -> Result<(), StoreError> {
        let expires = Some(open_case_expiry(self.now));
        let place = Place::ConsentEvent(event.case.clone(), event.seq);
        let item = encode(&place, event, expires, [])?;
        self.create(place, item);
        let place = Place::Consents(event.case.clone());
        let item = encode(&place, next, expires, [("head_hash", text(&next.head.hash))])?;
        if event.seq == 1 {
            self.push(place, Kind::Put(item), ABSENT, [], Conflict::Consent);
        } else {
            let expected = [(":expected", text(&event.previous_hash))];
            self.push(place, Kind::Put(item), "head_hash = :expected", expected, Conflict::Consent);
        }
        Ok(())
    }

    /// Makes the change depend on the consents being as they were when the proof was made.
    pub fn require(&mut self, proof: &ConsentProof) {
        let expected = [(":expected", text(proof.head_hash()))];
        let place = Place::Consents(proof.case().clone());
        self.push(place, Kind::Check, "head_hash = :expected", expected, Conflict::Consent);
    }

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
    pub fn put_code(&mut self, link: &LinkId, code: &CodeRecord) -> Result<(), StoreError> {
        let place = Place::Code(link.clone());
        let item = encode(&place, code, Some(code.valid_until + TimeDelta::hours(CODE_HOURS)), [])?;
        self.push(place, Kind::Put(item), "", [], Conflict::Link);
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

    /// A mail to be sent.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn order_mail(&mut self, mail: &MailRecord) -> Result<(), StoreError> {
        self.create(Place::Mail(mail.id.clone()), mail_item(mail)?);
        Ok(())
    }

    /// A mail in its next status, if the stored one has the status and attempts that it was read with.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_mail(&mut self, mail: &MailRecord, from: MailStatus, attempts: u32) -> Result<(), StoreError> {
        let item = mail_item(mail)?;
        let values = [(":from", text(from.as_str())), (":attempts", number(attempts))];
        let condition = "#status = :from AND attempts = :attempts";
        self.push(Place::Mail(mail.id.clone()), Kind::Put(item), condition, values, Conflict::Mail);
        if let Some(write) = self.writes.last_mut() {
            write.names.insert("#status".to_owned(), "status".to_owned()); // a reserved word
        }
        Ok(())
    }

    /// What a repeat of this request is answered with.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn remember(&mut self, record: &IdempotencyRecord) -> Result<(), StoreError> {
        let place = Place::Idempotency(record.scope.clone());
        let item = encode(&place, record, Some(self.now + TimeDelta::hours(IDEMPOTENCY_HOURS)), [])?;
        let now = [(":now", number(self.now.timestamp()))];
        // An expired record may still lie there until the TTL finds it.
        let condition = "attribute_not_exists(pk) OR expires_at <= :now";
        self.push(place, Kind::Put(item), condition, now, Conflict::Idempotency);
        Ok(())
    }
}

/// A mail with what its index and its conditions look at.
pub(crate) fn mail_item(mail: &MailRecord) -> Result<Item, StoreError> {
    let beside = [
        ("status", text(mail.status.as_str())),
        ("created_at", text(time(mail.created_at))),
        ("attempts", number(mail.attempts)),
    ];
    encode(&Place::Mail(mail.id.clone()), mail, Some(mail.created_at + TimeDelta::days(OUTBOX_DAYS)), beside)
}

/// Encodes an institution for the directory. Seeding and the staff's own screens use the same form.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn provider_item(provider: &Provider) -> Result<HashMap<String, AttributeValue>, StoreError> {
    encode(&Place::Provider(provider.id.clone()), provider, None, [])
}
