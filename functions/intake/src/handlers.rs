//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{BasicSchema, CaseList, CaseView, GuardianSchema, HealthBody, NewCase};
use crate::lifecycle;
use crate::service::{self, Wish};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::contact::Guardian;
use medius_domain::emergency::{self, EmergencySign};
use medius_domain::id::CaseId;
use medius_domain::intake::BasicDraft;
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{
    Body, IdempotencyKey, IfMatch, Language, Origin, PathIds, Patient, Problem, ProblemKind, telemetry, versioned,
};

/// An emergency is answered at once, counted without any detail, and nothing of it is stored.
fn no_emergency(signs: &[EmergencySign], language: Language) -> Result<(), Problem> {
    if signs.is_empty() {
        return Ok(());
    }
    telemetry::count("EmergencyShown");
    let text = emergency::text(language == Language::Ko);
    Err(Problem::new(ProblemKind::Emergency).with("emergency", text))
}

/// Opens a case. Nothing personal is in it yet.
#[utoipa::path(post, path = "/v1/cases", tag = "intake", params(IdempotencyKey), request_body = NewCase,
    responses((status = 201, body = crate::api::CaseSummary), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn create(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    key: IdempotencyKey,
    body: Body<NewCase>,
) -> Result<Response, Problem> {
    no_emergency(&body.value.emergency_signs, language)?;
    let request = key.request(&patient.subject, &body.sha256);
    service::create(&state, &patient, &origin, body.value.patient_under_14, &request).await
}

/// Own cases.
#[utoipa::path(get, path = "/v1/cases", tag = "intake", responses((status = 200, body = CaseList), ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    patient: Patient,
) -> Result<Json<CaseList>, Problem> {
    // Ids, states and times of the patient's own cases: nothing personal is read, so nothing is logged.
    let cases = state.db.cases_of(&patient.subject).await?;
    Ok(Json(CaseList { items: cases.iter().map(Into::into).collect() }))
}

/// A case with its story and what is still missing.
#[utoipa::path(get, path = "/v1/cases/{case_id}", tag = "intake", params(("case_id" = String, Path)),
    responses((status = 200, body = CaseView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("intake"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
) -> Result<Response, Problem> {
    let told = service::get(&state, &Wish { patient: &patient, origin: &origin, case: &case }).await?;
    Ok(versioned(told.case.version, CaseView::new(&told.case, told.draft, told.guardian)))
}

/// Gives or replaces basic information. Needs consent G1.
#[utoipa::path(put, path = "/v1/cases/{case_id}/intake/basic", tag = "intake", params(("case_id" = String, Path), IfMatch),
    request_body = BasicSchema, responses((status = 200, body = CaseView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("intake"))))]
pub(crate) async fn put_basic(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    expected: IfMatch,
    body: Body<BasicDraft>,
) -> Result<Response, Problem> {
    let told =
        service::put_basic(&state, &Wish { patient: &patient, origin: &origin, case: &case }, expected, body.value)
            .await?;
    Ok(versioned(told.case.version, CaseView::new(&told.case, told.draft, told.guardian)))
}

/// Gives or replaces health information. Needs consents G1 and S1.
#[utoipa::path(put, path = "/v1/cases/{case_id}/intake/health", tag = "intake", params(("case_id" = String, Path), IfMatch),
    request_body = HealthBody, responses((status = 200, body = CaseView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("intake"))))]
pub(crate) async fn put_health(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(case): PathIds<CaseId>,
    expected: IfMatch,
    body: Body<HealthBody>,
) -> Result<Response, Problem> {
    no_emergency(&body.value.emergency_signs, language)?;
    let told = service::put_health(
        &state,
        &Wish { patient: &patient, origin: &origin, case: &case },
        expected,
        body.value.health,
    )
    .await?;
    Ok(versioned(told.case.version, CaseView::new(&told.case, told.draft, told.guardian)))
}

/// Names the guardian who acts for a child under 14. Needs no consent; the guardian's mailbox is then verified by a code.
#[utoipa::path(put, path = "/v1/cases/{case_id}/intake/guardian", tag = "intake", params(("case_id" = String, Path), IfMatch),
    request_body = GuardianSchema, responses((status = 200, body = CaseView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("guardian"))))]
pub(crate) async fn put_guardian(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    expected: IfMatch,
    body: Body<Guardian>,
) -> Result<Response, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    let told = service::put_guardian(&state, &wish, expected, body.value).await?;
    Ok(versioned(told.case.version, CaseView::new(&told.case, told.draft, told.guardian)))
}

/// Completes the intake: from here letters can be made. The answer to an incomplete one says what is missing.
#[utoipa::path(post, path = "/v1/cases/{case_id}/complete", tag = "intake", params(("case_id" = String, Path), IfMatch),
    responses((status = 200, body = CaseView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("intake"))))]
pub(crate) async fn complete(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    expected: IfMatch,
) -> Result<Response, Problem> {
    let told = service::complete(&state, &Wish { patient: &patient, origin: &origin, case: &case }, expected).await?;
    Ok(versioned(told.case.version, CaseView::new(&told.case, told.draft, told.guardian)))
}

/// Closes a case: the service is completed, its links end, and everything is destroyed a year later.
#[utoipa::path(post, path = "/v1/cases/{case_id}/close", tag = "intake", params(("case_id" = String, Path), IfMatch),
    responses((status = 200, body = crate::api::CaseSummary), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn close(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    expected: IfMatch,
) -> Result<Response, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    let (version, view) = lifecycle::summary(&lifecycle::close(&state, &wish, expected).await?);
    Ok(versioned(version, view))
}

/// Opens a closed case again. Needs the consents G1 and S1.
#[utoipa::path(post, path = "/v1/cases/{case_id}/reopen", tag = "intake", params(("case_id" = String, Path), IfMatch),
    responses((status = 200, body = crate::api::CaseSummary), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn reopen(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    expected: IfMatch,
) -> Result<Response, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    let (version, view) = lifecycle::summary(&lifecycle::reopen(&state, &wish, expected).await?);
    Ok(versioned(version, view))
}
