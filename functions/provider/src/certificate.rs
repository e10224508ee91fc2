//! The certificate of a destruction, for whoever holds its link. It names no person, so nothing goes into an access log, and
//! an address that leads to none gets the same 404 as one that does not yet.

use crate::State;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::header;
use medius_domain::id::DestructionId;
use medius_http::openapi::PublicProblems;
use medius_http::{PathIds, Problem};
use medius_store::Place;

/// The signed certificate of a destruction: a file that `/verify` and programs can check.
#[utoipa::path(get, path = "/c/{destruction_id}", tag = "provider", params(("destruction_id" = String, Path)),
    responses((status = 200, body = serde_json::Value), PublicProblems))]
pub(crate) async fn get_certificate(
    extract::State(state): extract::State<State>,
    PathIds(id): PathIds<DestructionId>,
) -> Result<Response, Problem> {
    let ledger = state.db.read([Place::Ledger(id.clone())]).await?.ledger(&id)?;
    let certificate = ledger.and_then(|ledger| ledger.certificate).ok_or_else(Problem::not_found)?;
    let name = format!("inline; filename=\"{id}.json\"");
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, certificate).into_response())
}

/// The same certificate's headers.
#[utoipa::path(head, path = "/c/{destruction_id}", tag = "provider", params(("destruction_id" = String, Path)),
    responses((status = 200), PublicProblems))]
pub(crate) async fn get_certificate_head(
    state: extract::State<State>,
    id: PathIds<DestructionId>,
) -> Result<Response, Problem> {
    get_certificate(state, id).await
}
