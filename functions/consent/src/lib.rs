//! Consent: texts are shown, decisions recorded, agreements taken back (policy clause P4; PIPA Art. 15, 17, 22, 23, 37).
//!
//! A text must have been shown before it can be decided. A withdrawal ends every live link that rested on the consent in
//! the same transaction.

pub mod api;
mod handlers;
mod service;

use medius_domain::clock::SystemClock;
use medius_http::Error;
use medius_store::{Aws, Database, Tables};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
}

impl State {
    /// With the given tables.
    pub fn new(db: Database) -> Self {
        Self { db }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        Ok(Self::new(Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock))))
    }
}

/// The routes of this function.
pub fn api() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(handlers::texts))
        .routes(routes!(handlers::serve))
        .routes(routes!(handlers::decide, handlers::overview))
        .routes(routes!(handlers::withdraw))
}
