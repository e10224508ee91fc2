//! What a client is told when something is refused or fails: RFC 9457 problem details, from one list of kinds.
//!
//! A handler returns a [`Problem`]; the boundary (see [`crate::router`]) writes the body, because only it knows the
//! request's id and language, and logs the cause of a 5xx, of which the body says nothing.

use crate::language::Language;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use medius_domain::emergency;
use medius_domain::field::{FieldError, Invalid};
use serde::Serialize;
use serde_json::{Map, Value};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The media type of a problem.
pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Why a request was refused or failed. Codes are part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// A field breaks its rule; `errors` says which.
    InvalidField,
    /// The body is not JSON in UTF-8.
    MalformedJson,
    /// The body is nested deeper than [`crate::body::MAX_DEPTH`].
    JsonTooDeep,
    /// The body is longer than [`crate::body::MAX_BYTES`].
    BodyTooLarge,
    /// The body is not declared as `application/json`.
    UnsupportedMediaType,
    /// No access token of the right pool and client, or one that has expired.
    Unauthorized,
    /// The member of staff has no role that may do this.
    Forbidden,
    /// A consent is not there; `missing_consents` says which.
    ConsentRequired,
    /// The present state does not allow the change.
    StateConflict,
    /// A guardian must act for a patient under 14.
    GuardianRequired,
    /// What was described may be an emergency; `emergency` says whom to call. Nothing was stored.
    Emergency,
    /// The case cannot go on yet; `errors` says what is missing.
    IntakeIncomplete,
    /// The version of `If-Match` is not the present one.
    VersionMismatch,
    /// The change needs `If-Match`.
    IfMatchRequired,
    /// The request needs `Idempotency-Key`.
    IdempotencyKeyRequired,
    /// `Idempotency-Key` is not 16 to 64 characters of `A-Z a-z 0-9 _ -`.
    IdempotencyKeyInvalid,
    /// The key was used for another request.
    IdempotencyKeyReused,
    /// Foreign, dead or absent: one answer for all.
    NotFound,
    /// The resource has no such method.
    MethodNotAllowed,
    /// Too many attempts; `Retry-After` says when to come back.
    TooManyRequests,
    /// Our fault.
    Internal,
    /// A part that we need does not answer; a repeat may succeed.
    TemporarilyUnavailable,
}

impl ProblemKind {
    /// Every kind, for documentation and tests.
    pub const ALL: [Self; 22] = [
        Self::InvalidField,
        Self::MalformedJson,
        Self::JsonTooDeep,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Unauthorized,
        Self::Forbidden,
        Self::ConsentRequired,
        Self::StateConflict,
        Self::GuardianRequired,
        Self::Emergency,
        Self::IntakeIncomplete,
        Self::VersionMismatch,
        Self::IfMatchRequired,
        Self::IdempotencyKeyRequired,
        Self::IdempotencyKeyInvalid,
        Self::IdempotencyKeyReused,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TooManyRequests,
        Self::Internal,
        Self::TemporarilyUnavailable,
    ];

    /// Status, stable code, and title in Korean and English.
    const fn row(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::InvalidField => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-field",
                "입력한 항목을 확인해 주십시오.",
                "Please check the fields that are named.",
            ),
            Self::MalformedJson => (
                StatusCode::BAD_REQUEST,
                "malformed-json",
                "요청 본문이 올바른 JSON(UTF-8)이 아닙니다.",
                "The body is not valid JSON in UTF-8.",
            ),
            Self::JsonTooDeep => (
                StatusCode::BAD_REQUEST,
                "json-too-deep",
                "요청 본문의 중첩이 너무 깊습니다.",
                "The body is nested too deeply.",
            ),
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                "요청 본문이 256 KiB를 넘습니다.",
                "The body is larger than 256 KiB.",
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Content-Type은 application/json이어야 합니다.",
                "The content type must be application/json.",
            ),
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "다시 로그인해 주십시오.", "Please sign in again.")
            }
            Self::Forbidden => {
                (StatusCode::FORBIDDEN, "forbidden", "이 작업을 할 권한이 없습니다.", "Your role does not allow this.")
            }
            Self::ConsentRequired => {
                (StatusCode::FORBIDDEN, "consent-required", "먼저 동의가 필요합니다.", "Your consent is needed first.")
            }
            Self::StateConflict => (
                StatusCode::CONFLICT,
                "state-conflict",
                "현재 상태에서는 할 수 없는 요청입니다.",
                "The present state does not allow this.",
            ),
            Self::GuardianRequired => (
                StatusCode::CONFLICT,
                "guardian-required",
                "만 14세 미만은 법정대리인이 신청해야 합니다. 저장된 내용은 없습니다.",
                "A legal guardian must act for a patient under 14. Nothing was stored.",
            ),
            Self::Emergency => (
                StatusCode::CONFLICT,
                "emergency",
                "지금 바로 응급 도움을 받으십시오.",
                "Please get emergency help now.",
            ),
            Self::IntakeIncomplete => (
                StatusCode::CONFLICT,
                "intake-incomplete",
                "아직 작성하지 않은 항목이 있습니다.",
                "Some of the intake is still missing.",
            ),
            Self::VersionMismatch => (
                StatusCode::PRECONDITION_FAILED,
                "version-mismatch",
                "그 사이에 내용이 바뀌었습니다. 다시 불러온 뒤 수정해 주십시오.",
                "It was changed in the meantime. Please load it again before you change it.",
            ),
            Self::IfMatchRequired => (
                StatusCode::PRECONDITION_REQUIRED,
                "if-match-required",
                "If-Match 헤더에 수정할 버전이 필요합니다.",
                "The If-Match header must name the version to change.",
            ),
            Self::IdempotencyKeyRequired => (
                StatusCode::BAD_REQUEST,
                "idempotency-key-required",
                "Idempotency-Key 헤더가 필요합니다.",
                "The Idempotency-Key header is needed.",
            ),
            Self::IdempotencyKeyInvalid => (
                StatusCode::BAD_REQUEST,
                "idempotency-key-invalid",
                "Idempotency-Key는 영문자, 숫자, _, - 로 된 16~64자여야 합니다.",
                "Idempotency-Key must be 16 to 64 letters, digits, _ or -.",
            ),
            Self::IdempotencyKeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "같은 Idempotency-Key가 다른 요청에 이미 쓰였습니다.",
                "This Idempotency-Key was already used for another request.",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "찾을 수 없습니다.", "Not found."),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "허용되지 않는 메서드입니다.",
                "This method is not allowed here.",
            ),
            Self::TooManyRequests => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "요청이 너무 많습니다. 잠시 뒤 다시 시도해 주십시오.",
                "Too many requests. Please try again later.",
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "서비스에 문제가 생겼습니다.",
                "Something went wrong on our side.",
            ),
            Self::TemporarilyUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily-unavailable",
                "잠시 서비스를 이용할 수 없습니다. 다시 시도해 주십시오.",
                "Temporarily unavailable. Please try again.",
            ),
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        self.row().0
    }

    /// The stable code, lower case with hyphens.
    pub const fn code(self) -> &'static str {
        self.row().1
    }

    /// The title in a language.
    pub const fn title(self, language: Language) -> &'static str {
        match language {
            Language::Ko => self.row().2,
            Language::En => self.row().3,
        }
    }
}

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

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
