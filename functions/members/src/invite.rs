//! New accounts. That one is being made is written down before the pool is asked; under which pseudonym, after it answered.

use crate::State;
use crate::api::MemberState;
use crate::rights::still;
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::member::Member;
use medius_domain::person::Email;
use medius_domain::policy::Thing;
use medius_http::{Errand, IdempotentRequest, Origin, Problem, Remembered, Staff, replay, settle};
use medius_store::{Change, Conflict, Place, StoreError};

/// Makes an account, or finishes one that broke off: an account without a record is taken into the registry.
pub(crate) async fn create(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    email: &Email,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let errand = |object| Errand {
        staff,
        origin,
        action: Action::Create,
        object,
        purpose: Purpose::Administration,
        reason: None,
    };
    let inviting = errand(Object::part(Thing::Member, "inviting"));
    inviting.admitted(&state.db).await?;
    let permit = inviting.on_service(&Scope::Registry)?;
    let places = [
        Place::Member(staff.subject.clone()),
        Place::LogHead(Scope::Registry),
        Place::Idempotency(request.scope_sha256.clone()),
    ];
    let snapshot = state.db.read(places).await?;
    let permit = still(state, staff, &snapshot, permit).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;

    let account = state.pool.create(email).await?.ok_or_else(|| Problem::internal(NoAccount))?;
    let scope = Scope::Member(account.subject.clone());
    let permit = errand(Object::of(Thing::Member, &account.subject, "created")).on_service(&scope)?;
    let places = [
        Place::Member(account.subject.clone()),
        Place::LogHead(scope),
        Place::Idempotency(request.scope_sha256.clone()),
    ];
    let snapshot = state.db.read(places).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    if snapshot.member(&account.subject)?.is_some() {
        return Err(Problem::conflict("member-exists"));
    }
    let now = state.db.now();
    let roles = state.pool.roles(&account.username).await?;
    let found = Member::found(account.subject.clone(), account.username, &roles, account.enabled, now);
    let member = found.created(&staff.subject, now);
    let mut change = Change::new(permit, now);
    change.put_member(&member)?;
    let location = Some(format!("/staff/v1/members/{}", member.subject));
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &MemberState::from(&member))?;
    match settle(&state.db, change, Some(&snapshot), request, answer).await {
        Err(problem) if problem.kind() == medius_http::ProblemKind::VersionMismatch => {
            // Somebody with another request for the same address was quicker.
            Err(StoreError::Conflict(Conflict::Exists).into())
        }
        other => other,
    }
}

/// The pool made an account and did not say which.
#[derive(Debug, thiserror::Error)]
#[error("the pool answered without an account")]
struct NoAccount;
