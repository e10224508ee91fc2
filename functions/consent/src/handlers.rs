//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{
    Catalogue, ConsentOverview, Decision, DecisionRequest, EventView, ServingRequest, ServingView, WithdrawalRequest,
};
use crate::service;
use axum::response::Response;
use axum::{Json, extract};
use medius_domain::consent::Matter;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, ProviderId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Patient, Problem};

/// An item with the recipient that it needs, and only then.
fn matter(item: medius_domain::consent::Item, recipient: Option<ProviderId>) -> Result<Matter, Problem> {
    Matter::new(item, recipient).map_err(|why: Invalid| Problem::invalid([FieldError::new("/recipient", why)]))
}

/// The texts that are shown now, in every language.
#[utoipa::path(get, path = "/v1/consent-texts", tag = "consent", responses((status = 200, body = Catalogue), ReadProblems),
    security(("patient" = [])))]
pub(crate) async fn texts(_patient: Patient) -> Json<Catalogue> {
    Json(Catalogue::current())
}

/// Shows a text: the event that a decision refers to.
#[utoipa::path(post, path = "/v1/cases/{case_id}/consents/servings", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey), request_body = ServingRequest,
    responses((status = 201, body = ServingView), ChangeProblems), security(("patient" = [])))]
pub(crate) async fn serve(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<ServingRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let matter = matter(body.value.item, body.value.recipient)?;
    service::serve(&state, &patient, &origin, &case, &matter, body.value.language, &request).await
}

/// Decides about the text that was shown last.
#[utoipa::path(post, path = "/v1/cases/{case_id}/consents", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey), request_body = DecisionRequest,
    responses((status = 201, body = EventView), ChangeProblems), security(("patient" = [])))]
pub(crate) async fn decide(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<DecisionRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let grant = body.value.decision == Decision::Grant;
    service::decide(&state, &patient, &origin, &case, &body.value.serving_id, grant, &request).await
}

/// Takes an agreement back. Every live link that rested on it is dead when this answers.
#[utoipa::path(post, path = "/v1/cases/{case_id}/consents/withdrawals", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey), request_body = WithdrawalRequest,
    responses((status = 201, body = EventView), ChangeProblems), security(("patient" = [])))]
pub(crate) async fn withdraw(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<WithdrawalRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let matter = matter(body.value.item, body.value.recipient)?;
    service::withdraw(&state, &patient, &origin, &case, &matter, &request).await
}

/// What the patient agreed to, since when, in which version, for whom; and how it came about.
#[utoipa::path(get, path = "/v1/cases/{case_id}/consents", tag = "consent", params(("case_id" = String, Path)),
    responses((status = 200, body = ConsentOverview), ReadProblems), security(("patient" = [])))]
pub(crate) async fn overview(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
) -> Result<Json<ConsentOverview>, Problem> {
    let (head, events) = service::overview(&state, &patient, &origin, &case).await?;
    Ok(Json(ConsentOverview::new(&head, &events)))
}
