//! Referral: a complete intake becomes a letter to one institution, sealed and numbered, that the patient can read
//! (policy clause P1: creation of a referral letter).
//!
//! A letter is made only while every consent that it states is in force, and only from the version of the case that was
//! read: whatever changes in between makes the commit fail, and no number is given out.

pub mod api;
mod create;
mod fhir_task;
mod handlers;
mod requests;
mod service;

use medius_documents::Operator;
use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, Documents, Keyring, Tables};
use std::sync::Arc;

/// What every letter of this deployment says about its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// Who runs the service.
    pub operator: Operator,
    /// Where letters can be verified, without a slash at the end.
    pub verify_base_url: String,
}

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) documents: Documents,
    pub(crate) letterhead: Arc<Letterhead>,
}

impl State {
    /// With the given adapters.
    pub fn new(
        db: Database,
        keyring: Keyring,
        contacts: Contacts,
        documents: Documents,
        letterhead: Letterhead,
    ) -> Self {
        let (keyring, contacts) = (Arc::new(keyring), Arc::new(contacts));
        Self { db, keyring, contacts, documents, letterhead: Arc::new(letterhead) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let key = env.required("KMS_DATA_KEY")?;
        let (keyring, contacts) = (Keyring::new(aws.kms(), key.clone()), Contacts::new(aws.kms(), key));
        let storage_key = env.required("KMS_STORAGE_KEY")?;
        let documents = Documents::new(aws.s3(), env.required("BUCKET_DOCUMENTS")?, Some(storage_key));
        let operator = Operator {
            name: env.required("OPERATOR_NAME")?,
            registration_number: env.required("OPERATOR_REGISTRATION")?,
            phone: env.required("OPERATOR_PHONE")?,
        };
        let verify_base_url = env.required("PROVIDER_BASE_URL")?.trim_end_matches('/').to_owned();
        Ok(Self::new(db, keyring, contacts, documents, Letterhead { operator, verify_base_url }))
    }
}

medius_http::routes! { State:
    [handlers] create, list, get, letter, bundle, task_fhir;
}
