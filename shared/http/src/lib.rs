//! What every HTTP function of the service does the same way, so that it has it by using this crate: problem details,
//! bodies checked at the edge, versions and repeats, sign-ins, request ids, security headers, JSON logs, metrics,
//! configuration, and the way from a Lambda event to a router and back.
//!
//! # A function
//! Its library has the routes and nothing that knows Lambda; a test calls the same router with `tower::ServiceExt`.
//!
//! ```
//! # mod medius_things {
//! use axum::{Json, extract::State, http::StatusCode};
//! use medius_http::{Body, ETag, IdempotencyKey, Patient, PathIds, Problem, openapi::ChangeProblems};
//! # use medius_domain::id::CaseId;
//! # #[derive(Clone)] pub struct AppState;
//!
//! #[derive(serde::Deserialize, utoipa::ToSchema)]
//! #[serde(deny_unknown_fields)]
//! struct NewThing { kind: String }
//!
//! #[derive(serde::Serialize, utoipa::ToSchema)]
//! struct Thing { kind: String, version: u64 }
//!
//! #[utoipa::path(post, path = "/v1/cases/{case_id}/things", params(("case_id" = String, Path), IdempotencyKey),
//!     request_body = NewThing, responses((status = 201, body = Thing), ChangeProblems), security(("patient" = [])))]
//! async fn create(
//!     State(_state): State<AppState>, patient: Patient, PathIds(_case): PathIds<CaseId>, key: IdempotencyKey,
//!     body: Body<NewThing>, // the body comes last
//! ) -> Result<(StatusCode, ETag, Json<Thing>), Problem> {
//!     let _record = key.request(&patient.subject, &body.sha256); // for the store
//!     Ok((StatusCode::CREATED, ETag(1), Json(Thing { kind: body.value.kind, version: 1 })))
//! }
//!
//! medius_http::routes! { AppState: [self] create; }
//! # }
//! ```
//!
//! Its `main` starts the telemetry, reads the environment, builds the clients and serves:
//!
//! ```no_run
//! # mod medius_things {
//! #   #[derive(Clone)] pub struct AppState;
//! #   pub fn router() -> axum::Router<AppState> { Default::default() }
//! # }
//! use medius_domain::clock::SystemClock;
//! use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Error> {
//!     telemetry::init("things");
//!     let env = Env::process();
//!     let config = ApiConfig::from_env("things", &env)?;
//!     let router = medius_things::router().with_state(medius_things::AppState);
//!     run(service(router, config, std::sync::Arc::new(SystemClock))).await
//! }
//! ```
//!
//! A test of a router has no gateway: it puts a [`Gateway`] with the claims of a sign-in into the request's extensions.

pub mod about;
pub mod auth;
pub mod body;
pub mod config;
mod digest;
pub mod gateway;
pub mod headers;
pub mod language;
pub mod openapi;
pub mod params;
pub mod patient_log;
pub mod problem;
pub mod router;
pub mod routes;
pub mod store;
mod structure;
pub mod telemetry;
mod ticket;
pub mod uploads;

pub use auth::{Patient, RequestId, SourceIp, Staff};
pub use body::Body;
pub use config::{ApiConfig, ConfigError, Env, Pool};
pub use gateway::{Gateway, run};
pub use headers::{ETag, IdempotencyKey, IdempotentRequest, IfMatch, PathIds};
pub use lambda_runtime::Error;
pub use language::Language;
pub use params::Params;
pub use problem::{MissingConsent, Problem, ProblemKind};
pub use router::service;
pub use store::{
    Asked, Counted, Errand, Origin, Remembered, own_case, own_inquiry, own_record, own_right, replay, settle, versioned,
};
pub use ticket::Ticketed;
