//! Whether a mail may still be sent, looked up at the moment of sending: links and codes of institutions only on consents in
//! force, codes only while they can be used, and nothing to a mailbox that nobody told us.

use crate::Mailer;
use crate::error::MailError;
use chrono::{DateTime, Utc};
use medius_domain::consent::{ConsentActor, TextLanguage, Use, gate};
use medius_domain::id::{DeliveryId, LinkId, ProviderId};
use medius_domain::link::{CODE_TRIES, Link, LinkState};
use medius_domain::person::Email;
use medius_domain::policy::Permit;
use medius_domain::provider::Provider;
use medius_store::{GuardianCode, MailAbout, MailRecord, Notice, Place};
use std::collections::BTreeSet;

/// What a mail says and whom it goes to.
pub(crate) enum Ready {
    /// The link, to an institution.
    Link { link: Link, provider: Provider },
    /// A code, to an institution.
    Code { link: Link, provider: Provider, n: u32, valid_until: DateTime<Utc> },
    /// That a link has ended, to an institution.
    Ended { link: Link, provider: Provider, at: DateTime<Utc> },
    /// A code, to a guardian.
    GuardianCode { to: Addressee, n: u32, valid_until: DateTime<Utc> },
    /// That something waits, to a patient or to whoever acts for a child.
    Notice { to: Addressee, notice: Notice },
}

/// A person's mailbox, and the language to write in.
#[derive(Clone)]
pub(crate) struct Addressee {
    pub(crate) email: Email,
    pub(crate) language: TextLanguage,
}

impl Mailer {
    /// What is to be sent, under a permit that names the consents that it rests on; nothing when the mail must not be sent.
    pub(crate) async fn ready(&self, mail: &MailRecord, leave: Permit) -> Result<Option<(Ready, Permit)>, MailError> {
        match &mail.about {
            MailAbout::ProviderLink { link_id, generation, provider_id } => {
                self.provision(mail, leave, link_id, *generation, provider_id, None).await
            }
            MailAbout::ProviderCode { link_id, generation, provider_id, code_n } => {
                self.provision(mail, leave, link_id, *generation, provider_id, Some(*code_n)).await
            }
            MailAbout::ProviderEnded { delivery_id, provider_id } => {
                Ok(self.ended(mail, delivery_id, provider_id).await?.map(|ready| (ready, leave)))
            }
            MailAbout::GuardianCode { code_n } => {
                Ok(self.guardian_code(mail, &leave, *code_n).await?.map(|ready| (ready, leave)))
            }
            MailAbout::PatientNotice { notice } => {
                Ok(self.notice(mail, &leave, *notice).await?.map(|ready| (ready, leave)))
            }
        }
    }

    /// The link, or with a number one of its codes: the link lives, the institution may receive, the consents are in force.
    async fn provision(
        &self,
        mail: &MailRecord,
        leave: Permit,
        link_id: &LinkId,
        generation: u32,
        provider_id: &ProviderId,
        code_n: Option<u32>,
    ) -> Result<Option<(Ready, Permit)>, MailError> {
        let mut places = Place::gate(&mail.case_id).to_vec();
        places.extend([
            Place::Link(link_id.clone()),
            Place::Code(link_id.clone()),
            Place::Provider(provider_id.clone()),
        ]);
        let snapshot = self.db.read(places).await?;
        let now = snapshot.now();
        let wanted = |l: &Link| l.live(now) && l.generation == generation && l.provider_id == *provider_id;
        let link = snapshot.link(link_id)?.filter(wanted);
        let provider = snapshot.provider(provider_id)?.filter(|p| p.may_receive(now));
        let (Some(case), Some(link), Some(provider)) = (snapshot.case(&mail.case_id)?, link, provider) else {
            return Ok(None);
        };
        if case.suspends(leave.event(), Some(provider_id)) {
            return Ok(None);
        }
        let standing = self.contacts.standing(&snapshot, &leave, &case).await?;
        // The mail itself holds none of the letter's parts; they are checked at every opening of the link.
        let used_for = Use::Provision { recipient: provider_id.clone(), items: BTreeSet::new() };
        let Ok(proof) = gate(&mail.case_id, &snapshot.consents(&mail.case_id)?, &used_for, &standing) else {
            return Ok(None);
        };
        if !link.rests_on(&proof) {
            return Ok(None);
        }
        let ready = match code_n {
            None => Ready::Link { link, provider },
            Some(n) => {
                let code = snapshot.code(link_id)?.filter(|c| c.n == n && !c.used && now < c.valid_until);
                let Some(code) = code else { return Ok(None) };
                Ready::Code { link, provider, n, valid_until: code.valid_until }
            }
        };
        Ok(Some((ready, leave.resting_on(&proof))))
    }

    /// Word that a link has ended provides nothing, so it needs no consent, and no institution that takes letters now; but
    /// whoever was never sent the link is told nothing.
    async fn ended(
        &self,
        mail: &MailRecord,
        delivery_id: &DeliveryId,
        provider_id: &ProviderId,
    ) -> Result<Option<Ready>, MailError> {
        let at = Place::Delivery(mail.case_id.clone(), delivery_id.clone());
        let snapshot = self.db.read([at, Place::Provider(provider_id.clone())]).await?;
        let delivery = snapshot.delivery(&mail.case_id, delivery_id)?.filter(|d| d.provider_id == *provider_id);
        let (Some(delivery), Some(provider)) = (delivery, snapshot.provider(provider_id)?) else { return Ok(None) };
        let link = self.db.read([Place::Link(delivery.link_id.clone())]).await?.link(&delivery.link_id)?;
        let Some(link) = link.filter(|l| l.state == LinkState::Revoked && l.sent_at.is_some()) else {
            return Ok(None);
        };
        let at = link.revoked_at.unwrap_or(mail.created_at);
        Ok(Some(Ready::Ended { link, provider, at }))
    }

    /// A guardian's code, while it can be used, a guardian is who must decide, and the mailbox is the one that it is for.
    async fn guardian_code(&self, mail: &MailRecord, leave: &Permit, n: u32) -> Result<Option<Ready>, MailError> {
        let id = &mail.case_id;
        let mut places = Place::gate(id).to_vec();
        places.push(Place::GuardianCode(id.clone()));
        let snapshot = self.db.read(places).await?;
        let now = snapshot.now();
        let usable = |c: &GuardianCode| c.n == n && !c.used && c.tries < CODE_TRIES && now < c.valid_until;
        let code = snapshot.guardian_code(id)?.filter(usable);
        let (Some(case), Some(code)) = (snapshot.case(id)?, code) else { return Ok(None) };
        if self.contacts.standing(&snapshot, leave, &case).await?.must_be() != ConsentActor::Guardian {
            return Ok(None);
        }
        let card = self.contacts.open(&snapshot, leave).await?.filter(|c| c.guardian_rev == code.guardian_rev);
        let guardian = card.and_then(|card| card.guardian);
        let to = guardian.map(|g| Addressee { email: g.email, language: g.language });
        Ok(to.map(|to| Ready::GuardianCode { to, n, valid_until: code.valid_until }))
    }

    /// Word that something waits: to the patient's mailbox, or until a child's 14th birthday to the guardian's.
    async fn notice(&self, mail: &MailRecord, leave: &Permit, notice: Notice) -> Result<Option<Ready>, MailError> {
        let snapshot = self.db.read(Place::gate(&mail.case_id)).await?;
        let Some(case) = snapshot.case(&mail.case_id)? else { return Ok(None) };
        let who = self.contacts.standing(&snapshot, leave, &case).await?.must_be();
        let Some(card) = self.contacts.open(&snapshot, leave).await? else { return Ok(None) };
        let to = match who {
            ConsentActor::Patient => card.email.map(|email| Addressee { email, language: card.language }),
            ConsentActor::Guardian => card.guardian.map(|g| Addressee { email: g.email, language: g.language }),
        };
        Ok(to.map(|to| Ready::Notice { to, notice }))
    }
}
