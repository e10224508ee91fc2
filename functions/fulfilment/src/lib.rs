//! Fulfilment: carries out what the data protection officer agreed to (PIPA Art. 35 and 36; policy clause P4). The stream of
//! the requests' table wakes it, and a schedule finds what the stream lost, what failed, and what a crash left behind.
//!
//! Each right's work can be repeated at any point: what is made has a name that follows from the request, and the request
//! moves in one transaction with the effect.

mod clock;
mod correction;
mod event;
mod export;

pub use clock::Ticked;
pub use event::{Report, handle};

use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::clock::SystemClock;
use medius_domain::id::RightId;
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_domain::rights::{Refused, Right, RightsRequest, State};
use medius_http::{Env, Error};
use medius_store::{
    Aws, Change, CodeMac, Conflict, Contacts, Database, Documents, ExportMac, Exports, Files, InquiryKeys, Keyring,
    MailboxMac, Place, StoreError, Tables, pause,
};
use std::sync::Arc;

/// How the function stands in the log.
const NAME: &str = "fulfilment";

/// Times that a correction is tried again while somebody else is at the case.
const ATTEMPTS: u32 = 12;

/// Why something could not be done now; a later run tries again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No function may do this: a defect of the policy table.
    #[error("the policy table does not allow it")]
    Policy,
    /// The request does not take the step: a defect of the table of steps.
    #[error("the request does not take this step: {0:?}")]
    Step(Refused),
    /// The archive cannot be packed.
    #[error("the archive cannot be packed: {0}")]
    Archive(String),
    /// No case is left that it could be done to; somebody has to look.
    #[error("no case is left that it could be done to")]
    NothingLeft,
    /// More letters and links than one transaction takes; somebody has to look.
    #[error("more letters and links than one transaction takes")]
    TooMuch,
}

/// How far a request got in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It is carried out.
    Done,
    /// Somebody else carries it out, or has by now.
    InOtherHands,
}

/// Carries requests out.
pub struct Fulfilment {
    db: Database,
    keyring: Keyring,
    inquiries: InquiryKeys,
    contacts: Contacts,
    documents: Documents,
    files: Files,
    exports: Exports,
    links: ExportMac,
    mailboxes: MailboxMac,
    codes: CodeMac,
}

impl Fulfilment {
    /// With the given adapters.
    pub fn new(
        db: Database,
        (keyring, inquiries, contacts): (Keyring, InquiryKeys, Contacts),
        (documents, files, exports): (Documents, Files, Exports),
        (links, mailboxes, codes): (ExportMac, MailboxMac, CodeMac),
    ) -> Self {
        Self { db, keyring, inquiries, contacts, documents, files, exports, links, mailboxes, codes }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let key = env.required("KMS_DATA_KEY")?;
        let opens =
            (Keyring::new(aws.kms(), key.clone()), InquiryKeys::new(&aws.kms(), &key), Contacts::new(aws.kms(), key));
        let (bucket, storage_key) = (env.required("BUCKET_DOCUMENTS")?, env.required("KMS_STORAGE_KEY")?);
        let files = (
            Documents::new(aws.s3(), bucket.clone(), None),
            Files::new(aws.s3_for_files(), bucket.clone(), None),
            Exports::new(aws.s3(), bucket, Some(storage_key)),
        );
        let macs = (
            ExportMac::new(aws.kms(), env.required("KMS_EXPORT_MAC")?),
            MailboxMac::new(aws.kms(), env.required("KMS_MAILBOX_MAC")?),
            CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?),
        );
        Ok(Self::new(db, opens, files, macs))
    }

    /// Leave to do a part of the work.
    fn leave(action: Action, object: Object, on: &On<'_>, request_id: &str) -> Result<Permit, Failure> {
        let event = Event::of_function(NAME, action, object, Purpose::PatientRights, Some(request_id));
        permit(event, on).map_err(|_| Failure::Policy)
    }

    /// Goes on with a request, as it is now: whoever brought word of it may be late.
    async fn advance(&self, id: &RightId, request_id: &str) -> Result<Progress, Failure> {
        match self.db.read([Place::Right(id.clone())]).await?.rights_request(id)? {
            Some(request) if matches!(request.state, State::Executing | State::ExecutionFailed) => {
                self.carry_out(&request, request_id).await
            }
            Some(_) | None => Ok(Progress::InOtherHands),
        }
    }

    /// Carries a request out, as far as this function does.
    async fn carry_out(&self, request: &RightsRequest, request_id: &str) -> Result<Progress, Failure> {
        match request.right {
            Right::Access => Box::pin(self.export(request, request_id)).await,
            Right::Correction => self.correct_again(request, request_id).await,
            Right::Deletion | Right::Suspension | Right::Resume => Ok(Progress::InOtherHands),
        }
    }

    /// Corrects, and again where somebody was at the case at the same moment.
    async fn correct_again(&self, request: &RightsRequest, request_id: &str) -> Result<Progress, Failure> {
        let mut attempt = 0;
        loop {
            match Box::pin(self.correct(request, request_id)).await {
                Err(Failure::Store(StoreError::Conflict(_))) if attempt < ATTEMPTS => {
                    attempt += 1;
                    pause(attempt).await;
                    let now = self.db.read([Place::Right(request.id.clone())]).await?.rights_request(&request.id)?;
                    if now.is_none_or(|now| now.rev != request.rev) {
                        return Ok(Progress::InOtherHands);
                    }
                }
                other => return other,
            }
        }
    }

    /// Notes that a request failed, so that the officer sees it in the queue; later runs go on trying.
    async fn note_failure(&self, id: &RightId, request_id: &str) -> Result<(), Failure> {
        let Some(request) = self.db.read([Place::Right(id.clone())]).await?.rights_request(id)? else { return Ok(()) };
        let Ok(failed) = request.failed(self.db.now()) else { return Ok(()) };
        let snapshot = self.db.read([Place::LogHead(request.scope())]).await?;
        let object = Object::of(Thing::Right, id, "failed");
        let leave = Self::leave(Action::Update, object, &On::Right(&request), request_id)?;
        let mut change = Change::new(leave, self.db.now());
        change.rights_request(&failed)?;
        match self.db.commit(change, &snapshot).await {
            // Somebody took a step meanwhile.
            Ok(()) | Err(StoreError::Conflict(Conflict::Version)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
