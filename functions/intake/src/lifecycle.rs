//! The end of a service and its reopening. A case that is closed keeps what it holds for a year and begins nothing new; its
//! links end with it (policy clause P3).

use crate::State;
use crate::api::CaseSummary;
use crate::service::Wish;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::consent::{Use, gate};
use medius_domain::lifecycle::Cause;
use medius_domain::link::LinkEvent;
use medius_domain::policy::Thing;
use medius_http::{IfMatch, Problem, ProblemKind, own_case};
use medius_store::{Change, Conflict, Place, StoreError, pause};

/// Times that it is tried again while the institution or the mailer is at one of the case's links.
const ATTEMPTS: u32 = 12;

/// Closes a case: the patient needs the service no more. Every live link ends, and institutions that were sent one are told.
pub(crate) async fn close(state: &State, wish: &Wish<'_>, expected: IfMatch) -> Result<Case, Problem> {
    let mut attempt = 0;
    loop {
        match try_close(state, wish, expected).await? {
            Ok(case) => return Ok(case),
            Err(StoreError::Conflict(Conflict::Link | Conflict::Busy)) if attempt < ATTEMPTS => {
                attempt += 1;
                pause(attempt).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn try_close(state: &State, wish: &Wish<'_>, expected: IfMatch) -> Result<Result<Case, StoreError>, Problem> {
    let snapshot = state.db.read(Place::gate(wish.case)).await?;
    let object = Object::part(Thing::Case, "close");
    let event = wish.origin.patient(wish.patient, Action::Update, object, Purpose::PatientRights);
    let (case, permit) = own_case(&state.db, &snapshot, wish.case, event).await?;
    if case.version != expected.0 {
        return Err(ProblemKind::VersionMismatch.into());
    }
    let now = state.db.now();
    let closed = case.closed(Cause::PatientClosed, now).ok_or_else(|| Problem::conflict("case-closed"))?;
    let mut change = Change::new(permit, now);
    change.put_case(&closed)?;
    for link in state.db.live_links(wish.case).await? {
        change.end_link(&link, LinkEvent::Revoke, &case)?;
    }
    // Unmoved: a link that is made at this moment must be seen.
    Ok(state.db.commit_unmoved(change, &snapshot).await.map(|()| closed))
}

/// Opens a closed case again, while the consents to collect are in force.
pub(crate) async fn reopen(state: &State, wish: &Wish<'_>, expected: IfMatch) -> Result<Case, Problem> {
    let places =
        Place::gate(wish.case).into_iter().chain([Place::Intake(wish.case.clone()), Place::DataKey(wish.case.clone())]);
    let snapshot = state.db.read(places).await?;
    let object = Object::part(Thing::Case, "reopen");
    let event = wish.origin.patient(wish.patient, Action::Update, object, Purpose::ReferralLetter);
    let (case, permit) = own_case(&state.db, &snapshot, wish.case, event).await?;
    if case.version != expected.0 {
        return Err(ProblemKind::VersionMismatch.into());
    }
    let standing = state.contacts.standing(&snapshot, &permit, &case).await?;
    let proof = gate(&case.id, &snapshot.consents(&case.id)?, &Use::CollectHealth, &standing)?;
    let sealed = snapshot.sealed_case(&permit).ok_or_else(Problem::not_found)?;
    let now = state.db.now();
    let reopened = case.reopened(now).ok_or_else(|| Problem::conflict("case-open"))?;
    let mut change = Change::new(permit.resting_on(&proof), now);
    change.require(&proof);
    // With everything sealed about it, so that story and keys last as long as the case again.
    change.update_case(&reopened, &sealed)?;
    state.db.commit(change, &snapshot).await?;
    Ok(reopened)
}

/// What the patient is answered.
pub(crate) fn summary(case: &Case) -> (u64, CaseSummary) {
    (case.version, CaseSummary::from(case))
}
