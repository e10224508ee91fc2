//! Where requests meet the store: who acts for the access log, refusals of the store as problems, and repeats.

use crate::auth::{Patient, RequestId, Staff};
use crate::gateway::Gateway;
use crate::headers::IdempotentRequest;
use crate::problem::{MissingConsent, Problem, ProblemKind};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use medius_domain::access::{AccessReason, Action, Actor, Authentication, Event, Object, Outcome, Purpose, Scope};
use medius_domain::case::Case;
use medius_domain::consent;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, EventId, InquiryId, ProviderId};
use medius_domain::inquiry::Inquiry;
use medius_domain::policy::{Denied, On, Permit, Role, Standing, Verdict, permit, verdict};
use medius_domain::rights::RightsRequest;
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

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Foreign => Self::not_found(),
            Denied::Role => Self::new(ProblemKind::Forbidden),
            Denied::ReasonNeeded => Self::invalid([FieldError::new("/reason", Invalid::Missing)]),
            Denied::Suspended => Self::conflict("suspended"),
            Denied::Closed => Self::conflict("case-closed"),
        }
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

    /// What a signed-in member of staff does in one of their roles.
    pub fn staff(&self, staff: &Staff, role: Role, action: Action, object: Object, purpose: Purpose) -> Event {
        let actor = Actor::Staff { subject: staff.subject.clone(), role };
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
            outcome: Outcome::Done,
            object,
            purpose,
            reason: None,
            basis: basis.to_vec(),
            evidence: None,
            source_ip: self.source_ip.clone(),
            request_id: Some(self.request_id.clone()),
        }
    }
}

/// Leave for a patient to act on a case of their own. An attempt at somebody else's case is recorded in that case's log and
/// answered like a case that is not there. The snapshot must hold the case and the head of its log.
///
/// # Errors
/// The one 404, or the store's failures.
pub async fn own_case(
    db: &Database,
    snapshot: &Snapshot,
    id: &CaseId,
    event: Event,
) -> Result<(Case, Permit), Problem> {
    let case = snapshot.case(id)?.ok_or_else(Problem::not_found)?;
    match permit(event.clone(), &On::Case(&case)) {
        Ok(leave) => Ok((case, leave)),
        Err(denied) => {
            let refusal = Permit::refusal(event, &On::Case(&case));
            db.commit(Change::new(refusal, db.now()), snapshot).await?;
            Err(denied.into())
        }
    }
}

/// Leave for a patient to act on a request of their own about rights. An attempt at somebody else's is recorded and answered
/// like a request that is not there. The snapshot must hold the head of the request's chain.
///
/// # Errors
/// The one 404, or the store's failures.
pub async fn own_right(
    db: &Database,
    snapshot: &Snapshot,
    request: &RightsRequest,
    event: Event,
) -> Result<Permit, Problem> {
    match permit(event.clone(), &On::Right(request)) {
        Ok(leave) => Ok(leave),
        Err(denied) => {
            let refusal = Permit::refusal(event, &On::Right(request));
            db.commit(Change::new(refusal, db.now()), snapshot).await?;
            Err(denied.into())
        }
    }
}

/// Leave for a patient to act on an inquiry of their own; an attempt at somebody else's is recorded and answered like one that
/// is not there. The snapshot must hold the inquiry and the head of its log.
///
/// # Errors
/// The one 404, or the store's failures.
pub async fn own_inquiry(
    db: &Database,
    snapshot: &Snapshot,
    id: &InquiryId,
    event: Event,
) -> Result<(Inquiry, Permit), Problem> {
    let inquiry = snapshot.inquiry(id)?.ok_or_else(Problem::not_found)?;
    match permit(event.clone(), &On::Inquiry(&inquiry)) {
        Ok(leave) => Ok((inquiry, leave)),
        Err(denied) => {
            let refusal = Permit::refusal(event, &On::Inquiry(&inquiry));
            db.commit(Change::new(refusal, db.now()), snapshot).await?;
            Err(denied.into())
        }
    }
}

/// What a member of staff wants to do.
pub struct Errand<'a> {
    /// Who.
    pub staff: &'a Staff,
    /// From where.
    pub origin: &'a Origin,
    /// What.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// Why.
    pub purpose: Purpose,
    /// The reason given.
    pub reason: Option<AccessReason>,
}

impl Errand<'_> {
    fn event(&self, role: Role) -> Event {
        let Self { staff, origin, action, object, purpose, reason } = self;
        origin.staff(staff, role, *action, object.clone(), *purpose).because(*reason)
    }

    /// Whether any of the person's roles may do this at all. Asked before anything is read, so that the answer to who may
    /// not says nothing about what is there.
    ///
    /// # Errors
    /// 403.
    pub fn possible(&self) -> Result<(), Problem> {
        let thing = self.object.thing();
        let any = self
            .staff
            .roles
            .iter()
            .any(|role| Standing::ALL.iter().any(|s| verdict(*role, self.action, thing, *s) != Verdict::Denied));
        if any { Ok(()) } else { Err(ProblemKind::Forbidden.into()) }
    }

    /// The same question, with a refused attempt on record. It stands in the chain of the person who tried: whether the
    /// thing is there was not asked.
    ///
    /// # Errors
    /// 403, or the store's failures.
    pub async fn admitted(&self, db: &Database) -> Result<(), Problem> {
        let Err(refusal) = self.possible() else { return Ok(()) };
        // An account without any role is nobody whom the log could name as staff.
        if let Some(role) = self.staff.roles.first() {
            let scope = Scope::Member(self.staff.subject.clone());
            let snapshot = db.read([Place::LogHead(scope.clone())]).await?;
            let attempt = Permit::refusal(self.event(*role), &On::Service(&scope));
            db.commit(Change::new(attempt, db.now()), &snapshot).await?;
        }
        Err(refusal)
    }

    /// Leave by the first of the person's roles that has it.
    fn leave(&self, on: &On) -> Result<Permit, Denied> {
        let mut denied = Denied::Role;
        for role in &self.staff.roles {
            match permit(self.event(*role), on) {
                Ok(leave) => return Ok(leave),
                Err(why @ (Denied::ReasonNeeded | Denied::Suspended | Denied::Closed)) => denied = why,
                Err(Denied::Role | Denied::Foreign) => {}
            }
        }
        Err(denied)
    }

    /// Leave to act on an inquiry. Of what is not theirs to answer staff are not told that it is there; a refused attempt is
    /// recorded in the inquiry's log. The snapshot must hold the inquiry and the head of its log.
    ///
    /// # Errors
    /// 403, 404, 422 without the reason that the table asks for, or the store's failures.
    pub async fn on_inquiry(
        &self,
        db: &Database,
        snapshot: &Snapshot,
        id: &InquiryId,
    ) -> Result<(Inquiry, Permit), Problem> {
        let inquiry = snapshot.inquiry(id)?.ok_or_else(Problem::not_found)?;
        let on = On::Inquiry(&inquiry);
        let denied = match self.leave(&on) {
            Ok(leave) => return Ok((inquiry, leave)),
            Err(_) if !self.staff.roles.contains(&inquiry.topic.answered_by()) => Denied::Foreign,
            Err(denied) => denied,
        };
        if let Some(role) = self.staff.roles.first() {
            let refusal = Permit::refusal(self.event(*role), &on);
            db.commit(Change::new(refusal, db.now()), snapshot).await?;
        }
        Err(denied.into())
    }

    /// Leave for something that belongs to no one patient.
    ///
    /// # Errors
    /// 403, or 422 without the reason that the table asks for.
    pub fn on_service(&self, scope: &Scope) -> Result<Permit, Problem> {
        self.possible()?;
        Ok(self.leave(&On::Service(scope))?)
    }

    /// Leave to act on a request about rights.
    ///
    /// # Errors
    /// 403.
    pub fn on_right(&self, request: &RightsRequest) -> Result<Permit, Problem> {
        self.possible()?;
        Ok(self.leave(&On::Right(request))?)
    }

    /// Leave to act on a case. A refused attempt is recorded in the case's log. The snapshot must hold the case, its
    /// [`Place::Assignment`] and the head of its log.
    ///
    /// # Errors
    /// 403, 404, 422 without the reason that the table asks for, or the store's failures.
    pub async fn on_case(&self, db: &Database, snapshot: &Snapshot, id: &CaseId) -> Result<(Case, Permit), Problem> {
        self.admitted(db).await?;
        let case = snapshot.case(id)?.ok_or_else(Problem::not_found)?;
        let assignment = snapshot.assignment(id)?;
        let on = On::Desk(&case, assignment.assignee.as_ref());
        match self.leave(&on) {
            Ok(leave) => Ok((case, leave)),
            Err(denied) => {
                if let Some(role) = self.staff.roles.first() {
                    let refusal = Permit::refusal(self.event(*role), &on);
                    db.commit(Change::new(refusal, db.now()), snapshot).await?;
                }
                Err(denied.into())
            }
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
