//! Delivery: the patient sends a letter to the institution that it is addressed to, sees how far it got, and takes it back
//! (policy clause P1: provision of medical information to the institution that the patient chose).
//!
//! Makes and revokes links, and shows what became of each request; it has no access to letters, and it cannot send a mail. The
//! link's secret is derived, hashed and forgotten here: only the mailer writes it down, into the mail.

pub mod api;
mod handlers;
mod send;
mod service;
pub mod tasks;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, Keyring, LinkMac, Tables};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) link_mac: Arc<LinkMac>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) keyring: Arc<Keyring>,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database, link_mac: LinkMac, contacts: Contacts, keyring: Keyring) -> Self {
        Self { db, link_mac: Arc::new(link_mac), contacts: Arc::new(contacts), keyring: Arc::new(keyring) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let key = env.required("KMS_DATA_KEY")?;
        let (contacts, keyring) = (Contacts::new(aws.kms(), key.clone()), Keyring::new(aws.kms(), key));
        Ok(Self::new(db, LinkMac::new(aws.kms(), env.required("KMS_LINK_MAC")?), contacts, keyring))
    }
}

medius_http::routes! { State:
    [handlers] providers, create, list, get, revoke, access_code;
    [tasks] task_list, task_get, task_act;
}
