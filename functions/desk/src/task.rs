//! Use cases of a coordinator about requests that do not go on by themselves. Each look is in the access log before anything is
//! shown; what was said at a request's steps stays sealed.

use crate::State;
use crate::api::Whose;
use crate::task_api::{
    TaskListParams, WorkAction, WorkActionRequest, WorkTask, WorkTaskItem, WorkTaskState, WorkTasks,
};
use axum::response::{IntoResponse, Response};
use chrono::Days;
use http::StatusCode;
use medius_domain::access::{AccessReason, Action, Object, Purpose, Scope};
use medius_domain::case::Case;
use medius_domain::clock::kst_day;
use medius_domain::id::{CaseId, TaskId};
use medius_domain::policy::{Denied, Permit, Thing};
use medius_domain::task::{Party, Said, Task};
use medius_http::{Errand, IdempotentRequest, IfMatch, Origin, Problem, ProblemKind, Remembered, Staff, replay};
use medius_store::{Around, Change, Conflict, Place, Snapshot, StoreError, pause};

/// Days that the list looks ahead unless said.
const AHEAD_DAYS: u64 = 14;
/// Times that an action is decided again when others wrote at the same request or case.
const ATTEMPTS: u32 = 8;

/// The requests that need a coordinator. The look is in the log of the registry before anything is shown: the list is nobody's case.
pub(crate) async fn list(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    wanted: &TaskListParams,
) -> Result<WorkTasks, Problem> {
    let object = Object::part(Thing::WorkList, "tasks");
    let errand = Errand { staff, origin, action: Action::View, object, purpose: Purpose::Inquiry, reason: None };
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&Scope::Registry)?;
    let now = state.db.now();
    let today = kst_day(now);
    let until = wanted.due_by.unwrap_or_else(|| today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(today));
    let whose = wanted.assignee.unwrap_or(Whose::Any);
    let (found, next) = state.db.needed_tasks(until, wanted.after.as_ref().map(|after| &after.0)).await?;
    let snapshot = state.db.read([Place::LogHead(Scope::Registry)]).await?;
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    let fits = found.iter().filter(|needed| whose.wants(&needed.waiting.assignment, &staff.subject));
    let items = fits.map(|needed| WorkTaskItem::new(needed, &staff.subject, now)).collect();
    Ok(WorkTasks { items, next: next.map(|after| crate::task_api::After::from(after).to_string()) })
}

/// Who asks, about which request.
pub(crate) struct About<'a> {
    pub(crate) staff: &'a Staff,
    pub(crate) origin: &'a Origin,
    pub(crate) case: &'a CaseId,
    pub(crate) task: &'a TaskId,
}

/// A request with its case, and leave for what is wanted.
struct Found {
    snapshot: Snapshot,
    case: Case,
    permit: Permit,
    task: Task,
}

impl About<'_> {
    async fn find(
        &self,
        state: &State,
        (action, part): (Action, &'static str),
        reason: Option<AccessReason>,
        more: Option<Place>,
    ) -> Result<Found, Problem> {
        let Self { staff, origin, case: id, task } = *self;
        let object = Object::of(Thing::Task, task, part);
        let errand = Errand { staff, origin, action, object, purpose: Purpose::Provision, reason };
        errand.admitted_to_case(&state.db).await?;
        let own = [Place::Assignment(id.clone()), Place::Task(id.clone(), task.clone())];
        let snapshot = state.db.read(Place::gate(id).into_iter().chain(own).chain(more)).await?;
        let (case, permit) = errand.on_case(&state.db, &snapshot, id).await?;
        let task = snapshot.task(id, task)?.ok_or_else(Problem::not_found)?;
        Ok(Found { snapshot, case, permit, task })
    }
}

/// One request with its history.
pub(crate) async fn get(
    state: &State,
    about: &About<'_>,
    reason: Option<AccessReason>,
) -> Result<(u64, WorkTask), Problem> {
    let found = about.find(state, (Action::View, ""), reason, None).await?;
    state.db.commit(Change::new(found.permit, state.db.now()), &found.snapshot).await?;
    Ok((found.task.version, WorkTask::new(&found.task, state.db.now())))
}

/// Does something about a request, or repeats the answer to the same request.
pub(crate) async fn act(
    state: &State,
    about: &About<'_>,
    expected: IfMatch,
    wanted: &WorkActionRequest,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut last = Conflict::Busy;
    for attempt in 1..=ATTEMPTS {
        let what = (Action::Update, wanted.action.code());
        let repeat = Place::Idempotency(request.scope_sha256.clone());
        let found = about.find(state, what, wanted.reason, Some(repeat)).await?;
        if let Some(answer) = replay(&found.snapshot, request)? {
            return Ok(answer);
        }
        if found.task.version != expected.0 {
            return Err(ProblemKind::VersionMismatch.into());
        }
        let (mut change, next) = done(state, &found, wanted.action).await?;
        let answer =
            Remembered::new(&mut change, request, StatusCode::OK, None, &WorkTaskState::new(&next, state.db.now()))?;
        // Unmoved: whether it was the last request under way, and which links live, was read after the case.
        match state.db.commit_unmoved(change, &found.snapshot).await {
            Ok(()) => return Ok(answer.into_response()),
            // Whether the request itself moved is seen at the next reading.
            Err(StoreError::Conflict(
                conflict @ (Conflict::Link | Conflict::Busy | Conflict::Version | Conflict::Idempotency),
            )) => last = conflict,
            Err(error) => return Err(error.into()),
        }
        pause(attempt).await;
    }
    Err(StoreError::Conflict(last).into())
}

async fn done(state: &State, found: &Found, action: WorkAction) -> Result<(Change, Task), Problem> {
    let Found { case, permit, task, .. } = found;
    let now = state.db.now();
    let unavailable = || Problem::conflict("action-not-available");
    let mut change = Change::new(permit.clone(), now);
    let Some(action) = action.of_table() else {
        let next = task.after_seeing_to().ok_or_else(unavailable)?;
        change.update_task(&next, case.expires_at)?;
        return Ok((change, next));
    };
    if case.suspends(permit.event(), Some(&task.provider_id)) {
        return Err(Denied::Suspended.into());
    }
    let next = task.apply(&Said::of(action), Party::Coordinator, now)?;
    let (live, tasks) = tokio::try_join!(state.db.live_links(&case.id), state.db.tasks(&case.id))?;
    let last = tasks.iter().all(|other| other.id == next.id || other.state.over());
    change.step_task(&next, Around { case, live: &live, last, at: None }, now)?;
    Ok((change, next))
}
