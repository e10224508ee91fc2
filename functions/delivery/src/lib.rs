//! Delivery: the patient sends a letter to the institution that it is addressed to, sees how far it got, and takes it back
//! (policy clause P1: provision of medical information to the institution that the patient chose).
//!
//! Makes and revokes links; it cannot open a letter, and it cannot send a mail. The link's secret is derived, hashed and
//! forgotten here: only the mailer writes it down, into the mail.

pub mod api;
mod handlers;
mod send;
mod service;

use medius_domain::clock::SystemClock;
use medius_http::{Env, Error};
use medius_store::{Aws, Contacts, Database, LinkMac, Tables};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub(crate) db: Database,
    pub(crate) link_mac: Arc<LinkMac>,
    pub(crate) contacts: Arc<Contacts>,
}

impl State {
    /// With the given adapters.
    pub fn new(db: Database, link_mac: LinkMac, contacts: Contacts) -> Self {
        Self { db, link_mac: Arc::new(link_mac), contacts: Arc::new(contacts) }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let db = Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock));
        let contacts = Contacts::new(aws.kms(), env.required("KMS_DATA_KEY")?);
        Ok(Self::new(db, LinkMac::new(aws.kms(), env.required("KMS_LINK_MAC")?), contacts))
    }
}

/// The routes of this function.
pub fn api() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(handlers::providers))
        .routes(routes!(handlers::create, handlers::list))
        .routes(routes!(handlers::get))
        .routes(routes!(handlers::revoke))
        .routes(routes!(handlers::access_code))
}
