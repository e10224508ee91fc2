//! Use cases of a patient with a request that is there.

use crate::view::{RightState, RightView};
use crate::{State, deletion, refused, tell};
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Authentication, Object, Purpose, Scope};
use medius_domain::code::Ticket;
use medius_domain::id::RightId;
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_domain::rights::RightsRequest;
use medius_http::{IdempotentRequest, Origin, Patient, Problem, ProblemKind, Remembered, own_right, replay, settle};
use medius_store::{Change, Place, Snapshot};
use std::collections::HashSet;

/// Times that a step is decided again when somebody else was at the same request at the same moment.
pub(crate) const ATTEMPTS: usize = 4;

/// What a patient does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Move {
    /// Takes it back.
    Cancel,
    /// Objects to the decision.
    Object,
    /// Has given what was asked for.
    EvidenceGiven,
}

impl Move {
    const fn part(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Object => "object",
            Self::EvidenceGiven => "evidence",
        }
    }
}

/// The chain in which what happens to a request is written down: its case's, where it is about one.
pub(crate) fn scope(request: &RightsRequest) -> Scope {
    request.case_id.as_ref().map_or_else(|| Scope::Right(request.id.clone()), Scope::from)
}

/// A request with what else must be known of the same moment. Which that is, the request says itself, so it is read twice.
pub(crate) async fn read(
    state: &State,
    id: &RightId,
    more: impl IntoIterator<Item = Place>,
) -> Result<(Snapshot, RightsRequest), Problem> {
    let first = state.db.read([Place::Right(id.clone())]).await?;
    let request = first.rights_request(id)?.ok_or_else(Problem::not_found)?;
    let always = [Place::Right(id.clone()), Place::LogHead(scope(&request))];
    let case = request.case_id.clone().map(Place::Case);
    // A transaction reads each place once.
    let places: HashSet<Place> = always.into_iter().chain(case).chain(more).collect();
    let snapshot = state.db.read(places).await?;
    let request = snapshot.rights_request(id)?.ok_or_else(Problem::not_found)?;
    Ok((snapshot, request))
}

/// Who comes to a request of theirs.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// The patient, signed in.
    Patient(&'a Patient),
    /// Who has the ticket that a right code gave.
    Ticket(&'a Ticket),
}

impl By<'_> {
    /// A request as who comes to it: its patient is known also where it is closed for long.
    async fn recognised(self, state: &State, request: RightsRequest) -> Result<RightsRequest, Problem> {
        match self {
            Self::Patient(patient) if request.hidden => {
                let pseudonym = state.pseudonym(&patient.subject).await?;
                Ok(request.known_to(&patient.subject, &pseudonym))
            }
            Self::Patient(_) | Self::Ticket(_) => Ok(request),
        }
    }

    /// Where a part of the request is for whoever comes.
    pub(crate) fn location(self, id: &RightId, part: &str) -> String {
        match self {
            Self::Patient(_) => format!("/v1/rights-requests/{id}/{part}"),
            Self::Ticket(_) => format!("/v1/public/rights-requests/{id}/{part}"),
        }
    }

    /// Leave to do something with it. The snapshot must hold the head of the request's chain.
    pub(crate) async fn leave(
        self,
        state: &State,
        snapshot: &Snapshot,
        origin: &Origin,
        request: &RightsRequest,
        (action, part): (Action, &'static str),
    ) -> Result<Permit, Problem> {
        let object = Object::of(Thing::Right, &request.id, part);
        self.leave_on(state, snapshot, origin, request, (action, object)).await
    }

    /// Leave to do something with what belongs to it.
    pub(crate) async fn leave_on(
        self,
        state: &State,
        snapshot: &Snapshot,
        origin: &Origin,
        request: &RightsRequest,
        (action, object): (Action, Object),
    ) -> Result<Permit, Problem> {
        let ticket = match self {
            Self::Patient(patient) => {
                let event = origin.patient(patient, action, object, Purpose::PatientRights);
                return own_right(&state.db, snapshot, request, event).await;
            }
            Self::Ticket(ticket) => ticket,
        };
        let admitted = request.admits(ticket, state.db.now());
        let how = if admitted { Authentication::MailboxCode } else { Authentication::Nothing };
        let event = origin.without_sign_in(&request.subject, how, action, object, Purpose::PatientRights);
        if admitted {
            return Ok(permit(event, &On::Right(request))?);
        }
        let refusal = Permit::refusal(event, &On::Right(request));
        state.db.commit(Change::new(refusal, state.db.now()), snapshot).await?;
        Err(Problem::not_found())
    }
}

/// Shows a request.
pub(crate) async fn look(state: &State, by: By<'_>, origin: &Origin, id: &RightId) -> Result<RightView, Problem> {
    let (snapshot, request) = read(state, id, []).await?;
    let request = by.recognised(state, request).await?;
    let permit = by.leave(state, &snapshot, origin, &request, (Action::View, "")).await?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(RightView::new(&request, state.db.now(), false))
}

/// Takes a step.
pub(crate) async fn change(
    state: &State,
    by: By<'_>,
    origin: &Origin,
    id: &RightId,
    step: Move,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut attempt = 1;
    loop {
        let (_, found) = read(state, id, []).await?;
        let cases = match step {
            Move::Object => deletion::cases_of(state, &found).await?,
            Move::Cancel | Move::EvidenceGiven => Vec::new(),
        };
        let more = deletion::places(&cases).into_iter().chain([Place::Idempotency(request.scope_sha256.clone())]);
        let (snapshot, found) = read(state, id, more).await?;
        let found = by.recognised(state, found).await?;
        let permit = by.leave(state, &snapshot, origin, &found, (Action::Update, step.part())).await?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(answer);
        }
        let now = state.db.now();
        let next = match step {
            Move::Cancel => found.cancel(now),
            Move::Object => found.object(now),
            Move::EvidenceGiven => found.evidence_given(now),
        }
        .map_err(refused)?;
        let mut change = Change::new(permit, now);
        if let Some(until) = next.keeps_until() {
            deletion::keep(&mut change, &snapshot, &cases, until, now)?;
        }
        change.rights_request(&next)?;
        tell(&mut change, &next)?;
        let answer = Remembered::new(&mut change, request, StatusCode::OK, None, &RightState::from(&next))?;
        match settle(&state.db, change, Some(&snapshot), request, answer).await {
            Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
            other => return other,
        }
    }
}
