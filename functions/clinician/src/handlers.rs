//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{DraftView, ReviewItem, ReviewItems, SignatureRequest, WhyParams};
use crate::letter::Desk;
use crate::{ask, queue, sign};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::id::{CaseId, ReferralId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, Params, PathIds, Patient, Problem, Staff};

/// Asks for a clinician's review of a letter before it is sent. Where the service does not offer it: `review-not-offered`.
#[utoipa::path(post, path = "/v1/cases/{case_id}/referrals/{referral_id}/review", tag = "clinician",
    params(("case_id" = String, Path), ("referral_id" = String, Path)),
    responses((status = 200, body = ReviewItem), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, referral)): PathIds<(CaseId, ReferralId)>,
) -> Result<Json<ReviewItem>, Problem> {
    ask::ask(&state, &patient, &origin, (&case, &referral)).await.map(Json)
}

/// Letters that wait for their review.
#[utoipa::path(get, path = "/staff/v1/reviews-waiting", tag = "clinician",
    responses((status = 200, body = ReviewItems), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("work-list"))))]
pub(crate) async fn queue(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
) -> Result<Json<ReviewItems>, Problem> {
    queue::list(&state, &staff, &origin).await.map(Json)
}

/// A letter as its reviewer reads it, with what is the service's own wording. The reason is always needed.
#[utoipa::path(get, path = "/staff/v1/cases/{case_id}/referrals/{referral_id}/review", tag = "clinician",
    params(("case_id" = String, Path), ("referral_id" = String, Path), WhyParams),
    responses((status = 200, body = DraftView), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn draft(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((case, referral)): PathIds<(CaseId, ReferralId)>,
    Params(why): Params<WhyParams>,
) -> Result<Json<DraftView>, Problem> {
    let desk = Desk { staff: &staff, origin: &origin, case: &case, referral: &referral, reason: why.reason };
    queue::draft(&state, &desk).await.map(Json)
}

/// Signs a letter: it is made again under a number of its own, says who reviewed it, and takes the place of the one that was
/// read. The reason is always needed.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/referrals/{referral_id}/signature", tag = "clinician",
    params(("case_id" = String, Path), ("referral_id" = String, Path), IdempotencyKey), request_body = SignatureRequest,
    responses((status = 201, body = ReviewItem), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn sign(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((case, referral)): PathIds<(CaseId, ReferralId)>,
    key: IdempotencyKey,
    body: Body<SignatureRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    let reason = body.value.reason;
    let desk = Desk { staff: &staff, origin: &origin, case: &case, referral: &referral, reason };
    sign::sign(&state, &desk, body.value, &request).await
}
