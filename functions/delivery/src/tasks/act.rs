//! What the patient says about a Task: one commit with the Task, what was said, the institution's mail and, where the loop is
//! closed with it, the end of the service.

use super::api::TaskView;
use super::read::Found;
use crate::State;
use crate::service::ATTEMPTS;
use medius_domain::access::Action;
use medius_domain::id::{CaseId, TaskId};
use medius_domain::task::{Party, PatientAnswer, Said, Task};
use medius_http::{IfMatch, Origin, Patient, Problem, ProblemKind};
use medius_store::{Around, Change, Conflict, StoreError, pause};

/// Takes an answer of the patient's.
pub(super) async fn act(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    (case, task): (&CaseId, &TaskId),
    expected: IfMatch,
    answer: PatientAnswer,
) -> Result<(u64, TaskView), Problem> {
    let said = answer.said().map_err(|field| Problem::invalid([field]))?;
    for attempt in 1..=ATTEMPTS {
        let found = Found::read(state, (patient, origin), case, (task, said.action.code()), Action::Update).await?;
        if found.task.version != expected.0 {
            return Err(ProblemKind::VersionMismatch.into());
        }
        let next = found.task.apply(&said, Party::Patient, state.db.now())?;
        let change = change(state, &found, &next, &said).await?;
        match state.db.commit_unmoved(change, &found.snapshot).await {
            Ok(()) => {
                let view = found.view(state, &next).await?;
                return Ok((next.version, view));
            }
            // A link moved, or somebody looked at the case meanwhile: whether the Task moved is seen at the next reading.
            Err(StoreError::Conflict(Conflict::Link | Conflict::Busy | Conflict::Version)) => pause(attempt).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict(Conflict::Busy).into())
}

async fn change(state: &State, found: &Found, next: &Task, said: &Said) -> Result<Change, Problem> {
    let (case, now) = (&found.case, state.db.now());
    let mut change = Change::new(found.permit.clone(), now);
    if !said.note.is_empty() {
        // Without its key a case is destroyed, whatever else is still lying about.
        let wrapped = found.snapshot.data_key(&found.permit).ok_or_else(Problem::not_found)?;
        let key = state.keyring.unwrap(&case.id, &wrapped).await?;
        change.put_task_note(next, &said.note, (&wrapped, &key), case.expires_at)?;
    }
    let live = state.db.live_links(&case.id).await?;
    let last = last_of(state, next).await?;
    change.step_task(next, Around { case, live: &live, last, at: None }, now)?;
    Ok(change)
}

/// Whether no other Task of the case is still under way.
async fn last_of(state: &State, task: &Task) -> Result<bool, Problem> {
    Ok(state.db.tasks(&task.case_id).await?.iter().all(|other| other.id == task.id || other.state.over()))
}
