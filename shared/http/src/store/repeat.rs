//! Repeats: an answer is kept with the change that it tells of, and given again to the same request.

use crate::headers::{ETag, IdempotentRequest};
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use medius_store::{Change, Conflict, Database, IdempotencyRecord, Place, Snapshot, StoreError};
use serde::Serialize;

/// The answer to an earlier request with the same key, if the snapshot holds one.
///
/// # Errors
/// `idempotency-key-reused` when the earlier request was another one.
pub fn replay(snapshot: &Snapshot, request: &IdempotentRequest) -> Result<Option<Response>, Problem> {
    let Some(record) = snapshot.idempotency(&request.scope_sha256)? else {
        return Ok(None);
    };
    if record.payload_sha256 != request.payload_sha256 {
        return Err(ProblemKind::IdempotencyKeyReused.into());
    }
    let status = StatusCode::from_u16(record.status).map_err(Problem::internal)?;
    let answer = Remembered { status, location: record.location, body: record.body };
    Ok(Some(([(REPLAYED, "true")], answer).into_response()))
}

/// Tells a client that the answer is that of an earlier request.
const REPLAYED: header::HeaderName = header::HeaderName::from_static("idempotency-replayed");

/// An answer with ids, states and times only: it may be kept to answer repeats.
pub struct Remembered {
    status: StatusCode,
    location: Option<String>,
    body: String,
}

impl Remembered {
    /// Puts the answer to a request into its change. The body must hold nothing personal; `location` is the path of what was
    /// made.
    ///
    /// # Errors
    /// An internal problem when the body is no JSON.
    pub fn new(
        change: &mut Change,
        request: &IdempotentRequest,
        status: StatusCode,
        location: Option<String>,
        body: &impl Serialize,
    ) -> Result<Self, Problem> {
        let body = serde_json::to_string(body).map_err(Problem::internal)?;
        change.remember(&IdempotencyRecord {
            scope: request.scope_sha256.clone(),
            payload_sha256: request.payload_sha256.clone(),
            status: status.as_u16(),
            location: location.clone(),
            body: body.clone(),
        })?;
        Ok(Self { status, location, body })
    }
}

/// Commits a change with its remembered answer. When the same request was quicker elsewhere, its answer is given.
///
/// # Errors
/// The store's refusals, or `idempotency-key-reused`.
pub async fn settle(
    db: &Database,
    change: Change,
    snapshot: Option<&Snapshot>,
    request: &IdempotentRequest,
    answer: Remembered,
) -> Result<Response, Problem> {
    let outcome = match snapshot {
        Some(snapshot) => db.commit(change, snapshot).await,
        None => db.commit_first(change).await,
    };
    match outcome {
        Ok(()) => Ok(answer.into_response()),
        Err(quicker @ StoreError::Conflict(Conflict::Idempotency)) => {
            let after = db.read([Place::Idempotency(request.scope_sha256.clone())]).await?;
            replay(&after, request)?.ok_or_else(|| quicker.into())
        }
        Err(error) => Err(error.into()),
    }
}

impl IntoResponse for Remembered {
    fn into_response(self) -> Response {
        let location = self.location.map(|path| [(header::LOCATION, path)]);
        (self.status, location, [(header::CONTENT_TYPE, "application/json")], self.body).into_response()
    }
}

/// A JSON answer with the version as its `ETag`.
pub fn versioned<T: Serialize>(version: u64, body: T) -> Response {
    (ETag(version), Json(body)).into_response()
}
