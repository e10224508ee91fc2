//! Links of a case and whether consents still carry them.

use crate::State;
use medius_domain::consent::{ConsentHead, Standing, Use, gate};
use medius_domain::id::{CaseId, ReferralId};
use medius_domain::link::Link;
use medius_domain::task::{Party, Said, Task, TaskAction};
use medius_store::{DeliveryRecord, ReferralRecord, StoreError};
use std::collections::HashMap;

/// Live links that one transaction can end together with its other writes; no patient has that many.
const MOST: usize = 40;

/// Live links of a case, each with its letter.
pub(crate) async fn live(state: &State, case: &CaseId) -> Result<Vec<(Link, ReferralRecord)>, StoreError> {
    let deliveries = state.db.deliveries(case).await?;
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let (letters, links) = tokio::try_join!(state.db.referrals(case), state.db.links_of(&deliveries))?;
    let letters: HashMap<ReferralId, ReferralRecord> =
        letters.into_iter().map(|letter| (letter.id.clone(), letter)).collect();
    let now = state.db.now();
    let of = |d: &DeliveryRecord| {
        let link = links.get(&d.link_id).filter(|link| link.live(now))?;
        Some((link.clone(), letters.get(&d.referral_id)?.clone()))
    };
    Ok(deliveries.iter().filter_map(of).collect())
}

/// Whether the consents carry a link: every one that it was made on is in force, for every part that its letter holds.
pub(crate) fn carried(link: &Link, letter: &ReferralRecord, head: &ConsentHead, standing: &Standing) -> bool {
    let used_for = Use::Provision { recipient: link.provider_id.clone(), items: letter.items.clone() };
    gate(&link.case_id, head, &used_for, standing).is_ok_and(|proof| link.rests_on(&proof))
}

/// The live links that a new state of the consents does not carry.
pub(crate) async fn without_consent(
    state: &State,
    case: &CaseId,
    next: &ConsentHead,
    standing: &Standing,
) -> Result<Vec<Link>, StoreError> {
    let lost: Vec<Link> = live(state, case)
        .await?
        .into_iter()
        .filter(|(link, letter)| !carried(link, letter, next, standing))
        .map(|(link, _)| link)
        .collect();
    if lost.len() > MOST { Err(StoreError::Conflict(medius_store::Conflict::Busy)) } else { Ok(lost) }
}

/// The requests to institutions that a new state of the consents does not carry, ended.
pub(crate) async fn tasks_without_consent(
    state: &State,
    case: &CaseId,
    next: &ConsentHead,
    standing: &Standing,
) -> Result<Vec<Task>, StoreError> {
    let carried =
        |task: &Task| gate(case, next, &Use::Letter { recipient: task.provider_id.clone() }, standing).is_ok();
    let withdraw = Said::of(TaskAction::Withdraw);
    let tasks = state.db.tasks(case).await?;
    Ok(tasks
        .iter()
        .filter(|t| !carried(t))
        .filter_map(|t| t.apply(&withdraw, Party::Patient, standing.now).ok())
        .collect())
}
