//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{ExplanationList, ExplanationView, NewExplanation};
use crate::create;
use crate::service::{self, Part};
use axum::Json;
use axum::extract;
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use http::header;
use medius_domain::id::{CaseId, ExplanationId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Patient, Problem};

/// Says of a file since when what it was judged with is corrected.
const SUPERSEDED: header::HeaderName = header::HeaderName::from_static("medius-superseded-at");

/// Explains the results and medicines of a case. Needs the consents G1, S1 and E1.
#[utoipa::path(post, path = "/v1/cases/{case_id}/explanations", tag = "explanation",
    params(("case_id" = String, Path), IdempotencyKey), request_body = NewExplanation,
    responses((status = 201, body = ExplanationView,
        headers(("Location" = String, description = "where the explanation is"))), ChangeProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("explanation"))))]
pub(crate) async fn create(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<NewExplanation>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    create::create(&state, &patient, &origin, &case, &body.value, &request).await
}

/// The explanations of a case.
#[utoipa::path(get, path = "/v1/cases/{case_id}/explanations", tag = "explanation",
    params(("case_id" = String, Path)),
    responses((status = 200, body = ExplanationList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("explanation"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
) -> Result<Json<ExplanationList>, Problem> {
    let found = service::list(&state, &patient, &origin, &case).await?;
    Ok(Json(ExplanationList { items: found.iter().map(Into::into).collect() }))
}

/// What is known about an explanation without opening it.
#[utoipa::path(get, path = "/v1/cases/{case_id}/explanations/{explanation_id}", tag = "explanation",
    params(("case_id" = String, Path), ("explanation_id" = String, Path)),
    responses((status = 200, body = ExplanationView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("explanation"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, id)): PathIds<(CaseId, ExplanationId)>,
) -> Result<Json<ExplanationView>, Problem> {
    let found = service::get(&state, &patient, &origin, &case, &id).await?;
    Ok(Json((&found).into()))
}

/// The explanation as data: each sentence in the languages that were asked for, with its source.
#[utoipa::path(get, path = "/v1/cases/{case_id}/explanations/{explanation_id}/report", tag = "explanation",
    params(("case_id" = String, Path), ("explanation_id" = String, Path)),
    responses((status = 200, content_type = "application/json", body = Object,
        headers(("Medius-Superseded-At" = Option<String>, description = "since when it does not hold any more"))),
        ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("explanation"))))]
pub(crate) async fn report(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, id)): PathIds<(CaseId, ExplanationId)>,
) -> Result<Response, Problem> {
    document(&state, &patient, &origin, &case, &id, Part::Report).await
}

/// The explanation as a PDF: PDF/A-3a and PDF/UA-1.
#[utoipa::path(get, path = "/v1/cases/{case_id}/explanations/{explanation_id}/pdf", tag = "explanation",
    params(("case_id" = String, Path), ("explanation_id" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>,
        headers(("Medius-Superseded-At" = Option<String>, description = "since when it does not hold any more"))),
        ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("explanation"))))]
pub(crate) async fn pdf(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, id)): PathIds<(CaseId, ExplanationId)>,
) -> Result<Response, Problem> {
    document(&state, &patient, &origin, &case, &id, Part::Pdf).await
}

async fn document(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    case: &CaseId,
    id: &ExplanationId,
    part: Part,
) -> Result<Response, Problem> {
    let (content, superseded_at) = service::document(state, patient, origin, case, id, part).await?;
    let headers = [(header::CONTENT_TYPE, part.media_type()), (header::CONTENT_DISPOSITION, part.disposition())];
    // The file itself stays what it was: whoever hands it on must be able to say that it does not hold any more.
    let superseded = superseded_at.map(|at| [(SUPERSEDED, at.to_rfc3339_opts(SecondsFormat::Secs, true))]);
    Ok((headers, superseded, content.to_vec()).into_response())
}
