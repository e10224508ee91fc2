//! The boundary of every function: what all requests get, whatever the handler does.

use crate::about;
use crate::auth::RequestId;
use crate::config::ApiConfig;
use crate::gateway::Gateway;
use crate::language::Language;
use crate::problem::{Problem, ProblemKind, Shown};
use crate::telemetry;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::header::{self, ALLOW, HeaderName};
use http::{HeaderMap, HeaderValue};
use medius_domain::clock::Clock;
use std::any::Any;
use std::sync::Arc;
use std::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// What the boundary and the extractors need: in the extensions of each request.
#[derive(Clone)]
pub struct Boundary {
    pub(crate) config: Arc<ApiConfig>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Puts on what all functions share: request id, one form of problems (also for a panic, an unknown path and a wrong
/// method), security headers, one access line, metrics. The clock is the one by which tokens expire.
pub fn service(router: impl Into<Router>, config: ApiConfig, clock: Arc<dyn Clock>) -> Router {
    let boundary = Boundary { config: Arc::new(config), clock };
    router
        .into()
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::new(ProblemKind::MethodNotAllowed) })
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn_with_state(boundary, serve))
}

/// The panic hook has written the place already.
fn after_panic(_: Box<dyn Any + Send>) -> Response {
    Problem::new(ProblemKind::Internal).into_response()
}

async fn serve(State(boundary): State<Boundary>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id =
        request.extensions().get::<Gateway>().map_or_else(|| RequestId::of(&Gateway::default()), RequestId::of);
    let language = Language::of(request.headers());
    let method = request.method().clone();
    // The template, never the path: the path names ids, and anything at all where no route matches.
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", |p| p.as_str()).to_owned();
    let function = boundary.config.function;
    request.extensions_mut().insert(request_id.clone());
    request.extensions_mut().insert(boundary);

    let span = tracing::info_span!(
        "request",
        request_id = request_id.as_str(),
        case.id = Empty,
        delivery.id = Empty,
        right.id = Empty,
        inquiry.id = Empty,
    );
    about::of_path(&span, request.uri().path());
    async {
        let mut response = next.run(request).await;
        let problem = response.extensions_mut().remove::<Problem>();
        let shown = response.extensions_mut().remove::<Shown>().map(|Shown(problem)| problem);
        let code = problem.as_ref().or(shown.as_ref()).map(|p| p.kind().code());
        for failed in problem.iter().chain(&shown).filter(|p| p.kind().status().is_server_error()) {
            tracing::error!(code = failed.kind().code(), cause = failed.cause_chain(), "failed");
        }
        if let Some(problem) = problem {
            response = finish(&problem, response, language, request_id.as_str());
        }
        add_headers(response.headers_mut(), request_id.as_str());
        if let Some(made) = response.headers().get(header::LOCATION).and_then(|made| made.to_str().ok()) {
            about::of_path(&Span::current(), made);
        }
        let (status, milliseconds) = (response.status(), started.elapsed().as_secs_f64() * 1000.0);
        tracing::info!(
            function,
            method = method.as_str(),
            route,
            status = status.as_u16(),
            code,
            latency_ms = milliseconds.round(),
            "request"
        );
        telemetry::record(&route, status, milliseconds);
        telemetry::flush();
        response
    }
    .instrument(span)
    .await
}

/// Writes a problem's body and keeps headers that were set beside it.
fn finish(problem: &Problem, bare: Response, language: Language, request_id: &str) -> Response {
    let mut response = problem.render(language, request_id);
    for (name, value) in bare.headers() {
        if name == ALLOW || name == header::SET_COOKIE {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

/// Headers of every answer, unless the handler has set its own.
const DEFAULTS: [(HeaderName, &str); 9] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

fn add_headers(headers: &mut HeaderMap, request_id: &str) {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", id);
    }
}
