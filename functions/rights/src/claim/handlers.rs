//! Routes without a sign-in: what comes in is parsed, the use case decides, the answer goes out.

use super::api::{ClaimCode, ClaimState, ClaimTicket, ClaimWish};
use super::{create, verify};
use crate::State;
use crate::own::{self, By, Move};
use crate::view::{RightState, RightView};
use axum::Json;
use axum::extract;
use axum::response::Response;
use http::StatusCode;
use medius_domain::id::{RightId, Subject};
use medius_http::openapi::{ChangeProblems, PublicProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Problem, SourceIp, Ticketed};

/// Asks about a patient's rights without a sign-in: for who lost the account, for a child's guardian, and for who has the
/// patient's mandate. A code goes to the mailbox on file. The answer is the same whether or not there is one.
#[utoipa::path(post, path = "/v1/public/rights-requests", tag = "rights", params(IdempotencyKey),
    request_body = ClaimWish,
    responses((status = 202, body = ClaimState), ChangeProblems), security(()),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim(
    extract::State(state): extract::State<State>,
    origin: Origin,
    ip: SourceIp,
    key: IdempotencyKey,
    body: Body<ClaimWish>,
) -> Result<Response, Problem> {
    let wish = body.value.parsed().map_err(Problem::invalid)?;
    create::create(&state, (&origin, ip), wish, (&key, &body.sha256)).await
}

/// Orders another code; the one before ends. Three in ten minutes.
#[utoipa::path(post, path = "/v1/public/rights-requests/{right_id}/code", tag = "rights",
    params(("right_id" = String, Path)),
    responses((status = 202, body = ClaimState), PublicProblems), security(()),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_code(
    extract::State(state): extract::State<State>,
    origin: Origin,
    ip: SourceIp,
    PathIds(id): PathIds<RightId>,
) -> Result<(StatusCode, Json<ClaimState>), Problem> {
    let answer = create::order_code(&state, (&origin, ip), &id).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// Takes the code and gives a ticket for this request. Wrong, used, late and tried too often are one answer.
#[utoipa::path(post, path = "/v1/public/rights-requests/{right_id}/verify", tag = "rights",
    params(("right_id" = String, Path)), request_body = ClaimCode,
    responses((status = 200, body = ClaimTicket), PublicProblems), security(()),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_verify(
    extract::State(state): extract::State<State>,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    body: Body<ClaimCode>,
) -> Result<Json<ClaimTicket>, Problem> {
    verify::verify(&state, &origin, &id, &body.value.code).await.map(Json)
}

/// The request with every step, what it waits for and when the answer is due.
#[utoipa::path(get, path = "/v1/public/rights-requests/{right_id}", tag = "rights",
    params(("right_id" = String, Path)),
    responses((status = 200, body = RightView), ReadProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_get(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
) -> Result<Json<RightView>, Problem> {
    own::look(&state, By::Ticket(&ticket), &origin, &id).await.map(Json)
}

async fn step(
    state: &State,
    (Ticketed(ticket), origin): (Ticketed, Origin),
    id: &RightId,
    step: Move,
    key: &IdempotencyKey,
) -> Result<Response, Problem> {
    // Whoever has the ticket is one.
    let request = key.request(&Subject::of(id.as_str()), "");
    own::change(state, By::Ticket(&ticket), &origin, id, step, &request).await
}

/// Takes the request back, if it is not being carried out yet.
#[utoipa::path(post, path = "/v1/public/rights-requests/{right_id}/cancel", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_cancel(
    extract::State(state): extract::State<State>,
    ticket: Ticketed,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    step(&state, (ticket, origin), &id, Move::Cancel, &key).await
}

/// Objects to a refusal, to a result in part or to a deferral.
#[utoipa::path(post, path = "/v1/public/rights-requests/{right_id}/object", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_object(
    extract::State(state): extract::State<State>,
    ticket: Ticketed,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    step(&state, (ticket, origin), &id, Move::Object, &key).await
}

/// Says that what was asked for is given.
#[utoipa::path(post, path = "/v1/public/rights-requests/{right_id}/evidence", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_evidence(
    extract::State(state): extract::State<State>,
    ticket: Ticketed,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    step(&state, (ticket, origin), &id, Move::EvidenceGiven, &key).await
}
