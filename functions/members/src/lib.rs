//! Members: staff and the groups that they are in. Every grant and every removal is written down beside the group itself.
//!
//! A role that was given counts from the next sign-in. A role that was taken ends every session at once, so that no token
//! can be renewed; a token that is out already acts for 15 minutes at most, which is how long one lives. In this function
//! the record goes before the token: whoever lost `ops` changes no rights any more.

pub mod api;
mod handlers;
mod invite;
mod reading;
mod rights;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Database, StaffPool, Tables};
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) pool: Arc<StaffPool>,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database, pool: StaffPool) -> Self {
        Self { db, pool: Arc::new(pool) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        Ok(Self::new(db, StaffPool::new(aws.user_pools(), env.required("STAFF_POOL_ID")?)))
    }
}

medius_http::routes! { State:
    [handlers] list, create, get, grant, remove, disable;
}
