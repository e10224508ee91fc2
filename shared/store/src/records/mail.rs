//! A mail in the outbox, and how far it got.

use super::{DeskNotice, MailAbout};
use chrono::{DateTime, Utc};
use medius_domain::access::Scope;
use medius_domain::id::{CaseId, MailId, Subject};
use medius_domain::link::Link;
use serde::{Deserialize, Serialize};

/// How far a mail got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MailStatus {
    /// To be sent.
    Pending,
    /// A mailer holds it under a lease.
    Sending,
    /// The mail provider took it.
    Sent,
    /// Not to be sent any more: the link is dead.
    Dropped,
}

impl MailStatus {
    /// The status in the index.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Dropped => "DROPPED",
        }
    }
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRecord {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub about: MailAbout,
    /// The case; none where it is about none, or where which one is told only by who reads the mail.
    pub case_id: Option<CaseId>,
    /// Whose case, as a pseudonym.
    pub subject: Option<Subject>,
    /// How far it got.
    pub status: MailStatus,
    /// Times that a mailer took it.
    pub attempts: u32,
    /// Until when a mailer holds it.
    pub lease_until: Option<DateTime<Utc>>,
    /// The mail provider's message id: of a mail that was sent, and of one that it reports to have taken before anybody recorded it.
    pub message_id: Option<String>,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
    /// Id of the request or invocation that ordered it, opaque: logs of the mail and of what became of it say it, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
}

impl MailRecord {
    /// A mail to be sent about a case.
    pub fn new(about: MailAbout, case_id: CaseId, subject: Subject, now: DateTime<Utc>) -> Self {
        Self { case_id: Some(case_id), subject: Some(subject), ..Self::apart(about, now) }
    }

    /// A mail to be sent about no case.
    pub fn apart(about: MailAbout, now: DateTime<Utc>) -> Self {
        Self {
            id: MailId::new(),
            about,
            case_id: None,
            subject: None,
            status: MailStatus::Pending,
            attempts: 0,
            lease_until: None,
            message_id: None,
            created_at: now,
            ordered_by: None,
        }
    }

    /// A mail to be sent about a case of which nobody knows any more whose it was.
    pub fn nameless(about: MailAbout, case_id: CaseId, now: DateTime<Utc>) -> Self {
        Self { case_id: Some(case_id), ..Self::apart(about, now) }
    }

    /// The chain of the access log in which what becomes of it is written down.
    pub fn scope(&self) -> Scope {
        self.case_id.clone().map_or_else(|| self.about.scope(), Scope::Case)
    }

    /// The mail that tells coordinators what became of a link.
    pub fn to_coordinators(link: &Link, notice: DeskNotice, now: DateTime<Utc>) -> Self {
        let about = MailAbout::CoordinatorNotice { notice };
        Self::new(about, link.case_id.clone(), link.subject.clone(), now)
    }

    /// The mail that tells an institution that its link has ended.
    pub fn ended(link: &Link, now: DateTime<Utc>) -> Self {
        let about =
            MailAbout::ProviderEnded { delivery_id: link.delivery_id.clone(), provider_id: link.provider_id.clone() };
        Self::new(about, link.case_id.clone(), link.subject.clone(), now)
    }
}
