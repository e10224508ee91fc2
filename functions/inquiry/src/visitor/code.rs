//! A visitor's codes: another one, and the way from a right one to a ticket. Everything that is wrong is the one 404, and counts.

use super::api::{VisitorState, VisitorTicket};
use super::mail;
use crate::State;
use crate::api::InquirySummary;
use crate::thread::{ATTEMPTS, object, sealed};
use medius_domain::access::{Action, Authentication, Purpose};
use medius_domain::code::{CodeState, OneTimeCode, Ticket};
use medius_domain::id::InquiryId;
use medius_domain::inquiry::{Inquiry, Visitor};
use medius_domain::policy::{On, Permit, permit};
use medius_http::{Asked, Counted, Origin, Problem, SourceIp};
use medius_store::{Change, Conflict, Place, Snapshot, StoreError, pause};

/// A visitor's inquiry with what was read; every other one is as absent as one that is nowhere.
async fn found(
    state: &State,
    id: &InquiryId,
    more: impl IntoIterator<Item = Place>,
) -> Result<(Snapshot, Inquiry, Visitor), Problem> {
    let snapshot = state.db.read(Place::of_inquiry(id).into_iter().chain(more)).await?;
    let inquiry = snapshot.inquiry(id)?.ok_or_else(Problem::not_found)?;
    let visitor = inquiry.visitor.clone().ok_or_else(Problem::not_found)?;
    Ok((snapshot, inquiry, visitor))
}

fn leave(origin: &Origin, inquiry: &Inquiry, how: Authentication, part: &'static str) -> Result<Permit, Problem> {
    let about = object(&inquiry.id, part);
    let event = origin.without_sign_in(&inquiry.subject, how, Action::Update, about, Purpose::Inquiry);
    Ok(permit(event, &On::Inquiry(inquiry))?)
}

/// Whether somebody else was at the same inquiry: then it is decided anew.
const fn again(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict(Conflict::Version | Conflict::Busy))
}

/// Orders another code; the one before ends.
pub(super) async fn order(
    state: &State,
    (origin, ip): (&Origin, SourceIp),
    id: &InquiryId,
) -> Result<VisitorState, Problem> {
    let network = state.mailboxes.network(ip.0).await?;
    let (_, _, visitor) = found(state, id, []).await?;
    let counted = Counted::new(Asked::Inquiry, &network, &visitor.mailbox);
    let mut attempt = 1;
    loop {
        let (snapshot, inquiry, visitor) = found(state, id, counted.places()).await?;
        let now = state.db.now();
        let code = CodeState::next(Some(&visitor.code), now)?;
        let leave = leave(origin, &inquiry, Authentication::Nothing, "code")?;
        let before = sealed(&snapshot, &leave)?;
        let mut change = Change::new(leave, now);
        let mailed = counted.count(&state.db, &snapshot, &mut change, &mail(id, &code, now))?;
        let next = inquiry.with_code(code.if_mailed(mailed));
        let sealed = state.inquiries.again(&next, before).await?;
        change.update_inquiry(&next, &sealed)?;
        match state.db.commit(change, &snapshot).await {
            Ok(()) => return Ok(VisitorState::new(&next, code.valid_until)),
            Err(error) if attempt < ATTEMPTS && again(&error) => pause(attempt).await,
            Err(error) => return Err(error.into()),
        }
        attempt += 1;
    }
}

/// Takes a code.
pub(super) async fn verify(
    state: &State,
    origin: &Origin,
    id: &InquiryId,
    typed: &OneTimeCode,
) -> Result<VisitorTicket, Problem> {
    let mut attempt = 1;
    loop {
        let (snapshot, inquiry, visitor) = found(state, id, []).await?;
        let now = state.db.now();
        if !visitor.code.usable(now) {
            return Err(Problem::not_found());
        }
        let right = state.codes.inquiry_code(id, visitor.code.n).await?.matches(typed);
        let (next, leave, answer) = if right {
            let ticket = Ticket::new()?;
            let next = inquiry.confirmed(&ticket, now);
            let valid_until = ticket.state(now).valid_until;
            let shown = InquirySummary::from(&next);
            let answer = VisitorTicket { ticket: ticket.expose().to_owned(), valid_until, inquiry: shown };
            (next, leave(origin, &inquiry, Authentication::MailboxCode, "verification")?, Ok(answer))
        } else {
            let next = inquiry.with_code(visitor.code.tried());
            let leave = leave(origin, &inquiry, Authentication::Nothing, "verification")?;
            (next, leave.refused(), Err(Problem::not_found()))
        };
        let sealed = state.inquiries.again(&next, sealed(&snapshot, &leave)?).await?;
        let mut change = Change::new(leave, now);
        change.update_inquiry(&next, &sealed)?;
        match state.db.commit(change, &snapshot).await {
            Ok(()) => return answer,
            // Of many tries at once each is counted: this one has not been.
            Err(error) if attempt < ATTEMPTS && again(&error) => pause(attempt).await,
            Err(error) => return Err(error.into()),
        }
        attempt += 1;
    }
}
