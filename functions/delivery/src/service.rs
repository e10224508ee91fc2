//! Use cases that look at deliveries and take them back. Each look is in the access log before anything is shown.

use crate::State;
use crate::api::{AccessCodeMade, DeliveryView};
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::id::{CaseId, DeliveryId};
use medius_domain::link::{AccessCode, Link, LinkEvent};
use medius_domain::policy::{Permit, Thing};
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, Conflict, DeliveryRecord, Place, Snapshot, StoreError};

/// Times that a change of a link is decided again when the institution or the mailer was quicker.
pub(crate) const ATTEMPTS: u32 = 8;
/// A delivery without its link: the record is broken.
fn linkless() -> Problem {
    Problem::internal(StoreError::Corrupt { place: "link" })
}

/// The deliveries of a case, the newest first.
pub(crate) async fn list(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
) -> Result<Vec<DeliveryView>, Problem> {
    let snapshot = state.db.read([Place::Case(id.clone()), Place::case_log(id)]).await?;
    let event = origin.patient(patient, Action::View, Object::part(Thing::Delivery, ""), Purpose::PatientRights);
    let (_, permit) = own_case(&state.db, &snapshot, id, event).await?;
    let mut deliveries = state.db.deliveries(id).await?;
    deliveries.sort_by_key(|delivery| std::cmp::Reverse(delivery.created_at));
    let links = state.db.links_of(&deliveries).await?;
    let now = state.db.now();
    let views = deliveries
        .iter()
        .map(|d| links.get(&d.link_id).map(|link| DeliveryView::new(d, link, now)).ok_or_else(linkless))
        .collect::<Result<Vec<_>, _>>()?;
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    Ok(views)
}

/// A delivery of the patient's own with its link, all of one moment.
struct Found {
    snapshot: Snapshot,
    permit: Permit,
    case: Case,
    delivery: DeliveryRecord,
    link: Link,
}

impl Found {
    async fn read(
        state: &State,
        patient: &Patient,
        origin: &Origin,
        id: &CaseId,
        (delivery, part): (&DeliveryId, &'static str),
        action: Action,
    ) -> Result<Self, Problem> {
        let at = Place::Delivery(id.clone(), delivery.clone());
        let first = state.db.read([Place::Case(id.clone()), Place::case_log(id), at]).await?;
        let object = Object::of(Thing::Delivery, delivery, part);
        let event = origin.patient(patient, action, object, Purpose::PatientRights);
        let (case, permit) = own_case(&state.db, &first, id, event).await?;
        let delivery = first.delivery(id, delivery)?.ok_or_else(Problem::not_found)?;
        let at = Place::Link(delivery.link_id.clone());
        let snapshot = state.db.read([at, Place::case_log(id)]).await?;
        let link = snapshot.link(&delivery.link_id)?.ok_or_else(linkless)?;
        Ok(Self { snapshot, permit, case, delivery, link })
    }

    fn view(&self, now: DateTime<Utc>) -> DeliveryView {
        DeliveryView::new(&self.delivery, &self.link, now)
    }
}

/// One delivery.
pub(crate) async fn get(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    delivery: &DeliveryId,
) -> Result<DeliveryView, Problem> {
    let found = Found::read(state, patient, origin, id, (delivery, ""), Action::View).await?;
    let now = state.db.now();
    state.db.commit(Change::new(found.permit.clone(), now), &found.snapshot).await?;
    Ok(found.view(now))
}

/// Takes a delivery back. One that was taken back already stays as it is. An institution that was sent the link is told.
pub(crate) async fn revoke(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    delivery: &DeliveryId,
) -> Result<DeliveryView, Problem> {
    for _ in 0..ATTEMPTS {
        let mut found = Found::read(state, patient, origin, id, (delivery, ""), Action::GrantChange).await?;
        let now = state.db.now();
        let mut change = Change::new(found.permit.clone(), now);
        if let Some(revoked) = change.end_link(&found.link, LinkEvent::Revoke, &found.case)? {
            found.link = revoked;
        }
        match state.db.commit(change, &found.snapshot).await {
            Ok(()) => return Ok(found.view(now)),
            // The mailer or the institution changed the link meanwhile: take back what it is now.
            Err(StoreError::Conflict(Conflict::Link)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(Conflict::Busy).into())
}

/// Makes an access code, which is shown in the answer and nowhere else: what is kept is its hash. Sessions of the code before
/// end with it.
pub(crate) async fn access_code(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    delivery: &DeliveryId,
) -> Result<AccessCodeMade, Problem> {
    let code = AccessCode::new()?;
    let hash = code.hash()?;
    for _ in 0..ATTEMPTS {
        let found = Found::read(state, patient, origin, id, (delivery, "access-code"), Action::Create).await?;
        let now = state.db.now();
        if !found.link.live(now) {
            return Err(Problem::conflict("delivery-ended"));
        }
        let next = found.link.with_access_code(hash.clone());
        let mut change = Change::new(found.permit.clone(), now);
        change.update_link(&next, found.case.expires_at)?;
        match state.db.commit(change, &found.snapshot).await {
            Ok(()) => return Ok(AccessCodeMade { access_code: code.shown(), expires_at: next.expires_at }),
            Err(StoreError::Conflict(Conflict::Link)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(Conflict::Busy).into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::api::DeliveryState;
    use crate::send::new_link;
    use chrono::TimeZone;
    use medius_domain::id::{LinkId, ProviderId, ReferralId, Subject};
    use medius_domain::link::{LinkSecret, LinkState};

    fn link(state: LinkState) -> Link {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let delivery = DeliveryRecord {
            id: DeliveryId::new(),
            case_id: CaseId::new(),
            referral_id: ReferralId::new(),
            provider_id: ProviderId::new(),
            link_id: LinkId::new(),
            created_at: now,
        };
        Link { state, ..new_link(&delivery, &Subject::of("x"), &LinkSecret::from_mac(&[7; 32]), &[]) }
    }

    #[test]
    fn taking_back_ends_every_session_and_happens_once() {
        for state in LinkState::ALL {
            let link = link(state);
            let now = link.created_at;
            match link.ended(LinkEvent::Revoke, now) {
                None => assert!(state.over()),
                Some(after) => {
                    assert_eq!(after.state, LinkState::Revoked);
                    assert_eq!((after.epoch, after.rev), (link.epoch + 1, link.rev + 1));
                    assert_eq!(after.revoked_at, Some(now));
                    assert!(!after.live(now) && after.ended(LinkEvent::Revoke, now).is_none());
                }
            }
        }
    }

    #[test]
    fn expiry_is_derived_and_hides_neither_a_receipt_nor_a_revocation() {
        for state in LinkState::ALL {
            let link = link(state);
            let shown = |at| DeliveryState::of(&link, at);
            let kept = matches!(state, LinkState::Acknowledged | LinkState::Declined) || state.over();
            let last = link.expires_at - chrono::TimeDelta::milliseconds(1);
            assert_eq!(serde_json::to_value(shown(last)).unwrap(), state.as_str());
            assert_eq!(shown(link.expires_at) == DeliveryState::Expired, !kept);
        }
    }
}
