//! Journal: signs the head of each day of the access log and lays it where nobody can change it, and writes sign-ins into
//! the log. A schedule asks for the head; Cognito calls before and after each sign-in, through an alias that names the pool:
//! the function cannot be told the pools, which wait for it.

mod event;
mod seal;
mod sign_in;

pub use event::handle;
pub use seal::{NotSealed, Sealed};

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Database, LogHeads, Signer, Tables};
use std::sync::Arc;

/// Keeps the log's heads and sign-ins.
pub struct Journal {
    db: Database,
    heads: LogHeads,
    signer: Signer,
}

impl Journal {
    /// With the given adapters.
    pub fn new(db: Database, heads: LogHeads, signer: Signer) -> Self {
        Self { db, heads, signer }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let storage_key = env.required("KMS_STORAGE_KEY")?;
        let heads = LogHeads::new(aws.s3(), env.required("BUCKET_LOG_HEADS")?, Some(storage_key));
        Ok(Self::new(db, heads, Signer::new(aws.kms(), env.required("KMS_SIGNING_KEY")?)))
    }
}

/// How the function stands in the log.
pub(crate) const NAME: &str = "journal";
