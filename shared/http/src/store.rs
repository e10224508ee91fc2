//! Where requests meet the store: who acts for the access log, refusals of the store as problems, and repeats.

use crate::auth::{Patient, RequestId};
use crate::gateway::Gateway;
use crate::headers::IdempotentRequest;
use crate::problem::{MissingConsent, Problem, ProblemKind};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use medius_domain::access::{Action, Actor, Authentication, Event, Object, Purpose};
use medius_domain::consent;
use medius_domain::id::{EventId, ProviderId};
use medius_store::{Change, Conflict, Database, IdempotencyRecord, Place, Snapshot, StoreError};
use serde::Serialize;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::Version) => Self::new(ProblemKind::VersionMismatch),
            StoreError::Conflict(Conflict::Consent) => Self::conflict("consent-changed"),
            StoreError::Conflict(Conflict::Link | Conflict::Mail) => Self::conflict("delivery-changed"),
            StoreError::Conflict(Conflict::Exists | Conflict::Idempotency | Conflict::Busy)
            | StoreError::Service { .. } => Self::unavailable(error),
            StoreError::Corrupt { .. } | StoreError::Seal(_) | StoreError::Configuration(_) => Self::internal(error),
        }
    }
}

impl From<consent::MissingConsent> for Problem {
    fn from(missing: consent::MissingConsent) -> Self {
        let missing: Vec<MissingConsent> = missing
            .matters
            .iter()
            .map(|m| MissingConsent {
                item: m.item().code().to_owned(),
                recipient: m.recipient().map(ToString::to_string),
            })
            .collect();
        Self::consent_required(&missing)
    }
}

/// Where a request came from, for the access log.
#[derive(Clone)]
pub struct Origin {
    source_ip: Option<String>,
    request_id: String,
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let request_id = RequestId::from_request_parts(parts, state).await?.as_str().to_owned();
        let source_ip = parts.extensions.get::<Gateway>().and_then(|g| g.source_ip).map(|ip| ip.to_string());
        Ok(Self { source_ip, request_id })
    }
}

impl Origin {
    /// What a signed-in patient does, as the access log has it.
    pub fn patient(&self, patient: &Patient, action: Action, object: Object, purpose: Purpose) -> Event {
        let actor = Actor::Patient { subject: patient.subject.clone() };
        self.event(actor, Authentication::AccessToken, action, object, purpose, &[])
    }

    /// What somebody at an institution does through a link.
    pub fn provider(
        &self,
        institution: &ProviderId,
        authentication: Authentication,
        action: Action,
        object: Object,
        basis: &[EventId],
    ) -> Event {
        let actor = Actor::Provider { institution: institution.clone() };
        self.event(actor, authentication, action, object, Purpose::Provision, basis)
    }

    fn event(
        &self,
        actor: Actor,
        authentication: Authentication,
        action: Action,
        object: Object,
        purpose: Purpose,
        basis: &[EventId],
    ) -> Event {
        Event {
            actor,
            authentication,
            action,
            object,
            purpose,
            basis: basis.to_vec(),
            source_ip: self.source_ip.clone(),
            request_id: Some(self.request_id.clone()),
        }
    }
}

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
    (crate::ETag(version), Json(body)).into_response()
}
