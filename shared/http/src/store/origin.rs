//! Who acts and from where, as the access log has it.

use crate::auth::{Patient, RequestId, Staff};
use crate::gateway::Gateway;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;
use medius_domain::access::{Action, Actor, Authentication, Event, Object, Outcome, Purpose};
use medius_domain::id::{EventId, ProviderId, Subject};
use medius_domain::policy::Role;

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

    /// What somebody without a sign-in does about something of their own, or of whom they act for.
    pub fn without_sign_in(
        &self,
        subject: &Subject,
        how: Authentication,
        action: Action,
        object: Object,
        purpose: Purpose,
    ) -> Event {
        self.event(Actor::Patient { subject: subject.clone() }, how, action, object, purpose, &[])
    }

    /// What a signed-in member of staff does in one of their roles.
    pub fn staff(&self, staff: &Staff, role: Role, action: Action, object: Object, purpose: Purpose) -> Event {
        let actor = Actor::Staff { subject: staff.subject.clone(), role };
        self.event(actor, Authentication::AccessToken, action, object, purpose, &[])
    }

    /// What somebody at an institution does with what a patient says of its records.
    pub fn source(&self, institution: &ProviderId, how: Authentication, action: Action, object: Object) -> Event {
        let actor = Actor::Provider { institution: institution.clone() };
        self.event(actor, how, action, object, Purpose::PatientRights, &[])
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
