//! A Task as FHIR: where a request stands, for whoever takes it along. The letter is frozen, this is not.

use crate::State;
use medius_documents::DocumentError;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::id::{CaseId, TaskId};
use medius_domain::policy::Thing;
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, Place};

/// The Task as a FHIR R4 resource, JSON.
pub(crate) async fn fhir(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
    task: &TaskId,
) -> Result<Vec<u8>, Problem> {
    let places = [Place::Case(id.clone()), Place::Task(id.clone(), task.clone()), Place::case_log(id)];
    let snapshot = state.db.read(places).await?;
    let event = origin.patient(patient, Action::View, Object::of(Thing::Task, task, "fhir"), Purpose::PatientRights);
    let (_, permit) = own_case(&state.db, &snapshot, id, event).await?;
    let task = snapshot.task(id, task)?.ok_or_else(Problem::not_found)?;
    let newest = task.letters.last().map(|letter| Place::Referral(id.clone(), letter.clone()));
    let beside = state.db.read([Place::Provider(task.provider_id.clone())].into_iter().chain(newest)).await?;
    let to = beside.provider(&task.provider_id)?.ok_or_else(Problem::not_found)?;
    let letter = task.letters.last().map(|letter| beside.referral(id, letter)).transpose()?.flatten();
    let number = letter.as_ref().map(|letter| &letter.document_number);
    let made = medius_documents::fhir::task(&task, &to, number, &state.letterhead.verify_base_url);
    let made = made.map_err(|error: DocumentError| Problem::internal(error))?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    Ok(made)
}
