//! Routes of the desk. Whoever has no session gets the one identical 404, whatever else is wrong with the request.

use crate::State;
use crate::desk::answer::{self, Desk};
use crate::desk::api::{NewColleague, TaskView};
use crate::desk::files::{self, Brought, DIRECT};
use crate::desk::form::{self, Entered};
use crate::desk::{calendar, colleague, page, sight, words};
use crate::handlers::{Asked, asked};
use crate::session::{SameSite, Token};
use axum::Json;
use axum::body::Body as Raw;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use medius_domain::calendar::MEDIA_TYPE as CALENDAR;
use medius_domain::id::{LinkId, UploadId};
use medius_domain::task::Answer;
use medius_http::body::{MAX_BYTES, parse, parse_tagged};
use medius_http::openapi::{ChangeProblems, PublicProblems};
use medius_http::uploads::{Announced, NewUpload, UploadView};
use medius_http::{ETag, IdempotencyKey, IfMatch, Language, Origin, PathIds, Problem, ProblemKind};
use medius_store::Notes;

/// The desk as a page: where the referral stands, what can be answered, the appointment, what happened.
#[utoipa::path(get, path = "/r/{link_id}/desk", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn read_desk(
    extract::State(state): extract::State<State>,
    link: Result<PathIds<LinkId>, Problem>,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let shown = async {
        let (link, token) = asked((Ok(SameSite), link), &headers)?;
        let desk = answer::look(&state, &origin, (&link, &token), "desk").await?;
        let html = page::render(&sight::sight(&desk, state.db.now()), &state.operator, None)?;
        Ok(state.pages.desk(StatusCode::OK, html))
    };
    shown.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// The same as JSON, with what can be done now and the version for `If-Match`.
#[utoipa::path(get, path = "/r/{link_id}/task", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = TaskView, headers(("ETag" = String))), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn read_task(
    extract::State(state): extract::State<State>,
    link: Result<PathIds<LinkId>, Problem>,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let shown = async {
        let (link, token) = asked((Ok(SameSite), link), &headers)?;
        let desk = answer::look(&state, &origin, (&link, &token), "task").await?;
        Ok((ETag(desk.task.version), Json(TaskView::new(&desk.task, &desk.notes, state.db.now()))).into_response())
    };
    shown.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// Takes an answer: as JSON with `If-Match` (200), or by a form of the page with its hidden `version` (303). One of
/// `acknowledge`, `accept`, `decline`, `ask_more`, `redirect`, `schedule`, `reschedule`, `attended`, `no_show`,
/// `request_cancel`, `confirm_cancel`, `refuse_cancel`, `interim_outcome`, `final_outcome`, `estimate`, named by `action`. `attended`
/// and `no_show` are taken from the day of the appointment on (Asia/Seoul), and before it refused with the reason
/// `before-appointment`. `decline`, `ask_more`, `redirect`, `no_show`, `request_cancel` and `refuse_cancel` name their reason by
/// `code`. A cancellation that is confirmed ends every link to the referral, this one too.
#[utoipa::path(post, path = "/r/{link_id}/answers", tag = "provider", params(("link_id" = String, Path)),
    request_body(content((Object = "application/json"), (Object = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = TaskView, headers(("ETag" = String))), (status = 303, description = "Back to the desk"),
        ChangeProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn give_answer(
    extract::State(state): extract::State<State>,
    ask: Asked,
    origin: Origin,
    expected: Result<IfMatch, Problem>,
    headers: HeaderMap,
    body: Raw,
) -> Response {
    let (link, token) = match asked(ask, &headers) {
        Ok(asked) => asked,
        Err(problem) => return state.pages.refusal(&headers, problem),
    };
    let bytes = axum::body::to_bytes(body, MAX_BYTES).await.map_err(|_| Problem::new(ProblemKind::BodyTooLarge));
    if media_type(&headers).to_ascii_lowercase().starts_with(form::MEDIA_TYPE) {
        let entered = bytes.and_then(|bytes| Entered::parse(&bytes));
        let done = by_form(&state, &origin, (&link, &token), entered).await;
        return done.unwrap_or_else(|problem| state.pages.refusal(&headers, problem));
    }
    let parsed: Result<Answer, Problem> =
        match media_type(&headers).to_ascii_lowercase().starts_with("application/json") {
            true => bytes.and_then(|bytes| parse_tagged(&bytes, "action")),
            false => Err(ProblemKind::UnsupportedMediaType.into()),
        };
    let expected = expected.map(|IfMatch(version)| version);
    let done = async {
        let task = answer::give(&state, &origin, (&link, &token), expected, parsed).await?;
        if answer::called_off(&task) {
            // The link has ended with it: where it stands is still said, and what was written is not read any more.
            let view = TaskView::new(&task, &Notes::new(), state.db.now());
            return Ok((ETag(task.version), Json(view)).into_response());
        }
        let desk = answer::look(&state, &origin, (&link, &token), "task").await?;
        Ok((ETag(desk.task.version), Json(TaskView::new(&desk.task, &desk.notes, state.db.now()))).into_response())
    };
    done.await.unwrap_or_else(|problem: Problem| state.pages.refusal(&headers, problem))
}

/// An answer of the page. What is refused is shown where it was typed.
async fn by_form(
    state: &State,
    origin: &Origin,
    at: (&LinkId, &Token),
    entered: Result<Entered, Problem>,
) -> Result<Response, Problem> {
    let (version, parsed) = match &entered {
        Ok(entered) => (entered.version(), parse_tagged(entered.json().to_string().as_bytes(), "action")),
        Err(problem) => (Err(problem.clone()), Err(problem.clone())),
    };
    let problem = match answer::give(state, origin, at, version, parsed).await {
        Ok(task) if answer::called_off(&task) => return Ok(state.pages.called_off.answer(StatusCode::OK)),
        // Relative: whatever stands before `/r/` stays.
        Ok(_) => return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "desk")]).into_response()),
        Err(problem) => problem,
    };
    let (Ok(entered), ProblemKind::InvalidField | ProblemKind::VersionMismatch | ProblemKind::StateConflict) =
        (entered, problem.kind())
    else {
        return Err(problem);
    };
    let desk = answer::look(state, origin, at, "desk").await?;
    let mut sight = sight::sight(&desk, state.db.now());
    if let Some(form) = sight.forms.iter_mut().find(|form| form.action == entered.action()) {
        form.refused(&entered, problem.field_errors());
    }
    let html = page::render(&sight, &state.operator, Some(words::refusal(problem.kind().code(), problem.reason())))?;
    Ok(state.pages.desk(problem.kind().status(), html))
}

/// The newest appointment as a calendar file.
#[utoipa::path(post, path = "/r/{link_id}/appointment", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/calendar"), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn save_appointment(
    extract::State(state): extract::State<State>,
    ask: Asked,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let saved = async {
        let (link, token) = asked(ask, &headers)?;
        let desk: Desk = answer::look(&state, &origin, (&link, &token), "appointment").await?;
        let file = calendar::file(&desk, &state.operator).ok_or_else(Problem::not_found)?;
        let name = "attachment; filename=\"appointment.ics\"";
        Ok(([(header::CONTENT_TYPE, CALENDAR), (header::CONTENT_DISPOSITION, name)], file).into_response())
    };
    saved.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// Sends a link of its own to a verified contact of the same institution: as JSON (204) or by the page's form (303).
#[utoipa::path(post, path = "/r/{link_id}/colleagues", tag = "provider", params(("link_id" = String, Path)),
    request_body(content((NewColleague = "application/json"), (NewColleague = "application/x-www-form-urlencoded"))),
    responses((status = 204, description = "The mail is ordered"), (status = 303, description = "Back to the desk"),
        ChangeProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn add_colleague(
    extract::State(state): extract::State<State>,
    ask: Asked,
    origin: Origin,
    headers: HeaderMap,
    body: Raw,
) -> Response {
    let done = async {
        let (link, token) = asked(ask, &headers)?;
        let bytes = axum::body::to_bytes(body, MAX_BYTES).await.map_err(|_| Problem::new(ProblemKind::BodyTooLarge));
        let by_form = media_type(&headers).to_ascii_lowercase().starts_with(form::MEDIA_TYPE);
        let contact = bytes.and_then(|bytes| match by_form {
            true => {
                let entered = Entered::parse(&bytes)?;
                entered.text("contact").and_then(|id| id.parse().ok()).ok_or_else(colleague::unknown)
            }
            false => parse::<NewColleague>(&bytes).map(|new| new.contact),
        });
        colleague::add(&state, &origin, (&link, &token), contact).await?;
        if by_form {
            return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "desk")]).into_response());
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    done.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// Takes a file that goes along with an outcome: PDF, JPEG, PNG or FHIR. As JSON it is announced, up to 20 MiB, and the answer
/// has the address for its bytes; a body of the file's own media type, up to 4 MiB, is the file. Either way it waits in
/// quarantine until it was checked. FHIR is an outcome Bundle (R4, up to 256 KiB) and comes as the body: it is read at once, and
/// refused with a pointer to each place that breaks a rule.
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
