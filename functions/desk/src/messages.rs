//! Messages between a patient and staff: answering a patient is one of the purposes of consent G1. A text is sealed under
//! the case's data key; the remembered answer to a repeat and the mail that announces it hold none of it.

use crate::State;
use crate::basis;
use crate::message_api::{MessageList, MessageSent, MessageView};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::StatusCode;
use medius_domain::access::{AccessReason, Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::consent::{ConsentProof, Use};
use medius_domain::id::{CaseId, MessageId};
use medius_domain::message::MessageText;
use medius_domain::policy::{Permit, Role, Thing};
use medius_http::{Errand, IdempotentRequest, Origin, Patient, Problem, Remembered, Staff, own_case, replay};
use medius_store::{
    Binding, Change, Conflict, DataKey, MailAbout, MailRecord, MessageRecord, Notice, Place, Snapshot, StoreError,
    WrappedKey, pause,
};

/// Messages in one answer: a hundred of the longest stay under the 6 MB that a function can answer.
const MOST: usize = 100;
/// Times that a message is decided about anew when the assignment changed, or the same request was quicker.
const ATTEMPTS: u32 = 5;

/// Who writes or reads.
pub(crate) enum Party<'a> {
    /// The patient.
    Patient(&'a Patient),
    /// A member of staff, with the reason given.
    Staff(&'a Staff, Option<AccessReason>),
}

/// What was read, with leave to act on it.
struct Allowed {
    snapshot: Snapshot,
    case: Case,
    permit: Permit,
}

impl Party<'_> {
    /// Reads the case and asks for leave; staff who could never have it are told before anything is read.
    async fn leave(
        &self,
        state: &State,
        origin: &Origin,
        id: &CaseId,
        (action, object): (Action, Object),
        more: impl IntoIterator<Item = Place>,
    ) -> Result<Allowed, Problem> {
        let always = [Place::Assignment(id.clone()), Place::DataKey(id.clone())];
        let places = Place::gate(id).into_iter().chain(always).chain(more);
        let purpose = Purpose::Inquiry;
        let (snapshot, (case, permit)) = match self {
            Self::Patient(patient) => {
                let snapshot = state.db.read(places).await?;
                let event = origin.patient(patient, action, object, purpose);
                let leave = own_case(&state.db, &snapshot, id, event).await?;
                (snapshot, leave)
            }
            Self::Staff(staff, reason) => {
                let errand = Errand { staff, origin, action, object, purpose, reason: *reason };
                errand.admitted_to_case(&state.db).await?;
                let snapshot = state.db.read(places).await?;
                let leave = errand.on_case(&state.db, &snapshot, id).await?;
                (snapshot, leave)
            }
        };
        Ok(Allowed { snapshot, case, permit })
    }
}

impl Allowed {
    /// That the patient may be asked and answered.
    async fn proof(&self, state: &State) -> Result<ConsentProof, Problem> {
        basis::proof(state, &self.snapshot, (&self.case, &self.permit), &Use::CollectBasic).await
    }

    /// The case's data key as it is stored and as it opens. Without it a case is destroyed, whatever else is lying about.
    async fn key(&self, state: &State) -> Result<(WrappedKey, DataKey), Problem> {
        let wrapped = self.snapshot.data_key(&self.permit).ok_or_else(Problem::not_found)?;
        let key = state.keyring.unwrap(&self.case.id, &wrapped).await?;
        Ok((wrapped, key))
    }
}

fn binding(case: &CaseId, message: &MessageId) -> Binding {
    Binding::field(case, &Place::Message(case.clone(), message.clone()), "text")
}

/// Messages of a case. Patients read their own whatever they consent to; staff only while consent G1 is in force.
pub(crate) async fn list(
    state: &State,
    party: &Party<'_>,
    origin: &Origin,
    id: &CaseId,
    before: Option<DateTime<Utc>>,
) -> Result<MessageList, Problem> {
    let object = Object::part(Thing::Message, "");
    let allowed = party.leave(state, origin, id, (Action::View, object), []).await?;
    let proof = match party {
        Party::Patient(_) => None,
        Party::Staff(..) => Some(allowed.proof(state).await?),
    };
    let (_, key) = allowed.key(state).await?;
    let all = state.db.messages(id).await?;
    let (wanted, more) = newest(&all, before);
    let open = |(message, sealed): &(MessageRecord, Vec<u8>)| {
        let text = key.open(&binding(id, &message.id), sealed).map_err(StoreError::from)?;
        let text = std::str::from_utf8(&text).ok().and_then(|text| MessageText::parse(text).ok());
        let text = text.ok_or(StoreError::Corrupt { place: "message" })?;
        Ok(MessageView { message: message.into(), text })
    };
    let items = wanted.iter().map(open).collect::<Result<Vec<_>, StoreError>>()?;
    let permit = match &proof {
        Some(proof) => allowed.permit.resting_on(proof),
        None => allowed.permit,
    };
    let mut change = Change::new(permit, state.db.now());
    if let Some(proof) = &proof {
        change.require(proof);
    }
    state.db.commit(change, &allowed.snapshot).await?;
    Ok(MessageList { items, more })
}

/// The newest of those sent before a moment, and whether there are older ones. They come the oldest first.
fn newest(all: &[(MessageRecord, Vec<u8>)], before: Option<DateTime<Utc>>) -> (&[(MessageRecord, Vec<u8>)], bool) {
    let end = before.map_or(all.len(), |before| all.partition_point(|(message, _)| message.sent_at < before));
    let start = end.saturating_sub(MOST);
    (&all[start..end], start > 0)
}

/// Sends a message, or repeats the answer to the same request.
pub(crate) async fn post(
    state: &State,
    party: &Party<'_>,
    origin: &Origin,
    id: &CaseId,
    text: &MessageText,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let message = MessageId::new();
    let mut last = Conflict::Busy;
    for attempt in 1..=ATTEMPTS {
        let what = (Action::Create, Object::of(Thing::Message, &message, ""));
        let repeat = Place::Idempotency(request.scope_sha256.clone());
        let allowed = party.leave(state, origin, id, what, [repeat]).await?;
        if let Some(answer) = replay(&allowed.snapshot, request)? {
            return Ok(answer);
        }
        let (change, answer) = written(state, &allowed, &message, text, request).await?;
        match state.db.commit(change, &allowed.snapshot).await {
            Ok(()) => return Ok(answer.into_response()),
            // Somebody was assigned meanwhile, or the same request was quicker: read again and decide again.
            Err(StoreError::Conflict(conflict @ (Conflict::Version | Conflict::Idempotency))) => last = conflict,
            Err(error) => return Err(error.into()),
        }
        pause(attempt).await;
    }
    Err(StoreError::Conflict(last).into())
}

/// The message with all that changes with it: a patient's makes the case due, one of staff's is announced by mail.
async fn written(
    state: &State,
    allowed: &Allowed,
    id: &MessageId,
    text: &MessageText,
    request: &IdempotentRequest,
) -> Result<(Change, Remembered), Problem> {
    let (case, now) = (&allowed.case, state.db.now());
    let proof = allowed.proof(state).await?;
    let (wrapped, key) = allowed.key(state).await?;
    let sealed = key.seal(&binding(&case.id, id), text.expose().as_bytes()).map_err(StoreError::from)?;
    let from = allowed.permit.event().actor.role();
    let message = MessageRecord { id: id.clone(), case_id: case.id.clone(), from, sent_at: now };
    let mut change = Change::new(allowed.permit.clone().resting_on(&proof), now);
    change.require(&proof);
    change.post_message(&message, &sealed, &wrapped, case)?;
    if from == Role::Patient {
        if let Some(due) = allowed.snapshot.assignment(&case.id)?.asked(case, now) {
            change.assign(&due, case)?;
        }
    } else {
        let about = MailAbout::PatientNotice { notice: Notice::Message };
        change.order_mail(&MailRecord::new(about, case.id.clone(), case.subject.clone(), now))?;
    }
    let answer = Remembered::new(&mut change, request, StatusCode::CREATED, None, &MessageSent::from(&message))?;
    Ok((change, answer))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::{TimeDelta, TimeZone};

    #[test]
    fn messages_are_read_backwards_in_pages() {
        let start = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let (case_id, from) = (CaseId::new(), Role::Patient);
        let message = |i| MessageRecord {
            id: MessageId::new(),
            case_id: case_id.clone(),
            from,
            sent_at: start + TimeDelta::seconds(i),
        };
        let all: Vec<_> = (0..250).map(|i| (message(i), Vec::new())).collect();
        let seconds = |page: &[(MessageRecord, Vec<u8>)]| {
            let at = |m: Option<&(MessageRecord, Vec<u8>)>| (m.unwrap().0.sent_at - start).num_seconds();
            (at(page.first()), at(page.last()))
        };
        let (page, more) = newest(&all, None);
        assert_eq!((seconds(page), more), ((150, 249), true));
        let (page, more) = newest(&all, Some(page[0].0.sent_at));
        assert_eq!((seconds(page), more), ((50, 149), true));
        let (page, more) = newest(&all, Some(page[0].0.sent_at));
        assert_eq!((seconds(page), more), ((0, 49), false));
        assert!(newest(&all, Some(start)).0.is_empty());
    }
}
