//! Mails about what time alone did to requests about rights: to the mailbox on file that an unconfirmed request was closed, and
//! to the data protection officer that something should have happened by now. They hold opaque ids and days.

use crate::error::MailError;
use crate::ready::{Addressee, Ready};
use crate::{Mailer, Sender};
use askama::Template;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::consent::TextLanguage;
use medius_domain::id::RightId;
use medius_domain::person::Email;
use medius_domain::policy::Permit;
use medius_domain::rights::{Milestone, State, reminders};
use medius_store::{Message, Place};

#[derive(Template)]
#[template(path = "right_closed/ko.html")]
struct ClosedKoHtml<'a> {
    sender: &'a Sender,
}

#[derive(Template)]
#[template(path = "right_closed/ko.txt")]
struct ClosedKoText<'a> {
    sender: &'a Sender,
}

#[derive(Template)]
#[template(path = "right_closed/en.html")]
struct ClosedEnHtml<'a> {
    sender: &'a Sender,
}

#[derive(Template)]
#[template(path = "right_closed/en.txt")]
struct ClosedEnText<'a> {
    sender: &'a Sender,
}

#[derive(Template)]
#[template(path = "officer_reminder/mail.html")]
struct ReminderHtml<'a> {
    sender: &'a Sender,
    milestone: Milestone,
    right: &'a RightId,
    due: &'a str,
}

#[derive(Template)]
#[template(path = "officer_reminder/mail.txt")]
struct ReminderText<'a> {
    sender: &'a Sender,
    milestone: Milestone,
    right: &'a RightId,
    due: &'a str,
}

impl Mailer {
    /// Word that an unconfirmed request was closed: to the mailbox on file, if there is one.
    pub(crate) async fn right_closed(
        &self,
        leave: &Permit,
        id: &RightId,
    ) -> Result<Option<(Ready, Permit)>, MailError> {
        let request = self.db.read([Place::Right(id.clone())]).await?.rights_request(id)?;
        let claim = request.filter(|r| r.state == State::ClosedUnverified).and_then(|request| request.claim);
        let Some(claim) = claim else { return Ok(None) };
        let found = self.on_file(leave, &claim).await?;
        Ok(found.map(|(to, leave)| (Ready::RightClosed { to }, leave)))
    }

    /// A reminder, where the officer's mailbox is known and what was missed is missing still.
    pub(crate) async fn reminder(&self, id: &RightId, milestone: Milestone) -> Result<Option<Ready>, MailError> {
        let snapshot = self.db.read([Place::Right(id.clone())]).await?;
        let (Some(to), Some(request)) = (self.sender.officer.clone(), snapshot.rights_request(id)?) else {
            return Ok(None);
        };
        let missed = reminders(&request, snapshot.now()).contains(&milestone);
        Ok(missed.then(|| Ready::Reminder { to, right_id: id.clone(), milestone, due_at: request.due_at }))
    }
}

/// The mail that a request was closed. Its subject is that of every notice.
pub(crate) fn closed(sender: &Sender, to: &Addressee) -> Result<Message, MailError> {
    let (subject, html, text) = match to.language {
        TextLanguage::Ko => {
            ("확인하실 내용이 있습니다", ClosedKoHtml { sender }.render()?, ClosedKoText { sender }.render()?)
        }
        TextLanguage::En => {
            ("Something is waiting for you", ClosedEnHtml { sender }.render()?, ClosedEnText { sender }.render()?)
        }
    };
    Ok(Message { to: to.email.clone(), subject: format!("[{}] {subject}", sender.name), text, html })
}

/// The mail to the officer.
pub(crate) fn reminder(
    sender: &Sender,
    to: &Email,
    right: &RightId,
    milestone: Milestone,
    due_at: DateTime<Utc>,
) -> Result<Message, MailError> {
    let due = &*kst_minute(due_at);
    let html = ReminderHtml { sender, milestone, right, due }.render()?;
    let text = ReminderText { sender, milestone, right, due }.render()?;
    Ok(Message { to: to.clone(), subject: format!("[{}] {right}", sender.name), text, html })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::letter::sound::{check, sender};

    #[test]
    fn the_officer_is_told_which_request_and_until_when_and_nothing_else() {
        let (to, id) = (Email::parse("dpo@staff.example").unwrap(), RightId::new());
        let due = "2026-12-02T15:00:00Z".parse().unwrap();
        for milestone in Milestone::ALL {
            let mail = reminder(&sender(), &to, &id, milestone, due).unwrap();
            for part in [&mail.text, &mail.html] {
                assert!(part.contains(id.as_str()) && part.contains("2026-12-03 00:00"), "{milestone:?}");
                assert!(!part.contains("://") && !part.contains("{{") && !part.contains("sub_"));
            }
            assert!(mail.subject.contains(id.as_str()));
        }
    }

    #[test]
    fn who_did_not_confirm_is_told_in_one_language_that_nothing_was_shown() {
        for (language, words) in
            [(TextLanguage::Ko, "보여 드리거나 바뀐 것은 없습니다"), (TextLanguage::En, "Nothing was shown or changed")]
        {
            let to = Addressee { email: Email::parse("somebody@people.example").unwrap(), language };
            let mail = closed(&sender(), &to).unwrap();
            check("right-closed", &mail);
            for part in [&mail.text, &mail.html] {
                assert!(part.contains(words) && !part.contains("://") && !part.contains("href="));
            }
        }
    }
}
