//! A visitor's new inquiry: sealed like every other, with the mailbox beside it under a key of its own.

use super::api::{VisitorInquiry, VisitorState};
use super::mail;
use crate::State;
use crate::thread::{Decided, commit, full, object};
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Authentication, Purpose};
use medius_domain::code::CodeState;
use medius_domain::id::Subject;
use medius_domain::inquiry::{AnswerTo, Inquiry, Thread, Visitor};
use medius_domain::policy::{On, Role, permit};
use medius_http::{Asked, Counted, IdempotencyKey, IdempotentRequest, Origin, Problem, Remembered, SourceIp, replay};
use medius_store::{Change, Place};

/// Takes an inquiry in and orders the code.
pub(super) async fn create(
    state: &State,
    (origin, ip): (&Origin, SourceIp),
    new: &VisitorInquiry,
    (key, body_sha256): (&IdempotencyKey, &str),
) -> Result<Response, Problem> {
    let (mailbox, network) = tokio::try_join!(state.mailboxes.mailbox(&new.email), state.mailboxes.network(ip.0))?;
    // Nobody is known; a repeat comes with the same mailbox.
    let request = key.request(&Subject::of(&mailbox), body_sha256);
    let counted = Counted::new(Asked::Inquiry, &network, &mailbox);
    commit(state, || try_create(state, origin, &counted, (new, &mailbox), &request)).await
}

async fn try_create(
    state: &State,
    origin: &Origin,
    counted: &Counted,
    (new, mailbox): (&VisitorInquiry, &str),
    request: &IdempotentRequest,
) -> Result<Decided, Problem> {
    let places = counted.places().into_iter().chain([Place::Idempotency(request.scope_sha256.clone())]);
    let snapshot = state.db.read(places).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Decided::Before(answer));
    }
    let now = state.db.now();
    let code = CodeState::next(None, now)?;
    let visitor = Visitor { mailbox: mailbox.to_owned(), code: code.clone(), ticket: None };
    let mut inquiry = Inquiry::of_visitor(visitor.clone(), new.topic, now);
    let thread = Thread::default().with(Role::Patient, new.text.clone(), now).ok_or_else(full)?;
    let to = AnswerTo { email: new.email.clone(), language: new.language };
    let answer_to = state.answers.seal_answer_to(&inquiry.id, &to).await?;
    let sealed = state.inquiries.seal(&inquiry, None, &thread).await?.announced_at(Some(answer_to));
    let nobody = Authentication::Nothing;
    let about = object(&inquiry.id, "");
    let event = origin.without_sign_in(&inquiry.subject, nobody, Action::Create, about, Purpose::Inquiry);
    let mut change = Box::new(Change::new(permit(event, &On::Inquiry(&inquiry))?, now));
    let mailed = counted.count(&state.db, &snapshot, &mut change, &mail(&inquiry.id, &code, now))?;
    inquiry.visitor = Some(Visitor { code: code.if_mailed(mailed), ..visitor });
    change.create_inquiry(&inquiry, &sealed)?;
    let view = VisitorState::new(&inquiry, code.valid_until);
    let answer = Remembered::new(&mut change, request, StatusCode::ACCEPTED, None, &view)?;
    Ok(Decided::Now { change, snapshot: None, answer })
}
