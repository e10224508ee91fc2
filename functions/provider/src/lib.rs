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
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
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

/// The routes of this function.
pub fn api() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(handlers::open_link, handlers::open_link_head))
        .routes(routes!(paste::paste_link))
        .routes(routes!(paste::paste_code))
        .routes(routes!(handlers::ask_code))
        .routes(routes!(handlers::unlock_link))
        .routes(routes!(handlers::read_referral))
        .routes(routes!(handlers::download_letter))
        .routes(routes!(handlers::download_bundle))
        .routes(routes!(handlers::download_manifest))
        .routes(routes!(handlers::acknowledge))
        .routes(routes!(handlers::close_session))
        .routes(routes!(desk::handlers::read_desk))
        .routes(routes!(desk::handlers::read_task))
        .routes(routes!(desk::fhir::read_task_fhir))
        .routes(routes!(desk::handlers::give_answer))
        .routes(routes!(desk::handlers::save_appointment))
        .routes(routes!(desk::handlers::add_colleague))
        .routes(routes!(desk::handlers::bring_file))
        .routes(routes!(desk::handlers::file))
        .routes(routes!(export_handlers::open_export, export_handlers::open_export_head))
        .routes(routes!(export_handlers::ask_export_code))
        .routes(routes!(export_handlers::take_export))
        .routes(routes!(check::open_check, check::open_check_head))
        .routes(routes!(check::verify_document))
        .routes(routes!(open::open_notice, open::open_notice_head))
        .routes(routes!(certificate::get_certificate, certificate::get_certificate_head))
        .routes(routes!(verify::open_verify, verify::open_verify_head))
        .routes(routes!(verify::signing_keys))
}
