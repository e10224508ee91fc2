//! Clinician: the review of a letter before it is sent, where the patient asks for one and the deployment offers it. A reviewer
//! reads the letter, puts right what is the service's own wording, and signs with their licence number. The letter is then made
//! again, says so, and carries a signature by the service's key over its hashes (policy clause P1: creation of a referral
//! letter; clause P5: who may see what).
//!
//! The signature is detached: a JWS over the document number and the SHA-256 of PDF and Bundle, shown by the page that the QR
//! code opens. A signature inside the PDF (PAdES) would need a document-signing certificate and a writer of incremental updates
//! that keeps PDF/A-3a; no kept Rust library does that, and the letter's bytes would no longer be the same on every run.

pub mod api;
mod ask;
mod handlers;
mod letter;
mod queue;
mod sign;

use medius_documents::Operator;
use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, Documents, Keyring, Signer, Tables};
use std::sync::Arc;

/// What this deployment says about itself in letters, and whether it offers reviews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Who runs the service.
    pub operator: Operator,
    /// Where letters can be verified, without a slash at the end.
    pub verify_base_url: String,
    /// Whether a patient may ask for a review.
    pub offered: bool,
}

/// Adapters of the function.
pub struct Adapters {
    /// Tables.
    pub db: Database,
    /// Keys of cases.
    pub keyring: Keyring,
    /// Contact cards.
    pub contacts: Contacts,
    /// Sealed letters.
    pub documents: Documents,
    /// The signing key.
    pub signer: Signer,
}

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) with: Arc<Adapters>,
    pub(crate) office: Arc<Office>,
}

impl State {
    /// With the given adapters.
    pub fn new(with: Adapters, office: Office) -> Self {
        Self { with: Arc::new(with), office: Arc::new(office) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let data_key = env.required("KMS_DATA_KEY")?;
        let storage_key = env.required("KMS_STORAGE_KEY")?;
        let with = Adapters {
            db: Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock)),
            keyring: Keyring::new(aws.kms(), data_key.clone()),
            contacts: Contacts::new(aws.kms(), data_key),
            documents: Documents::new(aws.s3(), env.required("BUCKET_DOCUMENTS")?, Some(storage_key)),
            signer: Signer::new(aws.kms(), env.required("KMS_SIGNING_KEY")?),
        };
        let operator = Operator {
            name: env.required("OPERATOR_NAME")?,
            registration_number: env.required("OPERATOR_REGISTRATION")?,
            phone: env.required("OPERATOR_PHONE")?,
        };
        let office = Office {
            operator,
            verify_base_url: env.required("PROVIDER_BASE_URL")?.trim_end_matches('/').to_owned(),
            offered: env.required("CLINICIAN_REVIEW")? == "optional",
        };
        Ok(Self::new(with, office))
    }
}

medius_http::routes! { State:
    [handlers] ask, queue, draft, sign;
}
