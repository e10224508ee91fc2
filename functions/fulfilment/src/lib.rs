//! Fulfilment: carries out what the data protection officer agreed to (PIPA Art. 35 and 36; policy clause P4). The stream of
//! the requests' table wakes it, and a schedule finds what the stream lost, what failed, and what a crash left behind.
//!
//! Each right's work can be repeated at any point: what is made has a name that follows from the request, and the request
//! moves in one transaction with the effect.

mod event;

pub use event::{Report, handle};

use medius_domain::clock::SystemClock;
use medius_domain::id::RightId;
use medius_domain::rights::{Right, RightsRequest, State};
use medius_http::{Env, Error};
use medius_store::{Aws, Database, Place, StoreError, Tables};
use std::sync::Arc;

/// Why something could not be done now; a later run tries again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
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
}

impl Fulfilment {
    /// With the given adapters.
    pub const fn new(db: Database) -> Self {
        Self { db }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(_env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        Ok(Self::new(Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock))))
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
    async fn carry_out(&self, request: &RightsRequest, _request_id: &str) -> Result<Progress, Failure> {
        match request.right {
            Right::Access | Right::Correction | Right::Deletion | Right::Suspension | Right::Resume => {
                Ok(Progress::InOtherHands)
            }
        }
    }
}
