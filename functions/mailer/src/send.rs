//! One mail: lease, look up, send, record. The order makes every crash harmless: before the sending nothing has happened,
//! after it the worst is that the same mail goes out again.

use crate::Mailer;
use crate::letter;
use chrono::TimeDelta;
use medius_domain::access::{Action, Actor, Authentication, Event, Object, Purpose};
use medius_domain::consent::{ConsentProof, Use, gate};
use medius_domain::id::{EventId, MailId};
use medius_domain::link::{Link, LinkEvent};
use medius_domain::provider::Provider;
use medius_store::{
    Change, CodeRecord, Conflict, MailKind, MailRecord, MailStatus, Message, Place, Snapshot, StoreError, pause,
};

/// Seconds that a mailer may hold a mail.
const LEASE: i64 = 60;
/// Times that the record of a sent mail is tried against others who write at the same link.
const ATTEMPTS: u32 = 12;

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The mail service took it.
    Sent,
    /// It was not sent, and will not be: the link is dead, a consent is gone, or the code was replaced.
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

/// What a mail may be sent on.
struct Ready {
    link: Link,
    provider: Provider,
    proof: ConsentProof,
    code: Option<CodeRecord>,
}

impl Mailer {
    /// Sends a mail of the outbox, unless somebody else does or did.
    ///
    /// # Errors
    /// The failure of a service; the mail waits for the next attempt.
    #[tracing::instrument(skip_all, fields(mail.id = %id))]
    pub async fn deliver(&self, id: &MailId, request_id: &str) -> Result<Outcome, StoreError> {
        let snapshot = self.db.read([Place::Mail(id.clone())]).await?;
        let Some(mail) = snapshot.mail(id)? else { return Ok(Outcome::Settled) };
        match mail.status {
            MailStatus::Sent | MailStatus::Dropped => return Ok(Outcome::Settled),
            MailStatus::Sending if mail.lease_until.is_some_and(|until| self.db.now() < until) => {
                return Ok(Outcome::InOtherHands);
            }
            MailStatus::Sending | MailStatus::Pending => {}
        }
        let held = MailRecord {
            status: MailStatus::Sending,
            attempts: mail.attempts + 1,
            lease_until: Some(self.db.now() + TimeDelta::seconds(LEASE)),
            ..mail.clone()
        };
        match self.db.lease_mail(&held, mail.status, mail.attempts).await {
            Ok(()) => {}
            Err(StoreError::Conflict(_)) => return Ok(Outcome::InOtherHands),
            Err(error) => return Err(error),
        }
        match Box::pin(self.dispatch(&held)).await {
            Ok(Some((message_id, basis))) => {
                // From here on the mail is out: if its record fails, the lease runs out and the same mail goes again.
                self.record(&held, MailStatus::Sent, Some(message_id), basis, request_id).await?;
                Ok(Outcome::Sent)
            }
            Ok(None) => {
                self.record(&held, MailStatus::Dropped, None, Vec::new(), request_id).await?;
                Ok(Outcome::Dropped)
            }
            Err(error) => {
                let waiting = MailRecord { status: MailStatus::Pending, lease_until: None, ..held.clone() };
                // Where giving back fails too, the lease runs out by itself.
                let _ = self.db.lease_mail(&waiting, held.status, held.attempts).await;
                Err(error)
            }
        }
    }

    /// Looks everything up and sends; nothing when the mail must not be sent any more.
    async fn dispatch(&self, mail: &MailRecord) -> Result<Option<(String, Vec<EventId>)>, StoreError> {
        let snapshot = self
            .db
            .read([
                Place::Link(mail.link_id.clone()),
                Place::Code(mail.link_id.clone()),
                Place::Consents(mail.case_id.clone()),
                Place::Provider(mail.provider_id.clone()),
            ])
            .await?;
        let Some(ready) = self.ready(mail, &snapshot)? else { return Ok(None) };
        let Some(message) = self.message(mail, &ready).await? else { return Ok(None) };
        let message_id = self.postbox.send(&message).await?;
        Ok(Some((message_id, ready.proof.basis().to_vec())))
    }

    /// Whether the mail may still be sent: the link lives, the institution may receive, the consents are in force.
    fn ready(&self, mail: &MailRecord, snapshot: &Snapshot) -> Result<Option<Ready>, StoreError> {
        let now = self.db.now();
        let link = snapshot.link(&mail.link_id)?.filter(|l| l.live(now) && l.generation == mail.generation);
        let provider = snapshot.provider(&mail.provider_id)?.filter(|p| p.may_receive(now));
        let used_for = Use::Provision { recipient: mail.provider_id.clone() };
        let proof = gate(&mail.case_id, &snapshot.consents(&mail.case_id)?, &used_for).ok();
        let code = snapshot.code(&mail.link_id)?;
        let (Some(link), Some(provider), Some(proof)) = (link, provider, proof) else { return Ok(None) };
        Ok((link.provider_id == mail.provider_id).then_some(Ready { link, provider, proof, code }))
    }

    async fn message(&self, mail: &MailRecord, ready: &Ready) -> Result<Option<Message>, StoreError> {
        let Ready { link, provider, code, .. } = ready;
        match mail.kind {
            MailKind::ProviderLink => {
                let secret = self.links.secret(&link.id, link.generation).await?;
                letter::link(&self.sender, provider, link, &secret).map(Some)
            }
            MailKind::ProviderCode => {
                let now = self.db.now();
                let Some(code) = code.as_ref().filter(|c| Some(c.n) == mail.code_n && !c.used && now < c.valid_until)
                else {
                    return Ok(None);
                };
                let digits = self.codes.code(&link.id, code.n).await?;
                letter::code(&self.sender, provider, link, code.valid_until, &digits).map(Some)
            }
        }
    }

    /// Records what became of a mail, with the link's state and the entry in the access log, in one transaction.
    async fn record(
        &self,
        held: &MailRecord,
        status: MailStatus,
        message_id: Option<String>,
        basis: Vec<EventId>,
        request_id: &str,
    ) -> Result<(), StoreError> {
        let sent = status == MailStatus::Sent;
        let object = match held.kind {
            MailKind::ProviderLink => Object::of("mail", &held.id, "link"),
            MailKind::ProviderCode => Object::of("mail", &held.id, "code"),
        };
        let event = Event {
            actor: Actor::System { function: "mailer".to_owned() },
            authentication: Authentication::Role,
            action: if sent { Action::Send } else { Action::Refused },
            object,
            purpose: Purpose::Provision,
            basis,
            source_ip: None,
            request_id: Some(request_id.to_owned()),
        };
        let done = MailRecord { status, message_id, lease_until: None, ..held.clone() };
        let mut attempt = 0;
        loop {
            let places = [Place::Link(held.link_id.clone()), Place::LogHead(held.case_id.clone())];
            let snapshot = self.db.read(places).await?;
            let mut change = Change::new(&held.case_id, &held.subject, event.clone(), self.db.now());
            change.update_mail(&done, held.status, held.attempts)?;
            if sent && held.kind == MailKind::ProviderLink {
                self.mark_link(&mut change, held, &snapshot)?;
            }
            match self.db.commit(change, &snapshot).await {
                Err(StoreError::Conflict(Conflict::Link | Conflict::Busy)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    pause(attempt).await;
                }
                done => return done,
            }
        }
    }

    /// The link's state after its mail was taken. A link that was revoked meanwhile stays revoked.
    fn mark_link(&self, change: &mut Change, held: &MailRecord, snapshot: &Snapshot) -> Result<(), StoreError> {
        let (link, kept_until) = (snapshot.link(&held.link_id)?, snapshot.link_kept_until(&held.link_id));
        let (Some(link), Some(kept_until)) = (link, kept_until) else { return Ok(()) };
        let Some(state) = link.state.after(LinkEvent::MailSent) else { return Ok(()) };
        let sent_at = link.sent_at.or(Some(self.db.now()));
        if (state, sent_at) == (link.state, link.sent_at) {
            return Ok(());
        }
        change.update_link(&Link { state, sent_at, rev: link.rev + 1, ..link }, kept_until)
    }
}
