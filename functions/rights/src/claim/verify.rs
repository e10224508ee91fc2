//! From the code to the ticket. Only who typed the code that was mailed comes to where the mailbox is looked up; everything
//! that is wrong is the one 404, and counts.

use super::api::ClaimTicket;
use super::{again, found};
use crate::ask::take_effect;
use crate::own::{ATTEMPTS, scope};
use crate::view::RightState;
use crate::{State, deletion, tell};
use medius_domain::access::{Action, Authentication, Event, Object, Purpose};
use medius_domain::code::{OneTimeCode, Ticket};
use medius_domain::id::{CaseId, RightId};
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{Claim, Meant, RightsRequest, State as Stands};
use medius_http::{Origin, Problem};
use medius_store::{Change, Place, Snapshot, StoreError, pause};

/// Takes a code.
pub(super) async fn verify(
    state: &State,
    origin: &Origin,
    id: &RightId,
    typed: &OneTimeCode,
) -> Result<ClaimTicket, Problem> {
    let mut attempt = 1;
    loop {
        match try_verify(state, origin, id, typed).await? {
            Ok(ticket) => return Ok(ticket),
            Err(error) if attempt < ATTEMPTS && again(&error) => pause(u32::try_from(attempt).unwrap_or(1)).await,
            Err(error) => return Err(error.into()),
        }
        attempt += 1;
    }
}

async fn try_verify(
    state: &State,
    origin: &Origin,
    id: &RightId,
    typed: &OneTimeCode,
) -> Result<Result<ClaimTicket, StoreError>, Problem> {
    let (request, claim) = found(state, id).await?;
    // Asked before the code is derived and after it alike: a code that cannot be used says nothing of what is typed.
    if !claim.code.usable(state.db.now()) {
        return Err(Problem::not_found());
    }
    if !state.codes.right_code(id, claim.code.n).await?.matches(typed) {
        return wrong(state, origin, &request, &claim).await;
    }
    match claim.meant(&state.db.on_file(&claim.mailbox).await?) {
        Some(meant) => right(state, origin, &request, &meant).await,
        // The mailbox left the file since the code was mailed.
        None => wrong(state, origin, &request, &claim).await,
    }
}

/// A wrong try: it counts, and it is in the log.
async fn wrong(
    state: &State,
    origin: &Origin,
    request: &RightsRequest,
    claim: &Claim,
) -> Result<Result<ClaimTicket, StoreError>, Problem> {
    let snapshot = state.db.read([Place::LogHead(scope(request))]).await?;
    let object = Object::of(Thing::Right, &request.id, "verification");
    let nobody = Authentication::Nothing;
    let event = origin.without_sign_in(&request.subject, nobody, Action::Update, object, Purpose::PatientRights);
    let mut change = Change::new(permit(event, &On::Right(request))?.refused(), state.db.now());
    change.rights_request(&request.with_code(claim.code.tried()))?;
    match state.db.commit(change, &snapshot).await {
        Ok(()) => Err(Problem::not_found()),
        // Of many tries at once each is counted: this one has not been.
        Err(error) => Ok(Err(error)),
    }
}

/// A right code: the request is about somebody now, and whoever typed it has a ticket.
async fn right(
    state: &State,
    origin: &Origin,
    request: &RightsRequest,
    meant: &Meant,
) -> Result<Result<ClaimTicket, StoreError>, Problem> {
    let now = state.db.now();
    let ticket = Ticket::new()?;
    let shown = request.shown(meant, &ticket, now).map_err(|_| Problem::not_found())?;
    // In the chain of the case that it is about from now on, so that the patient sees it there.
    let about = if takes_effect(request, &shown) { deletion::cases_of(state, &shown).await? } else { Vec::new() };
    let snapshot = state.db.read(places(&shown, &about)).await?;
    let object = Object::of(Thing::Right, &shown.id, "verification");
    let known = Authentication::MailboxCode;
    let event = origin.without_sign_in(&shown.subject, known, Action::Update, object, Purpose::PatientRights);
    let mut change = Change::new(permit(event.clone(), &On::Right(&shown))?, now);
    let next = effects(state, &mut change, &snapshot, (shown, &event), &about).await?;
    change.rights_request(&next)?;
    if request.state == Stands::IdentityPending {
        tell(&mut change, &next)?;
    }
    deletion::fits(&change)?;
    // Unmoved: a link that is made at this moment must be seen.
    let committed = if about.is_empty() {
        state.db.commit(change, &snapshot).await
    } else {
        state.db.commit_unmoved(change, &snapshot).await
    };
    let valid_until = ticket.state(now).valid_until;
    let view = ClaimTicket { ticket: ticket.expose().to_owned(), valid_until, request: RightState::from(&next) };
    Ok(committed.map(|()| view))
}

/// Whether a request has just come to where what it does at once is done: somebody has shown who asks, and the mandate.
pub(crate) fn takes_effect(before: &RightsRequest, after: &RightsRequest) -> bool {
    before.state != Stands::Queued && after.state == Stands::Queued
}

/// What has to be read for that: the cases, and the heads of their chains.
pub(crate) fn places(request: &RightsRequest, about: &[CaseId]) -> Vec<Place> {
    let own = Place::LogHead(scope(request));
    let logs = about.iter().map(Place::case_log).filter(|place| *place != own);
    logs.chain(about.iter().cloned().map(Place::Case)).chain([own.clone()]).collect()
}

/// Puts what a request does to its cases at once into the change, with an entry in the log of each.
pub(crate) async fn effects(
    state: &State,
    change: &mut Change,
    snapshot: &Snapshot,
    (mut request, event): (RightsRequest, &Event),
    about: &[CaseId],
) -> Result<RightsRequest, Problem> {
    for id in about {
        let Some(case) = snapshot.case(id)? else { continue };
        let before = change.size();
        request = take_effect(state, change, request, &case).await?;
        if change.size() != before {
            change.also(permit(event.clone(), &On::Case(&case))?);
        }
    }
    Ok(request)
}
