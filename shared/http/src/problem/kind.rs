//! The kinds of problems: status, stable code and title of each.

use crate::language::Language;
use http::StatusCode;

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
