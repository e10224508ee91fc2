//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{
    AnswerRequest, Assigning, Closing, InquiryList, InquirySummary, InquiryView, More, NewInquiry, Queue, QueueItem,
    QueueParams, ReasonParams,
};
use crate::by::By;
use crate::{attachments, staff, thread};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::id::{InquiryId, UploadId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::uploads::{Announced, NewUpload};
use medius_http::{
    Body, IdempotencyKey, IfMatch, Language, Origin, Params, PathIds, Patient, Problem, Staff, versioned,
};

/// Asks the service: about an own case, or about none.
#[utoipa::path(post, path = "/v1/inquiries", tag = "inquiry", params(IdempotencyKey), request_body = NewInquiry,
    responses((status = 201, body = InquirySummary,
        headers(("Location" = String, description = "where the inquiry is"))), ChangeProblems),
    security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn create(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    key: IdempotencyKey,
    body: Body<NewInquiry>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    thread::create(&state, &patient, &origin, &body.value, &request).await
}

/// Own inquiries.
#[utoipa::path(get, path = "/v1/inquiries", tag = "inquiry",
    responses((status = 200, body = InquiryList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    patient: Patient,
) -> Result<Json<InquiryList>, Problem> {
    // Ids, topics, states and times of the patient's own: nothing that was written is read, so nothing is logged.
    let inquiries = state.db.inquiries_of(&patient.subject).await?;
    Ok(Json(InquiryList { items: inquiries.iter().map(Into::into).collect() }))
}

/// An own inquiry with its answers.
#[utoipa::path(get, path = "/v1/inquiries/{inquiry_id}", tag = "inquiry", params(("inquiry_id" = String, Path)),
    responses((status = 200, body = InquiryView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<InquiryId>,
) -> Result<Response, Problem> {
    let (version, view) = thread::get(&state, By::Patient(&patient), &origin, &id, language).await?;
    Ok(versioned(version, view))
}

/// Writes more about an own inquiry that is not closed.
#[utoipa::path(post, path = "/v1/inquiries/{inquiry_id}/messages", tag = "inquiry",
    params(("inquiry_id" = String, Path), IdempotencyKey), request_body = More,
    responses((status = 201, body = InquirySummary), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    key: IdempotencyKey,
    body: Body<More>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    thread::ask(&state, By::Patient(&patient), &origin, &id, &body.value.text, &request).await
}

/// Closes an own inquiry, and may say how content one was. What was written is kept for its term from then on.
#[utoipa::path(post, path = "/v1/inquiries/{inquiry_id}/close", tag = "inquiry",
    params(("inquiry_id" = String, Path), IfMatch), request_body = Closing,
    responses((status = 200, body = InquirySummary), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn close(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    expected: IfMatch,
    body: Body<Closing>,
) -> Result<Response, Problem> {
    let inquiry = thread::close(&state, By::Patient(&patient), &origin, &id, expected, &body.value).await?;
    Ok(versioned(inquiry.version, InquirySummary::from(&inquiry)))
}

/// Inquiries that wait: for coordinators all but those about privacy, for the data protection officer those.
#[utoipa::path(get, path = "/staff/v1/inquiries", tag = "inquiry", params(QueueParams),
    responses((status = 200, body = Queue), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn queue(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    Params(wanted): Params<QueueParams>,
) -> Result<Json<Queue>, Problem> {
    staff::queue(&state, (&staff, &origin), &wanted).await.map(Json)
}

/// Opens an inquiry: with a reason where it is not assigned to the asker.
#[utoipa::path(get, path = "/staff/v1/inquiries/{inquiry_id}", tag = "inquiry",
    params(("inquiry_id" = String, Path), ReasonParams),
    responses((status = 200, body = InquiryView), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn open(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<InquiryId>,
    Params(why): Params<ReasonParams>,
) -> Result<Response, Problem> {
    let (version, view) = staff::open(&state, (&staff, &origin), &id, why.reason, language).await?;
    Ok(versioned(version, view))
}

/// Takes an inquiry, or gives it back to nobody.
#[utoipa::path(post, path = "/staff/v1/inquiries/{inquiry_id}/assign", tag = "inquiry",
    params(("inquiry_id" = String, Path), IfMatch), request_body = Assigning,
    responses((status = 200, body = QueueItem), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn assign(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    expected: IfMatch,
    body: Body<Assigning>,
) -> Result<Response, Problem> {
    let inquiry = staff::assign(&state, (&staff, &origin), &id, expected, &body.value).await?;
    Ok(versioned(inquiry.version, QueueItem::new(&inquiry, &staff.subject)))
}

/// Answers an inquiry: with a reason where it is not assigned to the writer.
#[utoipa::path(post, path = "/staff/v1/inquiries/{inquiry_id}/answer", tag = "inquiry",
    params(("inquiry_id" = String, Path), IdempotencyKey), request_body = AnswerRequest,
    responses((status = 201, body = InquirySummary), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn answer(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    key: IdempotencyKey,
    body: Body<AnswerRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    staff::answer(&state, (&staff, &origin), &id, &body.value, &request).await
}

/// Announces a file for an own inquiry that is not closed: a PDF or a picture, at most five. The answer has the address that
/// takes its bytes.
#[utoipa::path(post, path = "/v1/inquiries/{inquiry_id}/attachments", tag = "inquiry",
    params(("inquiry_id" = String, Path), IdempotencyKey), request_body = NewUpload,
    responses((status = 201, body = Announced), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn attach(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<InquiryId>,
    key: IdempotencyKey,
    body: Body<NewUpload>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    attachments::announce(&state, (By::Patient(&patient), &origin), &id, &body.value, &request, language).await
}

/// A file of an own inquiry; a large one by an address that is good for a minute (303).
#[utoipa::path(get, path = "/v1/inquiries/{inquiry_id}/attachments/{upload_id}", tag = "inquiry",
    params(("inquiry_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 303, description = "a larger file, at `Location`"), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn attachment(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((id, upload)): PathIds<(InquiryId, UploadId)>,
) -> Result<Response, Problem> {
    attachments::download(&state, (By::Patient(&patient), &origin), (&id, &upload)).await
}

/// A file of an inquiry, for staff with a reason.
#[utoipa::path(get, path = "/staff/v1/inquiries/{inquiry_id}/attachments/{upload_id}", tag = "inquiry",
    params(("inquiry_id" = String, Path), ("upload_id" = String, Path), ReasonParams),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 303, description = "a larger file, at `Location`"), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn staff_attachment(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((id, upload)): PathIds<(InquiryId, UploadId)>,
    Params(why): Params<ReasonParams>,
) -> Result<Response, Problem> {
    attachments::staff_download(&state, (&staff, &origin), (&id, &upload), why.reason).await
}
