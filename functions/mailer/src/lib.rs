//! Sends what the outbox holds: links and one-time codes to institutions (PIPA Art. 17: provision begins here), word that a
//! link has ended, one-time codes to guardians (Art. 22-2), and word to patients that something waits for them.
//!
//! A mail is ordered in the transaction of the change that needs it, and holds references only. Whoever sends it takes a
//! lease, looks everything up anew, sends, and records it; whatever fails in between leaves the mail in the outbox, and
//! a repeat carries the same link or code, because both are derived.

mod changed;
mod clock;
mod coordinator;
mod correction;
mod destroyed;
mod error;
mod event;
mod export;
mod letter;
mod personal;
mod ready;
mod send;

pub use error::MailError;
pub use event::{BatchAnswer, BatchFailure, Event, handle};
pub use send::Outcome;

use medius_domain::clock::SystemClock;
use medius_domain::person::Email;
use medius_http::{Env, Error};
use medius_store::{Aws, CodeMac, Contacts, Database, ExportMac, Keyring, LinkMac, Postbox, Tables};
use std::sync::Arc;

/// What mails say about the service itself.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The operator's name.
    pub name: String,
    /// The telephone number to call.
    pub phone: String,
    /// Number of the registration to introduce foreign patients.
    pub registration: String,
    /// Where institutions' links lead, without a slash at the end.
    pub base_url: String,
    /// Where patients read what waits for them, without a slash at the end.
    pub app_url: String,
    /// The data protection officer's mailbox; without one nobody is reminded by mail.
    pub officer: Option<Email>,
    /// The coordinators' mailbox; without one nobody is told by mail, and the work list alone says it.
    pub coordinators: Option<Email>,
}

/// Sends mails.
pub struct Mailer {
    db: Database,
    links: LinkMac,
    copies: ExportMac,
    codes: CodeMac,
    contacts: Contacts,
    answers: Keyring,
    postbox: Postbox,
    sender: Sender,
}

impl Mailer {
    /// With the given adapters.
    pub fn new(
        db: Database,
        (links, copies): (LinkMac, ExportMac),
        codes: CodeMac,
        contacts: Contacts,
        answers: Keyring,
        postbox: Postbox,
        sender: Sender,
    ) -> Self {
        Self { db, links, copies, codes, contacts, answers, postbox, sender }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let links = (
            LinkMac::new(aws.kms(), env.required("KMS_LINK_MAC")?),
            ExportMac::new(aws.kms(), env.required("KMS_EXPORT_MAC")?),
        );
        let codes = CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?);
        let contacts = Contacts::new(aws.kms(), env.required("KMS_DATA_KEY")?);
        let answers = Keyring::inquiry_mailboxes(aws.kms(), env.required("KMS_DATA_KEY")?);
        let postbox = Postbox::new(aws.ses(), env.required("SENDER")?);
        let url = |name| env.required(name).map(|url| url.trim_end_matches('/').to_owned());
        let mailbox =
            |name: &'static str| env.optional(name).map(|mailbox| Email::parse(&mailbox)).transpose().map_err(|_| name);
        let sender = Sender {
            name: env.required("OPERATOR_NAME")?,
            phone: env.required("OPERATOR_PHONE")?,
            registration: env.required("OPERATOR_REGISTRATION")?,
            base_url: url("PROVIDER_BASE_URL")?,
            app_url: url("APP_BASE_URL")?,
            officer: mailbox("DPO_MAILBOX")?,
            coordinators: mailbox("COORDINATOR_MAILBOX")?,
        };
        Ok(Self::new(db, links, codes, contacts, answers, postbox, sender))
    }
}
