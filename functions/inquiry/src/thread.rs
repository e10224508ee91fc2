//! The patient's side: asking, reading, asking on, closing.

use crate::State;
use crate::api::{Closing, InquirySummary, InquiryView, NewInquiry};
use crate::by::By;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::chain::sha256_hex;
use medius_domain::code::TooMany;
use medius_domain::id::{CaseId, InquiryId, Subject};
use medius_domain::inquiry::{Inquiry, Step, Thread};
use medius_domain::message::MessageText;
use medius_domain::policy::{On, Permit, Role, Thing, permit};
use medius_domain::upload::Owner;
use medius_http::{IdempotentRequest, IfMatch, Language, Origin, Patient, Problem, ProblemKind, Remembered, replay};
use medius_store::{Change, Conflict, Place, SealedInquiry, Snapshot, StoreError, Tally, pause};

/// New inquiries of one person in an hour.
const MOST_PER_HOUR: u32 = 10;

/// Where new inquiries of a person are counted.
fn tally_of(subject: &Subject) -> String {
    sha256_hex(format!("medius/inquiries/v1|{subject}").as_bytes())
}

/// What is sealed of an inquiry; without its key it is destroyed, whatever else is lying about.
pub(crate) fn sealed(snapshot: &Snapshot, leave: &Permit) -> Result<SealedInquiry, Problem> {
    snapshot.sealed_inquiry(leave).ok_or_else(Problem::not_found)
}

/// The reference to an inquiry in the log.
pub(crate) fn object(id: &InquiryId, part: &'static str) -> Object {
    Object::of(Thing::Inquiry, id, part)
}

/// That a case which an inquiry names is the patient's own: foreign, absent and gone are one answer.
fn own(snapshot: &Snapshot, case: Option<&CaseId>, subject: &Subject) -> Result<(), Problem> {
    let Some(case) = case else { return Ok(()) };
    snapshot.case_of(case, subject)?.map(|_| ()).ok_or_else(Problem::not_found)
}

/// Times that a change is decided about anew when somebody else changed the same thing, or the same request was quicker.
pub(crate) const ATTEMPTS: u32 = 5;

/// What is decided on what was read: an answer to a repeat, or a change with its answer.
pub(crate) enum Decided {
    Before(Response),
    Now { change: Box<Change>, snapshot: Option<Snapshot>, answer: Remembered },
}

/// Decides and commits, again and again where somebody was quicker.
pub(crate) async fn commit<F: Future<Output = Result<Decided, Problem>>>(
    state: &State,
    decide: impl Fn() -> F,
) -> Result<Response, Problem> {
    let mut last = Conflict::Busy;
    for attempt in 1..=ATTEMPTS {
        let (change, snapshot, answer) = match decide().await? {
            Decided::Before(answer) => return Ok(answer),
            Decided::Now { change, snapshot, answer } => (*change, snapshot, answer),
        };
        let outcome = match &snapshot {
            Some(snapshot) => state.db.commit(change, snapshot).await,
            None => state.db.commit_first(change).await,
        };
        match outcome {
            Ok(()) => return Ok(answer.into_response()),
            Err(StoreError::Conflict(conflict @ (Conflict::Version | Conflict::Idempotency))) => last = conflict,
            Err(error) => return Err(error.into()),
        }
        pause(attempt).await;
    }
    Err(StoreError::Conflict(if last == Conflict::Version { Conflict::Busy } else { last }).into())
}

/// Asks.
pub(crate) async fn create(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    new: &NewInquiry,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    commit(state, || try_create(state, (patient, origin), new, request)).await
}

async fn try_create(
    state: &State,
    (patient, origin): (&Patient, &Origin),
    new: &NewInquiry,
    request: &IdempotentRequest,
) -> Result<Decided, Problem> {
    let (now, tally_name) = (state.db.now(), tally_of(&patient.subject));
    let fixed = [Place::Tally(tally_name.clone()), Place::Idempotency(request.scope_sha256.clone())];
    let snapshot = state.db.read(fixed.into_iter().chain(new.case_id.clone().map(Place::Case))).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Decided::Before(answer));
    }
    own(&snapshot, new.case_id.as_ref(), &patient.subject)?;
    let tally = Tally::more(snapshot.tally(&tally_name)?, now);
    if tally.n > MOST_PER_HOUR {
        return Err(TooMany::until(tally.ends(), now).into());
    }
    let inquiry = Inquiry::new(patient.subject.clone(), new.topic, new.case_id.clone(), now);
    let event = origin.patient(patient, Action::Create, object(&inquiry.id, ""), Purpose::Inquiry);
    let leave = permit(event, &On::Inquiry(&inquiry))?;
    let thread = Thread::default().with(Role::Patient, new.text.clone(), now).ok_or_else(full)?;
    let answer_to = match new.answer_to() {
        Some(to) => Some(state.answers.seal_answer_to(&inquiry.id, &to).await?),
        None => None,
    };
    let sealed = state.inquiries.seal(&inquiry, None, &thread).await?.announced_at(answer_to);
    let mut change = Box::new(Change::new(leave, now));
    change.create_inquiry(&inquiry, &sealed)?;
    change.count(&tally_name, &tally)?;
    let location = format!("/v1/inquiries/{}", inquiry.id);
    let summary = InquirySummary::from(&inquiry);
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, Some(location), &summary)?;
    Ok(Decided::Now { change, snapshot: None, answer })
}

pub(crate) fn full() -> Problem {
    Problem::conflict("thread-full")
}

pub(crate) fn closed() -> Problem {
    Problem::conflict("inquiry-closed")
}

/// One's own inquiry with what was written in it.
pub(crate) async fn get(
    state: &State,
    by: By<'_>,
    origin: &Origin,
    id: &InquiryId,
    language: Language,
) -> Result<(u64, InquiryView), Problem> {
    let snapshot = state.db.read(Place::of_inquiry(id)).await?;
    let (inquiry, leave) = by.leave(state, &snapshot, origin, id, (Action::View, "")).await?;
    let thread = state.inquiries.open(id, &sealed(&snapshot, &leave)?).await?;
    let files = state.db.uploads(&Owner::Inquiry(id.clone())).await?;
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    Ok((inquiry.version, InquiryView::new(&inquiry, &thread, &files, language)))
}

/// Adds a text to a thread: the same for both sides.
pub(crate) async fn written(
    state: &State,
    snapshot: &Snapshot,
    (inquiry, leave): (&Inquiry, &Permit),
    step: Step,
    text: &MessageText,
) -> Result<(Inquiry, Box<Change>), Problem> {
    let now = state.db.now();
    let next = inquiry.after(step, now).ok_or_else(closed)?;
    let before = sealed(snapshot, leave)?;
    let thread = state.inquiries.open(&inquiry.id, &before).await?;
    let from = leave.event().actor.role();
    let thread = thread.with(from, text.clone(), now).ok_or_else(full)?;
    let sealed = state.inquiries.seal(&next, Some(&before), &thread).await?;
    let mut change = Box::new(Change::new(leave.clone(), now));
    change.update_inquiry(&next, &sealed)?;
    Ok((next, change))
}

/// Asks on.
pub(crate) async fn ask(
    state: &State,
    by: By<'_>,
    origin: &Origin,
    id: &InquiryId,
    text: &MessageText,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    commit(state, || try_ask(state, (by, origin), id, text, request)).await
}

async fn try_ask(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &InquiryId,
    text: &MessageText,
    request: &IdempotentRequest,
) -> Result<Decided, Problem> {
    let repeat = Place::Idempotency(request.scope_sha256.clone());
    let snapshot = state.db.read(Place::of_inquiry(id).into_iter().chain([repeat])).await?;
    let (inquiry, leave) = by.leave(state, &snapshot, origin, id, (Action::Create, "message")).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Decided::Before(answer));
    }
    let (next, mut change) = written(state, &snapshot, (&inquiry, &leave), Step::Ask, text).await?;
    let summary = InquirySummary::from(&next);
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &summary)?;
    Ok(Decided::Now { change, snapshot: Some(snapshot), answer })
}

/// Closes.
pub(crate) async fn close(
    state: &State,
    by: By<'_>,
    origin: &Origin,
    id: &InquiryId,
    expected: IfMatch,
    closing: &Closing,
) -> Result<Inquiry, Problem> {
    let snapshot = state.db.read(Place::of_inquiry(id)).await?;
    let (inquiry, leave) = by.leave(state, &snapshot, origin, id, (Action::Update, "closing")).await?;
    if inquiry.version != expected.0 {
        return Err(ProblemKind::VersionMismatch.into());
    }
    let now = state.db.now();
    let next = inquiry.after(Step::Close, now).ok_or_else(closed)?;
    let next = Inquiry { satisfaction: closing.satisfaction, ..next };
    let sealed = state.inquiries.again(&next, sealed(&snapshot, &leave)?).await?;
    let mut change = Change::new(leave, now);
    change.update_inquiry(&next, &sealed)?;
    state.db.commit(change, &snapshot).await?;
    Ok(next)
}
