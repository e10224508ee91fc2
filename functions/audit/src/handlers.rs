//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{CaseVerification, DayVerification, ReasonParams, ReviewView, SignOffRequest, SignOffView};
use crate::{review as reviews, verification};
use axum::Json;
use axum::extract;
use axum::response::Response;
use chrono::NaiveDate;
use medius_domain::clock::Month;
use medius_domain::id::CaseId;
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, Params, PathIds, Problem, Staff};

/// Whether a case's consents and its access log are whole, and agree with each other.
#[utoipa::path(get, path = "/staff/v1/cases/{case_id}/verification", tag = "audit",
    params(("case_id" = String, Path), ReasonParams),
    responses((status = 200, body = CaseVerification), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("access-log"))))]
pub(crate) async fn verify_case(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    Params(why): Params<ReasonParams>,
) -> Result<Json<CaseVerification>, Problem> {
    verification::case(&state, &staff, &origin, &case, why.reason).await.map(Json)
}

/// Whether a day of the log is still what was sealed.
#[utoipa::path(get, path = "/staff/v1/audit/days/{day}/verification", tag = "audit",
    params(("day" = String, Path, description = "YYYY-MM-DD in Asia/Seoul")),
    responses((status = 200, body = DayVerification), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("chain"))))]
pub(crate) async fn verify_day(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(day): PathIds<NaiveDate>,
) -> Result<Json<DayVerification>, Problem> {
    verification::day(&state, &staff, &origin, day).await.map(Json)
}

/// What stands out in a month: downloads, off-hours, bulk, failures, repeated subjects.
#[utoipa::path(get, path = "/staff/v1/audit/reviews/{month}", tag = "audit",
    params(("month" = String, Path, description = "YYYY-MM in Asia/Seoul")),
    responses((status = 200, body = ReviewView), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("review"))))]
pub(crate) async fn review(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(month): PathIds<Month>,
) -> Result<Json<ReviewView>, Problem> {
    reviews::list(&state, &staff, &origin, month).await.map(Json)
}

/// Signs a month off, by somebody who does not stand in its list.
#[utoipa::path(post, path = "/staff/v1/audit/reviews/{month}/sign-off", tag = "audit",
    params(("month" = String, Path, description = "YYYY-MM in Asia/Seoul"), IdempotencyKey),
    request_body = SignOffRequest, responses((status = 201, body = SignOffView), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("review"))))]
pub(crate) async fn sign_off(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(month): PathIds<Month>,
    key: IdempotencyKey,
    body: Body<SignOffRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    reviews::sign_off(&state, &staff, &origin, month, &request, body.value).await
}
