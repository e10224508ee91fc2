//! Use cases of the verifier. It reads chains, and says only whether they are whole.

use crate::State;
use crate::api::{CaseVerification, DayVerification};
use chrono::NaiveDate;
use medius_domain::access::{AccessReason, Action, Object, Purpose, Scope};
use medius_domain::clock::kst_day;
use medius_domain::id::CaseId;
use medius_domain::journal::may_have_expired;
use medius_domain::policy::Thing;
use medius_http::{Errand, Origin, Problem, Staff};
use medius_store::{Change, Place};

/// Verifies a case.
pub(crate) async fn case(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    id: &CaseId,
    reason: Option<AccessReason>,
) -> Result<CaseVerification, Problem> {
    let object = Object::part(Thing::AccessLog, "verification");
    let errand = Errand { staff, origin, action: Action::View, object, purpose: Purpose::Oversight, reason };
    errand.admitted(&state.db).await?;
    let places = [Place::Case(id.clone()), Place::Assignment(id.clone()), Place::case_log(id)];
    let snapshot = state.db.read(places).await?;
    let (case, permit) = errand.on_case(&state.db, &snapshot, id).await?;
    let now = state.db.now();
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    let verdict = state.db.check_case(id, may_have_expired(case.created_at, now)).await?;
    Ok(CaseVerification::new(case.id, verdict, now))
}

/// Verifies a day.
pub(crate) async fn day(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    day: NaiveDate,
) -> Result<DayVerification, Problem> {
    let scope = Scope::Registry;
    let object = Object::part(Thing::Chain, "day");
    let errand = Errand { staff, origin, action: Action::View, object, purpose: Purpose::Oversight, reason: None };
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&scope)?;
    let now = state.db.now();
    if day > kst_day(now) {
        return Err(Problem::not_found());
    }
    let snapshot = state.db.read([Place::LogHead(scope)]).await?;
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    let keys = state.keys.set().await?;
    let verdict = state.db.check_day(day, &state.heads, &keys).await?;
    Ok(DayVerification::new(day, verdict, now))
}
