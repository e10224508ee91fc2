//! Desk: the work of coordinators and clinicians on the cases that they are assigned, and the messages between them and the
//! patient (PIPA Art. 15: what staff see of a case is what its purpose needs, and every look is written down).
//!
//! Staff see a part of the story only while the consent to collect it is in force. A message's text is sealed with the case
//! and goes nowhere else: the mail that announces it carries a link.

pub mod api;
mod basis;
mod case;
pub mod case_view;
mod handlers;
mod link;
pub mod link_api;
pub mod message_api;
mod messages;
mod task;
pub mod task_api;
mod work;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, Documents, Keyring, LinkMac, Tables};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) documents: Documents,
    pub(crate) links: Arc<LinkMac>,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database, keyring: Keyring, contacts: Contacts, documents: Documents, links: LinkMac) -> Self {
        Self { db, keyring: Arc::new(keyring), contacts: Arc::new(contacts), documents, links: Arc::new(links) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let data_key = env.required("KMS_DATA_KEY")?;
        let contacts = Contacts::new(aws.kms(), data_key.clone());
        // Staff read letters and never write one, so no key to store with.
        let documents = Documents::new(aws.s3(), env.required("BUCKET_DOCUMENTS")?, None);
        let links = LinkMac::new(aws.kms(), env.required("KMS_LINK_MAC")?);
        Ok(Self::new(db, Keyring::new(aws.kms(), data_key), contacts, documents, links))
    }
}

medius_http::routes! { State:
    [handlers] work_list, assign, open_case, letter, reissue, staff_access_code, task_list, task_get, task_act,
        staff_messages, staff_post, own_messages, own_post;
}
