//! Who looked at what: the access log's entries (Safety Measures Standard Art. 8), chained per case.

use crate::chain::{self, Head};
use crate::clock::kst_day;
use crate::id::{CaseId, EventId, LogEntryId, ProviderId, Subject};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Actor {
    /// The patient, signed in.
    Patient {
        /// Their pseudonym.
        subject: Subject,
    },
    /// Somebody at an institution, through a link and a one-time code.
    Provider {
        /// The institution.
        institution: ProviderId,
    },
    /// The service itself, for example the mailer.
    System {
        /// The function's name.
        function: String,
    },
}

/// How the actor was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// Access token of the patients' pool.
    AccessToken,
    /// The link's secret alone.
    LinkSecret,
    /// The link's secret and a one-time code to the institution's mailbox.
    LinkSecretAndCode,
    /// The function's own role.
    Role,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Seen.
    View,
    /// Made.
    Create,
    /// Changed.
    Update,
    /// Handed out as a file.
    Download,
    /// Sent by mail (only the link).
    Send,
    /// A link was used: code asked for, unlocked.
    LinkOpen,
    /// Permission to read given or taken: consent, link revoked.
    GrantChange,
    /// An attempt that was turned away.
    Refused,
}

/// Why it was done (policy clause P1: these purposes and no others).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Creation of a referral letter and provision of medical information.
    ReferralLetter,
    /// Delivery of a letter to the institution that the patient chose.
    Provision,
    /// The patient exercising their own rights.
    PatientRights,
}

/// What was touched, as an opaque reference such as `intake/basic` or `referral/ref_…/letter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Object(String);

impl Object {
    /// A part of the case that has no id of its own.
    pub fn part(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// Something with an opaque id; `part` may be empty.
    pub fn of(kind: &'static str, id: impl Opaque, part: &'static str) -> Self {
        if part.is_empty() {
            Self(format!("{kind}/{}", id.text()))
        } else {
            Self(format!("{kind}/{}/{part}", id.text()))
        }
    }

    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Ids that may stand in a log: nothing else can be made into an [`Object`].
pub trait Opaque {
    /// The id as text.
    fn text(&self) -> &str;
}

macro_rules! opaque {
    ($($name:ty),+) => {$(
        impl Opaque for &$name {
            fn text(&self) -> &str {
                self.as_str()
            }
        }
    )+};
}
opaque!(
    crate::id::ReferralId,
    crate::id::DeliveryId,
    crate::id::LinkId,
    crate::id::EventId,
    crate::id::ServingId,
    crate::id::MailId,
    crate::id::ProviderId,
    crate::id::CaseId
);

/// An event as the caller knows it, before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Who.
    pub actor: Actor,
    /// How recognised.
    pub authentication: Authentication,
    /// What was done.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// Why.
    pub purpose: Purpose,
    /// The consent events that allow it; empty where the patient acts on their own data.
    pub basis: Vec<EventId>,
    /// Where the request came from, as the gateway saw it.
    pub source_ip: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Place in the case's chain, from 1.
    pub seq: u64,
    /// Its id.
    pub id: LogEntryId,
    /// When, UTC with milliseconds.
    pub at: String,
    /// The legal day in Seoul.
    pub day_kst: NaiveDate,
    /// The case.
    pub case: CaseId,
    /// Whose data, as a pseudonym.
    pub subject: Subject,
    /// Who.
    pub actor: Actor,
    /// How recognised.
    pub authentication: Authentication,
    /// What was done.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// Why.
    pub purpose: Purpose,
    /// Consent events.
    pub basis: Vec<EventId>,
    /// Origin.
    pub source_ip: Option<String>,
    /// Request.
    pub request_id: Option<String>,
    /// Hash of the entry before.
    pub previous_hash: String,
}

impl Event {
    /// The entry at its place in the chain, and the chain's new head.
    ///
    /// # Errors
    /// See [`chain::link`].
    pub fn chain(
        &self,
        case: &CaseId,
        subject: &Subject,
        head: &Head,
        now: DateTime<Utc>,
    ) -> Result<(Entry, Head), serde_json::Error> {
        let entry = Entry {
            seq: head.seq + 1,
            id: LogEntryId::new(),
            at: now.to_rfc3339_opts(SecondsFormat::Millis, true),
            day_kst: kst_day(now),
            case: case.clone(),
            subject: subject.clone(),
            actor: self.actor.clone(),
            authentication: self.authentication,
            action: self.action,
            object: self.object.clone(),
            purpose: self.purpose,
            basis: self.basis.clone(),
            source_ip: self.source_ip.clone(),
            request_id: self.request_id.clone(),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn three() -> Vec<Entry> {
        let (case, subject) = (CaseId::new(), Subject::of("x"));
        let event = Event {
            actor: Actor::Patient { subject: subject.clone() },
            authentication: Authentication::AccessToken,
            action: Action::View,
            object: Object::part("intake"),
            purpose: Purpose::ReferralLetter,
            basis: vec![],
            source_ip: None,
            request_id: None,
        };
        let mut head = Head::default();
        (0..3)
            .map(|_| {
                let (entry, next) = event.chain(&case, &subject, &head, Utc::now()).unwrap();
                head = next;
                entry
            })
            .collect()
    }

    #[test]
    fn a_changed_missing_or_reordered_entry_shows_at_its_place() {
        let good = three();
        assert_eq!(verify(&good).unwrap().seq, 3);
        let mut changed = good.clone();
        changed[1].action = Action::Download;
        assert_eq!(verify(&changed), Err(3));
        let missing = [good[0].clone(), good[2].clone()];
        assert_eq!(verify(&missing), Err(2));
        let reordered = [good[1].clone(), good[0].clone(), good[2].clone()];
        assert_eq!(verify(&reordered), Err(1));
    }
}
