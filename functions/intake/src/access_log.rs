//! The patient's view of the access log (PIPA Art. 35): everything that happened to a case, in plain words. Staff stand in it
//! by their role, institutions by their name; network addresses and who exactly of the staff it was stay with the auditors.

use crate::State;
use axum::Json;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::header;
use medius_domain::access::{Action, Entry, Object, Purpose, Scope};
use medius_domain::case::Case;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::CaseId;
use medius_domain::policy::Thing;
use medius_http::openapi::ReadProblems;
use medius_http::patient_log::{Institutions, LogExport, LogItem, LogItems, LogParams};
use medius_http::{Language, Origin, Params, PathIds, Patient, Problem, own_case};
use medius_store::{Change, Place};

/// Who looked at the case, and what was done with it.
#[utoipa::path(get, path = "/v1/cases/{case_id}/access-log", tag = "intake",
    params(("case_id" = String, Path), LogParams), responses((status = 200, body = LogItems), ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("access-log"))))]
pub(crate) async fn access_log(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<CaseId>,
    Params(wanted): Params<LogParams>,
) -> Result<Response, Problem> {
    if wanted.from.zip(wanted.to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::invalid([FieldError::new("/to", Invalid::Inconsistent)]));
    }
    let log = read(&state, &patient, &origin, &id, Action::View).await?;
    let shown = log.entries.iter().filter(|entry| wanted.wants(entry));
    let items = shown.map(|entry| LogItem::new(entry, &log.case, &log.institutions, language)).collect();
    Ok((content_language(language), Json(LogItems { items })).into_response())
}

/// The whole log as a file, with its hashes.
#[utoipa::path(get, path = "/v1/cases/{case_id}/access-log/export", tag = "intake",
    params(("case_id" = String, Path)), responses((status = 200, body = LogExport), ReadProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("export")), ("x-medius-thing" = json!("access-log"))))]
pub(crate) async fn export_access_log(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<CaseId>,
) -> Result<Response, Problem> {
    let log = read(&state, &patient, &origin, &id, Action::Export).await?;
    let file = LogExport::new(&log.case, &log.entries, &log.institutions, language, state.db.now());
    let file = file.map_err(Problem::internal)?;
    let disposition = format!("attachment; filename=\"medius-access-log-{}.json\"", log.case.id);
    Ok((content_language(language), [(header::CONTENT_DISPOSITION, disposition)], Json(file)).into_response())
}

fn content_language(language: Language) -> [(header::HeaderName, &'static str); 2] {
    [(header::CONTENT_LANGUAGE, language.tag()), (header::VARY, "accept-language")]
}

struct Log {
    case: Case,
    entries: Vec<Entry>,
    institutions: Institutions,
}

/// Reads the log, which has this reading in it.
async fn read(state: &State, patient: &Patient, origin: &Origin, id: &CaseId, action: Action) -> Result<Log, Problem> {
    let snapshot = state.db.read([Place::Case(id.clone()), Place::case_log(id)]).await?;
    let event = origin.patient(patient, action, Object::part(Thing::AccessLog, ""), Purpose::PatientRights);
    let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;
    let entries = state.db.log_entries(&Scope::Case(case.id.clone())).await?;
    let institutions = state.db.institutions_in(&entries).await?;
    Ok(Log { case, entries, institutions })
}
