//! The desk in FHIR: where the referral stands, as a Task of its own, and the outcome that an institution returns, as a Bundle that is
//! read before it goes anywhere.

use crate::State;
use crate::desk::answer::enter;
use crate::handlers::asked;
use crate::link::{Attempt, Attempts};
use crate::session::{SameSite, Token};
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use medius_documents::outcome;
use medius_domain::access::Action;
use medius_domain::id::{LinkId, UploadId};
use medius_domain::upload::{FileKind, Upload};
use medius_http::openapi::PublicProblems;
use medius_http::{ETag, Origin, PathIds, Problem};

/// The referral's Task as a FHIR R4 resource of its own: its codes, its deadline and whom it asks, and nothing about health.
/// The letter that this link leads to is its focus. `ETag` is the version that an answer needs.
#[utoipa::path(get, path = "/r/{link_id}/task.fhir", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json", headers(("ETag" = String))),
        PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn read_task_fhir(
    extract::State(state): extract::State<State>,
    link: Result<PathIds<LinkId>, Problem>,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let shown = async {
        let (link, token) = asked((Ok(SameSite), link), &headers)?;
        let (version, resource) = task(&state, &origin, (&link, &token)).await?;
        let named = "attachment; filename=\"task.json\"";
        let kind = FileKind::Fhir.media_type();
        let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)];
        Ok((ETag(version), headers, resource).into_response())
    };
    shown.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// The Task and its version. What is handed out was written into the access log before.
async fn task(state: &State, origin: &Origin, at: (&LinkId, &Token)) -> Result<(u64, Vec<u8>), Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_task(state, origin, at).await {
            Ok(task) => return Ok(task),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_task(state: &State, origin: &Origin, at: (&LinkId, &Token)) -> Result<(u64, Vec<u8>), Attempt> {
    let (reader, task) = enter(state, origin, at, Action::View, "fhir").await?;
    let usable = &reader.usable;
    let number = &usable.referral.document_number;
    let made = medius_documents::fhir::task(&task, &usable.provider, Some(number), state.site.address());
    let made = made.map_err(Problem::internal)?;
    let mut change = reader.change(state)?;
    // A link that was revoked since it was read shows nothing.
    change.require_link(&usable.link);
    state.db.commit(change, &usable.snapshot).await?;
    Ok((task.version, made))
}

/// That a Bundle is an outcome that is understood, and breaks no rule.
///
/// # Errors
/// 422 with each rule that it breaks, as a pointer into the Bundle and a code ([`outcome::read`]).
pub(crate) fn understood(bytes: &[u8]) -> Result<(), Problem> {
    outcome::read(bytes).map(drop).map_err(Problem::invalid)
}

/// The hash of the Bundle among the files of an outcome.
pub(crate) fn bundle_of(files: &[Upload], wanted: &[UploadId]) -> Option<String> {
    let fhir = |file: &&Upload| file.media == FileKind::Fhir && wanted.contains(&file.id);
    files.iter().find(fhir).map(|file| file.sha256.as_str().to_owned())
}
