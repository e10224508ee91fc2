//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{AccessCodeMade, DeliveryList, DeliveryView, NewDelivery, ProviderList, ProviderView};
use crate::{send, service};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::id::{CaseId, DeliveryId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Patient, Problem};

/// Institutions that a letter can be addressed to. About no person, so nothing is logged.
#[utoipa::path(get, path = "/v1/providers", tag = "delivery",
    responses((status = 200, body = ProviderList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn providers(
    extract::State(state): extract::State<State>,
    _: Patient,
) -> Result<Json<ProviderList>, Problem> {
    let (providers, now) = (state.db.providers().await?, state.db.now());
    Ok(Json(ProviderList { items: providers.iter().map(|p| ProviderView::new(p, now)).collect() }))
}

/// Sends a letter to its institution: makes the link and orders the mail. Needs the consents G1, S1, P and PS for it.
#[utoipa::path(post, path = "/v1/cases/{case_id}/deliveries", tag = "delivery",
    params(("case_id" = String, Path), IdempotencyKey), request_body = NewDelivery,
    responses((status = 201, body = DeliveryView,
        headers(("Location" = String, description = "where the delivery is"))), ChangeProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn create(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<NewDelivery>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    send::create(&state, &patient, &origin, &case, &body.value, &request).await
}

/// The deliveries of a case.
#[utoipa::path(get, path = "/v1/cases/{case_id}/deliveries", tag = "delivery", params(("case_id" = String, Path)),
    responses((status = 200, body = DeliveryList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
) -> Result<Json<DeliveryList>, Problem> {
    Ok(Json(DeliveryList { items: service::list(&state, &patient, &origin, &case).await? }))
}

/// How far a delivery got.
#[utoipa::path(get, path = "/v1/cases/{case_id}/deliveries/{delivery_id}", tag = "delivery",
    params(("case_id" = String, Path), ("delivery_id" = String, Path)),
    responses((status = 200, body = DeliveryView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, delivery)): PathIds<(CaseId, DeliveryId)>,
) -> Result<Json<DeliveryView>, Problem> {
    service::get(&state, &patient, &origin, &case, &delivery).await.map(Json)
}

/// Takes a delivery back: its link is dead at once. A repeat changes nothing and gets the same answer, so it needs no
/// `Idempotency-Key`; there is no body.
#[utoipa::path(post, path = "/v1/cases/{case_id}/deliveries/{delivery_id}/revoke", tag = "delivery",
    params(("case_id" = String, Path), ("delivery_id" = String, Path)),
    responses((status = 200, body = DeliveryView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn revoke(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, delivery)): PathIds<(CaseId, DeliveryId)>,
) -> Result<Json<DeliveryView>, Problem> {
    service::revoke(&state, &patient, &origin, &case, &delivery).await.map(Json)
}

/// Makes an access code for a delivery and shows it this once, to be told to the institution by telephone. From then on the
/// link asks for it instead of mailing a code. A repeat makes another code and ends the one before, so it needs no
/// `Idempotency-Key`; there is no body.
#[utoipa::path(post, path = "/v1/cases/{case_id}/deliveries/{delivery_id}/access-code", tag = "delivery",
    params(("case_id" = String, Path), ("delivery_id" = String, Path)),
    responses((status = 200, body = AccessCodeMade), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn access_code(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, delivery)): PathIds<(CaseId, DeliveryId)>,
) -> Result<Json<AccessCodeMade>, Problem> {
    service::access_code(&state, &patient, &origin, &case, &delivery).await.map(Json)
}
