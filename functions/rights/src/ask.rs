//! A new request. A suspension and its end are carried out in the same transaction: the case, the end of its links, the
//! mails to the institutions that held them, the request with its steps.

use crate::api::Parsed;
use crate::own::scope;
use crate::view::RightState;
use crate::{State, refused, tell};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::lifecycle::SuspensionScope;
use medius_domain::link::{Link, LinkEvent};
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{Outcome, Right, RightsRequest, Wanted};
use medius_http::{IdempotentRequest, Origin, Patient, Problem, Remembered, own_case, replay};
use medius_store::{Change, Conflict, MailRecord, Place, Snapshot, StoreError, pause};

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
    let Parsed { right, case_id, scope, parts } = wish;
    let wanted = Wanted { right, case_id, told_by, scope, parts };
    let mut attempt = 0;
    loop {
        match try_ask(state, patient, origin, &wanted, request).await? {
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
    wanted: &Wanted,
    request: &IdempotentRequest,
) -> Result<Result<Response, StoreError>, Problem> {
    let now = state.db.now();
    let asked = RightsRequest::verified(patient.subject.clone(), wanted.clone(), now).map_err(refused)?;
    let places = [Place::LogHead(scope(&asked)), Place::Idempotency(request.scope_sha256.clone())];
    let snapshot = state.db.read(places.into_iter().chain(asked.case_id.clone().map(Place::Case))).await?;
    let object = Object::of(Thing::Right, &asked.id, "");
    let event = origin.patient(patient, Action::Create, object, Purpose::PatientRights);
    let (case, leave) = match &asked.case_id {
        Some(id) => {
            let (case, leave) = own_case(&state.db, &snapshot, id, event).await?;
            (Some(case), leave)
        }
        None => (None, permit(event, &On::Right(&asked))?),
    };
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Ok(answer));
    }
    // A refreshed token says only that somebody has the device; a sign-in says that it is the patient.
    if !patient.fresh(now) {
        return Err(Problem::conflict("sign-in-again"));
    }
    let mut change = Change::new(leave, now);
    let asked = match &case {
        Some(case) if asked.right.at_once() => take_effect(state, &mut change, &asked, case).await?,
        Some(_) | None => asked,
    };
    change.rights_request(&asked)?;
    tell(&mut change, &asked)?;
    let location = Some(format!("/v1/rights-requests/{}", asked.id));
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &RightState::from(&asked))?;
    Ok(commit(state, change, &snapshot, &asked).await.map(|()| answer.into_response()))
}

async fn commit(state: &State, change: Change, snapshot: &Snapshot, asked: &RightsRequest) -> Result<(), StoreError> {
    if asked.right.at_once() {
        // Unmoved: a link that is made at this moment must be seen.
        state.db.commit_unmoved(change, snapshot).await
    } else {
        state.db.commit(change, snapshot).await
    }
}

/// Puts the effect into the change.
async fn take_effect(
    state: &State,
    change: &mut Change,
    asked: &RightsRequest,
    case: &Case,
) -> Result<RightsRequest, Problem> {
    let now = asked.received_at;
    let outcome = match (asked.right, &asked.scope) {
        (Right::Suspension, Some(scope)) => {
            // One suspension at a time: another one must not let go on what the first one stopped.
            if case.suspension.as_ref().is_some_and(|s| *scope != SuspensionScope::All || s.scope == *scope) {
                return Err(Problem::conflict("already-suspended"));
            }
            change.put_case(&case.suspended(scope.clone(), now))?;
            for link in state.db.live_links(&case.id).await? {
                if !stops(scope, &link) {
                    continue;
                }
                let Some(ended) = link.ended(LinkEvent::Revoke, now) else { continue };
                change.update_link(&ended, case.expires_at)?;
                if ended.sent_at.is_some() {
                    change.order_mail(&MailRecord::ended(&ended, now))?;
                }
            }
            Outcome::Suspended
        }
        (Right::Resume, _) => {
            if case.suspension.is_none() {
                return Err(Problem::conflict("not-suspended"));
            }
            change.put_case(&case.resumed(now))?;
            Outcome::Resumed
        }
        (Right::Suspension, None) | (Right::Access | Right::Correction | Right::Deletion, _) => {
            return Ok(asked.clone());
        }
    };
    asked.taken_effect(outcome, now).map_err(refused)
}

/// Whether a link ends with a suspension. What has ended is never revived; after the suspension a new one can be made.
fn stops(scope: &SuspensionScope, link: &Link) -> bool {
    match scope {
        SuspensionScope::All => true,
        SuspensionScope::Purpose { purpose } => *purpose == Purpose::Provision,
        SuspensionScope::Recipient { recipient } => link.provider_id == *recipient,
    }
}
