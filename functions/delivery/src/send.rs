//! Sending a letter: the rules, the link's secret as a hash, and one commit with delivery, link and ordered mail.

use crate::State;
use crate::api::{DeliveryView, NewDelivery};
use crate::service::ATTEMPTS;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::consent::{Use, gate};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::health::Urgency;
use medius_domain::id::{CaseId, DeliveryId, EventId, LinkId, Subject};
use medius_domain::link::{FIRST_GENERATION, Link, LinkEvent, LinkOf, LinkSecret, LinkState};
use medius_domain::policy::{Denied, Thing};
use medius_domain::task::Task;
use medius_http::{IdempotentRequest, Origin, Patient, Problem, Remembered, own_case, replay, telemetry};
use medius_store::{Change, Conflict, DeliveryRecord, MailAbout, MailRecord, Place, ReferralRecord, StoreError};
use std::collections::HashMap;

/// Sends the letter, or repeats the answer to the same request.
pub(crate) async fn create(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    wanted: &NewDelivery,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut last = Conflict::Busy;
    for _ in 0..ATTEMPTS {
        match attempt(state, patient, origin, id, wanted, request).await? {
            Ok(answer) => return Ok(answer),
            Err(conflict) => last = conflict,
        }
    }
    Err(StoreError::Conflict(last).into())
}

/// One attempt; the inner error says that something happened to the case meanwhile, so that it has to be decided again.
async fn attempt(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    wanted: &NewDelivery,
    request: &IdempotentRequest,
) -> Result<Result<Response, Conflict>, Problem> {
    let referral = &wanted.referral_id;
    let places = Place::gate(id)
        .into_iter()
        .chain([Place::Referral(id.clone(), referral.clone()), Place::Idempotency(request.scope_sha256.clone())]);
    let snapshot = state.db.read(places).await?;
    let delivery_id = DeliveryId::new();
    let object = Object::of(Thing::Delivery, &delivery_id, "");
    let event = origin.patient(patient, Action::Create, object, Purpose::Provision);
    let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Ok(answer));
    }
    let unknown = || Problem::invalid([FieldError::new("/referral_id", Invalid::UnknownValue)]);
    let letter = snapshot.referral(id, referral)?.ok_or_else(unknown)?;
    if letter.superseded_at.is_some() {
        return Err(Problem::conflict("letter-superseded"));
    }
    if case.suspends(permit.event(), Some(&letter.recipient)) {
        return Err(Denied::Suspended.into());
    }
    let used_for = Use::Provision { recipient: letter.recipient.clone(), items: letter.items.clone() };
    let standing = state.contacts.standing(&snapshot, &permit, &case).await?;
    let proof = gate(id, &snapshot.consents(id)?, &used_for, &standing)?;
    let link_id = LinkId::new();
    // The secret is a MAC of the new link's own id: where the letter may not go, nobody ever gets it.
    let (may_go, secret) =
        tokio::join!(may_go(state, &case, &letter), state.link_mac.secret(&link_id, FIRST_GENERATION));
    let ((tasks, links), secret) = (may_go?, secret?);

    let now = state.db.now();
    let delivery = DeliveryRecord {
        id: delivery_id,
        case_id: id.clone(),
        referral_id: letter.id,
        provider_id: letter.recipient,
        link_id,
        created_at: now,
    };
    let (task, is_new) = task_of(tasks, &case, &delivery, now)?;
    let made = new_link(&delivery, &case.subject, &secret, proof.basis());
    let link = Link { factor: wanted.factor.into(), task_id: Some(task.id.clone()), ..made };
    let mut change = Change::new(permit.resting_on(&proof), now);
    change.require(&proof);
    change.create_delivery(&delivery, &link, &case)?;
    // The institution reads the newest letter: what it was sent before for this request is not opened any more.
    // Nor can it be made anew.
    for older in links.values().filter(|older| (older.live(now) || older.reissuable(now)) && task.owns(older)) {
        change.end_link_quietly(older, LinkEvent::Supersede, &case)?;
    }
    let sent = task.sent(delivery.id.clone(), link.id.clone(), now)?;
    if is_new {
        change.create_task(&sent, case.expires_at)?;
    } else {
        change.update_task(&sent, case.expires_at)?;
    }
    change.order_mail(&new_mail(&link))?;
    change.tell(&sent, [&link], now)?;
    let view = DeliveryView::new(&delivery, &link, now);
    let location = Some(format!("/v1/cases/{id}/deliveries/{}", delivery.id));
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, location, &view)?;
    // Unmoved: two requests at the same moment must not both find that no link is live.
    match state.db.commit_unmoved(change, &snapshot).await {
        Ok(()) => {
            telemetry::count("DeliveryOrdered");
            Ok(Ok(answer.into_response()))
        }
        Err(StoreError::Conflict(
            conflict @ (Conflict::Busy | Conflict::Exists | Conflict::Idempotency | Conflict::Link | Conflict::Version),
        )) => Ok(Err(conflict)),
        Err(error) => Err(error.into()),
    }
}

/// The request that a letter belongs to, and whether it is begun with this sending: a letter is sent anew after its request has
/// ended, and letters of before there were requests have none.
fn task_of(
    tasks: Vec<Task>,
    case: &Case,
    delivery: &DeliveryRecord,
    now: DateTime<Utc>,
) -> Result<(Task, bool), Problem> {
    let own = tasks.into_iter().find(|task| task.letters.contains(&delivery.referral_id));
    if let Some(task) = own.as_ref().filter(|task| !task.state.over()) {
        let newest = task.letters.last() == Some(&delivery.referral_id);
        return if newest { Ok((task.clone(), false)) } else { Err(Problem::conflict("newer-letter")) };
    }
    // How soon the patient needs to be seen stands sealed in the story; the request of before knows it, too.
    let urgency = own.map_or(Urgency::Routine, |ended| ended.urgency);
    let (to, letter) = (delivery.provider_id.clone(), delivery.referral_id.clone());
    Ok((Task::new(case.id.clone(), case.subject.clone(), to, urgency, letter, now), true))
}

/// The institution can take letters today, and no live link leads it to this one already. Gives the case's requests and links,
/// which had to be read for it.
async fn may_go(
    state: &State,
    case: &Case,
    letter: &ReferralRecord,
) -> Result<(Vec<Task>, HashMap<LinkId, Link>), Problem> {
    let now = state.db.now();
    let at = Place::Provider(letter.recipient.clone());
    // These do not depend on each other; all are read after the snapshot.
    let (directory, deliveries, tasks) =
        tokio::try_join!(state.db.read([at]), state.db.deliveries(&case.id), state.db.tasks(&case.id))?;
    if !directory.provider(&letter.recipient)?.is_some_and(|to| to.takes(case, now)) {
        return Err(Problem::conflict("recipient-not-available"));
    }
    let links = state.db.links_of(&deliveries).await?;
    // One that is suspended is made anew by a coordinator, not doubled.
    let mut to_it = links.values().filter(|link| link.referral_id == letter.id);
    if to_it.any(|link| link.live(now) || (link.state == LinkState::Suspended && link.reissuable(now))) {
        return Err(Problem::conflict("already-on-its-way"));
    }
    Ok((tasks, links))
}

/// The link of a new delivery.
pub(crate) fn new_link(delivery: &DeliveryRecord, subject: &Subject, secret: &LinkSecret, basis: &[EventId]) -> Link {
    let of = LinkOf {
        id: delivery.link_id.clone(),
        case_id: delivery.case_id.clone(),
        subject: subject.clone(),
        referral_id: delivery.referral_id.clone(),
        delivery_id: delivery.id.clone(),
        provider_id: delivery.provider_id.clone(),
        basis: basis.to_vec(),
    };
    Link::queued(of, secret.sha256(), delivery.created_at)
}

/// The mail that carries a new link.
fn new_mail(link: &Link) -> MailRecord {
    let about = MailAbout::ProviderLink {
        link_id: link.id.clone(),
        generation: link.generation,
        provider_id: link.provider_id.clone(),
    };
    MailRecord::new(about, link.case_id.clone(), link.subject.clone(), link.created_at)
}
