//! Routes of the data protection officer.

use crate::State;
use crate::api::{
    RightDeferralRequest, RightEvidenceRequest, RightObjectionDecision, RightQueueParams, RightRefusalRequest,
    RightResultRequest,
};
use crate::officer::{self, Decided};
use crate::view::{RightQueueList, RightState, RightView};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::id::RightId;
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, Params, PathIds, Problem, Staff};

/// Requests that wait, by the day on which an answer is due.
#[utoipa::path(get, path = "/staff/v1/rights-requests", tag = "rights", params(RightQueueParams),
    responses((status = 200, body = RightQueueList), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn queue(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    Params(wanted): Params<RightQueueParams>,
) -> Result<Json<RightQueueList>, Problem> {
    officer::queue(&state, &staff, &origin, &wanted).await.map(Json)
}

/// A request with every step and who took it.
#[utoipa::path(get, path = "/staff/v1/rights-requests/{right_id}", tag = "rights",
    params(("right_id" = String, Path)), responses((status = 200, body = RightView), ReadProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn open(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
) -> Result<Json<RightView>, Problem> {
    officer::open(&state, &staff, &origin, &id).await.map(Json)
}

/// Takes a request in hand.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/assign", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn assign(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, "");
    officer::decide(&state, &staff, &origin, &id, &Decided::Assign, &request).await
}

/// Asks the patient for something, by codes.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/request-evidence", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    request_body = RightEvidenceRequest,
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn request_evidence(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<RightEvidenceRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    officer::decide(&state, &staff, &origin, &id, &Decided::AskEvidence(body.value.needed), &request).await
}

/// Goes on without waiting any longer for the patient or for the day to which it was put off.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/take-up", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn take_up(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, "");
    officer::decide(&state, &staff, &origin, &id, &Decided::TakeUp, &request).await
}

/// Agrees. For the deletion of an open case two people must; a correction needs the right values.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/approve", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn approve(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, "");
    officer::decide(&state, &staff, &origin, &id, &Decided::Approve, &request).await
}

/// Turns a request down on a ground of the law; statute, words and the way to object come with it.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/refuse", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    request_body = RightRefusalRequest,
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn refuse(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<RightRefusalRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    officer::decide(&state, &staff, &origin, &id, &Decided::Refuse(body.value.ground), &request).await
}

/// Puts access off.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/defer", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    request_body = RightDeferralRequest,
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn defer(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<RightDeferralRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    officer::decide(&state, &staff, &origin, &id, &Decided::Defer(body.value.ground, body.value.until), &request).await
}

/// Records that what was agreed to has been carried out, wholly or in part.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/complete", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    request_body = RightResultRequest,
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn complete(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<RightResultRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    let institution = body.value.forwarded_to().map_err(|wrong| Problem::invalid([wrong]))?.cloned();
    let decided = match institution {
        Some(institution) => Decided::Forward(institution, body.value.ground),
        None => Decided::Complete(body.value.outcome, body.value.ground),
    };
    officer::decide(&state, &staff, &origin, &id, &decided, &request).await
}

/// Decides about an objection, as somebody else than who decided first.
#[utoipa::path(post, path = "/staff/v1/rights-requests/{right_id}/objections/decide", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    request_body = RightObjectionDecision,
    responses((status = 200, body = RightState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn decide_objection(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<RightObjectionDecision>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    officer::decide(&state, &staff, &origin, &id, &Decided::Objection(body.value.uphold), &request).await
}
