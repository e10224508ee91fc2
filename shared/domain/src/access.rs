//! Who looked at what: the access log's entries (Safety Measures Standard Art. 8), chained per case and, for what belongs to
//! no case, per institution, member of staff or month.

mod kinds;
mod object;
mod scope;
#[cfg(test)]
mod tests;

pub use kinds::{AccessReason, Action, Actor, Authentication, Outcome, Purpose};
pub use object::{Object, Opaque};
pub use scope::Scope;

use crate::chain::{self, Head};
use crate::clock::kst_day;
use crate::id::{EventId, LogEntryId, Subject};
use crate::policy::Permit;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// An event as the caller knows it, before it is allowed and has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Who.
    pub actor: Actor,
    /// How recognised.
    pub authentication: Authentication,
    /// What was done.
    pub action: Action,
    /// Whether it was done.
    pub outcome: Outcome,
    /// To what.
    pub object: Object,
    /// Why.
    pub purpose: Purpose,
    /// The reason that staff gave.
    pub reason: Option<AccessReason>,
    /// The consent events that allow it; empty where the patient acts on their own data.
    pub basis: Vec<EventId>,
    /// Hash of what the same commit records elsewhere, such as a consent event: who rewrites that must rewrite the log too.
    pub evidence: Option<String>,
    /// Where the request came from, as the gateway saw it.
    pub source_ip: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

impl Event {
    /// What a function of the service does by itself, with the permissions of its own role.
    pub fn of_function(
        function: &str,
        action: Action,
        object: Object,
        purpose: Purpose,
        request_id: Option<&str>,
    ) -> Self {
        Self {
            actor: Actor::System { function: function.to_owned() },
            authentication: Authentication::Role,
            action,
            outcome: Outcome::Done,
            object,
            purpose,
            reason: None,
            basis: Vec::new(),
            evidence: None,
            source_ip: None,
            request_id: request_id.map(ToOwned::to_owned),
        }
    }

    /// The same attempt, turned away.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { outcome: Outcome::Refused, ..self }
    }

    /// The same attempt, with the reason that was given.
    #[must_use]
    pub fn because(self, reason: Option<AccessReason>) -> Self {
        Self { reason, ..self }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The chain.
    pub scope: Scope,
    /// Place in the chain, from 1.
    pub seq: u64,
    /// Its id.
    pub id: LogEntryId,
    /// When, UTC with milliseconds.
    pub at: String,
    /// The legal day in Seoul.
    pub day_kst: NaiveDate,
    /// Whose data, as a pseudonym; none where it is about no patient.
    pub subject: Option<Subject>,
    /// Who.
    pub actor: Actor,
    /// How recognised.
    pub authentication: Authentication,
    /// What was done.
    pub action: Action,
    /// Whether it was done.
    pub outcome: Outcome,
    /// To what.
    pub object: Object,
    /// Why.
    pub purpose: Purpose,
    /// The reason that staff gave.
    pub reason: Option<AccessReason>,
    /// Consent events.
    pub basis: Vec<EventId>,
    /// Hash of what the same commit recorded elsewhere.
    pub evidence: Option<String>,
    /// Origin.
    pub source_ip: Option<String>,
    /// Request.
    pub request_id: Option<String>,
    /// Hash of the entry before.
    pub previous_hash: String,
}

impl Permit {
    /// The entry at its place in the chain, and the chain's new head.
    ///
    /// # Errors
    /// See [`chain::link`].
    pub fn chain(&self, head: &Head, now: DateTime<Utc>) -> Result<(Entry, Head), serde_json::Error> {
        let event = self.event();
        let entry = Entry {
            scope: self.scope().clone(),
            seq: head.seq + 1,
            id: LogEntryId::new(),
            at: now.to_rfc3339_opts(SecondsFormat::Millis, true),
            day_kst: kst_day(now),
            subject: self.subject().cloned(),
            actor: event.actor.clone(),
            authentication: event.authentication,
            action: event.action,
            outcome: event.outcome,
            object: event.object.clone(),
            purpose: event.purpose,
            reason: event.reason,
            basis: event.basis.clone(),
            evidence: event.evidence.clone(),
            source_ip: event.source_ip.clone(),
            request_id: event.request_id.clone(),
            previous_hash: head.hash.clone(),
        };
        let hash = chain::link(&head.hash, &entry)?;
        Ok((entry, Head { seq: head.seq + 1, hash }))
    }
}

/// Walks a chain from its first entry and returns its head.
///
/// # Errors
/// The place (from 1) of the first entry that does not follow from the one before it.
pub fn verify(entries: &[Entry]) -> Result<Head, u64> {
    let mut head = Head::default();
    for entry in entries {
        let place = head.seq + 1;
        if entry.seq != place || entry.previous_hash != head.hash {
            return Err(place);
        }
        head = Head { seq: place, hash: chain::link(&head.hash, entry).map_err(|_| place)? };
    }
    Ok(head)
}

/// Walks a chain and holds it against the head that is kept beside it: what was cut off at the end shows too.
///
/// # Errors
/// The place (from 1) of the first entry that is not as it was written.
pub fn verify_to(entries: &[Entry], head: &Head) -> Result<(), u64> {
    let found = verify(entries)?;
    if found == *head { Ok(()) } else { Err(found.seq.min(head.seq).max(1)) }
}
