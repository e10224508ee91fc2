//! Who is of the staff and has which role: the pool's word, beside what is on record. Every look is written down.

use crate::State;
use crate::api::{MemberList, MemberView};
use crate::rights::{account_of, still};
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::id::Subject;
use medius_domain::policy::{Role, Thing};
use medius_http::{Errand, Origin, Problem, Staff};
use medius_store::{Change, Place};
use std::collections::HashMap;

/// A look at the staff.
fn look<'a>(staff: &'a Staff, origin: &'a Origin, object: Object) -> Errand<'a> {
    Errand { staff, origin, action: Action::View, object, purpose: Purpose::Administration, reason: None }
}

/// Addresses are for those who run the accounts; oversight works with pseudonyms.
fn sees_addresses(staff: &Staff) -> bool {
    staff.roles.contains(&Role::Ops)
}

/// Everybody.
pub(crate) async fn list(state: &State, staff: &Staff, origin: &Origin) -> Result<MemberList, Problem> {
    let errand = look(staff, origin, Object::part(Thing::Member, ""));
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&Scope::Registry)?;
    let places = [Place::LogHead(Scope::Registry), Place::Member(staff.subject.clone())];
    let snapshot = state.db.read(places).await?;
    let permit = still(state, staff, &snapshot, permit).await?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;

    let mut accounts = state.pool.accounts().await?;
    accounts.sort_by(|a, b| (a.created_at, &a.subject).cmp(&(b.created_at, &b.subject)));
    // One question for each role, not one for each person.
    let mut roles: HashMap<String, Vec<Role>> = HashMap::new();
    for role in Role::STAFF {
        for username in state.pool.holders(role).await? {
            roles.entry(username).or_default().push(role);
        }
    }
    let subjects: Vec<Subject> = accounts.iter().map(|a| a.subject.clone()).collect();
    let records = state.db.members(&subjects).await?;
    let with_email = sees_addresses(staff);
    let view = |account: &medius_store::Account| {
        let held = roles.get(&account.username).cloned().unwrap_or_default();
        MemberView::new(account, held, records.get(&account.subject), with_email)
    };
    Ok(MemberList { items: accounts.iter().map(view).collect() })
}

/// One member.
pub(crate) async fn detail(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    subject: &Subject,
) -> Result<MemberView, Problem> {
    let scope = Scope::Member(subject.clone());
    let errand = look(staff, origin, Object::of(Thing::Member, subject, ""));
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&scope)?;
    let mut places = vec![Place::LogHead(scope), Place::Member(subject.clone())];
    if staff.subject != *subject {
        places.push(Place::Member(staff.subject.clone()));
    }
    let snapshot = state.db.read(places).await?;
    let permit = still(state, staff, &snapshot, permit).await?;
    let record = snapshot.member(subject)?;
    let account = account_of(state, subject, record.as_ref()).await?.ok_or_else(Problem::not_found)?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    let roles = state.pool.roles(&account.username).await?;
    Ok(MemberView::new(&account, roles, record.as_ref(), sees_addresses(staff)))
}
