//! What a client is told when something is refused or fails: RFC 9457 problem details, from one list of kinds.
//!
//! A handler returns a [`Problem`]; the boundary (see [`crate::router`]) writes the body, because only it knows the
//! request's id and language, and logs the cause of a 5xx, of which the body says nothing.

mod kind;

pub use kind::ProblemKind;

use crate::language::Language;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use medius_domain::emergency;
use medius_domain::field::{FieldError, Invalid};
use serde::Serialize;
use serde_json::{Map, Value};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The media type of a problem.
pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A consent that an action needs and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingConsent {
    /// The consent item (G1, S1, P, PS).
    pub item: String,
    /// The recipient's id, for the items that are given per recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
}

/// What helps when a character has no glyph in the letter's fonts. In both languages, since a detail has only one form.
const ASK_FOR_ROMANISATION: &str = "이 문자는 의뢰서에 인쇄할 수 없습니다. 로마자로 적어 주십시오. \
    The letter cannot print these characters. Please write them in Latin letters.";

/// A refusal or failure on its way to the client.
#[derive(Clone)]
pub struct Problem(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ProblemKind,
    detail: Option<&'static str>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    retry_after: Option<u32>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of which the kind says everything.
    pub fn new(kind: ProblemKind) -> Self {
        let inner =
            Inner { kind, detail: None, errors: Vec::new(), members: Map::new(), retry_after: None, cause: None };
        Self(Box::new(inner))
    }

    /// 422: fields that break a rule.
    pub fn invalid(errors: impl IntoIterator<Item = FieldError>) -> Self {
        let problem = Self::new(ProblemKind::InvalidField).errors(errors);
        if problem.0.errors.iter().any(|e| e.code == Invalid::UnsupportedScript.code()) {
            return problem.detail(ASK_FOR_ROMANISATION);
        }
        problem
    }

    /// 404: the one answer for everything foreign, dead or absent.
    pub fn not_found() -> Self {
        Self::new(ProblemKind::NotFound)
    }

    /// 409: the present state does not allow the change. `reason` is a stable code of the function's own.
    pub fn conflict(reason: &'static str) -> Self {
        Self::new(ProblemKind::StateConflict).with("reason", reason)
    }

    /// 403: consents that are not there.
    pub fn consent_required(missing: &[MissingConsent]) -> Self {
        Self::new(ProblemKind::ConsentRequired).with("missing_consents", missing)
    }

    /// 409: what is missing before the case can go on.
    pub fn intake_incomplete(missing: impl IntoIterator<Item = FieldError>) -> Self {
        Self::new(ProblemKind::IntakeIncomplete).errors(missing)
    }

    /// 429 with the seconds to wait.
    pub fn too_many_requests(retry_after: u32) -> Self {
        let mut problem = Self::new(ProblemKind::TooManyRequests);
        problem.0.retry_after = Some(retry_after);
        problem
    }

    /// 500. The cause goes to the log, so its text may name ids but never personal data.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::new(ProblemKind::Internal).caused_by(cause)
    }

    /// 503 with `Retry-After`: AWS refused, throttled or timed out. The cause goes to the log, as for 500.
    pub fn unavailable(cause: impl Error + Send + Sync + 'static) -> Self {
        let mut problem = Self::new(ProblemKind::TemporarilyUnavailable).caused_by(cause);
        problem.0.retry_after = Some(2);
        problem
    }

    /// Adds what is wrong with which field.
    #[must_use]
    pub fn errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.0.errors.extend(errors);
        self
    }

    /// Adds a fixed sentence that helps a developer. It is the same for every request: it cannot carry a value.
    #[must_use]
    pub fn detail(mut self, detail: &'static str) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// Adds an extension member (RFC 9457 section 3.2). Never put what the client sent into it.
    #[must_use]
    pub fn with(mut self, member: &'static str, value: impl Serialize) -> Self {
        self.0.members.insert(member.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    fn caused_by(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    /// The kind.
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// The stable code of why the present state does not allow the change, with a conflict.
    pub fn reason(&self) -> Option<&str> {
        self.0.members.get("reason").and_then(Value::as_str)
    }

    /// What is wrong with which field.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The cause and the causes behind it, for the log.
    pub(crate) fn cause_chain(&self) -> String {
        let mut chain = String::new();
        let mut next = self.0.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(cause) = next {
            let separator = if chain.is_empty() { "" } else { ": " };
            chain.push_str(separator);
            chain.push_str(&cause.to_string());
            next = cause.source();
        }
        chain
    }

    /// The answer in a language, with the request's id in the body (404: only in the header, so that every 404 is the
    /// same, byte for byte).
    pub(crate) fn render(&self, language: Language, request_id: &str) -> Response {
        let Inner { kind, detail, errors, members, retry_after, cause: _ } = &*self.0;
        let mut members = members.clone();
        if *kind == ProblemKind::Emergency {
            let text = emergency::text(language == Language::Ko);
            members.insert("emergency".to_owned(), serde_json::to_value(text).unwrap_or(Value::Null));
        }
        let body = Document {
            kind: format!("urn:medius:problem:{}", kind.code()),
            title: kind.title(language),
            status: kind.status().as_u16(),
            code: kind.code(),
            detail: *detail,
            request_id: (*kind != ProblemKind::NotFound).then_some(request_id),
            errors: errors.iter().map(|e| Entry { pointer: &e.pointer, code: e.code }).collect(),
            members,
        };
        // Strings, numbers and JSON values only: serialising cannot fail.
        let mut response = (kind.status(), serde_json::to_vec(&body).unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
        }
        if *kind == ProblemKind::Unauthorized {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Entry<'a>>,
    #[serde(flatten)]
    members: Map<String, Value>,
}

#[derive(Serialize)]
struct Entry<'a> {
    pointer: &'a str,
    code: &'static str,
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self::new(kind)
    }
}

// Only the code: causes and fields are written by the boundary.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({})", self.0.kind.code())
    }
}

/// A problem that is shown as a page.
#[derive(Debug, Clone)]
pub(crate) struct Shown(pub(crate) Problem);

impl Problem {
    /// The answer with a page of the caller's own instead of problem details. It is logged and counted as any other.
    pub fn shown_as(self, mut page: Response) -> Response {
        *page.status_mut() = self.kind().status();
        if let Some(seconds) = self.0.retry_after {
            page.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        page.extensions_mut().insert(Shown(self));
        page
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
