//! Recording a report at the link that the mail carried, with its entry in the access log. Of a bounce and of a complaint
//! coordinators are told, by mail and on their work list: somebody has to call the institution.

use crate::report::{Report, Word};
use crate::{Failure, MailEvents};
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::id::{LinkId, MailId};
use medius_domain::link::{Link, LinkEvent, LinkState};
use medius_domain::policy::{On, Thing, permit};
use medius_http::about;
use medius_store::{Change, Conflict, DeskNotice, MailAbout, MailRecord, MailStatus, Place, StoreError, pause};

/// Times that a report is recorded anew when others wrote at the same link.
const ATTEMPTS: u32 = 12;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is recorded.
    Noted,
    /// It was recorded before, or says nothing new about a link.
    Settled,
}

impl Outcome {
    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Settled => "settled",
        }
    }
}

/// The link that a report says something about, with the generation of its mail. A one-time code that arrived says nothing
/// about the mail with the link; one that bounced says that the mailbox takes nothing.
fn concerned(about: &MailAbout, word: Word) -> Option<(&LinkId, u32)> {
    match (about, word) {
        (
            MailAbout::ProviderLink { link_id, generation, .. },
            Word::Delivered | Word::Delayed | Word::Bounced | Word::Complained,
        )
        | (MailAbout::ProviderCode { link_id, generation, .. }, Word::Bounced | Word::Complained) => {
            Some((link_id, *generation))
        }
        // Mails to people, and words that a link has ended: counted, and nothing else.
        (_, Word::Taken | Word::Delivered | Word::Delayed | Word::Bounced | Word::Complained) => None,
    }
}

impl MailEvents {
    /// Records a report, once.
    ///
    /// # Errors
    /// [`Failure`]; nothing was recorded.
    pub async fn note(&self, report: &Report, request_id: &str) -> Result<Outcome, Failure> {
        // A mail that is gone from the outbox is a week old: its link is long read or long given up.
        let mail = self.db.read([Place::Mail(report.mail.clone())]).await?.mail(&report.mail)?;
        let Some(mail) = mail else { return Ok(Outcome::Settled) };
        // The request that ordered the mail is known in the log of what became of it.
        about::mail(&mail);
        // Where the mailer had no answer, or could not record it, this is how it learns that nothing is to be sent again.
        let unrecorded = matches!(mail.status, MailStatus::Pending | MailStatus::Sending);
        let news = unrecorded && self.taken(&mail.id, &report.message_id).await?;
        let Some((link_id, generation)) = concerned(&mail.about, report.word) else {
            return Ok(if news { Outcome::Noted } else { Outcome::Settled });
        };
        let mut attempt = 0;
        loop {
            match self.try_note(link_id, generation, report.word, request_id).await {
                Err(Failure::Store(StoreError::Conflict(Conflict::Link | Conflict::Busy | Conflict::Version)))
                    if attempt < ATTEMPTS =>
                {
                    attempt += 1;
                    pause(attempt).await;
                }
                done => return done,
            }
        }
    }

    /// Notes that the mail service took a mail; whether there was something to note. The mailer may be recording it at this moment.
    async fn taken(&self, mail: &MailId, message_id: &str) -> Result<bool, StoreError> {
        let mut attempt = 0;
        loop {
            match self.db.mail_taken(mail, message_id).await {
                Err(StoreError::Conflict(Conflict::Busy)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    pause(attempt).await;
                }
                done => return done,
            }
        }
    }

    async fn try_note(
        &self,
        link_id: &LinkId,
        generation: u32,
        word: Word,
        request_id: &str,
    ) -> Result<Outcome, Failure> {
        let link = self.db.read([Place::Link(link_id.clone())]).await?.link(link_id)?;
        link.iter().for_each(about::link);
        // The mail of a link that was made anew says nothing about the new one.
        let Some(link) = link.filter(|link| link.generation == generation) else { return Ok(Outcome::Settled) };
        let now = self.db.now();
        let next = match after(&link, word, now) {
            Some(next) if next != link => Link { rev: link.rev + 1, ..next },
            Some(_) | None => return Ok(Outcome::Settled),
        };
        let id = &link.case_id;
        let places = [Place::Case(id.clone()), Place::Assignment(id.clone()), Place::case_log(id)];
        let snapshot = self.db.read(places).await?;
        let Some(case) = snapshot.case_of(id, &link.subject)? else { return Ok(Outcome::Settled) };
        let leave = permit(noting(&link, request_id), &On::Behind(id, &link.subject)).map_err(|_| Failure::Policy)?;
        let mut change = Change::new(leave, now);
        change.update_link(&next, case.expires_at)?;
        let notice = match word {
            Word::Bounced => Some(DeskNotice::LinkBounced),
            Word::Complained => Some(DeskNotice::LinkComplained),
            Word::Taken | Word::Delivered | Word::Delayed => None,
        };
        if let Some(notice) = notice {
            change.order_mail(&MailRecord::to_coordinators(&next, notice, now))?;
            if let Some(due) = snapshot.assignment(id)?.asked(&case, now) {
                change.assign(&due, &case)?;
            }
        }
        self.db.commit(change, &snapshot).await?;
        Ok(Outcome::Noted)
    }
}

/// The link after a report; the same one where it says nothing new, none where it has ended. What was said first keeps its time,
/// but for delays, of which the last counts.
fn after(link: &Link, word: Word, now: DateTime<Utc>) -> Option<Link> {
    let moved = |event| link.state.after(event);
    Some(match word {
        Word::Taken => link.clone(),
        Word::Delivered => Link {
            state: moved(LinkEvent::MailDelivered)?,
            delivered_at: link.delivered_at.or(Some(now)),
            ..link.clone()
        },
        Word::Delayed => {
            let state = moved(LinkEvent::MailDelayed)?;
            // Later words have overtaken it.
            if state != LinkState::Delayed {
                return Some(link.clone());
            }
            Link { state, delayed_at: Some(now), ..link.clone() }
        }
        Word::Bounced if link.bounced_at.is_some() => link.clone(),
        Word::Bounced => Link { state: moved(LinkEvent::MailBounced)?, bounced_at: Some(now), ..link.clone() },
        Word::Complained if link.state.over() => return None,
        Word::Complained => Link { complained_at: link.complained_at.or(Some(now)), ..link.clone() },
    })
}

fn noting(link: &Link, request_id: &str) -> Event {
    Event::of_function(
        "mailevents",
        Action::Update,
        Object::of(Thing::Delivery, &link.delivery_id, "mail"),
        Purpose::Provision,
        Some(request_id),
    )
}
