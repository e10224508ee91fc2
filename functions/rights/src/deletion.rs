//! Deletion: what a request ends at once, and what the decision sets going. Links die when it is shown who asks; with the
//! agreement the destructions are entered into the ledger in the same transaction, and retention carries them out.

use crate::ask::ends;
use crate::{NAME, State};
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::access::{Action, Event, Object, Purpose, Scope};
use medius_domain::case::Case;
use medius_domain::destruction::{Ground, Ledger};
use medius_domain::id::{CaseId, DestructionId, LinkId};
use medius_domain::link::{Link, LinkEvent};
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_domain::rights::{Right, RightsRequest};
use medius_http::Problem;
use medius_store::{Change, Place, Snapshot, StoreError, pause};
use std::collections::HashSet;

/// Cases that are touched in one transaction: all that is written about them fits into it.
const MOST_CASES: usize = 20;
/// Days ahead within which a case can end before a request is answered: the law's ten, or an objection's, after the thirty to which
/// access can be put off.
const KEPT_AHEAD_DAYS: i64 = 45;
/// Writes of one transaction.
const MOST_WRITES: usize = 100;
/// Links that are ended beside a request, in its own transaction: each takes two writes, with the mail to who held it.
pub(crate) const MOST_LINKS: usize = 20;
/// Times that links are ended anew while somebody else is at the case.
const ATTEMPTS: u32 = 12;

/// Refuses what does not fit into one transaction: asked for case by case it does.
pub(crate) fn fits(change: &Change) -> Result<(), Problem> {
    // The answer to a repeat is still to be added.
    if change.size() < MOST_WRITES { Ok(()) } else { Err(Problem::conflict("ask-for-each-case")) }
}

/// The cases that are touched in one transaction with a request: all that a deletion is about; of every other those that it keeps
/// beyond their own end, the nearest to it first.
pub(crate) async fn cases_of(state: &State, request: &RightsRequest) -> Result<Vec<CaseId>, Problem> {
    if let Some(case) = &request.case_id {
        return Ok(vec![case.clone()]);
    }
    if request.right == Right::Deletion {
        let all = every_case_of(state, request).await?;
        return if all.len() > MOST_CASES { Err(Problem::conflict("ask-for-each-case")) } else { Ok(all) };
    }
    let now = state.db.now();
    let far = now + TimeDelta::days(KEPT_AHEAD_DAYS);
    let all = state.db.cases_of(&request.subject).await?;
    let mut ending: Vec<Case> = all.into_iter().filter(|case| case.kept_for_request(far, now).is_some()).collect();
    ending.sort_by_key(Case::destroy_at);
    Ok(ending.into_iter().take(MOST_CASES).map(|case| case.id).collect())
}

/// Every case that a request is about, however many.
pub(crate) async fn every_case_of(state: &State, request: &RightsRequest) -> Result<Vec<CaseId>, Problem> {
    match &request.case_id {
        Some(case) => Ok(vec![case.clone()]),
        None => Ok(state.db.cases_of(&request.subject).await?.into_iter().map(|case| case.id).collect()),
    }
}

/// Ends the live links of a case that are meant, and tells those institutions that held one. What has ended is never revived.
/// The change must be committed unmoved: a link that is made at this moment must be seen.
pub(crate) async fn end_links(
    state: &State,
    change: &mut Change,
    case: &Case,
    meant: impl Fn(&Link) -> bool,
) -> Result<(), StoreError> {
    for link in state.db.live_links(&case.id).await?.iter().filter(|link| meant(link)) {
        change.end_link(link, LinkEvent::Revoke, case)?;
    }
    Ok(())
}

/// Ends links before the request is written, where there are more of them than there is room for in its own transaction. Who asks has shown who they are by then, so of what fails half-way nothing is left but links that have
/// ended, which a repeat finds.
pub(crate) async fn end_links_ahead(
    state: &State,
    event: &Event,
    asked: &RightsRequest,
    cases: &[CaseId],
    mut room: usize,
) -> Result<(), Problem> {
    for id in cases {
        let mut attempt = 0;
        loop {
            let snapshot = state.db.read([Place::Case(id.clone()), Place::case_log(id)]).await?;
            let Some(case) = snapshot.case(id)? else { break };
            let live: Vec<Link> = state.db.live_links(id).await?.into_iter().filter(|link| ends(asked, link)).collect();
            if live.len() <= room {
                room -= live.len();
                break;
            }
            let now: HashSet<&LinkId> = live.iter().take(MOST_LINKS).map(|link| &link.id).collect();
            let mut change = Change::new(permit(event.clone(), &On::Case(&case))?, state.db.now());
            end_links(state, &mut change, &case, |link| now.contains(&link.id)).await?;
            match state.db.commit_unmoved(change, &snapshot).await {
                Ok(()) => {}
                Err(error @ StoreError::Conflict(_)) => {
                    attempt += 1;
                    if attempt > ATTEMPTS {
                        return Err(error.into());
                    }
                    pause(attempt).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Leave for what a decision does to a case, for the log of that case: what is decided about all of a patient's cases stands in
/// each one's.
fn leave(case: &CaseId, action: Action, part: &'static str) -> Result<Permit, Problem> {
    let event = Event::of_function(NAME, action, Object::part(Thing::Case, part), Purpose::PatientRights, None);
    Ok(permit(event, &On::Service(&Scope::Case(case.clone())))?)
}

/// What must be read to set the destructions of a request going.
pub(crate) fn places(cases: &[CaseId]) -> Vec<Place> {
    let of = |case: &CaseId| [Place::Case(case.clone()), Place::case_log(case), Place::Ledger(DestructionId::of(case))];
    cases.iter().flat_map(of).collect()
}

/// Enters the destructions of an approved request, or brings forward those that are there. A case that a statute keeps is
/// destroyed when that ends. The snapshot must hold [`places`].
pub(crate) async fn order(
    state: &State,
    change: &mut Change,
    snapshot: &Snapshot,
    approved: RightsRequest,
    cases: &[CaseId],
) -> Result<RightsRequest, Problem> {
    let now = state.db.now();
    let mut ordered = Vec::new();
    for id in cases {
        let case = snapshot.case(id)?;
        let destruction = DestructionId::of(id);
        let ledger = match (snapshot.ledger(&destruction)?, &case) {
            (Some(there), case) => {
                let due_at = case.as_ref().map_or(now, |case| held_until(case, now));
                there.brought_forward(approved.id.clone(), due_at)
            }
            (None, Some(case)) => {
                let hmac = state.codes.subject_hmac(&case.subject).await?;
                let due_at = held_until(case, now);
                Ledger::new(id.clone(), hmac, Ground::Deletion, due_at, now).asked_for(approved.id.clone())
            }
            // It was never kept, or it is gone without a trace: an empty draft ends within a day.
            (None, None) => continue,
        };
        change.put_ledger(&ledger)?;
        change.also(leave(id, Action::Delete, "due")?);
        ordered.push(destruction);
    }
    fits(change)?;
    Ok(approved.destroying(ordered))
}

/// When a case may be destroyed at a patient's wish: now, or when what holds it ends.
fn held_until(case: &Case, now: DateTime<Utc>) -> DateTime<Utc> {
    case.hold.as_ref().map_or(now, |hold| hold.ends_at().max(now))
}

/// Keeps cases to the end of an open request's term, where their own end comes before that. The snapshot must hold [`places`].
pub(crate) fn keep(
    change: &mut Change,
    snapshot: &Snapshot,
    cases: &[CaseId],
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    for id in cases {
        let Some(kept) = snapshot.case(id)?.and_then(|case| case.kept_for_request(until, now)) else { continue };
        change.put_case(&kept)?;
        change.also(leave(id, Action::Update, "term")?);
    }
    fits(change)
}
