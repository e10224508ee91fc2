//! Consent: texts are shown, decisions recorded, agreements taken back (policy clause P4; PIPA Art. 15, 17, 22, 23, 37).
//!
//! A text must have been shown before it can be decided. A withdrawal ends every live link that rested on the consent in
//! the same transaction.

pub mod api;
mod guardian;
mod handlers;
mod links;
mod overview;
mod particulars;
mod receipt;
mod service;

pub use receipt::Issuer;

use medius_domain::clock::SystemClock;
use medius_domain::consent::ConsentText;
use medius_domain::receipt::Controller;
use medius_http::{Env, Error};
use medius_store::{Aws, CodeMac, Contacts, Database, Signer, Tables};
use std::sync::Arc;

/// Who receives what this deployment transfers abroad (PIPA Art. 28-8(2)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overseas {
    /// Name.
    pub recipient: String,
    /// Country.
    pub country: String,
    /// How to reach them.
    pub contact: String,
}

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) codes: Arc<CodeMac>,
    pub(crate) overseas: Option<Arc<Overseas>>,
    pub(crate) issuer: Arc<Issuer>,
}

impl State {
    /// With the given adapters; `overseas` only where something is transferred abroad.
    pub fn new(db: Database, contacts: Contacts, codes: CodeMac, overseas: Option<Overseas>, issuer: Issuer) -> Self {
        Self {
            db,
            contacts: Arc::new(contacts),
            codes: Arc::new(codes),
            overseas: overseas.map(Arc::new),
            issuer: Arc::new(issuer),
        }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let contacts = Contacts::new(aws.kms(), env.required("KMS_DATA_KEY")?);
        let codes = CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?);
        let overseas = env.optional("OVERSEAS_RECIPIENT").map(|recipient| {
            Ok::<_, Error>(Overseas {
                recipient,
                country: env.required("OVERSEAS_COUNTRY")?,
                contact: env.required("OVERSEAS_CONTACT")?,
            })
        });
        let issuer = Issuer {
            controller: Controller {
                name: env.required("OPERATOR_NAME")?,
                phone: env.required("OPERATOR_PHONE")?,
                registration: env.required("OPERATOR_REGISTRATION")?,
                storage: env.required("AWS_REGION")?,
            },
            signer: Signer::new(aws.kms(), env.required("KMS_SIGNING_KEY")?),
            verify_url: format!("{}/verify", env.required("PROVIDER_BASE_URL")?),
        };
        Ok(Self::new(db, contacts, codes, overseas.transpose()?, issuer))
    }

    /// A text about a transfer with its particulars; as it is where nothing is transferred any more.
    pub(crate) fn abroad(&self, text: &ConsentText) -> ConsentText {
        self.overseas.as_ref().map_or_else(
            || text.clone(),
            |abroad| text.about_transfer(&abroad.recipient, &abroad.country, &abroad.contact),
        )
    }
}

medius_http::routes! { State:
    [handlers] texts, serve, decide, overview, withdraw;
    [receipt] consent_receipt, consent_receipt_page;
    [handlers] guardian_code, guardian_verify;
}
