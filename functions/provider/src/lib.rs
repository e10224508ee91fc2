//! The public side of a link: somebody at an institution opens it, proves that they hold the mailbox, reads the referral,
//! takes the letter and its data, and says "received" (PIPA Art. 17: provision to the institution that was named).
//!
//! Opening the address shows the same page whatever the address, and asks nothing of the store: mail scanners open
//! addresses too. Only the secret of the address with a one-time code to the mailbox starts a session, and every
//! request of a session reads link, consents and institution again.

pub mod api;
mod certificate;
mod check;
mod copy;
mod desk;
mod export;
mod export_handlers;
mod handlers;
mod link;
mod open;
mod page;
mod paste;
mod reader;
mod reading;
mod session;
mod statement;
mod unlock;
mod verify;

use axum::extract::FromRef;
use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{
    Aws, CodeMac, Contacts, Database, Documents, Exports, Handoff, Keyring, MailboxMac, PublicKeys, Quarantine, Tables,
};
use page::{Page, Pages};
use session::Site;
use std::sync::Arc;
use verify::Verifier;

/// Who answers for the service, as pages name it.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Name.
    pub name: String,
    /// The telephone number to call.
    pub phone: String,
    /// Number of the registration to introduce foreign patients.
    pub registration: String,
}

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) documents: Documents,
    pub(crate) exports: Exports,
    pub(crate) handoff: Handoff,
    pub(crate) quarantine: Quarantine,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) codes: Arc<CodeMac>,
    pub(crate) networks: Arc<MailboxMac>,
    pub(crate) pages: Arc<Pages>,
    pub(crate) open: Arc<Page>,
    pub(crate) operator: Arc<Operator>,
    pub(crate) site: Site,
    pub(crate) verifier: Arc<Verifier>,
}

impl State {
    /// With the given adapters; `base_url` is the address of the links, without a slash at the end.
    ///
    /// # Errors
    /// When the pages cannot be made of their templates.
    #[expect(clippy::too_many_arguments, reason = "the adapters of one function")]
    pub fn new(
        db: Database,
        (documents, exports, handoff, quarantine): (Documents, Exports, Handoff, Quarantine),
        keyring: Keyring,
        contacts: Contacts,
        (codes, networks): (CodeMac, MailboxMac),
        keys: PublicKeys,
        base_url: &str,
        operator: Operator,
    ) -> Result<Self, Error> {
        Ok(Self {
            db,
            documents,
            exports,
            handoff,
            quarantine,
            keyring: Arc::new(keyring),
            contacts: Arc::new(contacts),
            codes: Arc::new(codes),
            networks: Arc::new(networks),
            pages: Arc::new(Pages::new(&operator)?),
            open: Arc::new(open::page(&operator)?),
            operator: Arc::new(operator),
            site: Site::new(base_url),
            verifier: Arc::new(Verifier::new(keys)),
        })
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let bucket = env.required("BUCKET_DOCUMENTS")?;
        let storage_key = Some(env.required("KMS_STORAGE_KEY")?);
        let files = (
            Documents::new(aws.s3(), bucket.clone(), None),
            Exports::new(aws.s3(), bucket, None),
            Handoff::new(aws.s3(), env.required("BUCKET_HANDOFF")?, storage_key),
            Quarantine::new(aws.s3(), env.required("BUCKET_QUARANTINE")?),
        );
        let key = env.required("KMS_DATA_KEY")?;
        let (keyring, contacts) = (Keyring::new(aws.kms(), key.clone()), Contacts::new(aws.kms(), key));
        let codes = CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?);
        let networks = MailboxMac::new(aws.kms(), env.required("KMS_MAILBOX_MAC")?);
        let keys = PublicKeys::new(aws.kms(), env.required("KMS_SIGNING_KEY")?);
        let operator = Operator {
            name: env.required("OPERATOR_NAME")?,
            phone: env.required("OPERATOR_PHONE")?,
            registration: env.required("OPERATOR_REGISTRATION")?,
        };
        Self::new(db, files, keyring, contacts, (codes, networks), keys, &env.required("PROVIDER_BASE_URL")?, operator)
    }
}

impl FromRef<State> for Site {
    fn from_ref(state: &State) -> Self {
        state.site.clone()
    }
}

medius_http::routes! { State:
    [handlers] open_link, open_link_head;
    [paste] paste_link, paste_code;
    [handlers] ask_code, unlock_link, read_referral, download_letter, download_bundle, download_manifest, acknowledge,
        close_session;
    [desk::handlers] read_desk, read_task;
    [desk::fhir] read_task_fhir;
    [desk::handlers] give_answer, save_appointment, add_colleague, bring_file, file;
    [export_handlers] open_export, open_export_head, ask_export_code, take_export;
    [check] open_check, open_check_head, verify_document;
    [open] open_notice, open_notice_head;
    [certificate] get_certificate, get_certificate_head;
    [verify] open_verify, open_verify_head, signing_keys;
}
