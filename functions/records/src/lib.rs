//! Records: what hospitals gave the patient, brought as files or typed into a form (policy clause P2: test and prescription
//! records; consents G1 and S1).
//!
//! A file is announced here and put to an address of its own; screening checks and keeps it. What is read from it is a
//! proposal beside the original row: only what the patient confirms or puts right is ever judged or written into a letter.

pub mod api;
mod entries;
mod files;
mod handlers;
mod reading;
mod removal;
mod wish;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, Files, Handoff, OwnerKeys, Quarantine, Tables};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) keys: Arc<OwnerKeys>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) quarantine: Quarantine,
    pub(crate) files: Files,
    pub(crate) handoff: Handoff,
}

impl State {
    /// With its stores.
    pub fn new(
        db: Database,
        keys: OwnerKeys,
        contacts: Contacts,
        (quarantine, files, handoff): (Quarantine, Files, Handoff),
    ) -> Self {
        Self { db, keys: Arc::new(keys), contacts: Arc::new(contacts), quarantine, files, handoff }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let (key, s3) = (env.required("KMS_DATA_KEY")?, aws.s3_for_files());
        let buckets = (
            Quarantine::new(s3.clone(), env.required("BUCKET_QUARANTINE")?),
            Files::new(s3.clone(), env.required("BUCKET_DOCUMENTS")?, None),
            Handoff::new(s3, env.required("BUCKET_HANDOFF")?, Some(env.required("KMS_STORAGE_KEY")?)),
        );
        Ok(Self::new(db, OwnerKeys::new(&aws.kms(), &key), Contacts::new(aws.kms(), key), buckets))
    }
}

medius_http::routes! { State:
    [handlers] announce, uploads, upload, remove, content, columns, propose, create, list, get, decide;
}
