//! One mail: lease, look up, send, record. The order makes every crash harmless: before the sending nothing has happened, and
//! what the mail service took it reports, so that after it the mail is recorded and not sent again. Only where that report is
//! later than the next attempt does the same mail go out twice.

use crate::Mailer;
use crate::error::MailError;
use crate::personal::CodeFor;
use crate::ready::Ready;
use crate::{changed, clock, coordinator, correction, destroyed, export, letter, personal};
use chrono::TimeDelta;
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::id::{LinkId, MailId};
use medius_domain::link::{Link, LinkEvent};
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_http::about;
use medius_store::{
    Change, Conflict, MailAbout, MailRecord, MailStatus, Message, Notice, Place, Snapshot, StoreError, pause,
};

/// Seconds that a mailer may hold a mail.
const LEASE: i64 = 60;
/// Seconds in which the mail service can report that it took a mail after all, where its answer is missing. SES publishes an event
/// within seconds as a rule and names no limit; who waits for a code is not to wait longer than they look at the page.
const REPORT: i64 = 20;
/// Times that the record of a sent mail is tried against others who write at the same link.
const ATTEMPTS: u32 = 12;

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The mail service took it.
    Sent,
    /// It was not sent, and will not be: the link is dead, a consent is gone, the code was replaced, or there is no mailbox.
    Dropped,
    /// Another mailer is at it.
    InOtherHands,
    /// It was sent or dropped before, or is not there any more.
    Settled,
}

impl Outcome {
    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dropped => "dropped",
            Self::InOtherHands => "in-other-hands",
            Self::Settled => "settled",
        }
    }
}

impl Mailer {
    /// Sends a mail of the outbox, unless somebody else does or did.
    ///
    /// # Errors
    /// The failure of a service; the mail waits for the next attempt.
    pub async fn deliver(&self, id: &MailId, request_id: &str) -> Result<Outcome, MailError> {
        let snapshot = self.db.read([Place::Mail(id.clone())]).await?;
        let Some(mail) = snapshot.mail(id)? else { return Ok(Outcome::Settled) };
        about::mail(&mail);
        match mail.status {
            MailStatus::Sent | MailStatus::Dropped => return Ok(Outcome::Settled),
            MailStatus::Sending if mail.lease_until.is_some_and(|until| self.db.now() < until) => {
                return Ok(Outcome::InOtherHands);
            }
            MailStatus::Sending | MailStatus::Pending => {}
        }
        let scope = mail.scope();
        let behind = match (&mail.case_id, &mail.subject) {
            (Some(case), Some(subject)) => On::Behind(case, subject),
            (None, _) | (_, None) => On::Service(&scope),
        };
        let leave = permit(sending(&mail, request_id), &behind)?;
        let held = MailRecord {
            status: MailStatus::Sending,
            attempts: mail.attempts + 1,
            lease_until: Some(self.db.now() + TimeDelta::seconds(LEASE)),
            ..mail.clone()
        };
        match self.db.lease_mail(&held, mail.status, mail.attempts).await {
            Ok(()) => {}
            Err(StoreError::Conflict(_)) => return Ok(Outcome::InOtherHands),
            Err(error) => return Err(error.into()),
        }
        match Box::pin(self.taken_or_dispatched(&held, leave)).await {
            Ok(Some((message_id, leave))) => {
                // From here on the mail is out: if its record fails, the lease runs out, and by then it is known to be out.
                self.record(&held, MailStatus::Sent, Some(message_id), &leave).await?;
                Ok(Outcome::Sent)
            }
            Ok(None) => {
                let refusal = Permit::refusal(sending(&mail, request_id), &behind);
                self.record(&held, MailStatus::Dropped, None, &refusal).await?;
                Ok(Outcome::Dropped)
            }
            Err(error) => {
                let (status, lease_until) = match &error {
                    MailError::Unanswered(_) => (MailStatus::Sending, Some(self.db.now() + TimeDelta::seconds(REPORT))),
                    MailError::Store(_) | MailError::Template(_) | MailError::Denied(_) => (MailStatus::Pending, None),
                };
                let waiting = MailRecord { status, lease_until, ..held.clone() };
                // Where giving back fails too, or the mail was reported as taken, the lease runs out by itself.
                let _ = self.db.lease_mail(&waiting, held.status, held.attempts).await;
                Err(error)
            }
        }
    }

    /// What there is to be recorded of a mail that is out already; sends every other one.
    async fn taken_or_dispatched(
        &self,
        mail: &MailRecord,
        leave: Permit,
    ) -> Result<Option<(String, Permit)>, MailError> {
        let Some(message_id) = mail.message_id.clone() else { return self.dispatch(mail, leave).await };
        // The consents that it rested on, as far as they are still in force.
        let resting = Box::pin(self.ready(mail, leave.clone())).await?.map(|(_, leave)| leave);
        Ok(Some((message_id, resting.unwrap_or(leave))))
    }

    /// Looks everything up and sends; nothing when the mail must not be sent any more.
    async fn dispatch(&self, mail: &MailRecord, leave: Permit) -> Result<Option<(String, Permit)>, MailError> {
        let Some((ready, leave)) = Box::pin(self.ready(mail, leave)).await? else { return Ok(None) };
        let message = self.message(&ready).await?;
        let message_id = self.postbox.send(&message, &mail.id).await?;
        Ok(Some((message_id, leave)))
    }

    async fn message(&self, ready: &Ready) -> Result<Message, MailError> {
        let sender = &self.sender;
        match ready {
            Ready::Link { link, provider } => {
                let secret = self.links.secret(&link.id, link.generation).await?;
                letter::link(sender, provider, link, &secret)
            }
            Ready::Changed { link, provider } => {
                let secret = self.links.secret(&link.id, link.generation).await?;
                changed::letter(sender, provider, link, &secret)
            }
            Ready::Code { link, provider, n, valid_until } => {
                let digits = self.codes.code(&link.id, *n).await?;
                letter::code(sender, provider, link, *valid_until, &digits)
            }
            Ready::Ended { link, provider, at } => letter::ended(sender, provider, link, *at),
            Ready::Superseded { link, provider, at } => letter::superseded(sender, provider, link, *at),
            Ready::Destroyed { provider, case_id, documents } => {
                destroyed::letter(sender, provider, case_id, documents)
            }
            Ready::Correction { provider, case_id, right_id, until } => {
                let link = match until {
                    Some(until) => {
                        let secret = self.copies.secret(right_id).await?;
                        Some(correction::Link::new(sender, right_id, &secret, *until))
                    }
                    None => None,
                };
                correction::letter(sender, provider, case_id, right_id, link.as_ref())
            }
            Ready::StatementCode { provider, right_id, n } => {
                let digits = self.codes.export_code(right_id, *n).await?;
                correction::code(sender, provider, &digits)
            }
            Ready::RightClosed { to } => clock::closed(sender, to),
            Ready::Reminder { to, right_id, milestone, due_at } => {
                clock::reminder(sender, to, right_id, *milestone, *due_at)
            }
            Ready::Coordinators { to, case_id, notice } => coordinator::notice(sender, to, case_id, *notice),
            Ready::GuardianCode { to, case_id, n, valid_until } => {
                let digits = self.codes.guardian_code(case_id, *n).await?;
                personal::guardian_code(sender, to, *valid_until, &digits)
            }
            Ready::RightCode { to, right_id, n, valid_until } => {
                let digits = self.codes.right_code(right_id, *n).await?;
                personal::mailbox_code(sender, to, CodeFor::Right, *valid_until, &digits)
            }
            Ready::InquiryCode { to, inquiry_id, n, valid_until } => {
                let digits = self.codes.inquiry_code(inquiry_id, *n).await?;
                personal::mailbox_code(sender, to, CodeFor::Inquiry, *valid_until, &digits)
            }
            Ready::InquiryAnswer { to, inquiry_id } => personal::inquiry_answer(sender, to, inquiry_id),
            Ready::Export { to, right_id, until } => {
                let secret = self.copies.secret(right_id).await?;
                export::ready(sender, to, right_id, &secret, *until)
            }
            Ready::ExportCode { to, right_id, n, until } => {
                let digits = self.codes.export_code(right_id, *n).await?;
                export::code(sender, to, *until, &digits)
            }
            Ready::Notice { to, notice, case_id } => personal::notice(sender, to, case_id, *notice),
        }
    }

    /// Records what became of a mail, with the link's state and the entry in the access log, in one transaction.
    async fn record(
        &self,
        held: &MailRecord,
        status: MailStatus,
        message_id: Option<String>,
        leave: &Permit,
    ) -> Result<(), MailError> {
        let done = MailRecord { status, message_id, lease_until: None, ..held.clone() };
        let carried = match &held.about {
            MailAbout::ProviderLink { link_id, generation, .. } if status == MailStatus::Sent => {
                Some((link_id, *generation))
            }
            MailAbout::ProviderLink { .. }
            | MailAbout::ProviderTask { .. }
            | MailAbout::ProviderCode { .. }
            | MailAbout::ProviderEnded { .. }
            | MailAbout::ProviderDestroyed { .. }
            | MailAbout::ProviderCorrection { .. }
            | MailAbout::GuardianCode { .. }
            | MailAbout::CoordinatorNotice { .. }
            | MailAbout::PatientNotice { .. }
            | MailAbout::PatientExport { .. }
            | MailAbout::ExportCode { .. }
            | MailAbout::InquiryCode { .. }
            | MailAbout::InquiryAnswer { .. }
            | MailAbout::RightClosed { .. }
            | MailAbout::OfficerReminder { .. }
            | MailAbout::RightCode { .. } => None,
        };
        // A link that was made where no secret can be derived gets its hash here.
        let secret_sha256 = match carried {
            Some((id, generation)) => Some(self.links.secret(id, generation).await?.sha256()),
            None => None,
        };
        let mut attempt = 0;
        loop {
            let link = carried.map(|(id, _)| Place::Link(id.clone()));
            let snapshot = self.db.read([Place::LogHead(leave.scope().clone())].into_iter().chain(link)).await?;
            let mut change = Change::new(leave.clone(), self.db.now());
            change.update_mail(&done, held.status, held.attempts)?;
            if let Some((link, generation)) = carried {
                self.mark_link(&mut change, link, generation, secret_sha256.as_deref(), &snapshot)?;
            }
            match self.db.commit(change, &snapshot).await {
                Err(StoreError::Conflict(Conflict::Link | Conflict::Busy)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    pause(attempt).await;
                }
                done => return Ok(done?),
            }
        }
    }

    /// The link's state after its mail was taken. A link that was revoked while the mail was on its way stays revoked; the
    /// institution holds it now, so it is told that it has ended, as those are who held it when it was revoked.
    fn mark_link(
        &self,
        change: &mut Change,
        id: &LinkId,
        generation: u32,
        secret_sha256: Option<&str>,
        snapshot: &Snapshot,
    ) -> Result<(), StoreError> {
        // The mail of a link that was made anew meanwhile says nothing about the new one.
        let link = snapshot.link(id)?.filter(|link| link.generation == generation || link.state.over());
        let (Some(link), Some(kept_until)) = (link, snapshot.link_kept_until(id)) else { return Ok(()) };
        let state = link.state.after(LinkEvent::MailSent).unwrap_or(link.state);
        if (state, link.sent_at.is_some()) == (link.state, true) {
            return Ok(());
        }
        let now = self.db.now();
        if state.over() {
            change.order_mail(&MailRecord::ended(&link, now))?;
        }
        // Made anew, it was sent anew.
        let sent_at = if state == link.state { link.sent_at.or(Some(now)) } else { Some(now) };
        let next = Link { state, sent_at, rev: link.rev + 1, ..link };
        let next = match secret_sha256.filter(|_| next.secret_sha256.is_empty() && next.generation == generation) {
            Some(hash) => Link { secret_sha256: hash.to_owned(), ..next },
            None => next,
        };
        change.update_link(&next, kept_until)
    }
}

/// The sending of a mail, as the access log has it.
fn sending(mail: &MailRecord, request_id: &str) -> Event {
    let (part, purpose) = match mail.about {
        MailAbout::ProviderLink { .. } => ("link", Purpose::Provision),
        MailAbout::ProviderTask { .. } => ("task", Purpose::Provision),
        MailAbout::ProviderCode { .. } => ("code", Purpose::Provision),
        MailAbout::ProviderEnded { .. } => ("ended", Purpose::PatientRights),
        MailAbout::ProviderDestroyed { .. } => ("destroyed", Purpose::PatientRights),
        MailAbout::ProviderCorrection { .. } => ("correction", Purpose::PatientRights),
        MailAbout::CoordinatorNotice { .. } => ("coordinator", Purpose::Inquiry),
        MailAbout::GuardianCode { .. } => ("guardian-code", Purpose::PatientRights),
        MailAbout::RightClosed { .. } => ("right-closed", Purpose::PatientRights),
        MailAbout::OfficerReminder { .. } => ("reminder", Purpose::Oversight),
        MailAbout::RightCode { .. } => ("right-code", Purpose::PatientRights),
        MailAbout::InquiryCode { .. } => ("inquiry-code", Purpose::Inquiry),
        MailAbout::InquiryAnswer { .. } => ("inquiry-answer", Purpose::Inquiry),
        MailAbout::PatientExport { .. } => ("export", Purpose::PatientRights),
        MailAbout::ExportCode { .. } => ("export-code", Purpose::PatientRights),
        MailAbout::PatientNotice { notice: Notice::Message } => ("message", Purpose::Inquiry),
        MailAbout::PatientNotice { notice: Notice::Receipt } => ("receipt", Purpose::PatientRights),
        MailAbout::PatientNotice { notice: Notice::Right } => ("right", Purpose::PatientRights),
        MailAbout::PatientNotice { notice: Notice::Corrected } => ("corrected", Purpose::PatientRights),
        MailAbout::PatientNotice { notice: Notice::TaskChanged } => ("task", Purpose::ReferralLetter),
        MailAbout::PatientNotice { notice: Notice::AnswerAwaited } => ("answer-awaited", Purpose::ReferralLetter),
        MailAbout::PatientNotice { notice: Notice::Signed } => ("signed", Purpose::ReferralLetter),
        MailAbout::PatientNotice { notice: Notice::ClosingSoon } => ("closing-soon", Purpose::PatientRights),
        MailAbout::PatientNotice { notice: Notice::Destroyed } => ("destroyed", Purpose::PatientRights),
    };
    Event::of_function("mailer", Action::Send, Object::of(Thing::Mail, &mail.id, part), purpose, Some(request_id))
}
