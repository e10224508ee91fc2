//! Routes of proofs: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::RightReasonParams;
use crate::own::By;
use crate::proofs;
use crate::view::{RightProofs, RightState};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::id::{RightId, Subject, UploadId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::uploads::{Announced, NewUpload};
use medius_http::{Body, IdempotencyKey, Language, Origin, Params, PathIds, Patient, Problem, Staff, Ticketed};

/// Announces a proof that was asked for: a PDF or a picture, at most five. The answer has the address that takes its bytes.
#[utoipa::path(post, path = "/v1/rights-requests/{right_id}/proofs", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey), request_body = NewUpload,
    responses((status = 201, body = Announced), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn bring_proof(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<NewUpload>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    proofs::announce(&state, (By::Patient(&patient), &origin), &id, &body.value, &request, language).await
}

/// The proofs of an own request, and where each stands.
#[utoipa::path(get, path = "/v1/rights-requests/{right_id}/proofs", tag = "rights",
    params(("right_id" = String, Path)),
    responses((status = 200, body = RightProofs), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn list_proofs(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<RightId>,
) -> Result<Json<RightProofs>, Problem> {
    let items = proofs::list(&state, (By::Patient(&patient), &origin), &id, language).await?;
    Ok(Json(RightProofs { items }))
}

/// Announces the mandate or another proof that was asked for: a PDF or a picture, at most five. The answer has the address that
/// takes its bytes.
#[utoipa::path(post, path = "/v1/public/rights-requests/{right_id}/proofs", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey), request_body = NewUpload,
    responses((status = 201, body = Announced), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn claim_bring_proof(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<NewUpload>,
) -> Result<Response, Problem> {
    let request = key.request(&Subject::of(id.as_str()), &body.sha256);
    proofs::announce(&state, (By::Ticket(&ticket), &origin), &id, &body.value, &request, language).await
}

/// The proofs of the request, and where each stands.
#[utoipa::path(get, path = "/v1/public/rights-requests/{right_id}/proofs", tag = "rights",
    params(("right_id" = String, Path)),
    responses((status = 200, body = RightProofs), ReadProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_list_proofs(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<RightId>,
) -> Result<Json<RightProofs>, Problem> {
    let items = proofs::list(&state, (By::Ticket(&ticket), &origin), &id, language).await?;
    Ok(Json(RightProofs { items }))
}

/// Says that the mandate is there: a file of it must have been checked and kept. The request then waits for the data protection
/// officer, who looks at the mandate.
#[utoipa::path(post, path = "/v1/public/rights-requests/{right_id}/mandate", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = RightState), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_mandate(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&Subject::of(id.as_str()), "");
    proofs::mandate(&state, (By::Ticket(&ticket), &origin), &id, &request).await
}

/// The proofs of a request.
#[utoipa::path(get, path = "/staff/v1/rights-requests/{right_id}/proofs", tag = "rights",
    params(("right_id" = String, Path)),
    responses((status = 200, body = RightProofs), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn staff_list_proofs(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<RightId>,
) -> Result<Json<RightProofs>, Problem> {
    let items = proofs::staff_list(&state, (&staff, &origin), &id, language).await?;
    Ok(Json(RightProofs { items }))
}

/// A proof, for the data protection officer with a reason; a large one by an address that is good for a minute (303).
#[utoipa::path(get, path = "/staff/v1/rights-requests/{right_id}/proofs/{upload_id}", tag = "rights",
    params(("right_id" = String, Path), ("upload_id" = String, Path), RightReasonParams),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 303, description = "a larger file, at `Location`"), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn staff_proof(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((id, upload)): PathIds<(RightId, UploadId)>,
    Params(why): Params<RightReasonParams>,
) -> Result<Response, Problem> {
    proofs::staff_download(&state, (&staff, &origin), (&id, &upload), why.reason).await
}
