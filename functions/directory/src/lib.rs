//! Directory: the institutions that letters may go to. Staff propose changes; a change of a contact takes a second person,
//! because whoever changes an address decides who reads.

pub mod api;
mod change;
mod handlers;
mod reading;
pub mod view;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Database, Tables};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database) -> Self {
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
}

medius_http::routes! { State:
    [handlers] list, propose_new, get, changes, propose, approve, reject;
}
