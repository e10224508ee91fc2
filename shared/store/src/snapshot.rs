//! What a read found: records out of items, of one moment, without what is past its end.

use crate::error::StoreError;
use crate::item::{Item, blob, decode};
use crate::keyring::WrappedKey;
use crate::mailboxes::{SealedCard, attribute};
use crate::place::Place;
use crate::records::{
    DeliveryRecord, DocumentRecord, GuardianCode, IdempotencyRecord, MailRecord, ReferralRecord, SealedCase,
    SealedIntake, SessionRecord,
};
use chrono::{DateTime, Utc};
use medius_domain::access::Scope;
use medius_domain::case::Case;
use medius_domain::chain::Head;
use medius_domain::code::CodeState;
use medius_domain::consent::ConsentHead;
use medius_domain::destruction::Ledger;
use medius_domain::id::{CaseId, DestructionId, DocumentNumber, LinkId, MailId, ProviderId, ReferralId, Subject};
use medius_domain::link::{Link, Tries};
use medius_domain::policy::Permit;
use medius_domain::provider::Provider;
use medius_domain::work::Assignment;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// What a read found, all of one moment. Expired records are not there.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) items: HashMap<Place, Option<Item>>,
    pub(crate) now: DateTime<Utc>,
}

impl Snapshot {
    /// When it was read.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) fn item(&self, place: &Place) -> Option<&Item> {
        debug_assert!(self.items.contains_key(place), "a place that was not read");
        self.items.get(place)?.as_ref()
    }

    pub(crate) fn body<T: DeserializeOwned>(&self, place: &Place) -> Result<Option<T>, StoreError> {
        self.item(place).map(|item| decode(place.kind(), item)).transpose()
    }

    /// A case, if it belongs to the subject. Absent, expired and foreign look the same.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], as with every getter here.
    pub fn case_of(&self, id: &CaseId, subject: &Subject) -> Result<Option<Case>, StoreError> {
        Ok(self.case(id)?.filter(|c| c.subject == *subject))
    }

    /// A case, for functions that act for an institution.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn case(&self, id: &CaseId) -> Result<Option<Case>, StoreError> {
        self.body(&Place::Case(id.clone()))
    }

    /// Everything sealed about the case of a permit, with its keys; none after shredding.
    pub fn sealed_case(&self, permit: &Permit) -> Option<SealedCase> {
        let id = permit.case()?;
        let item = self.item(&Place::Intake(id.clone()));
        let field = |name| item.and_then(|i| blob(i, name));
        Some(SealedCase {
            data_key: self.data_key(permit)?,
            contact_key: self.contact_key(permit)?,
            intake: SealedIntake { basic: field("basic"), health: field("health") },
            card: self.sealed_card(permit),
        })
    }

    /// The wrapped data key of the case of a permit; none after shredding. Nothing sealed can be read without it, and no
    /// permit without a rule gets it.
    pub fn data_key(&self, permit: &Permit) -> Option<WrappedKey> {
        self.wrapped(Place::DataKey(permit.case()?.clone()))
    }

    /// The wrapped key of the contact card; none after shredding.
    pub fn contact_key(&self, permit: &Permit) -> Option<WrappedKey> {
        self.wrapped(Place::ContactKey(permit.case()?.clone()))
    }

    pub(crate) fn wrapped(&self, place: Place) -> Option<WrappedKey> {
        self.item(&place).and_then(|i| blob(i, "wrapped")).map(WrappedKey)
    }

    /// The sealed contact card.
    pub(crate) fn sealed_card(&self, permit: &Permit) -> Option<SealedCard> {
        let item = self.item(&Place::Contact(permit.case()?.clone()))?;
        let mailbox = |name| attribute(item, name);
        Some(SealedCard {
            sealed: blob(item, "card")?,
            mailbox: mailbox("mailbox"),
            guardian_mailbox: mailbox("guardian_mailbox"),
        })
    }

    /// The state of the guardian's code.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn guardian_code(&self, id: &CaseId) -> Result<Option<GuardianCode>, StoreError> {
        self.body(&Place::GuardianCode(id.clone()))
    }

    /// Who of the staff looks after a case.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn assignment(&self, id: &CaseId) -> Result<Assignment, StoreError> {
        Ok(self.body(&Place::Assignment(id.clone()))?.unwrap_or_else(|| Assignment::none(id.clone(), self.now)))
    }

    /// The state of the consents.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn consents(&self, id: &CaseId) -> Result<ConsentHead, StoreError> {
        Ok(self.body(&Place::Consents(id.clone()))?.unwrap_or_default())
    }

    /// Where the access log stands.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn log_head(&self, scope: &Scope) -> Result<Head, StoreError> {
        Ok(self.body(&Place::LogHead(scope.clone()))?.unwrap_or_default())
    }

    /// A letter.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn referral(&self, case: &CaseId, id: &ReferralId) -> Result<Option<ReferralRecord>, StoreError> {
        self.body(&Place::Referral(case.clone(), id.clone()))
    }

    /// A delivery.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn delivery(
        &self,
        case: &CaseId,
        id: &medius_domain::id::DeliveryId,
    ) -> Result<Option<DeliveryRecord>, StoreError> {
        self.body(&Place::Delivery(case.clone(), id.clone()))
    }

    /// What can be verified about a document.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn document(&self, number: &DocumentNumber) -> Result<Option<DocumentRecord>, StoreError> {
        self.body(&Place::Document(number.clone()))
    }

    /// The institution that a copy of a letter was made for.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn copy_for(&self, number: &DocumentNumber, sha256: &str) -> Result<Option<ProviderId>, StoreError> {
        self.body(&Place::Copy(number.clone(), sha256.to_owned()))
    }

    /// A link.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn link(&self, id: &LinkId) -> Result<Option<Link>, StoreError> {
        self.body(&Place::Link(id.clone()))
    }

    /// Until when a link's record is kept, for who writes it again without knowing the case.
    pub fn link_kept_until(&self, id: &LinkId) -> Option<DateTime<Utc>> {
        let item = self.item(&Place::Link(id.clone()))?;
        let seconds = item.get("expires_at")?.as_n().ok()?.parse().ok()?;
        DateTime::from_timestamp(seconds, 0)
    }

    /// The newest code of a link.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn code(&self, id: &LinkId) -> Result<Option<CodeState>, StoreError> {
        self.body(&Place::Code(id.clone()))
    }

    /// The wrong tries of a network at a link.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn tries(&self, id: &LinkId, network: &str) -> Result<Option<Tries>, StoreError> {
        self.body(&Place::Tries(id.clone(), network.to_owned()))
    }

    /// A session, by the SHA-256 of its token.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn session(&self, id: &LinkId, token_sha256: &str) -> Result<Option<SessionRecord>, StoreError> {
        self.body(&Place::Session(id.clone(), token_sha256.to_owned()))
    }

    /// A mail.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn mail(&self, id: &MailId) -> Result<Option<MailRecord>, StoreError> {
        self.body(&Place::Mail(id.clone()))
    }

    /// A destruction.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn ledger(&self, id: &DestructionId) -> Result<Option<Ledger>, StoreError> {
        self.body(&Place::Ledger(id.clone()))
    }

    /// The answer to an earlier request of the same scope.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn idempotency(&self, scope: &str) -> Result<Option<IdempotencyRecord>, StoreError> {
        self.body(&Place::Idempotency(scope.to_owned()))
    }

    /// An institution. The test institution stands in no table, so that nobody can change where its mails go.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn provider(&self, id: &ProviderId) -> Result<Option<Provider>, StoreError> {
        if Provider::is_synthetic(id) {
            return Provider::synthetic().map(Some).map_err(|_| StoreError::Corrupt { place: "provider" });
        }
        self.body(&Place::Provider(id.clone()))
    }
}
