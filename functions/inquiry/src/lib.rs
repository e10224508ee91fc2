//! Inquiries: what a patient asks the service, about a case of theirs or about none, and what staff answer (policy clause P7).
//! What is about personal data goes to the data protection officer (PIPA Art. 31) and is for other staff not there.
//!
//! What is written is sealed under a key of the inquiry's own and goes nowhere else: the mail that announces an answer carries
//! a link. A thread has its own term, whatever becomes of the case that it is about; what a statute wants of a complaint for longer
//! is a record apart.

pub mod api;
mod attachments;
mod by;
mod handlers;
mod kept;
mod staff;
mod thread;
pub mod visitor;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{
    Aws, CodeMac, Database, Files, Handoff, InquiryKeys, Keyring, MailboxMac, OwnerKeys, Quarantine, Tables,
};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) inquiries: Arc<InquiryKeys>,
    pub(crate) keys: Arc<OwnerKeys>,
    pub(crate) quarantine: Quarantine,
    pub(crate) files: Files,
    pub(crate) handoff: Handoff,
    pub(crate) codes: Arc<CodeMac>,
    pub(crate) mailboxes: Arc<MailboxMac>,
    pub(crate) answers: Arc<Keyring>,
}

impl State {
    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let (key, s3) = (env.required("KMS_DATA_KEY")?, aws.s3_for_files());
        Ok(Self {
            db,
            keys: Arc::new(OwnerKeys::new(&aws.kms(), &key)),
            codes: Arc::new(CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?)),
            mailboxes: Arc::new(MailboxMac::new(aws.kms(), env.required("KMS_MAILBOX_MAC")?)),
            answers: Arc::new(Keyring::inquiry_mailboxes(aws.kms(), key.clone())),
            inquiries: Arc::new(InquiryKeys::new(&aws.kms(), &key)),
            quarantine: Quarantine::new(s3.clone(), env.required("BUCKET_QUARANTINE")?),
            files: Files::new(s3.clone(), env.required("BUCKET_DOCUMENTS")?, None),
            handoff: Handoff::new(s3, env.required("BUCKET_HANDOFF")?, Some(env.required("KMS_STORAGE_KEY")?)),
        })
    }
}

medius_http::routes! { State:
    [handlers] list, create, get, ask, close;
    [kept] own, for_officer;
    [handlers] queue, open, assign, answer, attach, attachment, staff_attachment;
    [visitor::handlers] visit, visitor_code, visitor_verify, visitor_get, visitor_ask, visitor_close, visitor_attach,
        visitor_attachment;
}
