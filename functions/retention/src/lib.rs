//! Retention: closes what nobody uses any more, destroys what is past its time, and signs the proof (PIPA Art. 21; policy
//! clause P3). A schedule drives it; where the tables' own expiry is quicker, their stream tells it what is left to do.
//!
//! The order of a destruction is in the domain's table. This function does one step after the other, writes each into the
//! ledger and the access log in one transaction, and goes on after a crash with the step that is not written.

mod event;
mod idle;
mod requests;
mod run;
mod steps;
mod stream;

pub use event::{Report, handle};
pub use steps::{Progress, Stop};

use medius_domain::access::{Action, Event, Object, Purpose, Scope};
use medius_domain::clock::SystemClock;
use medius_domain::id::CaseId;
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_domain::rights::RightsRequest;
use medius_http::{Env, Error};
use medius_store::{Aws, CodeMac, Database, Destroyer, Signer, StoreError, Tables};
use std::sync::Arc;

/// How the function stands in the log.
const NAME: &str = "retention";

/// Why something could not be done now; a later run tries again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No function may do this: a defect of the policy table.
    #[error("the policy table does not allow it")]
    Policy,
    /// A defect of the table of steps, or a certificate that cannot be written.
    #[error("{0}")]
    Ledger(String),
}

/// Keeps the promise that everything ends.
pub struct Retention {
    db: Database,
    destroyer: Destroyer,
    codes: CodeMac,
    signer: Signer,
}

impl Retention {
    /// With the given adapters.
    pub const fn new(db: Database, destroyer: Destroyer, codes: CodeMac, signer: Signer) -> Self {
        Self { db, destroyer, codes, signer }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let destroyer = Destroyer::new(db.clone(), aws.s3(), env.required("BUCKET_DOCUMENTS")?);
        let codes = CodeMac::new(aws.kms(), env.required("KMS_CODE_MAC")?);
        Ok(Self::new(db, destroyer, codes, Signer::new(aws.kms(), env.required("KMS_SIGNING_KEY")?)))
    }

    /// Leave to do a part of the work at a case. The entry names no subject: at the end nobody knows it any more.
    fn leave(case: &CaseId, action: Action, part: &'static str, request_id: &str) -> Result<Permit, Failure> {
        let event = Self::event(action, Object::part(Thing::Case, part), request_id);
        permit(event, &On::Service(&Scope::Case(case.clone()))).map_err(|_| Failure::Policy)
    }

    /// Leave to take a step at a patient's request.
    fn leave_on(request: &RightsRequest, request_id: &str) -> Result<Permit, Failure> {
        let event = Self::event(Action::Update, Object::of(Thing::Right, &request.id, "result"), request_id);
        let scope = request.case_id.as_ref().map_or_else(|| Scope::Right(request.id.clone()), Scope::from);
        permit(event, &On::Service(&scope)).map_err(|_| Failure::Policy)
    }

    fn event(action: Action, object: Object, request_id: &str) -> Event {
        Event::of_function(NAME, action, object, Purpose::PatientRights, Some(request_id))
    }
}
