//! What an institution does about its referral: looks where it stands, and answers. Each is one commit with its entry in the access
//! log, the mail to the patient, and what the link says of itself.

use crate::State;
use crate::desk::{fhir, files};
use crate::link::{Attempt, Attempts, Usable};
use crate::reader::Reader;
use crate::session::Token;
use chrono::{DateTime, Utc};
use medius_documents::ReferralView;
use medius_domain::access::{Action, Object};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{LinkId, ProviderId};
use medius_domain::link::{Link, LinkEvent};
use medius_domain::policy::Thing;
use medius_domain::provider::Provider;
use medius_domain::task::table::rule;
use medius_domain::task::{Answer, Effect, Guard, Party, Said, Step, Task, TaskAction};
use medius_domain::upload::Upload;
use medius_http::{Origin, Problem, ProblemKind};
use medius_store::{Around, Change, Conflict, DataKey, Notes, StoreError, WrappedKey, note_places};

/// Places that one look at the store brings.
const AT_ONCE: usize = 50;

/// A referral on the institution's desk.
pub(crate) struct Desk {
    pub(crate) link: Link,
    pub(crate) provider: Provider,
    pub(crate) task: Task,
    pub(crate) notes: Notes,
    pub(crate) view: ReferralView,
    pub(crate) files: Vec<Upload>,
    pub(crate) directory: Vec<Provider>,
}

pub(crate) async fn enter(
    state: &State,
    origin: &Origin,
    (id, token): (&LinkId, &Token),
    action: Action,
    part: &'static str,
) -> Result<(Reader, Task), Problem> {
    let object = |link: &Link| match &link.task_id {
        Some(task) => Object::of(Thing::Task, task, part),
        None => Object::of(Thing::Task, &link.delivery_id, part),
    };
    let reader = Reader::enter(state, origin, id, token, action, object).await?;
    let task = reader.usable.task.clone().ok_or_else(Problem::not_found)?;
    Ok((reader, task))
}

/// The case's key. Without it a case is destroyed, whatever else is still lying about.
async fn key(state: &State, usable: &Usable) -> Result<(WrappedKey, DataKey), Problem> {
    let wrapped = usable.snapshot.data_key(&usable.permit).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(&usable.link.case_id, &wrapped).await?;
    Ok((wrapped, key))
}

async fn notes(state: &State, task: &Task, key: &DataKey) -> Result<Notes, StoreError> {
    let mut found = Notes::new();
    for places in note_places(task).chunks(AT_ONCE) {
        let snapshot = state.db.read(places.iter().cloned()).await?;
        found.extend(snapshot.task_notes(task, key)?);
    }
    Ok(found)
}

/// Shows the desk. What is shown was written into the access log before.
pub(crate) async fn look(
    state: &State,
    origin: &Origin,
    (id, token): (&LinkId, &Token),
    part: &'static str,
) -> Result<Desk, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_look(state, origin, (id, token), part).await {
            Ok(desk) => return Ok(desk),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_look(
    state: &State,
    origin: &Origin,
    (id, token): (&LinkId, &Token),
    part: &'static str,
) -> Result<Desk, Attempt> {
    let (reader, task) = enter(state, origin, (id, token), Action::View, part).await?;
    let (_, key) = key(state, &reader.usable).await?;
    let notes = notes(state, &task, &key).await?;
    let mut kept = None;
    let bytes = reader.fetch(state, &mut kept, "view", &reader.usable.referral.view_sha256).await?;
    // The parser's own message could repeat the story, so it is left out.
    let view = serde_json::from_slice(bytes).map_err(|_| StoreError::Corrupt { place: "view" })?;
    let files = files::own(state, &reader.usable.link).await?;
    let directory = state.db.providers().await?;
    let mut change = reader.change(state)?;
    // A link that was revoked since it was read shows nothing.
    change.require_link(&reader.usable.link);
    state.db.commit(change, &reader.usable.snapshot).await?;
    let Usable { link, provider, .. } = reader.usable;
    Ok(Desk { link, provider, task, notes, view, files, directory })
}

/// Takes an answer to the version that was seen, and says where the referral stands then.
pub(crate) async fn give(
    state: &State,
    origin: &Origin,
    (id, token): (&LinkId, &Token),
    version: Result<u64, Problem>,
    answer: Result<Answer, Problem>,
) -> Result<Task, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_give(state, origin, (id, token), version.clone(), answer.clone()).await {
            Ok(task) => return Ok(task),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_give(
    state: &State,
    origin: &Origin,
    (id, token): (&LinkId, &Token),
    version: Result<u64, Problem>,
    answer: Result<Answer, Problem>,
) -> Result<Task, Attempt> {
    // Whether there is a session is said first: who has none learns nothing of what an answer needs.
    let (reader, task) = enter(state, origin, (id, token), Action::Update, "answer").await?;
    if task.version != version? {
        return Err(Problem::new(ProblemKind::VersionMismatch).into());
    }
    let now = state.db.now();
    let said = answer?.said(now).map_err(|wrong| Problem::invalid([wrong]))?;
    let said = checked(state, (&reader.usable, &task), said, now).await?;
    let next = task.apply(&said, Party::Institution, now).map_err(Problem::from)?;
    let usable = &reader.usable;
    let mut change = reader.change(state)?;
    if !said.note.is_empty() {
        let (wrapped, key) = key(state, usable).await?;
        change.put_task_note(&next, &said.note, (&wrapped, &key), usable.kept_until)?;
    }
    if called_off(&next) {
        let case = &usable.case;
        let (live, tasks) = tokio::try_join!(state.db.live_links(&case.id), state.db.tasks(&case.id))?;
        // A link that was ended since it was read says nothing any more.
        if !live.iter().any(|link| link.id == usable.link.id) {
            return Err(Problem::not_found().into());
        }
        let last = tasks.iter().all(|other| other.id == next.id || other.state.over());
        change.step_task(&next, Around { case, live: &live, last, at: Some(&usable.link.id) }, now)?;
    } else {
        put(&mut change, usable, &next, now)?;
        match after(&usable.link, next.steps.last().map_or(Effect::None, Step::effect), now) {
            Some(link) => change.update_link(&link, usable.kept_until)?,
            None => change.require_link(&usable.link),
        }
    }
    // A reminder that was told meanwhile changes nothing of what was answered; whatever else did shows at the next reading.
    state.db.commit(change, &usable.snapshot).await.map_err(late)?;
    Ok(next)
}

/// Whether the newest step called the Task off, and with it ended the link by which it was said.
pub(crate) fn called_off(task: &Task) -> bool {
    task.steps.last().is_some_and(|step| step.effect() == Effect::CalledOff)
}

/// A Task's next version, with the mails that tell of it.
pub(crate) fn put(change: &mut Change, usable: &Usable, next: &Task, now: DateTime<Utc>) -> Result<(), StoreError> {
    change.update_task(next, usable.kept_until)?;
    change.tell(next, [&usable.link], now)
}

/// The step of a Task that goes with something that was done to its link; nothing where the Task is further already.
pub(crate) fn along(
    change: &mut Change,
    usable: &Usable,
    action: TaskAction,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let next = usable.task.as_ref().and_then(|task| task.apply(&Said::of(action), Party::Institution, now).ok());
    next.map_or(Ok(()), |next| put(change, usable, &next, now))
}

/// Whether a conflict is one with somebody else who did something about the same Task: to be read again.
pub(crate) fn late(error: StoreError) -> Attempt {
    if matches!(error, StoreError::Conflict(Conflict::Version)) { Attempt::Late(error) } else { error.into() }
}

/// What the link says of itself after an answer, by the effect that the table names.
fn after(link: &Link, effect: Effect, now: DateTime<Utc>) -> Option<Link> {
    let next = Link { rev: link.rev + 1, ..link.clone() };
    match effect {
        Effect::LinkAcknowledged => {
            let state = link.state.after(LinkEvent::Acknowledge)?;
            Some(Link { state, acknowledged_at: link.acknowledged_at.or(Some(now)), ..next })
        }
        Effect::LinkDeclined => {
            let state = link.state.after(LinkEvent::Decline)?;
            Some(Link { state, declined_at: link.declined_at.or(Some(now)), ..next })
        }
        Effect::None
        | Effect::LetterJoins
        | Effect::LetterGoesOut
        | Effect::AppointmentProposed
        | Effect::AppointmentConfirmed
        | Effect::AppointmentDropped
        | Effect::CancelAsked
        | Effect::CancelDropped
        | Effect::CalledOff
        | Effect::OutcomeTold
        | Effect::ColleagueInvited
        | Effect::LoopClosed
        | Effect::ConsentGone => None,
    }
}

/// The answer after what it names besides itself was looked at: files that are kept, the Bundle among them, and what the table's guard
/// asks of the directory.
async fn checked(
    state: &State,
    (usable, task): (&Usable, &Task),
    mut said: Said,
    now: DateTime<Utc>,
) -> Result<Said, Problem> {
    if let Some(outcome) = said.note.outcome.as_mut().filter(|outcome| !outcome.files.is_empty()) {
        let own = files::own(state, &usable.link).await?;
        files::sendable(&own, &outcome.files)?;
        outcome.bundle_sha256 = fhir::bundle_of(&own, &outcome.files);
    }
    match rule(task.state, said.action, Party::Institution).map_or(Guard::None, |row| row.guard) {
        Guard::ReceivingInstitution => {
            if let Some(to) = &said.note.to {
                receives(state, &usable.provider, to, now).await?;
            }
        }
        // The Task has these asked when the step is taken, and a colleague has a route of their own.
        Guard::None
        | Guard::AppointmentDayReached
        | Guard::OtherSideAsked
        | Guard::TimeOver
        | Guard::ConsentInForce
        | Guard::ConsentGone
        | Guard::VerifiedContact => {}
    }
    Ok(said)
}

/// That an institution is another one of the directory and may receive.
async fn receives(state: &State, own: &Provider, to: &ProviderId, now: DateTime<Utc>) -> Result<(), Problem> {
    let known = state.db.providers().await?;
    let fits = |other: &Provider| other.id == *to && other.id != own.id && other.may_receive(now);
    if known.iter().any(fits) {
        return Ok(());
    }
    Err(Problem::invalid([FieldError::new("/to", Invalid::UnknownValue)]))
}
