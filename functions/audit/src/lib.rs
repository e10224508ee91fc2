//! Audit: verifies the chains of consents and of the access log, and holds the monthly review of the log
//! (Standard of Measures for Ensuring the Safety of Personal Information, Art. 8).

pub mod api;
mod handlers;
mod review;
mod verification;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Database, LogHeads, PublicKeys, Tables};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) heads: LogHeads,
    pub(crate) keys: Arc<PublicKeys>,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database, heads: LogHeads, keys: PublicKeys) -> Self {
        Self { db, heads, keys: Arc::new(keys) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let heads = LogHeads::new(aws.s3(), env.required("BUCKET_LOG_HEADS")?, None);
        Ok(Self::new(db, heads, PublicKeys::new(aws.kms(), env.required("KMS_SIGNING_KEY")?)))
    }
}

medius_http::routes! { State:
    [handlers] verify_case, verify_day, review, sign_off;
}
