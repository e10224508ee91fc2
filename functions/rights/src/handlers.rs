//! Routes of patients: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::RightWish;
use crate::own::{By, Move};
use crate::view::{RightList, RightState, RightView};
use crate::{ask as asking, own};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::id::RightId;
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Patient, Problem};

/// Asks for something that is the patient's right. It needs a sign-in of the last 15 minutes. A suspension and its end take
/// effect at once; everything else goes to the data protection officer.
#[utoipa::path(post, path = "/v1/rights-requests", tag = "rights", params(IdempotencyKey), request_body = RightWish,
    responses((status = 201, body = RightState), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    key: IdempotencyKey,
    body: Body<RightWish>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let wish = body.value.parsed().map_err(Problem::invalid)?;
    asking::ask(&state, &patient, &origin, wish, &request).await
}

/// The patient's own requests, the newest first.
#[utoipa::path(get, path = "/v1/rights-requests", tag = "rights",
    responses((status = 200, body = RightList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    patient: Patient,
) -> Result<Json<RightList>, Problem> {
    // Ids, states and times of the patient's own requests: nothing personal is read, so nothing is logged.
    let mut requests = state.db.rights_of(&patient.subject).await?;
    requests.extend(state.db.rights_of(&state.pseudonym(&patient.subject).await?).await?);
    Ok(Json(RightList { items: requests.iter().map(RightState::from).collect() }))
}

/// A request with every step, what it waits for and when the answer is due.
#[utoipa::path(get, path = "/v1/rights-requests/{right_id}", tag = "rights", params(("right_id" = String, Path)),
    responses((status = 200, body = RightView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
) -> Result<Json<RightView>, Problem> {
    own::look(&state, By::Patient(&patient), &origin, &id).await.map(Json)
}

/// Takes a request back that is not being carried out yet.
#[utoipa::path(post, path = "/v1/rights-requests/{right_id}/cancel", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn cancel(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, "");
    own::change(&state, By::Patient(&patient), &origin, &id, Move::Cancel, &request).await
}

/// Objects to a refusal, to a result in part or to a deferral. Somebody else than who decided will decide about it.
#[utoipa::path(post, path = "/v1/rights-requests/{right_id}/object", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn object(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, "");
    own::change(&state, By::Patient(&patient), &origin, &id, Move::Object, &request).await
}

/// Says that what was asked for is given: by a message at the case, or by changing what was told.
#[utoipa::path(post, path = "/v1/rights-requests/{right_id}/evidence", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn evidence(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, "");
    own::change(&state, By::Patient(&patient), &origin, &id, Move::EvidenceGiven, &request).await
}
