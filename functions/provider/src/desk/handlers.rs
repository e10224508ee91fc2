//! Routes of the desk. Whoever has no session gets the one identical 404, whatever else is wrong with the request.

use crate::State;
use crate::desk::files::{self, Brought, DIRECT};
use crate::handlers::{Asked, asked};
use crate::session::SameSite;
use axum::Json;
use axum::body::Body as Raw;
use axum::extract;
use axum::response::Response;
use http::{HeaderMap, header};
use medius_domain::id::{LinkId, UploadId};
use medius_http::body::parse;
use medius_http::openapi::{ChangeProblems, PublicProblems};
use medius_http::uploads::{Announced, NewUpload, UploadView};
use medius_http::{IdempotencyKey, Language, Origin, PathIds, Problem, ProblemKind};

/// Takes a file that goes along with an outcome: PDF, JPEG, PNG or FHIR. As JSON it is announced, up to 20 MiB, and the answer
/// has the address for its bytes; a body of the file's own media type, up to 4 MiB, is the file. Either way it waits in
/// quarantine until it was checked.
#[utoipa::path(post, path = "/r/{link_id}/files", tag = "provider", params(("link_id" = String, Path), IdempotencyKey),
    request_body(content((NewUpload = "application/json"), (Vec<u8> = "application/pdf"), (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "image/png"), (Vec<u8> = "application/fhir+json"))),
    responses((status = 201, body = Announced, headers(("Location" = String, description = "where the file is"))),
        ChangeProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn bring_file(
    extract::State(state): extract::State<State>,
    ask: Asked,
    (origin, language): (Origin, Language),
    key: Result<IdempotencyKey, Problem>,
    headers: HeaderMap,
    body: Raw,
) -> Result<Response, Problem> {
    let (link, token) = asked(ask, &headers)?;
    let brought = brought(&headers, body).await;
    files::bring(&state, (&origin, language), (&link, &token), key, brought).await
}

fn media_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn brought(headers: &HeaderMap, body: Raw) -> Result<Brought, Problem> {
    let bytes = axum::body::to_bytes(body, DIRECT).await.map_err(|_| Problem::new(ProblemKind::BodyTooLarge))?;
    let media_type = media_type(headers);
    if media_type.to_ascii_lowercase().starts_with("application/json") {
        let new: NewUpload = parse(&bytes)?;
        return Ok(Brought::Announced(new, medius_domain::chain::sha256_hex(&bytes)));
    }
    Brought::whole(media_type, bytes.to_vec())
}

/// Where a file stands that this institution brought.
#[utoipa::path(get, path = "/r/{link_id}/files/{upload_id}", tag = "provider",
    params(("link_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, body = UploadView), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn file(
    extract::State(state): extract::State<State>,
    ids: Result<PathIds<(LinkId, UploadId)>, Problem>,
    (origin, language): (Origin, Language),
    headers: HeaderMap,
) -> Result<Json<UploadView>, Problem> {
    let PathIds((link, upload)) = ids?;
    let (link, token) = asked((Ok(SameSite), Ok(PathIds(link))), &headers)?;
    files::look(&state, (&origin, language), (&link, &token), &upload).await.map(Json)
}
