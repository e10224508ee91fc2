//! Use cases of a coordinator about a link that an institution cannot open: made anew after a suspension, a bounce or its
//! expiry, or given an access code that is told by telephone.

use crate::State;
use crate::basis;
use crate::case_view::DeskDelivery;
use crate::link_api::StaffAccessCode;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_domain::access::{AccessReason, Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::consent::Use;
use medius_domain::id::{CaseId, DeliveryId};
use medius_domain::link::{AccessCode, Link};
use medius_domain::policy::{Denied, Permit, Thing};
use medius_domain::task::Task;
use medius_http::{Errand, IdempotentRequest, Origin, Problem, Remembered, Staff, replay};
use medius_store::{Change, Conflict, DeliveryRecord, MailAbout, MailRecord, Place, Snapshot, StoreError, pause};

/// Times that a change of a link is decided again when the institution or the mailer was quicker.
const ATTEMPTS: u32 = 8;

/// Who asks, about which delivery, and why.
pub(crate) struct Asked<'a> {
    pub(crate) staff: &'a Staff,
    pub(crate) origin: &'a Origin,
    pub(crate) case: &'a CaseId,
    pub(crate) delivery: &'a DeliveryId,
    pub(crate) reason: Option<AccessReason>,
}

/// A delivery with its link, and leave to change it.
struct Found {
    snapshot: Snapshot,
    case: Case,
    permit: Permit,
    delivery: DeliveryRecord,
    link: Link,
}

impl Asked<'_> {
    async fn find(&self, state: &State, part: &'static str, more: Option<Place>) -> Result<Found, Problem> {
        let Self { staff, origin, case: id, delivery, reason } = *self;
        let object = Object::of(Thing::Delivery, delivery, part);
        let purpose = Purpose::Provision;
        let errand = Errand { staff, origin, action: Action::Update, object, purpose, reason };
        errand.admitted_to_case(&state.db).await?;
        let at = Place::Delivery(id.clone(), delivery.clone());
        let record = state.db.read([at]).await?.delivery(id, delivery)?;
        let always = [Place::Assignment(id.clone())];
        let of_it = record.iter().flat_map(|d| {
            [
                Place::Link(d.link_id.clone()),
                Place::Referral(id.clone(), d.referral_id.clone()),
                Place::Provider(d.provider_id.clone()),
            ]
        });
        let places = Place::gate(id).into_iter().chain(always).chain(of_it).chain(more);
        let snapshot = state.db.read(places).await?;
        let (case, permit) = errand.on_case(&state.db, &snapshot, id).await?;
        let delivery = record.ok_or_else(Problem::not_found)?;
        let link = snapshot.link(&delivery.link_id)?.ok_or_else(Problem::not_found)?;
        Ok(Found { snapshot, case, permit, delivery, link })
    }
}

/// Makes a link anew: another secret in another mail to the institution's verified mailbox. The link before, its codes, its
/// sessions and its locks end. It needs what sending needs: the consents that the link was made on, and an institution that
/// takes letters today.
pub(crate) async fn reissue(
    state: &State,
    asked: &Asked<'_>,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut last = Conflict::Busy;
    for attempt in 1..=ATTEMPTS {
        let repeat = Place::Idempotency(request.scope_sha256.clone());
        let found = asked.find(state, "reissue", Some(repeat)).await?;
        if let Some(answer) = replay(&found.snapshot, request)? {
            return Ok(answer);
        }
        let (change, answer) = made_anew(state, &found, request).await?;
        match state.db.commit(change, &found.snapshot).await {
            Ok(()) => return Ok(answer.into_response()),
            Err(StoreError::Conflict(
                conflict @ (Conflict::Link | Conflict::Busy | Conflict::Version | Conflict::Idempotency),
            )) => {
                last = conflict;
            }
            Err(error) => return Err(error.into()),
        }
        pause(attempt).await;
    }
    Err(StoreError::Conflict(last).into())
}

async fn made_anew(state: &State, found: &Found, request: &IdempotentRequest) -> Result<(Change, Remembered), Problem> {
    let Found { snapshot, case, permit, delivery, link } = found;
    let now = state.db.now();
    if case.completion.is_some() {
        return Err(Denied::Closed.into());
    }
    if case.suspends(permit.event(), Some(&link.provider_id)) {
        return Err(Denied::Suspended.into());
    }
    let letter = snapshot.referral(&case.id, &link.referral_id)?.ok_or_else(Problem::not_found)?;
    if letter.superseded_at.is_some() {
        return Err(Problem::conflict("letter-superseded"));
    }
    let used_for = Use::Provision { recipient: link.provider_id.clone(), items: letter.items };
    let proof = basis::proof(state, snapshot, (case, permit), &used_for).await?;
    let secret = state.links.secret(&link.id, link.generation + 1).await?;
    let next = link.reissued(secret.sha256(), now).filter(|_| link.rests_on(&proof));
    let next = next.ok_or_else(|| Problem::conflict("delivery-ended"))?;
    if !snapshot.provider(&link.provider_id)?.is_some_and(|to| to.takes(case, now)) {
        return Err(Problem::conflict("recipient-not-available"));
    }
    let about = MailAbout::ProviderLink {
        link_id: next.id.clone(),
        generation: next.generation,
        provider_id: next.provider_id.clone(),
    };
    let mut change = Change::new(permit.clone().resting_on(&proof), now);
    change.require(&proof);
    change.update_link(&next, case.expires_at)?;
    if let Some(task) = request_of(state, link).await? {
        change.update_task(&task.with_link_anew(next.expires_at), case.expires_at)?;
    }
    change.order_mail(&MailRecord::new(about, case.id.clone(), case.subject.clone(), now))?;
    let view = DeskDelivery::new(delivery, &next, now);
    let answer = Remembered::new(&mut change, request, StatusCode::OK, None, &view)?;
    Ok((change, answer))
}

/// The request that a link leads to; links of before there were requests have none. One that is over takes no answer any more,
/// and what a newer letter has taken the place of is not to be read again: the patient sends a letter instead.
async fn request_of(state: &State, link: &Link) -> Result<Option<Task>, Problem> {
    let Some(id) = &link.task_id else { return Ok(None) };
    let snapshot = state.db.read([Place::Task(link.case_id.clone(), id.clone())]).await?;
    let Some(task) = snapshot.task(&link.case_id, id)? else { return Ok(None) };
    if task.state.over() {
        return Err(Problem::conflict("request-ended"));
    }
    if let Some(newest) = task.links.last().filter(|newest| **newest != link.id) {
        let sent = state.db.read([Place::Link(newest.clone())]).await?.link(newest)?;
        if sent.is_some_and(|sent| sent.referral_id != link.referral_id) {
            return Err(Problem::conflict("newer-letter"));
        }
    }
    Ok(Some(task))
}

/// Makes an access code, which is shown in the answer and nowhere else: what is kept is its hash.
pub(crate) async fn access_code(state: &State, asked: &Asked<'_>) -> Result<StaffAccessCode, Problem> {
    let code = AccessCode::new()?;
    let hash = code.hash()?;
    for attempt in 1..=ATTEMPTS {
        let found = asked.find(state, "access-code", None).await?;
        let now = state.db.now();
        if !found.link.live(now) {
            return Err(Problem::conflict("delivery-ended"));
        }
        let next = found.link.with_access_code(hash.clone());
        let mut change = Change::new(found.permit, now);
        change.update_link(&next, found.case.expires_at)?;
        match state.db.commit(change, &found.snapshot).await {
            Ok(()) => return Ok(StaffAccessCode { access_code: code.shown(), expires_at: next.expires_at }),
            Err(StoreError::Conflict(Conflict::Link | Conflict::Busy)) => pause(attempt).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(Conflict::Busy).into())
}
