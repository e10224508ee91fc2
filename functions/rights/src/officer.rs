//! Use cases of the data protection officer: the queue, a request, and the steps that decide it.

use crate::api::RightQueueParams;
use crate::own::{ATTEMPTS, read};
use crate::view::{RightQueueItem, RightQueueList, RightState, RightView};
use crate::{State, deletion, refused, tell};
use axum::response::Response;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::clock::end_of_kst_day;
use medius_domain::export::Export;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, ProviderId, RightId, Subject};
use medius_domain::policy::Thing;
use medius_domain::provider::Provider;
use medius_domain::rights::{
    DeferralGround, Evidence, Ground, Outcome, Refused, Right, RightsRequest, State as Stands,
};
use medius_http::{Errand, IdempotentRequest, Origin, Problem, ProblemKind, Remembered, Staff, replay, settle};
use medius_store::{Change, MailAbout, MailRecord, Place, Snapshot};
use std::collections::BTreeSet;

/// What the officer does with a request.
pub(crate) enum Decided {
    /// Takes it in hand.
    Assign,
    /// Asks the patient for something.
    AskEvidence(BTreeSet<Evidence>),
    /// Goes on after waiting.
    TakeUp,
    /// Agrees.
    Approve,
    /// Turns it down.
    Refuse(Ground),
    /// Puts it off.
    Defer(DeferralGround, NaiveDate),
    /// Has carried it out, wholly or in part.
    Complete(Outcome, Option<Ground>),
    /// Passes it on to the institution that recorded it, wholly or in part.
    Forward(ProviderId, Option<Ground>),
    /// Decides about the objection.
    Objection(bool),
}

impl Decided {
    const fn part(&self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::AskEvidence(_) => "request-evidence",
            Self::TakeUp => "take-up",
            Self::Approve => "approve",
            Self::Refuse(_) => "refuse",
            Self::Defer(..) => "defer",
            Self::Complete(..) | Self::Forward(..) => "complete",
            Self::Objection(_) => "objection",
        }
    }

    const fn agrees(&self) -> bool {
        matches!(self, Self::Approve | Self::Objection(true))
    }

    const fn institution(&self) -> Option<&ProviderId> {
        match self {
            Self::Forward(institution, _) => Some(institution),
            Self::Assign
            | Self::AskEvidence(_)
            | Self::TakeUp
            | Self::Approve
            | Self::Refuse(_)
            | Self::Defer(..)
            | Self::Complete(..)
            | Self::Objection(_) => None,
        }
    }

    fn on(
        &self,
        request: &RightsRequest,
        by: &Subject,
        case_open: bool,
        now: DateTime<Utc>,
    ) -> Result<RightsRequest, Refused> {
        match self {
            Self::Assign => request.assign(by, now),
            Self::AskEvidence(needed) => request.ask_evidence(by, needed.clone(), now),
            Self::TakeUp => request.take_up(by, now),
            Self::Approve => request.approve(by, case_open, now),
            Self::Refuse(ground) => request.refuse(by, *ground, now),
            Self::Defer(ground, until) => request.defer(by, *ground, *until, now),
            Self::Complete(outcome, but) => request.complete(by, *outcome, *but, now),
            Self::Forward(institution, but) => request.forward(by, institution, *but, now),
            Self::Objection(uphold) => request.decide_objection(by, *uphold, now),
        }
    }
}

fn errand<'a>(staff: &'a Staff, origin: &'a Origin, action: Action, object: Object) -> Errand<'a> {
    Errand { staff, origin, action, object, purpose: Purpose::PatientRights, reason: None }
}

/// The queue. The look is in the log of the registry before anything is shown.
pub(crate) async fn queue(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    wanted: &RightQueueParams,
) -> Result<RightQueueList, Problem> {
    let leave = errand(staff, origin, Action::View, Object::part(Thing::Right, "queue"));
    leave.admitted(&state.db).await?;
    let permit = leave.on_service(&Scope::Registry)?;
    if wanted.due_by.is_some_and(|day| !(0..=9998).contains(&day.year())) {
        return Err(Problem::invalid([FieldError::new("/due_by", Invalid::OutOfRange)]));
    }
    let now = state.db.now();
    // Where nobody has shown who asks there is nothing to do: such requests wait out of the way of real ones.
    let waits = |state: &Stands| !state.closed() && *state != Stands::IdentityPending;
    let open: Vec<Stands> = Stands::ALL.into_iter().filter(waits).collect();
    let states = wanted.state.map_or(open, |state| vec![state]);
    let until = wanted.due_by.map_or(DateTime::<Utc>::MAX_UTC, end_of_kst_day);
    let found = state.db.rights_queue(&states, until.min(far())).await?;
    let snapshot = state.db.read([Place::LogHead(Scope::Registry)]).await?;
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    let items = found.items.iter().map(|request| RightQueueItem::new(request, &staff.subject, now)).collect();
    Ok(RightQueueList { items, more: found.more })
}

/// A day after everything that can be due; later years have five digits and would sort before.
fn far() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(9999, 12, 30).map_or(DateTime::<Utc>::MAX_UTC, end_of_kst_day)
}

/// Opens a request.
pub(crate) async fn open(state: &State, staff: &Staff, origin: &Origin, id: &RightId) -> Result<RightView, Problem> {
    let leave = errand(staff, origin, Action::View, Object::of(Thing::Right, id, ""));
    leave.admitted(&state.db).await?;
    let (snapshot, request) = read(state, id, []).await?;
    let permit = leave.on_right(&request)?;
    let now = state.db.now();
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    Ok(RightView::new(&request, now, true))
}

/// Whether what the request is about is still in use: then two people must agree to delete it. A request about everything
/// counts as such.
fn case_open(snapshot: &Snapshot, request: &RightsRequest) -> Result<bool, Problem> {
    let Some(id) = &request.case_id else { return Ok(true) };
    Ok(snapshot.case(id)?.is_some_and(|case| case.completion.is_none()))
}

/// The request with what a decision brings with it: a deletion that is agreed to is entered into the ledger, and what access is
/// put off to another day is about is kept for so long. To whom a correction is passed on is told, and can fetch what the patient
/// said.
async fn carried(
    state: &State,
    change: &mut Change,
    snapshot: &Snapshot,
    (next, to): (RightsRequest, Option<&ProviderId>),
    cases: &[CaseId],
) -> Result<RightsRequest, Problem> {
    if next.right == Right::Deletion && next.state == Stands::Executing {
        return deletion::order(state, change, snapshot, next, cases).await;
    }
    if let (Some(institution), Some(case)) = (to, &next.case_id) {
        if Provider::is_synthetic(institution) || snapshot.provider(institution)?.is_none() {
            return Err(Problem::invalid([FieldError::new("/institution", Invalid::UnknownValue)]));
        }
        if next.values_given > 0 {
            // What the patient said goes along: the mail has a link to it, and the code that opens it goes to the same mailbox.
            let (secret, whose) = (state.copies.secret(&next.id).await?, (next.subject.clone(), case.clone()));
            let now = state.db.now();
            change.put_export(&Export::statement(next.id.clone(), whose, institution.clone(), &secret, now))?;
        }
        let about = MailAbout::ProviderCorrection { provider_id: institution.clone(), right_id: next.id.clone() };
        change.order_mail(&MailRecord::nameless(about, case.clone(), state.db.now()))?;
    }
    if let Some(until) = next.keeps_until() {
        deletion::keep(change, snapshot, cases, until, state.db.now())?;
    }
    Ok(next)
}

/// Takes a step.
pub(crate) async fn decide(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    id: &RightId,
    decided: &Decided,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut attempt = 1;
    loop {
        let leave = errand(staff, origin, Action::Update, Object::of(Thing::Right, id, decided.part()));
        leave.admitted(&state.db).await?;
        // What the request is about says the request itself; what a decision does to that is decided on the same moment.
        let (_, found) = read(state, id, []).await?;
        // What is to be destroyed is only looked for where that is agreed to.
        let cases = if found.right == Right::Deletion && !decided.agrees() {
            Vec::new()
        } else {
            deletion::cases_of(state, &found).await?
        };
        let more = deletion::places(&cases)
            .into_iter()
            .chain([Place::Idempotency(request.scope_sha256.clone())])
            .chain(decided.institution().cloned().map(Place::Provider));
        let (snapshot, found) = read(state, id, more).await?;
        let permit = leave.on_right(&found)?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(answer);
        }
        let now = state.db.now();
        let next = match decided.on(&found, &staff.subject, case_open(&snapshot, &found)?, now) {
            Ok(next) => next,
            Err(refusal) => {
                if matches!(refusal, Refused::SecondPersonNeeded | Refused::AnotherPersonNeeded) {
                    // Somebody who wants to be both people is what the log is for.
                    state.db.commit(Change::new(permit.refused(), now), &snapshot).await?;
                }
                return Err(refused(refusal));
            }
        };
        let mut change = Change::new(permit, now);
        let next = carried(state, &mut change, &snapshot, (next, decided.institution()), &cases).await?;
        change.rights_request(&next)?;
        tell(&mut change, &next)?;
        let answer = Remembered::new(&mut change, request, StatusCode::OK, None, &RightState::from(&next))?;
        match settle(&state.db, change, Some(&snapshot), request, answer).await {
            // Somebody was at this request meanwhile; what that means is said by the next attempt.
            Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
            other => return other,
        }
    }
}
