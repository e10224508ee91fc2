//! Versions (`ETag`, `If-Match`), repeats (`Idempotency-Key`) and ids in paths, as extractors.

use crate::digest::sha256_hex;
use crate::problem::{Problem, ProblemKind};
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, MatchedPath, Path};
use axum::response::{IntoResponseParts, ResponseParts};
use http::HeaderValue;
use http::header::{ETAG, IF_MATCH};
use http::request::Parts;
use medius_domain::id::Subject;
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// The version that a change expects, from `If-Match: "<version>"`. A missing header and `*` are 428 (a change names
/// its version); anything else that is not one strong tag of ours is 412.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub u64);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(IF_MATCH).iter();
        let (first, second) = (values.next().map(HeaderValue::as_bytes), values.next());
        match first {
            None | Some(b"" | b"*") => Err(ProblemKind::IfMatchRequired.into()),
            Some(tag) => version(tag)
                .filter(|_| second.is_none())
                .map(Self)
                .ok_or_else(|| Problem::new(ProblemKind::VersionMismatch)),
        }
    }
}

/// The version in a strong tag, in the one spelling that [`ETag`] gives.
fn version(tag: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(tag).ok()?.strip_prefix('"')?.strip_suffix('"')?;
    let version: u64 = digits.parse().ok()?;
    (version.to_string() == digits).then_some(version)
}

/// The `ETag` of a version: `(StatusCode::OK, ETag(7), Json(view))`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ETag(pub u64);

impl IntoResponseParts for ETag {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", self.0)) {
            response.headers_mut().insert(ETAG, value);
        }
        Ok(response)
    }
}

/// The `Idempotency-Key` of a POST that creates, with the request that it stands for.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    key: String,
    route: String,
    path: String,
}

/// What the store keeps of an idempotent request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// SHA-256 (hex) of subject, route and key: where the record lies.
    pub scope_sha256: String,
    /// SHA-256 (hex) of key, path and body: whether a repeat is the same request. With the key, which only the client has, a
    /// body of few possible values cannot be guessed from it.
    pub payload_sha256: String,
}

impl IdempotencyKey {
    /// The request as one subject's, with the digest of its body ([`crate::Body::sha256`]). The path belongs to the
    /// payload and not to the scope: the same key for another case is refused, not answered with the first case's
    /// result.
    pub fn request(&self, subject: &Subject, body_sha256: &str) -> IdempotentRequest {
        IdempotentRequest {
            scope_sha256: sha256_hex([subject.as_str().as_bytes(), self.route.as_bytes(), self.key.as_bytes()]),
            payload_sha256: sha256_hex([self.key.as_bytes(), self.path.as_bytes(), body_sha256.as_bytes()]),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let first = values.next().ok_or_else(|| Problem::new(ProblemKind::IdempotencyKeyRequired))?;
        let key = first
            .to_str()
            .ok()
            .filter(|key| (16..=64).contains(&key.len()))
            .filter(|key| key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')))
            .filter(|_| values.next().is_none())
            .ok_or_else(|| Problem::new(ProblemKind::IdempotencyKeyInvalid))?;
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        Ok(Self { key: key.to_owned(), route: format!("{} {route}", parts.method), path: parts.uri.path().to_owned() })
    }
}

/// Ids of the path: `PathIds(case): PathIds<CaseId>` or `PathIds((case, referral)): PathIds<(CaseId, ReferralId)>`. An
/// id that is none is the same 404 as one that is absent.
pub struct PathIds<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathIds<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(ids)) => Ok(Self(ids)),
            Err(PathRejection::MissingPathParams(error)) => Err(Problem::internal(error)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}
