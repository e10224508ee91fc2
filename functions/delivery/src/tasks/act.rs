//! What the patient says about a Task: one commit with the Task, what was said, the institution's mail and, where the loop is
//! closed with it, the end of the service.

use super::api::TaskView;
use super::read::Found;
use crate::State;
use crate::service::ATTEMPTS;
use medius_domain::access::Action;
use medius_domain::id::{CaseId, TaskId};
use medius_domain::lifecycle::Cause;
use medius_domain::link::LinkEvent;
use medius_domain::task::{Party, PatientAnswer, Said, Task, TaskRefusal, TaskState};
use medius_http::{IfMatch, Origin, Patient, Problem, ProblemKind};
use medius_store::{Change, Conflict, MailAbout, MailRecord, Notice, StoreError, pause};

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
        let next = found.task.apply(&said, Party::Patient, state.db.now()).map_err(refused)?;
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

/// Why something cannot be done now.
pub(crate) fn refused(why: TaskRefusal) -> Problem {
    Problem::conflict(match why {
        TaskRefusal::Impossible => "action-not-available",
        TaskRefusal::OtherPartyNeeded => "other-party-needed",
        TaskRefusal::TooMany => "task-full",
    })
}

async fn change(state: &State, found: &Found, next: &Task, said: &Said) -> Result<Change, Problem> {
    let (case, now) = (&found.case, state.db.now());
    let mut change = Change::new(found.permit.clone(), now);
    change.update_task(next, case.expires_at)?;
    if !said.note.is_empty() {
        // Without its key a case is destroyed, whatever else is still lying about.
        let wrapped = found.snapshot.data_key(&found.permit).ok_or_else(Problem::not_found)?;
        let key = state.keyring.unwrap(&case.id, &wrapped).await?;
        change.put_task_note(next, &said.note, (&wrapped, &key), case.expires_at)?;
    }
    // Every change is told to the patient, their own too: it may have been said at their sign-in by somebody else.
    let about = MailAbout::PatientNotice { notice: Notice::TaskChanged };
    change.order_mail(&MailRecord::new(about, case.id.clone(), case.subject.clone(), now))?;
    let over = next.state.over();
    for link in state.db.live_links(&case.id).await? {
        if !next.links.contains(&link.id) {
            continue;
        }
        // What was called off is not read any more; an outcome that was told leaves its link to its own end.
        let ended = (next.state == TaskState::Cancelled).then(|| link.ended(LinkEvent::Revoke, now)).flatten();
        if let Some(ended) = ended {
            change.update_link(&ended, case.expires_at)?;
            if ended.sent_at.is_some() {
                change.order_mail(&MailRecord::ended(&ended, now))?;
            }
        } else if !over && next.links.last() == Some(&link.id) {
            let (link_id, generation, provider_id) = (link.id, link.generation, link.provider_id);
            let about = MailAbout::ProviderTask { link_id, generation, provider_id };
            change.order_mail(&MailRecord::new(about, case.id.clone(), case.subject.clone(), now))?;
        }
    }
    let causes = [(TaskState::Completed, Cause::OutcomeReturned), (TaskState::Cancelled, Cause::Cancelled)];
    if let Some((_, cause)) = causes.into_iter().find(|(end, _)| *end == next.state)
        && last_of(state, next).await?
        && let Some(closed) = case.closed(cause, now)
    {
        change.put_case(&closed)?;
    }
    Ok(change)
}

/// Whether no other Task of the case is still under way.
async fn last_of(state: &State, task: &Task) -> Result<bool, Problem> {
    Ok(state.db.tasks(&task.case_id).await?.iter().all(|other| other.id == task.id || other.state.over()))
}
