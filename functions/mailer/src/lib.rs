//! Sends what the outbox holds: the link to an institution, and one-time codes (PIPA Art. 17: provision begins here).
//!
//! A mail is ordered in the transaction of the change that needs it, and holds references only. Whoever sends it takes a
//! lease, looks everything up anew, sends, and records it; whatever fails in between leaves the mail in the outbox, and
//! a repeat carries the same link or code, because both are derived.

mod event;
mod letter;
mod send;

pub use event::{BatchAnswer, BatchFailure, Event, handle};
pub use send::Outcome;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, CodeMac, Database, LinkMac, Postbox, Tables};
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
    /// Where links lead, without a slash at the end.
    pub base_url: String,
}

/// Sends mails.
pub struct Mailer {
    db: Database,
    links: LinkMac,
    codes: CodeMac,
    postbox: Postbox,
    sender: Sender,
}

impl Mailer {
    /// With the given adapters.
    pub fn new(db: Database, links: LinkMac, codes: CodeMac, postbox: Postbox, sender: Sender) -> Self {
        Self { db, links, codes, postbox, sender }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let links = LinkMac::new(aws.kms(), env.required("KMS_LINK_MAC")?);
        let codes = CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?);
        let postbox = Postbox::new(aws.ses(), env.required("SENDER")?);
        let sender = Sender {
            name: env.required("OPERATOR_NAME")?,
            phone: env.required("OPERATOR_PHONE")?,
            registration: env.required("OPERATOR_REGISTRATION")?,
            base_url: env.required("PROVIDER_BASE_URL")?.trim_end_matches('/').to_owned(),
        };
        Ok(Self::new(db, links, codes, postbox, sender))
    }
}
