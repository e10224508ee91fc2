//! What staff see of the directory. Every look is written down: a look at the whole in the registry's chain, a look at one
//! institution in its own.

use crate::State;
use crate::handlers::status;
use crate::view::{ChangeList, ChangeView, DirectoryDetail, DirectoryEntry, DirectoryList};
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::directory::ChangeStatus;
use medius_domain::id::ProviderId;
use medius_domain::policy::Thing;
use medius_http::{Errand, Origin, Problem, Staff};
use medius_store::{Change, Place};
use std::collections::HashMap;

fn look<'a>(staff: &'a Staff, origin: &'a Origin, object: Object) -> Errand<'a> {
    Errand { staff, origin, action: Action::View, object, purpose: Purpose::Administration, reason: None }
}

/// Writes a look at the whole directory down.
async fn seen(state: &State, errand: &Errand<'_>) -> Result<(), Problem> {
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&Scope::Registry)?;
    let snapshot = state.db.read([Place::LogHead(Scope::Registry)]).await?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(())
}

/// Every institution.
pub(crate) async fn list(state: &State, staff: &Staff, origin: &Origin) -> Result<DirectoryList, Problem> {
    seen(state, &look(staff, origin, Object::part(Thing::Directory, ""))).await?;
    let (providers, pending) = tokio::try_join!(state.db.providers(), state.db.changes_in(ChangeStatus::Pending))?;
    let mut waiting: HashMap<&ProviderId, usize> = HashMap::new();
    for change in &pending {
        *waiting.entry(&change.provider_id).or_default() += 1;
    }
    let now = state.db.now();
    let entry = |p| DirectoryEntry::new(p, waiting.get(&p.id).copied().unwrap_or_default(), now);
    Ok(DirectoryList { items: providers.iter().map(entry).collect() })
}

/// One institution, also one that is only proposed.
pub(crate) async fn detail(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    id: &ProviderId,
) -> Result<DirectoryDetail, Problem> {
    let scope = Scope::Provider(id.clone());
    let errand = look(staff, origin, Object::of(Thing::Directory, id, ""));
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&scope)?;
    let places = [Place::Provider(id.clone()), Place::LogHead(scope)];
    let (snapshot, changes) = tokio::try_join!(state.db.read(places), state.db.provider_changes(id))?;
    let current = snapshot.provider_revision(id)?;
    if current.is_none() && changes.is_empty() {
        return Err(Problem::not_found());
    }
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    let rev = current.as_ref().map(|(_, rev)| *rev);
    let pending = changes.iter().filter(|c| c.status == ChangeStatus::Pending).count();
    Ok(DirectoryDetail {
        id: id.clone(),
        provider: current.map(|(provider, _)| DirectoryEntry::new(&provider, pending, state.db.now())),
        changes: changes.iter().map(|change| ChangeView::new(change, rev)).collect(),
    })
}

/// The proposals of a status.
pub(crate) async fn changes(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    query: Option<&str>,
) -> Result<ChangeList, Problem> {
    let errand = look(staff, origin, Object::part(Thing::Directory, "changes"));
    errand.admitted(&state.db).await?;
    let wanted = status(query)?;
    seen(state, &errand).await?;
    let found = state.db.changes_in(wanted).await?;
    let mut ids: Vec<ProviderId> = found.iter().map(|c| c.provider_id.clone()).collect();
    ids.sort();
    ids.dedup();
    let revisions = state.db.provider_revisions(&ids).await?;
    let view = |change| -> ChangeView { view(change, &revisions) };
    Ok(ChangeList { items: found.iter().map(view).collect() })
}

fn view(change: &medius_domain::directory::ProviderChange, revisions: &HashMap<ProviderId, u64>) -> ChangeView {
    ChangeView::new(change, revisions.get(&change.provider_id).copied())
}
