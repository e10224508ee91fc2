//! Whether a mail may still be sent, looked up at the moment of sending: links and codes of institutions only on consents in
//! force, codes only while they can be used, and nothing to a mailbox that nobody told us.

use crate::Mailer;
use crate::error::MailError;
use chrono::{DateTime, Utc};
use medius_domain::case::Case;
use medius_domain::consent::{ConsentActor, TextLanguage, Use, gate};
use medius_domain::id::{CaseId, DeliveryId, DocumentNumber, InquiryId, LinkId, ProviderId, RightId};
use medius_domain::inquiry::AnswerTo;
use medius_domain::link::{Link, LinkState};
use medius_domain::person::Email;
use medius_domain::policy::{On, Permit, permit};
use medius_domain::provider::Provider;
use medius_domain::rights::{Claim, Keeper, Milestone};
use medius_http::about;
use medius_store::{DeskNotice, GuardianCode, MailAbout, MailRecord, Notice, Place, Snapshot};
use std::collections::BTreeSet;

/// What a mail says and whom it goes to.
pub(crate) enum Ready {
    /// The link, to an institution.
    Link { link: Link, provider: Provider },
    /// That something about its referral changed, with the link again, to an institution.
    Changed { link: Link, provider: Provider },
    /// A code, to an institution.
    Code { link: Link, provider: Provider, n: u32, valid_until: DateTime<Utc> },
    /// That a link has ended, to an institution.
    Ended { link: Link, provider: Provider, at: DateTime<Utc> },
    /// That a case is destroyed, to an institution that holds copies.
    Destroyed { provider: Provider, case_id: CaseId, documents: Vec<DocumentNumber> },
    /// That something it recorded is to be corrected, to an institution.
    Correction { provider: Provider, case_id: CaseId, right_id: RightId, until: Option<DateTime<Utc>> },
    /// A code to fetch what a patient says of such a record, to the same institution.
    StatementCode { provider: Provider, right_id: RightId, n: u32 },
    /// That a newer version of a letter takes its place, to an institution.
    Superseded { link: Link, provider: Provider, at: DateTime<Utc> },
    /// That an unconfirmed request was closed, to the mailbox on file.
    RightClosed { to: Addressee },
    /// That something should have happened by now, to the data protection officer.
    Reminder { to: Email, right_id: RightId, milestone: Milestone, due_at: DateTime<Utc> },
    /// That a case needs a coordinator.
    Coordinators { to: Email, case_id: CaseId, notice: DeskNotice },
    /// A code, to a guardian.
    GuardianCode { to: Addressee, case_id: CaseId, n: u32, valid_until: DateTime<Utc> },
    /// A code, to who asks about rights without a sign-in.
    RightCode { to: Addressee, right_id: RightId, n: u32, valid_until: DateTime<Utc> },
    /// A code, to a visitor.
    InquiryCode { to: Addressee, inquiry_id: InquiryId, n: u32, valid_until: DateTime<Utc> },
    /// That an inquiry was answered.
    InquiryAnswer { to: Addressee, inquiry_id: InquiryId },
    /// The link to the copy that a patient asked for.
    Export { to: Addressee, right_id: RightId, until: DateTime<Utc> },
    /// A code to fetch it.
    ExportCode { to: Addressee, right_id: RightId, n: u32, until: DateTime<Utc> },
    /// That something waits, to a patient or to whoever acts for a child.
    Notice { to: Addressee, notice: Notice, case_id: CaseId },
}

impl Ready {
    /// The link as word of a change instead of as the first mail.
    fn changed(self) -> Self {
        if let Self::Link { link, provider } = self { Self::Changed { link, provider } } else { self }
    }
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
        if let MailAbout::RightCode { right_id, code_n } = &mail.about {
            return self.right_code(&leave, right_id, *code_n).await;
        }
        if let MailAbout::InquiryCode { inquiry_id, code_n } = &mail.about {
            return Ok(self.of_inquiry(&leave, inquiry_id, Some(*code_n)).await?.map(|ready| (ready, leave)));
        }
        if let MailAbout::InquiryAnswer { inquiry_id } = &mail.about {
            return Ok(self.of_inquiry(&leave, inquiry_id, None).await?.map(|ready| (ready, leave)));
        }
        if let MailAbout::RightClosed { right_id } = &mail.about {
            return self.right_closed(&leave, right_id).await;
        }
        if let MailAbout::OfficerReminder { right_id, milestone } = &mail.about {
            return Ok(self.reminder(right_id, *milestone).await?.map(|ready| (ready, leave)));
        }
        // Everything else is about a case, which stands in the mail.
        let Some(case) = &mail.case_id else { return Ok(None) };
        match &mail.about {
            MailAbout::ProviderLink { link_id, generation, provider_id } => {
                self.provision(case, leave, link_id, *generation, provider_id, None).await
            }
            MailAbout::ProviderTask { link_id, generation, provider_id } => {
                let ready = self.provision(case, leave, link_id, *generation, provider_id, None).await?;
                Ok(ready.map(|(ready, leave)| (ready.changed(), leave)))
            }
            MailAbout::ProviderCode { link_id, generation, provider_id, code_n } => {
                self.provision(case, leave, link_id, *generation, provider_id, Some(*code_n)).await
            }
            MailAbout::ProviderEnded { delivery_id, provider_id } => {
                Ok(self.ended(mail, case, delivery_id, provider_id).await?.map(|ready| (ready, leave)))
            }
            MailAbout::ProviderDestroyed { provider_id, documents } => {
                Ok(self.destroyed(case, provider_id, documents).await?.map(|ready| (ready, leave)))
            }
            MailAbout::ProviderCorrection { provider_id, right_id } => {
                Ok(self.correction(case, provider_id, right_id).await?.map(|ready| (ready, leave)))
            }
            MailAbout::CoordinatorNotice { notice } => {
                Ok(self.coordinators(case, *notice).await?.map(|ready| (ready, leave)))
            }
            MailAbout::GuardianCode { code_n } => {
                Ok(self.guardian_code(case, &leave, *code_n).await?.map(|ready| (ready, leave)))
            }
            MailAbout::PatientNotice { notice } => {
                Ok(self.notice(case, &leave, *notice).await?.map(|ready| (ready, leave)))
            }
            MailAbout::PatientExport { right_id } => {
                Ok(self.export(case, &leave, right_id, None).await?.map(|ready| (ready, leave)))
            }
            MailAbout::ExportCode { right_id, code_n } => {
                Ok(self.export(case, &leave, right_id, Some(*code_n)).await?.map(|ready| (ready, leave)))
            }
            MailAbout::RightCode { .. }
            | MailAbout::RightClosed { .. }
            | MailAbout::OfficerReminder { .. }
            | MailAbout::InquiryCode { .. }
            | MailAbout::InquiryAnswer { .. } => Ok(None),
        }
    }

    /// The link, or with a number one of its codes: the link lives, the institution may receive, the consents are in force.
    async fn provision(
        &self,
        case_id: &CaseId,
        leave: Permit,
        link_id: &LinkId,
        generation: u32,
        provider_id: &ProviderId,
        code_n: Option<u32>,
    ) -> Result<Option<(Ready, Permit)>, MailError> {
        let mut places = Place::gate(case_id).to_vec();
        places.extend([
            Place::Link(link_id.clone()),
            Place::Code(link_id.clone()),
            Place::Provider(provider_id.clone()),
        ]);
        let snapshot = self.db.read(places).await?;
        let now = snapshot.now();
        let wanted = |l: &Link| l.live(now) && l.generation == generation && l.provider_id == *provider_id;
        let link = snapshot.link(link_id)?.filter(wanted);
        let provider = snapshot.provider(provider_id)?;
        let (Some(case), Some(link), Some(provider)) = (snapshot.case(case_id)?, link, provider) else {
            return Ok(None);
        };
        about::link(&link);
        if !provider.takes(&case, now) || case.suspends(leave.event(), Some(provider_id)) {
            return Ok(None);
        }
        let standing = self.contacts.standing(&snapshot, &leave, &case).await?;
        // The mail itself holds none of the letter's parts; they are checked at every opening of the link.
        let used_for = Use::Provision { recipient: provider_id.clone(), items: BTreeSet::new() };
        let Ok(proof) = gate(case_id, &snapshot.consents(case_id)?, &used_for, &standing) else {
            return Ok(None);
        };
        if !link.rests_on(&proof) {
            return Ok(None);
        }
        let Some(provider) = self.mailbox(&link, provider).await? else { return Ok(None) };
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

    /// The institution with the mailbox that a link goes to: its own, or that of another of its entries in the directory, as long
    /// as that one is of the same registered institution and may receive.
    async fn mailbox(&self, link: &Link, provider: Provider) -> Result<Option<Provider>, MailError> {
        let Some(other) = &link.mailbox_of else { return Ok(Some(provider)) };
        let snapshot = self.db.read([Place::Provider(other.clone())]).await?;
        let now = snapshot.now();
        let same =
            |other: &Provider| other.registration_number == provider.registration_number && other.may_receive(now);
        Ok(snapshot.provider(other)?.filter(same).map(|other| Provider { id: provider.id, ..other }))
    }

    /// Word that a link has ended provides nothing, so it needs no consent, and no institution that takes letters now; but
    /// whoever was never sent the link is told nothing.
    async fn ended(
        &self,
        mail: &MailRecord,
        case_id: &CaseId,
        delivery_id: &DeliveryId,
        provider_id: &ProviderId,
    ) -> Result<Option<Ready>, MailError> {
        let at = Place::Delivery(case_id.clone(), delivery_id.clone());
        let snapshot = self.db.read([at, Place::Provider(provider_id.clone())]).await?;
        let delivery = snapshot.delivery(case_id, delivery_id)?.filter(|d| d.provider_id == *provider_id);
        let (Some(delivery), Some(provider)) = (delivery, snapshot.provider(provider_id)?) else { return Ok(None) };
        let link = self.db.read([Place::Link(delivery.link_id.clone())]).await?.link(&delivery.link_id)?;
        let Some(link) = link.filter(|l| l.state.over() && l.sent_at.is_some()) else { return Ok(None) };
        about::link(&link);
        let at = link.revoked_at.unwrap_or(mail.created_at);
        let Some(provider) = self.mailbox(&link, provider).await? else { return Ok(None) };
        if link.state == LinkState::Superseded {
            return Ok(Some(Ready::Superseded { link, provider, at }));
        }
        Ok(Some(Ready::Ended { link, provider, at }))
    }

    /// A guardian's code, while it can be used, a guardian is who must decide, and the mailbox is the one that it is for.
    async fn guardian_code(&self, id: &CaseId, leave: &Permit, n: u32) -> Result<Option<Ready>, MailError> {
        let mut places = Place::gate(id).to_vec();
        places.push(Place::GuardianCode(id.clone()));
        let snapshot = self.db.read(places).await?;
        let now = snapshot.now();
        let usable = |c: &GuardianCode| c.code.n == n && c.code.usable(now);
        let code = snapshot.guardian_code(id)?.filter(usable);
        let (Some(case), Some(code)) = (snapshot.case(id)?, code) else { return Ok(None) };
        if self.contacts.standing(&snapshot, leave, &case).await?.must_be() != ConsentActor::Guardian {
            return Ok(None);
        }
        let card = self.contacts.open(&snapshot, leave).await?.filter(|c| c.guardian_rev == code.guardian_rev);
        let guardian = card.and_then(|card| card.guardian);
        let to = guardian.map(|g| Addressee { email: g.email, language: g.language });
        Ok(to.map(|to| Ready::GuardianCode { to, case_id: id.clone(), n, valid_until: code.code.valid_until }))
    }

    /// Word that something waits: to the patient's mailbox, or until a child's 14th birthday to the guardian's.
    async fn notice(&self, case_id: &CaseId, leave: &Permit, notice: Notice) -> Result<Option<Ready>, MailError> {
        let snapshot = if notice == Notice::Destroyed {
            // Retention found it late: it is past its end, and still the patient is told what becomes of it.
            self.db.read_past_end(Place::gate(case_id)).await?
        } else {
            self.db.read(Place::gate(case_id)).await?
        };
        let Some(case) = snapshot.case(case_id)? else { return Ok(None) };
        let to = self.addressee(&snapshot, leave, &case).await?;
        Ok(to.map(|to| Ready::Notice { to, notice, case_id: case_id.clone() }))
    }

    /// The patient's mailbox, or until a child's 14th birthday the guardian's.
    pub(crate) async fn addressee(
        &self,
        snapshot: &Snapshot,
        leave: &Permit,
        case: &Case,
    ) -> Result<Option<Addressee>, MailError> {
        let who = self.contacts.standing(snapshot, leave, case).await?.must_be();
        let Some(card) = self.contacts.open(snapshot, leave).await? else { return Ok(None) };
        Ok(match who {
            ConsentActor::Patient => card.email.map(|email| Addressee { email, language: card.language }),
            ConsentActor::Guardian => card.guardian.map(|g| Addressee { email: g.email, language: g.language }),
        })
    }

    /// A code for a visitor while it can be used, or word of an answer: to the mailbox that lies sealed with the inquiry.
    async fn of_inquiry(
        &self,
        leave: &Permit,
        id: &InquiryId,
        code_n: Option<u32>,
    ) -> Result<Option<Ready>, MailError> {
        let snapshot = self.db.read([Place::Inquiry(id.clone()), Place::InquiryKey(id.clone())]).await?;
        let (Some(inquiry), Some(sealed)) = (snapshot.inquiry(id)?, snapshot.answer_to(leave)) else { return Ok(None) };
        let code = inquiry.visitor.map(|visitor| visitor.code);
        let code = code.filter(|code| Some(code.n) == code_n && code.usable(snapshot.now()));
        if code_n.is_some() && code.is_none() {
            return Ok(None);
        }
        let AnswerTo { email, language } = self.answers.open_answer_to(id, &sealed).await?;
        let (to, inquiry_id) = (Addressee { email, language }, id.clone());
        Ok(Some(match code {
            Some(code) => Ready::InquiryCode { to, inquiry_id, n: code.n, valid_until: code.valid_until },
            None => Ready::InquiryAnswer { to, inquiry_id },
        }))
    }

    /// A code for a request about rights, while it can be used and where a case has the mailbox on file. Who ordered it does
    /// not know whether there is one: only here is it looked up, and nothing of that goes back.
    async fn right_code(&self, leave: &Permit, id: &RightId, n: u32) -> Result<Option<(Ready, Permit)>, MailError> {
        let snapshot = self.db.read([Place::Right(id.clone())]).await?;
        let now = snapshot.now();
        let claim = snapshot.rights_request(id)?.and_then(|request| request.claim);
        let Some(claim) = claim.filter(|c| c.code.n == n && c.code.usable(now)) else { return Ok(None) };
        let Some((to, leave)) = self.on_file(leave, &claim).await? else { return Ok(None) };
        Ok(Some((Ready::RightCode { to, right_id: id.clone(), n, valid_until: claim.code.valid_until }, leave)))
    }

    /// The mailbox on file that a request without a sign-in names, if there is one, and leave to write to it.
    pub(crate) async fn on_file(
        &self,
        leave: &Permit,
        claim: &Claim,
    ) -> Result<Option<(Addressee, Permit)>, MailError> {
        let Some(meant) = claim.meant(&self.db.on_file(&claim.mailbox, claim.case_id.as_ref()).await?) else {
            return Ok(None);
        };
        let leave = permit(leave.event().clone(), &On::Behind(&meant.through, &meant.subject))?;
        let snapshot = self.db.read([Place::Contact(meant.through.clone()), Place::ContactKey(meant.through)]).await?;
        let card = self.contacts.open(&snapshot, &leave).await?;
        let email = card.and_then(|card| match meant.keeper {
            Keeper::Patient => card.email,
            Keeper::Guardian => card.guardian.map(|guardian| guardian.email),
        });
        Ok(email.map(|email| (Addressee { email, language: claim.language }, leave)))
    }
}
