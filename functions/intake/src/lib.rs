//! Intake: a patient opens a case, tells their story in drafts, and completes it (policy clauses P1, P2).
//!
//! Nothing personal is stored before consent G1, nothing about health before S1; an emergency is answered at once and
//! never stored.

pub mod access_log;
pub mod api;
mod handlers;
mod lifecycle;
mod service;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, Keyring, MailboxMac, Tables};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) mailboxes: Arc<MailboxMac>,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database, keyring: Keyring, contacts: Contacts, mailboxes: MailboxMac) -> Self {
        Self { db, keyring: Arc::new(keyring), contacts: Arc::new(contacts), mailboxes: Arc::new(mailboxes) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let key = env.required("KMS_DATA_KEY")?;
        let mailboxes = MailboxMac::new(aws.kms(), env.required("KMS_MAILBOX_MAC")?);
        Ok(Self::new(db, Keyring::new(aws.kms(), key.clone()), Contacts::new(aws.kms(), key), mailboxes))
    }
}

medius_http::routes! { State:
    [handlers] create, list, get, put_basic, put_health, put_guardian, complete, close, reopen;
    [access_log] access_log, export_access_log;
}
