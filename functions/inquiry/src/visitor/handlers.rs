//! Routes of visitors: what comes in is parsed, the use case decides, the answer goes out.

use super::api::{VisitorCode, VisitorInquiry, VisitorState, VisitorTicket};
use super::{code, create};
use crate::State;
use crate::api::{Closing, InquirySummary, InquiryView, More};
use crate::by::By;
use crate::{attachments, thread};
use axum::Json;
use axum::extract;
use axum::response::Response;
use http::StatusCode;
use medius_domain::id::{InquiryId, UploadId};
use medius_http::openapi::{ChangeProblems, PublicProblems, ReadProblems};
use medius_http::uploads::{Announced, NewUpload};
use medius_http::{Body, IdempotencyKey, IfMatch, Language, Origin, PathIds, Problem, SourceIp, Ticketed, versioned};

/// Asks without a sign-in. A code goes to the mailbox; staff see the inquiry only after it was entered, and what nobody
/// confirms is gone after a day.
#[utoipa::path(post, path = "/v1/public/inquiries", tag = "inquiry", params(IdempotencyKey),
    request_body = VisitorInquiry,
    responses((status = 202, body = VisitorState), ChangeProblems), security(()),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn visit(
    extract::State(state): extract::State<State>,
    origin: Origin,
    ip: SourceIp,
    key: IdempotencyKey,
    body: Body<VisitorInquiry>,
) -> Result<Response, Problem> {
    create::create(&state, (&origin, ip), &body.value, (&key, &body.sha256)).await
}

/// Orders another code; the one before ends. Three in ten minutes.
#[utoipa::path(post, path = "/v1/public/inquiries/{inquiry_id}/code", tag = "inquiry",
    params(("inquiry_id" = String, Path)),
    responses((status = 202, body = VisitorState), PublicProblems), security(()),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn visitor_code(
    extract::State(state): extract::State<State>,
    origin: Origin,
    ip: SourceIp,
    PathIds(id): PathIds<InquiryId>,
) -> Result<(StatusCode, Json<VisitorState>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(code::order(&state, (&origin, ip), &id).await?)))
}

/// Takes the code and gives a ticket for this inquiry. Wrong, used, late and tried too often are one answer.
#[utoipa::path(post, path = "/v1/public/inquiries/{inquiry_id}/verify", tag = "inquiry",
    params(("inquiry_id" = String, Path)), request_body = VisitorCode,
    responses((status = 200, body = VisitorTicket), PublicProblems), security(()),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn visitor_verify(
    extract::State(state): extract::State<State>,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    body: Body<VisitorCode>,
) -> Result<Json<VisitorTicket>, Problem> {
    code::verify(&state, &origin, &id, &body.value.code).await.map(Json)
}

/// The inquiry with its answers.
#[utoipa::path(get, path = "/v1/public/inquiries/{inquiry_id}", tag = "inquiry",
    params(("inquiry_id" = String, Path)),
    responses((status = 200, body = InquiryView), ReadProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn visitor_get(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<InquiryId>,
) -> Result<Response, Problem> {
    let (version, view) = thread::get(&state, By::Visitor(&ticket), &origin, &id, language).await?;
    Ok(versioned(version, view))
}

/// Writes more about an inquiry that is not closed.
#[utoipa::path(post, path = "/v1/public/inquiries/{inquiry_id}/messages", tag = "inquiry",
    params(("inquiry_id" = String, Path), IdempotencyKey), request_body = More,
    responses((status = 201, body = InquirySummary), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn visitor_ask(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    key: IdempotencyKey,
    body: Body<More>,
) -> Result<Response, Problem> {
    let by = By::Visitor(&ticket);
    let request = key.request(&by.repeats_as(), &body.sha256);
    thread::ask(&state, by, &origin, &id, &body.value.text, &request).await
}

/// Closes an inquiry, and may say how content one was.
#[utoipa::path(post, path = "/v1/public/inquiries/{inquiry_id}/close", tag = "inquiry",
    params(("inquiry_id" = String, Path), IfMatch), request_body = Closing,
    responses((status = 200, body = InquirySummary), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("inquiry"))))]
pub(crate) async fn visitor_close(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    expected: IfMatch,
    body: Body<Closing>,
) -> Result<Response, Problem> {
    let inquiry = thread::close(&state, By::Visitor(&ticket), &origin, &id, expected, &body.value).await?;
    Ok(versioned(inquiry.version, InquirySummary::from(&inquiry)))
}

/// Announces a file for an inquiry that is not closed: a PDF or a picture, at most five.
#[utoipa::path(post, path = "/v1/public/inquiries/{inquiry_id}/attachments", tag = "inquiry",
    params(("inquiry_id" = String, Path), IdempotencyKey), request_body = NewUpload,
    responses((status = 201, body = Announced), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn visitor_attach(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    language: Language,
    PathIds(id): PathIds<InquiryId>,
    key: IdempotencyKey,
    body: Body<NewUpload>,
) -> Result<Response, Problem> {
    let by = By::Visitor(&ticket);
    let request = key.request(&by.repeats_as(), &body.sha256);
    attachments::announce(&state, (by, &origin), &id, &body.value, &request, language).await
}

/// A file of the inquiry; a large one by an address that is good for a minute (303).
#[utoipa::path(get, path = "/v1/public/inquiries/{inquiry_id}/attachments/{upload_id}", tag = "inquiry",
    params(("inquiry_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 303, description = "a larger file, at `Location`"), ReadProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn visitor_attachment(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    PathIds((id, upload)): PathIds<(InquiryId, UploadId)>,
) -> Result<Response, Problem> {
    attachments::download(&state, (By::Visitor(&ticket), &origin), (&id, &upload)).await
}
