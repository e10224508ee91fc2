//! The staff's side: what waits, who looks after it, reading, answering.

use crate::State;
use crate::api::{AnswerRequest, Assignee, Assigning, InquirySummary, InquiryView, Queue, QueueItem, QueueParams};
use crate::thread::{Decided, commit, object, sealed, written};
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{AccessReason, Action, Object, Purpose, Scope};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::InquiryId;
use medius_domain::inquiry::{Inquiry, InquiryState, Step, Topic};
use medius_domain::policy::Thing;
use medius_domain::upload::Owner;
use medius_http::{
    Errand, IdempotentRequest, IfMatch, Language, Origin, Problem, ProblemKind, Remembered, Staff, replay,
};
use medius_store::{Change, MailAbout, MailRecord, Notice, Place};

/// Inquiries in one answer.
const MOST: usize = 100;

pub(crate) fn errand<'a>(
    (staff, origin): (&'a Staff, &'a Origin),
    action: Action,
    object: Object,
    reason: Option<AccessReason>,
) -> Errand<'a> {
    Errand { staff, origin, action, object, purpose: Purpose::Inquiry, reason }
}

/// Inquiries that wait and are the asker's to answer: ids, topics and times, and nothing about who asked.
pub(crate) async fn queue(state: &State, who: (&Staff, &Origin), wanted: &QueueParams) -> Result<Queue, Problem> {
    let errand = errand(who, Action::View, Object::part(Thing::Inquiry, ""), None);
    errand.admitted(&state.db).await?;
    let leave = errand.on_service(&Scope::Registry)?;
    if wanted.state == Some(InquiryState::Unconfirmed) {
        // Nobody has shown yet whose they are: for staff they are not there.
        return Err(Problem::invalid([FieldError::new("/state", Invalid::UnknownValue)]));
    }
    let mine = |topic: &Topic| who.0.roles.contains(&topic.answered_by()) && wanted.topic.is_none_or(|t| t == *topic);
    let (mut found, mut more): (Vec<Inquiry>, bool) = (Vec::new(), false);
    for topic in Topic::ALL.into_iter().filter(mine) {
        let (some, and_more) = state.db.inquiries_in(topic, wanted.state.unwrap_or(InquiryState::Open)).await?;
        found.extend(some);
        more |= and_more;
    }
    found.sort_by(|a, b| (a.updated_at, &a.id).cmp(&(b.updated_at, &b.id)));
    more |= found.len() > MOST;
    found.truncate(MOST);
    let snapshot = state.db.read([Place::LogHead(Scope::Registry)]).await?;
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    Ok(Queue { items: found.iter().map(|inquiry| QueueItem::new(inquiry, &who.0.subject)).collect(), more })
}

/// Opens an inquiry.
pub(crate) async fn open(
    state: &State,
    who: (&Staff, &Origin),
    id: &InquiryId,
    reason: Option<AccessReason>,
    language: Language,
) -> Result<(u64, InquiryView), Problem> {
    let errand = errand(who, Action::View, object(id, ""), reason);
    errand.admitted(&state.db).await?;
    let snapshot = state.db.read(Place::of_inquiry(id)).await?;
    let (inquiry, leave) = errand.on_inquiry(&state.db, &snapshot, id).await?;
    let thread = state.inquiries.open(id, &sealed(&snapshot, &leave)?).await?;
    let files = state.db.uploads(&Owner::Inquiry(id.clone())).await?;
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    Ok((inquiry.version, InquiryView::new(&inquiry, &thread, &files, language)))
}

/// Takes an inquiry, or gives it back.
pub(crate) async fn assign(
    state: &State,
    who: (&Staff, &Origin),
    id: &InquiryId,
    expected: IfMatch,
    wanted: &Assigning,
) -> Result<Inquiry, Problem> {
    let errand = errand(who, Action::Update, object(id, "assignment"), None);
    errand.admitted(&state.db).await?;
    let snapshot = state.db.read(Place::of_inquiry(id)).await?;
    let (inquiry, leave) = errand.on_inquiry(&state.db, &snapshot, id).await?;
    if inquiry.version != expected.0 {
        return Err(ProblemKind::VersionMismatch.into());
    }
    let assignee = match wanted.assignee {
        Assignee::Me => Some(who.0.subject.clone()),
        Assignee::None => None,
    };
    let now = state.db.now();
    let next = inquiry.assigned(assignee, now);
    let sealed = state.inquiries.again(&next, sealed(&snapshot, &leave)?).await?;
    let mut change = Change::new(leave, now);
    change.update_inquiry(&next, &sealed)?;
    state.db.commit(change, &snapshot).await?;
    Ok(next)
}

/// Answers. Whoever left a mailbox with the inquiry, or with the case that it is about, gets a mail with a link and none of the
/// text.
pub(crate) async fn answer(
    state: &State,
    who: (&Staff, &Origin),
    id: &InquiryId,
    body: &AnswerRequest,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    errand(who, Action::Create, object(id, "answer"), body.reason).admitted(&state.db).await?;
    commit(state, || try_answer(state, who, id, body, request)).await
}

async fn try_answer(
    state: &State,
    who: (&Staff, &Origin),
    id: &InquiryId,
    body: &AnswerRequest,
    request: &IdempotentRequest,
) -> Result<Decided, Problem> {
    let errand = errand(who, Action::Create, object(id, "answer"), body.reason);
    let repeat = Place::Idempotency(request.scope_sha256.clone());
    let snapshot = state.db.read(Place::of_inquiry(id).into_iter().chain([repeat])).await?;
    let (inquiry, leave) = errand.on_inquiry(&state.db, &snapshot, id).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(Decided::Before(answer));
    }
    let (next, mut change) = written(state, &snapshot, (&inquiry, &leave), Step::Answer, &body.text).await?;
    let now = state.db.now();
    if snapshot.answer_to(&leave).is_some() {
        let about = MailAbout::InquiryAnswer { inquiry_id: id.clone() };
        change.order_mail(&MailRecord::apart(about, now))?;
    } else if let Some(case) = &next.case_id {
        let about = MailAbout::PatientNotice { notice: Notice::Message };
        change.order_mail(&MailRecord::new(about, case.clone(), next.subject.clone(), now))?;
    }
    let summary = InquirySummary::from(&next);
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &summary)?;
    Ok(Decided::Now { change, snapshot: Some(snapshot), answer })
}
