//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::api::{
    Catalogue, ConsentOverview, Decision, DecisionRequest, EventView, GuardianCodeRequest, GuardianCodeView,
    GuardianVerifiedView, ServingRequest, ServingView, WithdrawalRequest,
};
use crate::service::{self, Ask, Choice};
use crate::{State, guardian, overview};
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
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("consent"))))]
pub(crate) async fn texts(extract::State(state): extract::State<State>, _: Patient) -> Json<Catalogue> {
    Json(Catalogue::current(state.overseas.is_some()))
}

/// Shows a text: the event that a decision refers to.
#[utoipa::path(post, path = "/v1/cases/{case_id}/consents/servings", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey), request_body = ServingRequest,
    responses((status = 201, body = ServingView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("consent"))))]
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
    let ask = Ask { patient: &patient, origin: &origin, case: &case, request: &request };
    service::serve(&state, &ask, &matter, body.value.language).await
}

/// Decides about the text that was shown last.
#[utoipa::path(post, path = "/v1/cases/{case_id}/consents", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey), request_body = DecisionRequest,
    responses((status = 201, body = EventView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("consent"))))]
pub(crate) async fn decide(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<DecisionRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let ask = Ask { patient: &patient, origin: &origin, case: &case, request: &request };
    let choice = Choice {
        serving: &body.value.serving_id,
        grant: body.value.decision == Decision::Grant,
        data_items: body.value.data_items.as_ref(),
    };
    service::decide(&state, &ask, &choice).await
}

/// Takes an agreement back. Every live link that rested on it is dead when this answers.
#[utoipa::path(post, path = "/v1/cases/{case_id}/consents/withdrawals", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey), request_body = WithdrawalRequest,
    responses((status = 201, body = EventView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("consent"))))]
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
    let ask = Ask { patient: &patient, origin: &origin, case: &case, request: &request };
    service::withdraw(&state, &ask, &matter).await
}

/// What the patient agreed to, since when, in which version, for whom; and how it came about.
#[utoipa::path(get, path = "/v1/cases/{case_id}/consents", tag = "consent", params(("case_id" = String, Path)),
    responses((status = 200, body = ConsentOverview), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("consent"))))]
pub(crate) async fn overview(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
) -> Result<Json<ConsentOverview>, Problem> {
    Ok(Json(overview::overview(&state, &patient, &origin, &case).await?))
}

/// Sends a one-time code to the guardian's mailbox.
#[utoipa::path(post, path = "/v1/cases/{case_id}/guardian/code", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey),
    responses((status = 202, body = GuardianCodeView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("guardian"))))]
pub(crate) async fn guardian_code(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, "");
    guardian::order_code(&state, &Ask { patient: &patient, origin: &origin, case: &case, request: &request }).await
}

/// Takes the guardian's code: for an hour the guardian's decisions are taken.
#[utoipa::path(post, path = "/v1/cases/{case_id}/guardian/verify", tag = "consent",
    params(("case_id" = String, Path), IdempotencyKey), request_body = GuardianCodeRequest,
    responses((status = 200, body = GuardianVerifiedView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("guardian"))))]
pub(crate) async fn guardian_verify(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<GuardianCodeRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let ask = Ask { patient: &patient, origin: &origin, case: &case, request: &request };
    guardian::verify(&state, &ask, &body.value.code).await
}
