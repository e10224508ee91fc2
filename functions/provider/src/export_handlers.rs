//! Routes of the copy that a patient asked for. As with every link, opening the address shows the same page whatever the
//! address, and asks nothing of the store.

use crate::State;
use crate::api::{CodeBy, CodeOrdered, CodeRequest, ExportAddress, UnlockRequest};
use crate::export::{self, Taken};
use crate::session::SameSite;
use crate::unlock::evenly;
use axum::Json;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use medius_domain::id::RightId;
use medius_http::openapi::PublicProblems;
use medius_http::{Body, Origin, PathIds, Problem};

/// The page that the link of a copy opens: the same for every address, and nothing is read or counted.
#[utoipa::path(get, path = "/e/{right_id}", tag = "provider", params(("right_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(crate) async fn open_export(extract::State(state): extract::State<State>) -> Response {
    state.pages.export.answer(StatusCode::OK)
}

/// The same page's headers.
#[utoipa::path(head, path = "/e/{right_id}", tag = "provider", params(("right_id" = String, Path)),
    responses((status = 200)))]
pub(crate) async fn open_export_head(state: extract::State<State>) -> Response {
    open_export(state).await
}

/// Orders a one-time code to the patient's mailbox; the code before ends. At most three in ten minutes.
#[utoipa::path(post, path = "/e/{right_id}/code", tag = "provider", params(("right_id" = String, Path)),
    request_body = CodeRequest, responses((status = 202, body = CodeOrdered), PublicProblems),
    extensions(("x-medius-action" = json!("link_open")), ("x-medius-thing" = json!("export"))))]
pub(crate) async fn ask_export_code(
    extract::State(state): extract::State<State>,
    _: SameSite,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    body: Body<CodeRequest>,
) -> Result<Response, Problem> {
    let valid_until = evenly(export::order_code(&state, &origin, &id, &body.value.secret)).await?;
    Ok((StatusCode::ACCEPTED, Json(CodeOrdered { by: CodeBy::Mail, valid_until })).into_response())
}

/// Hands the copy out, once: the archive itself, or where it is too large for an answer the address where it lies for a minute.
#[utoipa::path(post, path = "/e/{right_id}/copy", tag = "provider", params(("right_id" = String, Path)),
    request_body = UnlockRequest,
    responses((status = 200, body = [u8], content_type = "application/zip"),
        (status = 202, body = ExportAddress, description = "Too large for an answer: where it lies"), PublicProblems),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("export"))))]
pub(crate) async fn take_export(
    extract::State(state): extract::State<State>,
    _: SameSite,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    body: Body<UnlockRequest>,
) -> Result<Response, Problem> {
    let taken = export::take(&state, &origin, &id, &body.value.secret, &body.value.code);
    Ok(match evenly(taken).await? {
        Taken::Copy(bytes) => {
            let name = format!("attachment; filename=\"{}\"", export::file_name(&id));
            let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
            (headers, bytes).into_response()
        }
        Taken::Address(url) => (StatusCode::ACCEPTED, Json(ExportAddress { url })).into_response(),
    })
}
