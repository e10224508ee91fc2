//! Routes of a link: what comes in is parsed, the use case decides, the answer goes out. Whatever cannot be opened gets
//! one identical 404.

use crate::State;
use crate::api::{CodeOrdered, CodeRequest, UnlockRequest};
use crate::copy;
use crate::reader::{self, File};
use crate::reading;
use crate::session::{SameSite, Token};
use crate::unlock::{self, Ordered, Visitor};
use axum::Json;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use medius_domain::id::LinkId;
use medius_http::openapi::PublicProblems;
use medius_http::{Body, Origin, PathIds, Problem, SourceIp, telemetry};

/// The page that every link opens: the same for every address, and nothing is read or counted. Its script takes the
/// secret from the address.
#[utoipa::path(get, path = "/r/{link_id}", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(crate) async fn open_link(extract::State(state): extract::State<State>) -> Response {
    state.pages.link.answer(StatusCode::OK)
}

/// The same page's headers.
#[utoipa::path(head, path = "/r/{link_id}", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200)))]
pub(crate) async fn open_link_head(state: extract::State<State>) -> Response {
    open_link(state).await
}

/// Orders a one-time code to the institution's mailbox; the code before ends. At most three in ten minutes. Where the link
/// asks for an access code instead, no mail is sent, and the answer says so.
#[utoipa::path(post, path = "/r/{link_id}/code", tag = "provider", params(("link_id" = String, Path)),
    request_body = CodeRequest, responses((status = 202, body = CodeOrdered), PublicProblems),
    extensions(("x-medius-action" = json!("link_open")), ("x-medius-thing" = json!("link"))))]
pub(crate) async fn ask_code(
    extract::State(state): extract::State<State>,
    _: SameSite,
    (origin, ip): (Origin, SourceIp),
    PathIds(link): PathIds<LinkId>,
    body: Body<CodeRequest>,
) -> Result<Response, Problem> {
    let ordered = unlock::evenly(async {
        Visitor::new(&state, (&origin, &ip), &link, &body.value.secret).await?.order_code().await
    });
    let Ordered { by, valid_until } = ordered.await.inspect_err(refused)?;
    Ok((StatusCode::ACCEPTED, Json(CodeOrdered { by, valid_until })).into_response())
}

/// Starts a session: 204 with the cookie `__Host-medius`. A one-time code works once, for ten minutes, and for five tries.
/// Five wrong tries of one network in ten minutes lock it out of the link for thirty; twenty wrong codes in all suspend it.
#[utoipa::path(post, path = "/r/{link_id}/unlock", tag = "provider", params(("link_id" = String, Path)),
    request_body = UnlockRequest, responses((status = 204, headers(("set-cookie" = String))), PublicProblems),
    extensions(("x-medius-action" = json!("link_open")), ("x-medius-thing" = json!("link"))))]
pub(crate) async fn unlock_link(
    extract::State(state): extract::State<State>,
    _: SameSite,
    (origin, ip): (Origin, SourceIp),
    PathIds(link): PathIds<LinkId>,
    body: Body<UnlockRequest>,
) -> Result<Response, Problem> {
    let UnlockRequest { secret, code } = &body.value;
    let token = unlock::evenly(async { Visitor::new(&state, (&origin, &ip), &link, secret).await?.unlock(code).await });
    let token = token.await.inspect_err(refused)?;
    telemetry::count("LinkUnlocked");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, token.cookie())]).into_response())
}

/// Counts a secret or a code that was not the right one, and a link that was dead: many of them are somebody who guesses.
fn refused(problem: &Problem) {
    if problem.kind().status() == StatusCode::NOT_FOUND {
        telemetry::count("UnlockRefused");
    }
}

/// What a request of a session brings along. A wrong id, a foreign page and a missing cookie are the same 404.
pub(crate) type Asked = (Result<SameSite, Problem>, Result<PathIds<LinkId>, Problem>);

pub(crate) fn asked((site, link): Asked, headers: &HeaderMap) -> Result<(LinkId, Token), Problem> {
    site?;
    let PathIds(link) = link?;
    Ok((link, Token::of(headers).ok_or_else(Problem::not_found)?))
}

/// The referral as a page.
#[utoipa::path(get, path = "/r/{link_id}/referral", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn read_referral(
    extract::State(state): extract::State<State>,
    link: Result<PathIds<LinkId>, Problem>,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let shown = async {
        let (link, token) = asked((Ok(SameSite), link), &headers)?;
        let shown = reader::read(&state, &origin, &link, &token).await?;
        Ok(state.pages.reading(reading::render(&shown, &state.operator, state.db.now())?))
    };
    shown.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// The letter. Counts as a download.
#[utoipa::path(post, path = "/r/{link_id}/letter", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = [u8], content_type = "application/pdf"), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn download_letter(
    extract::State(state): extract::State<State>,
    asked: Asked,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    download(&state, asked, &origin, &headers, File::Letter).await
}

/// The letter's FHIR R4 Bundle. Counts as a download.
#[utoipa::path(post, path = "/r/{link_id}/bundle", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json"), PublicProblems),
    security(("session" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn download_bundle(
    extract::State(state): extract::State<State>,
    asked: Asked,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    download(&state, asked, &origin, &headers, File::Bundle).await
}

async fn download(state: &State, ask: Asked, origin: &Origin, headers: &HeaderMap, file: File) -> Response {
    let media_type = match file {
        File::Letter => "application/pdf",
        File::Bundle => "application/fhir+json",
    };
    let taken = async {
        let (link, token) = asked(ask, headers)?;
        let taken = reader::take(state, origin, &link, &token, file).await?;
        telemetry::count("LetterDownloaded");
        let name = format!("attachment; filename=\"{}\"", copy::name(&taken.referral, file));
        let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
        Ok((headers, taken.bytes).into_response())
    };
    taken.await.unwrap_or_else(|problem| state.pages.refusal(headers, problem))
}

/// The fingerprints of the letter as this institution gets it and of its data, in the form that `sha256sum -c` reads. Counts as
/// no download.
#[utoipa::path(post, path = "/r/{link_id}/manifest", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn download_manifest(
    extract::State(state): extract::State<State>,
    ask: Asked,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let listed = async {
        let (link, token) = asked(ask, &headers)?;
        let manifest = reader::manifest(&state, &origin, &link, &token).await?;
        let name = format!("attachment; filename=\"{}.sha256\"", manifest.referral.document_number);
        let headers =
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
        Ok((headers, manifest.text).into_response())
    };
    listed.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// Says that the institution received the referral, then shows it again.
#[utoipa::path(post, path = "/r/{link_id}/acknowledge", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 303, description = "Back to the referral"), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn acknowledge(
    extract::State(state): extract::State<State>,
    ask: Asked,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let done = async {
        let (link, token) = asked(ask, &headers)?;
        reader::acknowledge(&state, &origin, &link, &token).await?;
        telemetry::count("DeliveryAcknowledged");
        // Relative: whatever stands before `/r/` stays.
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "referral")]).into_response())
    };
    done.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// Ends the session and clears what the browser keeps of it.
#[utoipa::path(post, path = "/r/{link_id}/close", tag = "provider", params(("link_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), PublicProblems), security(("session" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("link"))))]
pub(crate) async fn close_session(
    extract::State(state): extract::State<State>,
    ask: Asked,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let closed = async {
        let (link, token) = asked(ask, &headers)?;
        reader::close(&state, &origin, &link, &token).await?;
        let mut page = state.pages.closed.answer(StatusCode::OK);
        page.headers_mut().insert(header::SET_COOKIE, Token::removal());
        page.headers_mut().insert(CLEAR_SITE_DATA, CLEARED);
        Ok(page)
    };
    closed.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// What a browser forgets after a session. The one thing that a tab keeps besides is the language that was chosen (`language.js`),
/// which the closing page is read in; it ends with the tab.
const CLEARED: HeaderValue = HeaderValue::from_static("\"cache\", \"cookies\"");
