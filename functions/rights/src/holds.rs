//! Holds: what a dispute or an order keeps beyond its time (PIPA Art. 21(1) proviso). The data protection officer puts them
//! with a ground, a statute and a day of review; a hold that nobody renews ends with that day.

use crate::own::ATTEMPTS;
use crate::{State, deletion};
use axum::Json;
use axum::extract;
use axum::response::Response;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::case::Case;
use medius_domain::clock::kst_day;
use medius_domain::destruction::Ground;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, DestructionId};
use medius_domain::lifecycle::{Hold, HoldGround, HoldStatute};
use medius_domain::policy::Thing;
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{
    Body, Errand, IdempotencyKey, IdempotentRequest, Origin, Params, PathIds, Problem, ProblemKind, Remembered, Staff,
    replay, settle,
};
use medius_store::{Change, Place, Snapshot};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A hold to be put on a case, or to take the place of the one that is there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// `dispute`, `order`.
    #[schema(value_type = String)]
    pub ground: HoldGround,
    /// `e_commerce_records` or `civil_procedure` with a dispute; `criminal_procedure` or `personal_information_protection` with
    /// an order.
    #[schema(value_type = String)]
    pub statute: HoldStatute,
    /// The day (Asia/Seoul) on which it is looked at again: from tomorrow to 366 days ahead. With its end the hold ends.
    pub review_on: NaiveDate,
}

/// Which holds are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HoldParams {
    /// The last day (Asia/Seoul) of review; unless said all.
    pub review_by: Option<NaiveDate>,
}

/// A case with what holds it.
#[derive(Serialize, ToSchema)]
pub struct HoldView {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// The hold; none once it is lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldFacts>,
    /// When everything about the case is destroyed, as it stands now.
    pub destroy_at: DateTime<Utc>,
}

/// What holds a case.
#[derive(Serialize, ToSchema)]
pub struct HoldFacts {
    /// `dispute`, `order`.
    #[schema(value_type = String)]
    pub ground: HoldGround,
    /// The statute.
    pub statute: &'static str,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The day (Asia/Seoul) on which it is looked at again.
    pub review_on: NaiveDate,
    /// Whether that day has come.
    pub due_for_review: bool,
}

impl HoldView {
    fn new(case: &Case, now: DateTime<Utc>) -> Self {
        let facts = |hold: &Hold| HoldFacts {
            ground: hold.ground,
            statute: hold.statute.name(),
            since: hold.since,
            review_on: hold.review_on,
            due_for_review: hold.review_on <= kst_day(now),
        };
        Self { case_id: case.id.clone(), hold: case.hold.as_ref().map(facts), destroy_at: case.destroy_at() }
    }
}

/// Holds by their day of review.
#[derive(Serialize, ToSchema)]
pub struct HoldList {
    /// The holds, the nearest review first, at most 100.
    pub items: Vec<HoldView>,
    /// Whether there are more: narrow `review_by`.
    pub more: bool,
}

fn errand<'a>(staff: &'a Staff, origin: &'a Origin, action: Action, part: &'static str) -> Errand<'a> {
    let object = Object::part(Thing::Case, part);
    Errand { staff, origin, action, object, purpose: Purpose::Oversight, reason: None }
}

/// Cases that are held, by the day on which that is looked at again.
#[utoipa::path(get, path = "/staff/v1/holds", tag = "rights", params(HoldParams),
    responses((status = 200, body = HoldList), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn held_cases(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    Params(wanted): Params<HoldParams>,
) -> Result<Json<HoldList>, Problem> {
    let leave = errand(&staff, &origin, Action::View, "holds");
    leave.admitted(&state.db).await?;
    let permit = leave.on_service(&Scope::Registry)?;
    if wanted.review_by.is_some_and(|day| !(0..=9998).contains(&day.year())) {
        return Err(Problem::invalid([FieldError::new("/review_by", Invalid::OutOfRange)]));
    }
    let now = state.db.now();
    let (cases, more) = state.db.held_cases(wanted.review_by).await?;
    let snapshot = state.db.read([Place::LogHead(Scope::Registry)]).await?;
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    Ok(Json(HoldList { items: cases.iter().map(|case| HoldView::new(case, now)).collect(), more }))
}

/// Holds a case back from destruction, or renews the hold.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/hold", tag = "rights",
    params(("case_id" = String, Path), IdempotencyKey), request_body = HoldRequest,
    responses((status = 200, body = HoldView), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn hold_case(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<HoldRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    change(&state, (&staff, &origin), &id, Some(&body.value), &request).await
}

/// Lets a held case go: it is destroyed at its own time, and at once where that has passed or the patient asked for it.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/hold/lift", tag = "rights",
    params(("case_id" = String, Path), IdempotencyKey),
    responses((status = 200, body = HoldView), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn lift_hold(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<CaseId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, "");
    change(&state, (&staff, &origin), &id, None, &request).await
}

async fn change(
    state: &State,
    (staff, origin): (&Staff, &Origin),
    id: &CaseId,
    wanted: Option<&HoldRequest>,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut attempt = 1;
    loop {
        let leave = errand(staff, origin, Action::Update, "hold");
        leave.admitted(&state.db).await?;
        let own = [Place::Assignment(id.clone()), Place::Idempotency(request.scope_sha256.clone())];
        let snapshot = state.db.read(deletion::places(std::slice::from_ref(id)).into_iter().chain(own)).await?;
        let (case, permit) = leave.on_case(&state.db, &snapshot, id).await?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(answer);
        }
        let now = state.db.now();
        let mut change = Change::new(permit, now);
        let next = match wanted {
            Some(wanted) => case.held(Some(wanted.checked(staff, now)?), now),
            None if case.hold.is_none() => return Err(Problem::conflict("not-held")),
            None => let_go(&mut change, &snapshot, &case, now)?,
        };
        change.put_case(&next)?;
        let answer = Remembered::new(&mut change, request, StatusCode::OK, None, &HoldView::new(&next, now))?;
        match settle(&state.db, change, Some(&snapshot), request, answer).await {
            // Somebody was at the case meanwhile: it is decided again on what it is now.
            Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
            other => return other,
        }
    }
}

/// The case without its hold. A destruction that waited for the hold's end comes forward with it.
fn let_go(change: &mut Change, snapshot: &Snapshot, case: &Case, now: DateTime<Utc>) -> Result<Case, Problem> {
    let free = case.held(None, now);
    if let Some(ledger) = snapshot.ledger(&DestructionId::of(&case.id))? {
        let due_at = match ledger.ground {
            Ground::Deletion => now,
            Ground::RetentionEnded => free.destroy_at(),
        };
        if let Some(sooner) = ledger.sooner(due_at) {
            change.put_ledger(&sooner)?;
        }
    }
    Ok(free)
}

impl HoldRequest {
    fn checked(&self, staff: &Staff, now: DateTime<Utc>) -> Result<Hold, Problem> {
        let wrong = |pointer: &str, why| Problem::invalid([FieldError::new(pointer, why)]);
        if !self.statute.fits(self.ground) {
            return Err(wrong("/statute", Invalid::Inconsistent));
        }
        if !Hold::may_be_reviewed_on(self.review_on, now) {
            return Err(wrong("/review_on", Invalid::OutOfRange));
        }
        let Self { ground, statute, review_on } = *self;
        Ok(Hold { ground, statute, by: staff.subject.clone(), since: now, review_on })
    }
}
