//! Proposing and deciding: one read, the rules of the domain, one commit of proposal, institution and log entry.

use crate::State;
use crate::api::ProposalRequest;
use crate::view::ChangeState;
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::directory::{CallBack, ChangeStatus, Ground, ProviderChange, Refusal};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{ChangeId, ProviderId};
use medius_domain::policy::Thing;
use medius_http::{Errand, IdempotentRequest, Origin, Problem, ProblemKind, Remembered, Staff, replay, settle};
use medius_store::{Change, Place};

/// Times that a step is decided again when somebody else was at the same institution at the same moment.
const ATTEMPTS: usize = 4;

/// What the second person says.
pub(crate) enum Decided {
    /// Yes, after a call where one is needed.
    Approve(Option<CallBack>),
    /// No.
    Reject(Ground),
}

fn errand<'a>(staff: &'a Staff, origin: &'a Origin, action: Action, object: Object) -> Errand<'a> {
    Errand { staff, origin, action, object, purpose: Purpose::Administration, reason: None }
}

/// Proposes a new institution.
pub(crate) async fn propose_new(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    body: ProposalRequest,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let id = ProviderId::new();
    let scope = Scope::Provider(id.clone());
    let leave = errand(staff, origin, Action::Create, Object::of(Thing::Directory, &id, "proposed"));
    leave.admitted(&state.db).await?;
    let permit = leave.on_service(&scope)?;
    let places = [Place::LogHead(scope), Place::Idempotency(request.scope_sha256.clone())];
    let snapshot = state.db.read(places).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    let now = state.db.now();
    let (after, call) = (body.after.into(), body.call_back.map(Into::into));
    let proposal = ProviderChange::propose(&id, None, &after, call, &staff.subject, now).map_err(refused)?;
    let mut change = Change::new(permit, now);
    change.provider_change(&proposal)?;
    let location = Some(format!("/staff/v1/providers/{id}"));
    let view = ChangeState::from(&proposal);
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &view)?;
    settle(&state.db, change, Some(&snapshot), request, answer).await
}

/// Proposes a change of an institution.
pub(crate) async fn propose(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    id: &ProviderId,
    body: ProposalRequest,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let scope = Scope::Provider(id.clone());
    let (after, call) = (body.after.into(), body.call_back.map(CallBack::from));
    let mut attempt = 1;
    loop {
        let leave = |part| errand(staff, origin, Action::Update, Object::of(Thing::Directory, id, part));
        leave("proposed").admitted(&state.db).await?;
        let places = [
            Place::Provider(id.clone()),
            Place::LogHead(scope.clone()),
            Place::Idempotency(request.scope_sha256.clone()),
        ];
        let snapshot = state.db.read(places).await?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(answer);
        }
        let current = snapshot.provider_revision(id)?.ok_or_else(Problem::not_found)?;
        let now = state.db.now();
        let proposal = ProviderChange::propose(id, Some(current), &after, call.clone(), &staff.subject, now);
        let proposal = proposal.map_err(refused)?;
        let part = if proposal.status == ChangeStatus::Approved { "deactivated" } else { "proposed" };
        let mut change = Change::new(leave(part).on_service(&scope)?, now);
        change.provider_change(&proposal)?;
        let view = ChangeState::from(&proposal);
        let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &view)?;
        match settle(&state.db, change, Some(&snapshot), request, answer).await {
            Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
            other => return other,
        }
    }
}

/// Decides about a proposal.
pub(crate) async fn decide(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    (provider, id): (&ProviderId, &ChangeId),
    decided: &Decided,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let scope = Scope::Provider(provider.clone());
    let part = match decided {
        Decided::Approve(_) => "approved",
        Decided::Reject(_) => "rejected",
    };
    let mut attempt = 1;
    loop {
        let leave = errand(staff, origin, Action::Update, Object::of(Thing::Directory, id, part));
        leave.admitted(&state.db).await?;
        let permit = leave.on_service(&scope)?;
        let places = [
            Place::Provider(provider.clone()),
            Place::ProviderChange(provider.clone(), id.clone()),
            Place::LogHead(scope.clone()),
            Place::Idempotency(request.scope_sha256.clone()),
        ];
        let snapshot = state.db.read(places).await?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(answer);
        }
        let proposal = snapshot.provider_change(provider, id)?.ok_or_else(Problem::not_found)?;
        let current = snapshot.provider_revision(provider)?.map(|(_, rev)| rev);
        let now = state.db.now();
        let next = match decided {
            Decided::Approve(call) => proposal.approve(&staff.subject, call.clone(), current, now),
            Decided::Reject(ground) => proposal.reject(&staff.subject, *ground, now),
        };
        let next = match next {
            Ok(next) => next,
            Err(refusal) => {
                if refusal == Refusal::SecondPersonNeeded {
                    // Somebody who wants to be both people is what the log is for.
                    state.db.commit(Change::new(permit.refused(), now), &snapshot).await?;
                }
                return Err(refused(refusal));
            }
        };
        let mut change = Change::new(permit, now);
        change.provider_change(&next)?;
        let answer = Remembered::new(&mut change, request, StatusCode::OK, None, &ChangeState::from(&next))?;
        match settle(&state.db, change, Some(&snapshot), request, answer).await {
            // Somebody decided about this institution meanwhile; what that means is said by the next attempt.
            Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
            other => return other,
        }
    }
}

fn refused(refusal: Refusal) -> Problem {
    let field = |pointer: &str, why| Problem::invalid([FieldError::new(pointer, why)]);
    match refusal {
        Refusal::SecondPersonNeeded => Problem::conflict("second-person-needed"),
        Refusal::AlreadyDecided | Refusal::Impossible => Problem::conflict("already-decided"),
        Refusal::ProviderChanged => Problem::conflict("provider-changed"),
        Refusal::NothingChanges => Problem::conflict("nothing-changes"),
        Refusal::RegistrationExpired => Problem::conflict("registration-expired"),
        Refusal::CallBackNeeded => field("/call_back", Invalid::Missing),
        Refusal::CallBack(why) => field("/call_back/called_on", why),
        Refusal::Registration => field("/after/registration_expires_on", Invalid::OutOfRange),
    }
}
