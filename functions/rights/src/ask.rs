//! A new request. A suspension and its end are carried out in the same transaction: the case, the end of its links, the
//! mails to the institutions that held them, the request with its steps. So does the end of all links with a deletion.

use crate::api::Parsed;
use crate::own::scope;
use crate::view::RightState;
use crate::{State, deletion, refused, tell};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::lifecycle::SuspensionScope;
use medius_domain::link::Link;
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{Outcome, Right, RightsRequest, Wanted};
use medius_http::{IdempotentRequest, Origin, Patient, Problem, Remembered, own_case, replay};
use medius_store::{Change, Conflict, Place, Snapshot, StoreError, pause};

/// Times that it is tried again while somebody else is at the case or at one of its links.
const ATTEMPTS: u32 = 12;

/// Takes a request in.
pub(crate) async fn ask(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    wish: Parsed,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let told_by = match &wish.case_id {
        Some(case) => Some(case.clone()),
        None => state.db.cases_of(&patient.subject).await?.into_iter().next().map(|case| case.id),
    };
    let Parsed { right, case_id, scope, parts, destroy } = wish;
    let wanted = Wanted { right, case_id, told_by, scope, parts };
    let mut attempt = 0;
    loop {
        match try_ask(state, patient, origin, (&wanted, destroy), request).await? {
            Ok(answer) => return Ok(answer),
            Err(StoreError::Conflict(Conflict::Link | Conflict::Busy | Conflict::Version | Conflict::Idempotency))
                if attempt < ATTEMPTS =>
            {
                attempt += 1;
                pause(attempt).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn try_ask(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    (wanted, destroy): (&Wanted, bool),
    request: &IdempotentRequest,
) -> Result<Result<Response, StoreError>, Problem> {
    let now = state.db.now();
    let asked = RightsRequest::verified(patient.subject.clone(), wanted.clone(), now).map_err(refused)?;
    let about = deletion::cases_of(state, &asked).await?;
    let mut places = vec![Place::LogHead(scope(&asked)), Place::Idempotency(request.scope_sha256.clone())];
    places.extend(about.iter().cloned().map(Place::Case));
    places.extend(about.iter().map(Place::case_log).filter(|place| *place != Place::LogHead(scope(&asked))));
    let snapshot = state.db.read(places).await?;
    let object = Object::of(Thing::Right, &asked.id, "");
    let event = origin.patient(patient, Action::Create, object, Purpose::PatientRights);
    let leave = match &asked.case_id {
        Some(id) => own_case(&state.db, &snapshot, id, event.clone()).await?.1,
        None => permit(event.clone(), &On::Right(&asked))?,
    };
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Ok(answer));
    }
    // A refreshed token says only that somebody has the device; a sign-in says that it is the patient.
    if !patient.fresh(now) {
        return Err(Problem::conflict("sign-in-again"));
    }
    deletion::end_links_ahead(state, &event, &asked, &about, deletion::MOST_LINKS).await?;
    let mut change = Change::new(leave, now);
    let mut asked = asked;
    for id in &about {
        let Some(case) = snapshot.case(id)? else { continue };
        let before = change.size();
        asked = take_effect(state, &mut change, asked, &case).await?;
        if change.size() != before {
            change.also(permit(event.clone(), &On::Case(&case))?);
        }
    }
    if destroy {
        // All links have ended with the suspension. The deletion itself is decided like any other.
        let deletion = Wanted { right: Right::Deletion, scope: None, ..wanted.clone() };
        let deletion = RightsRequest::verified(patient.subject.clone(), deletion, now).map_err(refused)?;
        change.rights_request(&deletion)?;
        tell(&mut change, &deletion)?;
    }
    change.rights_request(&asked)?;
    tell(&mut change, &asked)?;
    let location = Some(format!("/v1/rights-requests/{}", asked.id));
    deletion::fits(&change)?;
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &RightState::from(&asked))?;
    Ok(commit(state, change, &snapshot, &asked).await.map(|()| answer.into_response()))
}

async fn commit(state: &State, change: Change, snapshot: &Snapshot, asked: &RightsRequest) -> Result<(), StoreError> {
    if asked.right.at_once() || asked.right == Right::Deletion {
        // Unmoved: a link that is made at this moment must be seen.
        state.db.commit_unmoved(change, snapshot).await
    } else {
        state.db.commit(change, snapshot).await
    }
}

/// Puts what a request does to a case at once into the change.
pub(crate) async fn take_effect(
    state: &State,
    change: &mut Change,
    asked: RightsRequest,
    case: &Case,
) -> Result<RightsRequest, Problem> {
    let now = state.db.now();
    let outcome = match (asked.right, &asked.scope) {
        (Right::Suspension, Some(scope)) => {
            // One suspension at a time: another one must not let go on what the first one stopped.
            if case.suspension.as_ref().is_some_and(|s| *scope != SuspensionScope::All || s.scope == *scope) {
                return Err(Problem::conflict("already-suspended"));
            }
            change.put_case(&case.suspended(scope.clone(), now))?;
            deletion::end_links(state, change, case, |link| ends(&asked, link)).await?;
            Outcome::Suspended
        }
        (Right::Resume, _) => {
            if case.suspension.is_none() {
                return Err(Problem::conflict("not-suspended"));
            }
            change.put_case(&case.resumed(now))?;
            Outcome::Resumed
        }
        (Right::Deletion, _) => {
            // Whoever wants everything destroyed wants nobody to open it meanwhile.
            deletion::end_links(state, change, case, |link| ends(&asked, link)).await?;
            return Ok(asked);
        }
        (Right::Access | Right::Correction, _) => {
            // What it is about is not destroyed before it is answered.
            if let Some(kept) = asked.keeps_until().and_then(|until| case.kept_for_request(until, now)) {
                change.put_case(&kept)?;
            }
            return Ok(asked);
        }
        (Right::Suspension, None) => return Ok(asked),
    };
    asked.taken_effect(outcome, now).map_err(refused)
}

/// Whether a link ends with a request that takes effect at once.
pub(crate) fn ends(asked: &RightsRequest, link: &Link) -> bool {
    match (asked.right, &asked.scope) {
        (Right::Deletion, _) => true,
        (Right::Suspension, Some(scope)) => stops(scope, link),
        (Right::Suspension, None) | (Right::Access | Right::Correction | Right::Resume, _) => false,
    }
}

/// What a request comes to about which nothing is left to do: everything that it would stop is stopped, or nothing is.
pub(crate) fn done_already(asked: &RightsRequest, case: &Case) -> Option<Outcome> {
    match (asked.right, &asked.scope, &case.suspension) {
        (Right::Suspension, Some(scope), Some(there)) => {
            let covered = there.scope == *scope || there.scope == SuspensionScope::All;
            covered.then_some(Outcome::Suspended)
        }
        (Right::Resume, _, None) => Some(Outcome::Resumed),
        (Right::Suspension | Right::Resume | Right::Access | Right::Correction | Right::Deletion, _, _) => None,
    }
}

/// Whether a link ends with a suspension. What has ended is never revived; after the suspension a new one can be made.
fn stops(scope: &SuspensionScope, link: &Link) -> bool {
    match scope {
        SuspensionScope::All => true,
        SuspensionScope::Purpose { purpose } => *purpose == Purpose::Provision,
        SuspensionScope::Recipient { recipient } => link.provider_id == *recipient,
    }
}
