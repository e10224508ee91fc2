//! Rights: patients ask for access, correction and deletion, stop processing and let it go on; the data protection officer
//! decides in the order of the days on which an answer is due (PIPA Art. 35 to 38, policy clause P4).
//!
//! To stop processing takes effect with the request: nobody is asked. The patient is told of every step by a mail that holds
//! only a link.

pub mod api;
mod ask;
pub mod claim;
pub mod correction;
mod deletion;
mod handlers;
pub mod holds;
mod officer;
mod officer_handlers;
mod own;
mod proof_handlers;
mod proofs;
pub mod view;

use medius_domain::clock::SystemClock;
use medius_domain::id::Subject;
use medius_domain::rights::{Refused, RightsRequest};
use medius_http::{Env, Error, Problem};
use medius_store::{
    Aws, Change, CodeMac, Contacts, Database, ExportMac, Files, Handoff, Keyring, MailAbout, MailRecord, MailboxMac,
    Notice, Quarantine, StoreError, Tables,
};
use std::sync::Arc;

/// How the function stands in the log.
const NAME: &str = "rights";

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) codes: Arc<CodeMac>,
    pub(crate) mailboxes: Arc<MailboxMac>,
    /// Of what institutions fetch that are to correct a record.
    pub(crate) copies: Arc<ExportMac>,
    pub(crate) keyring: Arc<Keyring>,
    /// Of cases, for what is to be corrected in a story, and for the files of a patient who cannot sign in.
    pub(crate) stories: Arc<Keyring>,
    /// For whether a child behind a guardian's mailbox is of age by now.
    pub(crate) contacts: Arc<Contacts>,
    pub(crate) quarantine: Quarantine,
    pub(crate) files: Files,
    pub(crate) handoff: Handoff,
}

impl State {
    /// With the given adapters.
    pub fn new(
        db: Database,
        (codes, mailboxes, copies): (CodeMac, MailboxMac, ExportMac),
        (keyring, stories, contacts): (Keyring, Keyring, Contacts),
        (quarantine, files, handoff): (Quarantine, Files, Handoff),
    ) -> Self {
        let (codes, mailboxes, copies) = (Arc::new(codes), Arc::new(mailboxes), Arc::new(copies));
        let (keyring, stories, contacts) = (Arc::new(keyring), Arc::new(stories), Arc::new(contacts));
        Self { db, codes, mailboxes, copies, keyring, stories, contacts, quarantine, files, handoff }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let s3 = aws.s3_for_files();
        let macs = (
            CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?),
            MailboxMac::new(aws.kms(), env.required("KMS_MAILBOX_MAC")?),
            ExportMac::new(aws.kms(), env.required("KMS_EXPORT_MAC")?),
        );
        let key = env.required("KMS_DATA_KEY")?;
        let keyrings = (
            Keyring::rights(aws.kms(), key.clone()),
            Keyring::new(aws.kms(), key.clone()),
            Contacts::new(aws.kms(), key),
        );
        let files = (
            Quarantine::new(s3.clone(), env.required("BUCKET_QUARANTINE")?),
            Files::new(s3.clone(), env.required("BUCKET_DOCUMENTS")?, None),
            Handoff::new(s3, env.required("BUCKET_HANDOFF")?, Some(env.required("KMS_STORAGE_KEY")?)),
        );
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        Ok(Self::new(db, macs, keyrings, files))
    }
}

impl State {
    /// As what a patient stands in requests that are closed for long.
    pub(crate) async fn pseudonym(&self, subject: &Subject) -> Result<Subject, StoreError> {
        Ok(RightsRequest::pseudonym(&self.codes.subject_hmac(subject).await?))
    }
}

medius_http::routes! { State:
    [handlers] ask, list, get, cancel, object, evidence;
    [correction] put_values, get_values, claim_put_values;
    [claim::files] claim_file;
    [claim::handlers] claim, claim_code, claim_verify, claim_get, claim_cancel, claim_object, claim_evidence;
    [proof_handlers] bring_proof, list_proofs, claim_bring_proof, claim_list_proofs, claim_mandate, staff_list_proofs,
        staff_proof;
    [holds] held_cases, hold_case, lift_hold;
    [officer_handlers] queue, open, assign, request_evidence, take_up, approve, refuse, defer, complete,
        decide_objection;
}

/// Tells the patient that there is news, where a case says how to reach them.
fn tell(change: &mut Change, request: &RightsRequest) -> Result<(), StoreError> {
    let Some(case) = &request.told_by else { return Ok(()) };
    let about = MailAbout::PatientNotice { notice: Notice::Right };
    change.order_mail(&MailRecord::new(about, case.clone(), request.subject.clone(), request.changed_at()))
}

/// What the domain refuses, as problems; `ground` and `until` are fields of the bodies that can cause it.
fn refused(refusal: Refused) -> Problem {
    use medius_domain::field::{FieldError, Invalid};
    let field = |pointer: &str, why| Problem::invalid([FieldError::new(pointer, why)]);
    match refusal {
        Refused::Impossible | Refused::NotTheirs => Problem::conflict("not-in-this-state"),
        Refused::SecondPersonNeeded => Problem::conflict("second-person-needed"),
        Refused::AnotherPersonNeeded => Problem::conflict("another-person-needed"),
        Refused::ValuesMissing => Problem::conflict("values-missing"),
        Refused::ValuesUnseen => Problem::conflict("values-unseen"),
        Refused::OnlyAccess => Problem::conflict("only-access-can-be-deferred"),
        Refused::DeferralDay => field("/until", Invalid::OutOfRange),
        Refused::Ground => field("/ground", Invalid::Inconsistent),
        Refused::Evidence => field("/needed", Invalid::Empty),
        Refused::Outcome => field("/outcome", Invalid::Inconsistent),
    }
}
