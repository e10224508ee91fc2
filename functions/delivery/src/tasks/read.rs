//! Reading Tasks. Each look is in the access log before anything is shown.

use super::api::{AppointmentView, StepView, TaskList, TaskView};
use crate::State;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::consent::{Use, gate};
use medius_domain::id::{CaseId, ProviderId, TaskId};
use medius_domain::policy::{Permit, Thing};
use medius_domain::task::{Task, TaskState};
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, Place, Snapshot, newest_appointment, note_places};

/// The Tasks of a case, the newest first.
pub(super) async fn list(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    recipient: Option<&ProviderId>,
) -> Result<TaskList, Problem> {
    let snapshot = state.db.read(Place::gate(id)).await?;
    let event = origin.patient(patient, Action::View, Object::part(Thing::Task, ""), Purpose::PatientRights);
    let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
    let tasks = state.db.tasks(id).await?;
    let before =
        if tasks.is_empty() { Some(before(state, &snapshot, (&case, &permit), recipient).await?) } else { None };
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(TaskList { before, items: tasks.iter().map(|task| TaskView::new(task, state.db.now())).collect() })
}

/// Where a case stands that has no Task: whether the consents for a letter to an institution are in force.
async fn before(
    state: &State,
    snapshot: &Snapshot,
    (case, permit): (&Case, &Permit),
    recipient: Option<&ProviderId>,
) -> Result<TaskState, Problem> {
    let Some(recipient) = recipient else { return Ok(TaskState::Draft) };
    let standing = state.contacts.standing(snapshot, permit, case).await?;
    let used_for = Use::Letter { recipient: recipient.clone() };
    let consented = gate(&case.id, &snapshot.consents(&case.id)?, &used_for, &standing).is_ok();
    Ok(if consented { TaskState::Consented } else { TaskState::Draft })
}

/// A Task of the patient's own with all that a change of it needs, read at one moment.
pub(super) struct Found {
    pub(super) snapshot: Snapshot,
    pub(super) permit: Permit,
    pub(super) case: Case,
    pub(super) task: Task,
}

impl Found {
    pub(super) async fn read(
        state: &State,
        (patient, origin): (&Patient, &Origin),
        id: &CaseId,
        (task, part): (&TaskId, &'static str),
        action: Action,
    ) -> Result<Self, Problem> {
        let own = [Place::Task(id.clone(), task.clone()), Place::DataKey(id.clone())];
        let snapshot = state.db.read(Place::gate(id).into_iter().chain(own)).await?;
        let object = Object::of(Thing::Task, task, part);
        let event = origin.patient(patient, action, object, Purpose::PatientRights);
        let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
        let task = snapshot.task(id, task)?.ok_or_else(Problem::not_found)?;
        Ok(Self { snapshot, permit, case, task })
    }

    /// The whole view, with what was said.
    pub(super) async fn view(&self, state: &State, task: &Task) -> Result<TaskView, Problem> {
        // Without its key a case is destroyed, whatever else is still lying about.
        let wrapped = self.snapshot.data_key(&self.permit).ok_or_else(Problem::not_found)?;
        let places = note_places(task);
        let mut notes = if places.is_empty() {
            Default::default()
        } else {
            let key = state.keyring.unwrap(&self.case.id, &wrapped).await?;
            state.db.read(places).await?.task_notes(task, &key)?
        };
        let appointment = newest_appointment(&notes).map(|(_, at)| AppointmentView::new(task, at));
        let steps = task.steps.iter().map(|step| StepView::new(step, notes.remove(&step.n))).collect();
        Ok(TaskView { appointment, steps, ..TaskView::new(task, state.db.now()) })
    }
}

/// One Task.
pub(super) async fn get(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    task: &TaskId,
) -> Result<(u64, TaskView), Problem> {
    let found = Found::read(state, (patient, origin), id, (task, ""), Action::View).await?;
    let view = found.view(state, &found.task).await?;
    state.db.commit(Change::new(found.permit.clone(), state.db.now()), &found.snapshot).await?;
    Ok((found.task.version, view))
}
