//! The monthly review: the list, and its sign-off.

use crate::State;
use crate::api::{ReviewView, SignOffRequest, SignOffView};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::clock::{Month, kst_day};
use medius_domain::policy::{Permit, Thing};
use medius_domain::review::{NoSignOff, Review, Reviewer};
use medius_http::headers::IdempotentRequest;
use medius_http::{Errand, Origin, Problem, Remembered, Staff, replay, settle};
use medius_store::{Change, Place, StoreError};

fn errand<'a>(staff: &'a Staff, origin: &'a Origin, action: Action) -> Errand<'a> {
    let object = Object::part(Thing::Review, "");
    Errand { staff, origin, action, object, purpose: Purpose::Oversight, reason: None }
}

/// Reads a month's log, day by day, and keeps what stands out.
async fn review(state: &State, month: Month) -> Result<Review, StoreError> {
    let today = kst_day(state.db.now());
    let mut reviewer = Reviewer::default();
    for day in month.days().take_while(|day| *day <= today) {
        let log = state.db.day_log(day).await?;
        log.entries.iter().for_each(|entry| reviewer.see(entry));
        reviewer.unreadable(log.unreadable);
    }
    Ok(reviewer.review(month))
}

/// The list of a month. That somebody looked at it is in the log before it is shown.
pub(crate) async fn list(state: &State, staff: &Staff, origin: &Origin, month: Month) -> Result<ReviewView, Problem> {
    let scope = Scope::Review(month);
    let errand = errand(staff, origin, Action::View);
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&scope)?;
    let now = state.db.now();
    if month > Month::of(kst_day(now)) {
        return Err(Problem::not_found());
    }
    let snapshot = state.db.read([Place::LogHead(scope), Place::Review(month)]).await?;
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    let review = review(state, month).await?;
    let hash = review.sha256().map_err(Problem::internal)?;
    Ok(ReviewView::new(review, hash, snapshot.sign_off(month)?, now))
}

/// Signs a month off. Who signs the same list twice gets the same answer.
pub(crate) async fn sign_off(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    month: Month,
    request: &IdempotentRequest,
    wanted: SignOffRequest,
) -> Result<Response, Problem> {
    let scope = Scope::Review(month);
    let errand = errand(staff, origin, Action::Update);
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&scope)?;
    let now = state.db.now();
    if month > Month::of(kst_day(now)) {
        return Err(Problem::not_found());
    }
    let places = [Place::LogHead(scope), Place::Review(month), Place::Idempotency(request.scope_sha256.clone())];
    let snapshot = state.db.read(places).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    if let Some(before) = snapshot.sign_off(month)? {
        let same = before.by == staff.subject && before.findings_sha256 == wanted.findings_sha256.0;
        let view = SignOffView::from(before);
        return if same { Ok(Json(view).into_response()) } else { Err(Problem::conflict("already-signed-off")) };
    }
    let review = review(state, month).await?;
    let (role, sha256) = (permit.event().actor.role(), wanted.findings_sha256.0);
    let signed = match review.sign_off(&staff.subject, role, &sha256, wanted.remarks, now) {
        Ok(signed) => signed,
        Err(why) => return refuse(state, permit, &snapshot, why).await,
    };
    let mut change = Change::new(permit, now);
    change.sign_off(&signed)?;
    let view = SignOffView::from(signed);
    let location = Some(format!("/staff/v1/audit/reviews/{month}"));
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &view)?;
    settle(&state.db, change, Some(&snapshot), request, answer).await
}

/// Who tried to review themselves is in the log.
async fn refuse(
    state: &State,
    permit: Permit,
    snapshot: &medius_store::Snapshot,
    why: NoSignOff,
) -> Result<Response, Problem> {
    match why {
        NoSignOff::ReviewerListed => {
            state.db.commit(Change::new(permit.refused(), state.db.now()), snapshot).await?;
        }
        NoSignOff::MonthNotOver | NoSignOff::FindingsChanged => {}
    }
    Err(Problem::conflict(why.code()))
}
