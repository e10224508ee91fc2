//! Explanation: results and medicines in plain words with a source for every sentence, as data and as a PDF (policy
//! clause P1: explanation of test records and prescriptions; consent E1).
//!
//! The engine decides nothing that is not in its catalogue; here is only who may ask for it, from what it is made, and where
//! it lies. It is attached to nothing: the patient reads it, and shows it to whom they like.

pub mod api;
mod create;
mod handlers;
mod input;
mod service;

use medius_domain::chain::sha256_hex;
use medius_domain::clock::SystemClock;
use medius_explain::Catalogue;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, Documents, Keyring, Tables};
use std::sync::{Arc, LazyLock};

/// The catalogue that explanations are made with, as a hash: who asks later can tell which one it was.
pub(crate) static CATALOGUE_SHA256: LazyLock<String> =
    LazyLock::new(|| sha256_hex(Catalogue::embedded_json().as_bytes()));

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) documents: Documents,
    pub(crate) settings: Arc<Settings>,
}

/// What every explanation of this deployment has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who runs the service, as the PDF names it.
    pub operator: medius_documents::Operator,
    /// Whether entries of the catalogue that no clinician has reviewed are left out.
    pub reviewed_only: bool,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database, keyring: Keyring, contacts: Contacts, documents: Documents, settings: Settings) -> Self {
        let (keyring, contacts) = (Arc::new(keyring), Arc::new(contacts));
        Self { db, keyring, contacts, documents, settings: Arc::new(settings) }
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
        let operator = medius_documents::Operator {
            name: env.required("OPERATOR_NAME")?,
            registration_number: env.required("OPERATOR_REGISTRATION")?,
            phone: env.required("OPERATOR_PHONE")?,
        };
        let reviewed_only = env.required("EXPLAIN_REVIEWED_ONLY")? == "true";
        Ok(Self::new(db, keyring, contacts, documents, Settings { operator, reviewed_only }))
    }
}

/// Reads what every explanation needs before the first one is asked for.
pub fn warm() {
    medius_documents::warm();
    let _ = Catalogue::embedded();
    LazyLock::force(&CATALOGUE_SHA256);
}

medius_http::routes! { State:
    [handlers] create, list, get, report, pdf;
}
