//! Screening: what people bring lies in quarantine until its form was checked here and a scan found it harmless; then it is
//! sealed and kept, or it is refused, removed, and its owner told why (Safety Measures Standard Art. 9).
//!
//! Files are hostile until shown otherwise, so this function has a role of its own: it opens no case and reads no story.
//! The scan is GuardDuty's Malware Protection; the local stage has none and knows one harmless test file instead.

pub mod check;
mod event;
pub mod scanner;
mod screen;
mod sweep;

pub use event::handle;

use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::clock::SystemClock;
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_domain::upload::{Owner, Upload};
use medius_http::{Env, Error};
use medius_store::{Aws, Database, Files, Handoff, OwnerKeys, Quarantine, StoreError, Tables};
use std::sync::Arc;

/// How the function stands in the log.
const NAME: &str = "screening";

/// Why a file could not be dealt with now; a later event or the sweep tries again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No function may do this: a defect of the policy table.
    #[error("the policy table does not allow it")]
    Policy,
}

/// Checks files.
pub struct Screening {
    db: Database,
    keys: OwnerKeys,
    quarantine: Quarantine,
    files: Files,
    handoff: Handoff,
    /// Whether this stage has the local scanner in place of GuardDuty's.
    scans_itself: bool,
}

impl Screening {
    /// With its stores; `scans_itself` where no other scanner sends verdicts.
    pub fn new(
        db: Database,
        keys: OwnerKeys,
        (quarantine, files, handoff): (Quarantine, Files, Handoff),
        scans_itself: bool,
    ) -> Self {
        Self { db, keys, quarantine, files, handoff, scans_itself }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let keys = OwnerKeys::new(&aws.kms(), &env.required("KMS_DATA_KEY")?);
        let s3 = aws.s3_for_files();
        let quarantine = Quarantine::new(s3.clone(), env.required("BUCKET_QUARANTINE")?);
        let storage_key = Some(env.required("KMS_STORAGE_KEY")?);
        let files = Files::new(s3.clone(), env.required("BUCKET_DOCUMENTS")?, storage_key);
        let handoff = Handoff::new(s3, env.required("BUCKET_HANDOFF")?, None);
        let scans_itself = env.required("STAGE")? == "local";
        Ok(Self::new(db, keys, (quarantine, files, handoff), scans_itself))
    }

    /// Leave to say where a file stands.
    fn leave(upload: &Upload, part: &'static str, request_id: &str) -> Result<Permit, Failure> {
        let purpose = match upload.owner {
            Owner::Case(_) => Purpose::ReferralLetter,
            Owner::Right(_) => Purpose::PatientRights,
            Owner::Inquiry(_) => Purpose::Inquiry,
        };
        let event = Event::of_function(
            NAME,
            Action::Update,
            Object::of(Thing::Upload, &upload.id, part),
            purpose,
            Some(request_id),
        );
        permit(event, &On::Service(&upload.owner.scope())).map_err(|_| Failure::Policy)
    }
}
