//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{NewReferral, ReferralList, ReferralView};
use crate::create;
use crate::fhir_task;
use crate::service::{self, Part};
use axum::Json;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::header;
use medius_domain::id::{CaseId, ReferralId, TaskId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Patient, Problem};

/// Makes the letter to an institution. Needs a complete intake and the consents G1, S1, P and PS for that institution.
#[utoipa::path(post, path = "/v1/cases/{case_id}/referrals", tag = "referral",
    params(("case_id" = String, Path), IdempotencyKey), request_body = NewReferral,
    responses((status = 201, body = ReferralView, headers(("Location" = String, description = "where the letter is"))),
        ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn create(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<NewReferral>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    create::create(&state, &patient, &origin, &case, &body.value.recipient, &request).await
}

/// The letters of a case.
#[utoipa::path(get, path = "/v1/cases/{case_id}/referrals", tag = "referral", params(("case_id" = String, Path)),
    responses((status = 200, body = ReferralList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
) -> Result<Json<ReferralList>, Problem> {
    let letters = service::list(&state, &patient, &origin, &case).await?;
    Ok(Json(ReferralList { items: letters.iter().map(Into::into).collect() }))
}

/// What is known about a letter without opening it.
#[utoipa::path(get, path = "/v1/cases/{case_id}/referrals/{referral_id}", tag = "referral",
    params(("case_id" = String, Path), ("referral_id" = String, Path)),
    responses((status = 200, body = ReferralView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, referral)): PathIds<(CaseId, ReferralId)>,
) -> Result<Json<ReferralView>, Problem> {
    let letter = service::get(&state, &patient, &origin, &case, &referral).await?;
    Ok(Json((&letter).into()))
}

/// The letter: PDF/A-3a and PDF/UA-1 with the Bundle attached.
#[utoipa::path(get, path = "/v1/cases/{case_id}/referrals/{referral_id}/letter", tag = "referral",
    params(("case_id" = String, Path), ("referral_id" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn letter(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, referral)): PathIds<(CaseId, ReferralId)>,
) -> Result<Response, Problem> {
    document(&state, &patient, &origin, &case, &referral, Part::Letter).await
}

/// The same content as a FHIR R4 document Bundle.
#[utoipa::path(get, path = "/v1/cases/{case_id}/referrals/{referral_id}/bundle", tag = "referral",
    params(("case_id" = String, Path), ("referral_id" = String, Path)),
    responses((status = 200, content_type = "application/fhir+json", body = Object), ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn bundle(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, referral)): PathIds<(CaseId, ReferralId)>,
) -> Result<Response, Problem> {
    document(&state, &patient, &origin, &case, &referral, Part::Bundle).await
}

/// Where a request to an institution stands, as a FHIR R4 Task. It says nothing about health.
#[utoipa::path(get, path = "/v1/cases/{case_id}/tasks/{task_id}/fhir", tag = "referral",
    params(("case_id" = String, Path), ("task_id" = String, Path)),
    responses((status = 200, content_type = "application/fhir+json", body = Object), ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn task_fhir(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, task)): PathIds<(CaseId, TaskId)>,
) -> Result<Response, Problem> {
    let content = fhir_task::fhir(&state, &patient, &origin, &case, &task).await?;
    Ok(([(header::CONTENT_TYPE, Part::Bundle.media_type())], content).into_response())
}

async fn document(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    case: &CaseId,
    referral: &ReferralId,
    part: Part,
) -> Result<Response, Problem> {
    let (letter, content) = service::document(state, patient, origin, case, referral, part).await?;
    let headers = [
        (header::CONTENT_TYPE, part.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, part.disposition(&letter.document_number)),
    ];
    Ok((headers, content.to_vec()).into_response())
}
