//! Contact cards: how a case's patient and guardian are reached, and so who must consent. Opened only where a case was opened
//! for a child, or where a mail goes to the patient.

use crate::error::StoreError;
use crate::keyring::{Keyring, WrappedKey};
use crate::mac::MailboxMac;
use crate::mailboxes::SealedCard;
use crate::place::Place;
use crate::seal::Binding;
use crate::snapshot::Snapshot;
use aws_sdk_kms::Client;
use medius_domain::case::Case;
use medius_domain::consent::{Guardianship, Standing};
use medius_domain::contact::ContactCard;
use medius_domain::id::CaseId;
use medius_domain::person::Email;
use medius_domain::policy::Permit;

/// The keeper of contact cards.
pub struct Contacts(Keyring);

impl Contacts {
    /// With the KMS key that wraps the cards' keys.
    pub fn new(client: Client, key_id: String) -> Self {
        Self(Keyring::contacts(client, key_id))
    }

    /// A new key for a case's card.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn create(&self, case: &CaseId) -> Result<WrappedKey, StoreError> {
        self.0.create(case).await
    }

    /// The card of the case of a permit; an empty one before anything was told, none after shredding. The snapshot must hold
    /// [`Place::Contact`] and [`Place::ContactKey`].
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`], or [`StoreError::Corrupt`].
    pub async fn open(&self, snapshot: &Snapshot, permit: &Permit) -> Result<Option<ContactCard>, StoreError> {
        let (Some(case), Some(wrapped)) = (permit.case(), snapshot.contact_key(permit)) else { return Ok(None) };
        let Some(sealed) = snapshot.sealed_card(permit) else { return Ok(Some(ContactCard::default())) };
        let key = self.0.unwrap(case, &wrapped).await?;
        key.open_form(&binding(case), &sealed.sealed).map(Some)
    }

    /// Seals a card, with what its mailboxes are found by.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Seal`].
    pub async fn seal(
        &self,
        case: &CaseId,
        wrapped: &WrappedKey,
        card: &ContactCard,
        mailboxes: &MailboxMac,
    ) -> Result<SealedCard, StoreError> {
        let found_by = async |email: Option<&Email>| match email {
            Some(email) => mailboxes.mailbox(email).await.map(Some),
            None => Ok(None),
        };
        let (key, mailbox, guardian_mailbox) = tokio::try_join!(
            self.0.unwrap(case, wrapped),
            found_by(card.email.as_ref()),
            found_by(card.guardian.as_ref().map(|guardian| &guardian.email)),
        )?;
        let sealed = key.seal_form(&binding(case), card)?;
        Ok(SealedCard { sealed, mailbox, guardian_mailbox })
    }

    /// Who must consent for a case now. Costs nothing unless the case was opened for a child.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn standing(&self, snapshot: &Snapshot, permit: &Permit, case: &Case) -> Result<Standing, StoreError> {
        let now = snapshot.now();
        if !case.minor {
            return Ok(Standing::adult(now));
        }
        let card = self.open(snapshot, permit).await?.unwrap_or_default();
        Ok(Standing { now, guardianship: card.of_age_at.map_or(Guardianship::Open, Guardianship::Until) })
    }
}

pub(crate) fn binding(case: &CaseId) -> Binding {
    Binding::field(case, &Place::Contact(case.clone()), "card")
}
