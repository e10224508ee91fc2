//! From the code to the ticket. Only who typed the code that was mailed comes to where the mailbox is looked up; everything
//! that is wrong is the one 404, and counts.

use super::api::ClaimTicket;
use super::{again, found};
use crate::ask::{done_already, take_effect};
use crate::own::{ATTEMPTS, scope};
use crate::view::RightState;
use crate::{State, deletion, refused, tell};
use medius_domain::access::{Action, Authentication, Event, Object, Purpose};
use medius_domain::code::{OneTimeCode, Ticket};
use medius_domain::consent::ConsentActor;
use medius_domain::id::{CaseId, RightId};
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_domain::rights::{Claim, Claimant, Keeper, Meant, Right, RightsRequest, State as Stands};
use medius_http::{Origin, Problem, ProblemKind};
use medius_store::{Change, Place, Snapshot, StoreError, pause};
use std::collections::HashSet;

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
    match claim.meant(&state.db.on_file(&claim.mailbox, claim.case_id.as_ref()).await?) {
        Some(meant) => right(state, origin, (&request, &claim), meant).await,
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

/// A right code: the request is about somebody now, and whoever typed it has a ticket. What cannot take effect with the code for
/// the state that a case is in, does not take the request from who proved to be its patient: it waits for the officer, and the
/// answer says why.
async fn right(
    state: &State,
    origin: &Origin,
    (request, claim): (&RightsRequest, &Claim),
    meant: Meant,
) -> Result<Result<ClaimTicket, StoreError>, Problem> {
    let (meant, looked) = of_age(state, origin, claim, meant).await?;
    let ticket = Ticket::new()?;
    let shown = request.shown(&meant, &ticket, state.db.now()).map_err(|_| Problem::not_found())?;
    let object = Object::of(Thing::Right, &shown.id, "verification");
    let known = Authentication::MailboxCode;
    let event = origin.without_sign_in(&shown.subject, known, Action::Update, object, Purpose::PatientRights);
    let takes = takes_effect(request, &shown);
    let verified = Verified { state, before: request, shown, event, looked, ticket };
    if !takes {
        return verified.settled(&[], None).await;
    }
    let settled = match deletion::cases_of(state, &verified.shown).await {
        Ok(about) => {
            let room = deletion::MOST_LINKS;
            deletion::end_links_ahead(state, &verified.event, &verified.shown, &about, room).await?;
            verified.settled(&about, None).await
        }
        Err(problem) => Err(problem),
    };
    match settled {
        Err(problem) if problem.kind() == ProblemKind::StateConflict => {
            if verified.shown.right == Right::Deletion {
                // Too much for one transaction; the links die all the same, each case's in its own.
                let all = deletion::every_case_of(state, &verified.shown).await?;
                deletion::end_links_ahead(state, &verified.event, &verified.shown, &all, 0).await?;
            }
            verified.settled(&[], problem.reason()).await
        }
        other => other,
    }
}

/// Who is meant, with whether a child behind a guardian's mailbox is of age by now: from then on it speaks for itself, and its
/// guardian shows a mandate like everybody else (PIPA Art. 22-2, 38). That the card was looked at is for the case's log.
async fn of_age(
    state: &State,
    origin: &Origin,
    claim: &Claim,
    meant: Meant,
) -> Result<(Meant, Option<Permit>), Problem> {
    if claim.claimant != Claimant::Guardian || meant.keeper != Keeper::Guardian {
        return Ok((meant, None));
    }
    let id = &meant.through;
    let places = [Place::Case(id.clone()), Place::Contact(id.clone()), Place::ContactKey(id.clone())];
    let snapshot = state.db.read(places).await?;
    let case = snapshot.case_of(id, &meant.subject)?.ok_or_else(Problem::not_found)?;
    let object = Object::part(Thing::Guardian, "");
    let known = Authentication::MailboxCode;
    let event = origin.without_sign_in(&meant.subject, known, Action::View, object, Purpose::PatientRights);
    let looked = permit(event, &On::Case(&case))?;
    let must_be = state.contacts.standing(&snapshot, &looked, &case).await?.must_be();
    let mandate = meant.mandate || must_be != ConsentActor::Guardian;
    Ok((Meant { mandate, ..meant }, Some(looked)))
}

/// A request whose code was right, before it is written.
struct Verified<'a> {
    state: &'a State,
    before: &'a RightsRequest,
    shown: RightsRequest,
    event: Event,
    /// Leave for the look at a guardian's card.
    looked: Option<Permit>,
    ticket: Ticket,
}

impl Verified<'_> {
    /// Writes it, with what it does to these cases at once; or, for a reason, without.
    async fn settled(
        &self,
        about: &[CaseId],
        waits_because: Option<&str>,
    ) -> Result<Result<ClaimTicket, StoreError>, Problem> {
        let Self { state, before, shown, event, looked, ticket } = self;
        let now = state.db.now();
        // In the chain of the case that it is about from now on, so that the patient sees it there.
        let of_look = looked.as_ref().map(|leave| Place::LogHead(leave.scope().clone()));
        let own_case = shown.case_id.clone().map(Place::Case);
        let read: HashSet<Place> = places(shown, about).into_iter().chain(of_look).chain(own_case).collect();
        let snapshot = state.db.read(read).await?;
        let mut change = Change::new(permit(event.clone(), &On::Right(shown))?, now);
        if let Some(leave) = looked {
            change.also(leave.clone());
        }
        let mut next = effects(state, &mut change, &snapshot, (shown.clone(), event), about).await?;
        let mut waits_because = waits_because;
        if waits_because.is_some()
            && let Some(case) = shown.case_id.as_ref().map(|id| snapshot.case(id)).transpose()?.flatten()
            && let Some(outcome) = done_already(shown, &case)
        {
            // Nothing is left to do: it is as who asks wants it.
            next = next.taken_effect(outcome, now).map_err(refused)?;
            waits_because = None;
        }
        change.rights_request(&next)?;
        if before.state == Stands::IdentityPending {
            tell(&mut change, &next)?;
        }
        deletion::fits(&change)?;
        // Unmoved: a link that is made at this moment must be seen.
        let committed = if about.is_empty() {
            state.db.commit(change, &snapshot).await
        } else {
            state.db.commit_unmoved(change, &snapshot).await
        };
        let view = ClaimTicket {
            ticket: ticket.expose().to_owned(),
            valid_until: ticket.state(now).valid_until,
            request: RightState::from(&next),
            waits_because: waits_because.map(ToOwned::to_owned),
        };
        Ok(committed.map(|()| view))
    }
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
