//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::api::{
    ColumnsView, Decisions, NewReading, NewRecord, ReadingAnswer, RecordList, RecordSummary, RecordView, UploadList,
};
use crate::wish::Wish;
use crate::{State, entries, files, reading, removal};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, RecordId, UploadId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::uploads::{Announced, NewUpload, UploadView};
use medius_http::{Body, IdempotencyKey, IfMatch, Language, Origin, PathIds, Patient, Problem, versioned};

/// Announces a file: at most 20 MiB, 50 files a case. The answer has the address that takes its bytes. Needs consents G1 and
/// S1.
#[utoipa::path(post, path = "/v1/cases/{case_id}/uploads", tag = "records",
    params(("case_id" = String, Path), IdempotencyKey), request_body = NewUpload,
    responses((status = 201, body = Announced, headers(("Location" = String, description = "where the file is"))),
        ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn announce(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<NewUpload>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    files::announce(&state, wish, &body.value, &request, language).await
}

/// The files of a case, with where each stands and why one was refused.
#[utoipa::path(get, path = "/v1/cases/{case_id}/uploads", tag = "records", params(("case_id" = String, Path)),
    responses((status = 200, body = UploadList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn uploads(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(case): PathIds<CaseId>,
) -> Result<Json<UploadList>, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    files::list(&state, wish, language).await.map(Json)
}

/// One file of a case.
#[utoipa::path(get, path = "/v1/cases/{case_id}/uploads/{upload_id}", tag = "records",
    params(("case_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, body = UploadView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn upload(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds((case, upload)): PathIds<(CaseId, UploadId)>,
) -> Result<Json<UploadView>, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    files::get(&state, wish, &upload, language).await.map(Json)
}

/// Takes a file back. From now on nobody gets it, and proposals that were read from it and not confirmed are gone with the
/// answer; its bytes are removed within minutes, and then its state is `removed`. Values that were confirmed or put right
/// stay, with the file's number, hash and place, until they are dropped; letters and explanations that were made stay as
/// they are. A repeat changes nothing. No consent is needed.
#[utoipa::path(delete, path = "/v1/cases/{case_id}/uploads/{upload_id}", tag = "records",
    params(("case_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, body = UploadView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("delete")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn remove(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds((case, upload)): PathIds<(CaseId, UploadId)>,
) -> Result<Json<UploadView>, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    removal::remove(&state, wish, &upload, language).await.map(Json)
}

/// A file as it came; a large one by an address that is good for a minute (303).
#[utoipa::path(get, path = "/v1/cases/{case_id}/uploads/{upload_id}/content", tag = "records",
    params(("case_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 303, description = "a larger file, at `Location`"), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn content(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, upload)): PathIds<(CaseId, UploadId)>,
) -> Result<Response, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    files::content(&state, wish, &upload).await
}

/// The columns of a table (CSV), proposed from its header: to be confirmed or put right, and sent with `reading`.
#[utoipa::path(get, path = "/v1/cases/{case_id}/uploads/{upload_id}/columns", tag = "records",
    params(("case_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, body = ColumnsView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn columns(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds((case, upload)): PathIds<(CaseId, UploadId)>,
) -> Result<Json<ColumnsView>, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    reading::columns(&state, wish, &upload, language).await.map(Json)
}

/// Reads a PDF, a table (with its confirmed columns) or FHIR into a record of proposals. Nothing of it is used before it is
/// confirmed. Needs consents G1 and S1.
#[utoipa::path(post, path = "/v1/cases/{case_id}/uploads/{upload_id}/reading", tag = "records",
    params(("case_id" = String, Path), ("upload_id" = String, Path), IdempotencyKey), request_body = NewReading,
    responses((status = 201, body = ReadingAnswer, headers(("Location" = String, description = "where the record is"))),
        ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("record"))))]
pub(crate) async fn propose(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds((case, upload)): PathIds<(CaseId, UploadId)>,
    key: IdempotencyKey,
    body: Body<NewReading>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    reading::propose(&state, wish, &upload, body.value.mapping.as_ref(), (&request, language)).await
}

/// Takes results and medicines that the patient types from a record. Needs consents G1 and S1.
#[utoipa::path(post, path = "/v1/cases/{case_id}/records", tag = "records",
    params(("case_id" = String, Path), IdempotencyKey), request_body = NewRecord,
    responses((status = 201, body = RecordSummary, headers(("Location" = String, description = "where the record is"))),
        ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("record"))))]
pub(crate) async fn create(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<NewRecord>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    entries::create(&state, wish, body.value, &request).await
}

/// The records of a case, without what they say.
#[utoipa::path(get, path = "/v1/cases/{case_id}/records", tag = "records", params(("case_id" = String, Path)),
    responses((status = 200, body = RecordList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("record"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
) -> Result<Json<RecordList>, Problem> {
    entries::list(&state, Wish { patient: &patient, origin: &origin, case: &case }).await.map(Json)
}

/// A record: each row beside what was read, with file, page and row.
#[utoipa::path(get, path = "/v1/cases/{case_id}/records/{record_id}", tag = "records",
    params(("case_id" = String, Path), ("record_id" = String, Path)),
    responses((status = 200, body = RecordView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("record"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, record)): PathIds<(CaseId, RecordId)>,
) -> Result<Response, Problem> {
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    let (version, view) = entries::get(&state, wish, &record).await?;
    Ok(versioned(version, view))
}

/// Confirms, corrects or drops rows, all of the request or nothing. Only confirmed and corrected rows are ever used. Needs
/// consents G1 and S1.
#[utoipa::path(post, path = "/v1/cases/{case_id}/records/{record_id}/decisions", tag = "records",
    params(("case_id" = String, Path), ("record_id" = String, Path), IfMatch), request_body = Decisions,
    responses((status = 200, body = RecordView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("record"))))]
pub(crate) async fn decide(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, record)): PathIds<(CaseId, RecordId)>,
    expected: IfMatch,
    body: Body<Decisions>,
) -> Result<Response, Problem> {
    let broken = |at| Problem::invalid([FieldError::new(format!("/decisions/{at}/entry"), Invalid::Inconsistent)]);
    let decisions = body.value.decisions.into_iter().enumerate();
    let decisions: Vec<_> =
        decisions.map(|(at, decided)| decided.decision().ok_or_else(|| broken(at))).collect::<Result<_, _>>()?;
    let wish = Wish { patient: &patient, origin: &origin, case: &case };
    let (version, view) = entries::decide(&state, wish, &record, expected, &decisions).await?;
    Ok(versioned(version, view))
}
