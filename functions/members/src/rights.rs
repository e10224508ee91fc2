//! Roles given and taken, accounts closed. Record and log first, then the pool, then record and log again: a request that
//! breaks off leaves "begun" on record, and a repeat finishes it.
//!
//! The last `ops` cannot be lost: nobody changes their own rights, and each change holds the one who makes it in place by
//! the same transaction, so that two people cannot take each other's.

use crate::State;
use crate::api::MemberState;
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::id::Subject;
use medius_domain::member::{Member, Refusal, Wanted};
use medius_domain::policy::{Permit, Role, Thing};
use medius_http::{Errand, Origin, Problem, ProblemKind, Staff};
use medius_store::{Account, Change, Conflict, Place, Snapshot, StoreError};

/// Times that a step is decided again when somebody else was at the same member at the same moment.
const ATTEMPTS: usize = 4;

/// What is changed.
#[derive(Clone, Copy)]
pub(crate) enum Right {
    /// A role.
    Role(Role, Wanted),
    /// The account as a whole: it is closed.
    Account,
}

/// Which half of a change.
#[derive(Clone, Copy)]
enum Half {
    Begun,
    Done,
}

macro_rules! of_each_role {
    ($role:expr, $word:literal, $($variant:ident $code:literal),+) => {
        match $role {
            $(Role::$variant => concat!($code, "/", $word),)+
            // No group of the pool has these names.
            Role::Patient | Role::Institution | Role::Function => $word,
        }
    };
}

macro_rules! words {
    ($role:expr, $word:literal) => {
        of_each_role!(
            $role,
            $word,
            Coordinator "coordinator",
            ClinicianReviewer "clinician_reviewer",
            Dpo "dpo",
            Auditor "auditor",
            Ops "ops"
        )
    };
}

impl Right {
    /// What the log says is touched: `member/sub_…/coordinator/granting`.
    fn object(self, subject: &Subject, half: Half) -> Object {
        let part = match (self, half) {
            (Self::Role(role, Wanted::Grant), Half::Begun) => words!(role, "granting"),
            (Self::Role(role, Wanted::Grant), Half::Done) => words!(role, "granted"),
            (Self::Role(role, Wanted::Remove), Half::Begun) => words!(role, "removing"),
            (Self::Role(role, Wanted::Remove), Half::Done) => words!(role, "removed"),
            (Self::Account, Half::Begun) => "disabling",
            (Self::Account, Half::Done) => "disabled",
        };
        Object::of(Thing::Member, subject, part)
    }

    fn errand<'a>(self, staff: &'a Staff, origin: &'a Origin, subject: &Subject, half: Half) -> Errand<'a> {
        let object = self.object(subject, half);
        Errand { staff, origin, action: Action::GrantChange, object, purpose: Purpose::Administration, reason: None }
    }
}

/// Whether somebody may change rights at all.
pub(crate) async fn allowed(state: &State, staff: &Staff, origin: &Origin, subject: &Subject) -> Result<(), Problem> {
    Right::Account.errand(staff, origin, subject, Half::Begun).admitted(&state.db).await
}

/// Whether somebody still has the role by which they are about to act: the record knows sooner than their token. A refused
/// attempt is on record like any other. The snapshot must hold the person's own record and the head of the permit's chain.
pub(crate) async fn still(
    state: &State,
    staff: &Staff,
    snapshot: &Snapshot,
    permit: Permit,
) -> Result<Permit, Problem> {
    let role = permit.event().actor.role();
    if snapshot.member(&staff.subject)?.is_none_or(|own| own.may_act_as(role)) {
        return Ok(permit);
    }
    state.db.commit(Change::new(permit.refused(), state.db.now()), snapshot).await?;
    Err(ProblemKind::Forbidden.into())
}

/// The account of a pseudonym: by the name on record, else by looking through the pool.
pub(crate) async fn account_of(
    state: &State,
    subject: &Subject,
    record: Option<&Member>,
) -> Result<Option<Account>, StoreError> {
    match record {
        Some(member) => state.pool.account(&member.username).await,
        None => Ok(state.pool.accounts().await?.into_iter().find(|account| account.subject == *subject)),
    }
}

/// Changes a member's rights: begin, pool, finish.
pub(crate) async fn change(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    subject: &Subject,
    right: Right,
) -> Result<MemberState, Problem> {
    let username = begin(state, staff, origin, subject, right).await?;
    match right {
        Right::Role(role, Wanted::Grant) => state.pool.grant(&username, role).await?,
        Right::Role(role, Wanted::Remove) => state.pool.remove(&username, role).await?,
        Right::Account => state.pool.disable(&username).await?,
    }
    finish(state, staff, origin, subject, right).await
}

async fn read(state: &State, staff: &Staff, subject: &Subject) -> Result<Snapshot, StoreError> {
    let mut places = vec![Place::Member(subject.clone()), Place::LogHead(Scope::Member(subject.clone()))];
    if staff.subject != *subject {
        places.push(Place::Member(staff.subject.clone()));
    }
    state.db.read(places).await
}

/// The first half: on record that it begins. Returns the member's name in the pool.
async fn begin(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    subject: &Subject,
    right: Right,
) -> Result<String, Problem> {
    let errand = right.errand(staff, origin, subject, Half::Begun);
    errand.admitted(&state.db).await?;
    for _ in 0..ATTEMPTS {
        let permit = errand.on_service(&Scope::Member(subject.clone()))?;
        let snapshot = read(state, staff, subject).await?;
        let permit = still(state, staff, &snapshot, permit).await?;
        let own = snapshot.member(&staff.subject)?;
        let now = state.db.now();
        let member = match snapshot.member(subject)? {
            Some(member) => member,
            None => in_the_pool(state, subject).await?,
        };
        let next = match right {
            Right::Role(role, wanted) => member.begin(role, wanted, &staff.subject, now),
            Right::Account => member.begin_disable(&staff.subject),
        };
        let next = match next {
            Ok(next) => next,
            Err(refusal) => {
                if refusal == Refusal::Own {
                    state.db.commit(Change::new(permit.refused(), now), &snapshot).await?;
                }
                return Err(refused(refusal));
            }
        };
        let mut change = Change::new(permit, now);
        change.put_member(&next)?;
        change.require_member(&staff.subject, own.as_ref());
        match state.db.commit(change, &snapshot).await {
            Ok(()) => return Ok(next.username),
            Err(StoreError::Conflict(Conflict::Version)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(Conflict::Busy).into())
}

/// Somebody whom the registry does not know yet, with the roles that they have in the pool.
async fn in_the_pool(state: &State, subject: &Subject) -> Result<Member, Problem> {
    let account = account_of(state, subject, None).await?.ok_or_else(Problem::not_found)?;
    let roles = state.pool.roles(&account.username).await?;
    Ok(Member::found(account.subject, account.username, &roles, account.enabled, state.db.now()))
}

/// The second half: on record that the pool did it.
async fn finish(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    subject: &Subject,
    right: Right,
) -> Result<MemberState, Problem> {
    for _ in 0..ATTEMPTS {
        let errand = right.errand(staff, origin, subject, Half::Done);
        let permit = errand.on_service(&Scope::Member(subject.clone()))?;
        let snapshot = read(state, staff, subject).await?;
        let member = snapshot.member(subject)?.ok_or_else(Problem::not_found)?;
        let now = state.db.now();
        let next = match right {
            Right::Role(role, wanted) => member.finish(role, wanted, &staff.subject, now),
            Right::Account => member.finish_disable(&staff.subject, now),
        };
        // Somebody with the same wish was quicker, and wrote it down.
        let Some(next) = next else { return Ok(MemberState::from(&member)) };
        let mut change = Change::new(permit, now);
        change.put_member(&next)?;
        match state.db.commit(change, &snapshot).await {
            Ok(()) => return Ok(MemberState::from(&next)),
            Err(StoreError::Conflict(Conflict::Version)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(Conflict::Busy).into())
}

fn refused(refusal: Refusal) -> Problem {
    Problem::conflict(match refusal {
        Refusal::Own => "own-roles",
        Refusal::InProgress => "change-in-progress",
        Refusal::Disabled => "member-disabled",
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_log_names_role_and_half() {
        let subject = Subject::of("x");
        let text = |right: Right, half| right.object(&subject, half).as_str().to_owned();
        let granting = text(Right::Role(Role::ClinicianReviewer, Wanted::Grant), Half::Begun);
        assert_eq!(granting, format!("member/{subject}/clinician_reviewer/granting"));
        assert!(text(Right::Role(Role::Ops, Wanted::Remove), Half::Done).ends_with("/ops/removed"));
        assert!(text(Right::Account, Half::Done).ends_with("/disabled"));
        for role in Role::STAFF {
            assert!(text(Right::Role(role, Wanted::Grant), Half::Done).contains(role.code()));
        }
    }
}
