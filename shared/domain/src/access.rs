//! Who looked at what: the access log's entries (Safety Measures Standard Art. 8), chained per case and, for what belongs to
//! no case, per institution, member of staff or month.

use crate::chain::{self, Head};
use crate::clock::{Month, kst_day};
use crate::field::Invalid;
use crate::id::{CaseId, EventId, InquiryId, LogEntryId, ProviderId, RightId, Subject};
use crate::policy::{Permit, Role, Thing};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
    /// A member of staff, signed in.
    Staff {
        /// Their pseudonym.
        subject: Subject,
        /// The role that allowed it.
        role: Role,
    },
    /// The service itself, for example the mailer.
    System {
        /// The function's name.
        function: String,
    },
}

impl Actor {
    /// As what they act.
    pub const fn role(&self) -> Role {
        match self {
            Self::Patient { .. } => Role::Patient,
            Self::Provider { .. } => Role::Institution,
            Self::Staff { role, .. } => *role,
            Self::System { .. } => Role::Function,
        }
    }
}

/// How the actor was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// Access token of a user pool.
    AccessToken,
    /// The same, and a one-time code to the guardian's mailbox.
    AccessTokenAndGuardianCode,
    /// The link's secret alone.
    LinkSecret,
    /// The link's secret and a one-time code to the institution's mailbox.
    LinkSecretAndCode,
    /// The function's own role.
    Role,
}

/// What was done, or tried: whether it was done says the [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Seen.
    View,
    /// Made.
    Create,
    /// Changed.
    Update,
    /// Destroyed.
    Delete,
    /// Handed out as a file.
    Download,
    /// Taken along as data.
    Export,
    /// Sent by mail (only a link).
    Send,
    /// A link was used: code asked for, unlocked.
    LinkOpen,
    /// Permission to read given or taken: consent, link revoked, role of staff.
    GrantChange,
    /// Somebody began to sign in.
    SignInAttempt,
    /// Somebody signed in.
    SignIn,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::View,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Download,
        Self::Export,
        Self::Send,
        Self::LinkOpen,
        Self::GrantChange,
        Self::SignInAttempt,
        Self::SignIn,
    ];

    /// The code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Download => "download",
            Self::Export => "export",
            Self::Send => "send",
            Self::LinkOpen => "link_open",
            Self::GrantChange => "grant_change",
            Self::SignInAttempt => "sign_in_attempt",
            Self::SignIn => "sign_in",
        }
    }
}

/// Whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was turned away.
    Refused,
}

/// Why staff looked at what is not assigned to them, or took a file (Safety Measures Standard Art. 8: the reason for a
/// download). A code, because free text would put patients' particulars into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessReason {
    /// The patient asked for help.
    PatientAsked,
    /// An institution asked about a letter.
    InstitutionAsked,
    /// The colleague in charge is away.
    Substitution,
    /// A letter is being reviewed.
    LetterReview,
    /// A delivery failed or is late.
    DeliveryProblem,
    /// A right that the patient exercises.
    RightsRequest,
    /// The monthly review, or a check of the log.
    Audit,
    /// A breach or the suspicion of one.
    Incident,
}

/// Why it was done (policy clause P1, and the duties that the law adds).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Creation of a referral letter and provision of medical information.
    ReferralLetter,
    /// Delivery of a letter to the institution that the patient chose.
    Provision,
    /// Explanation of records.
    Explanation,
    /// Answering and supporting the patient.
    Inquiry,
    /// The patient exercising their own rights.
    PatientRights,
    /// Oversight that the law asks for: access log, review, verification.
    Oversight,
    /// Running the service: directory, staff, sign-ins. No patient data.
    Administration,
}

/// The chain that an entry belongs to. Everything about a case is in the case's own chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// A case.
    Case(CaseId),
    /// An institution of the directory.
    Provider(ProviderId),
    /// A member of staff.
    Member(Subject),
    /// The sign-ins of one person.
    SignIns(Subject),
    /// Lists that staff look at.
    Registry,
    /// The review of a month, `YYYY-MM`.
    Review(Month),
    /// A request about rights that is about no one case.
    Right(RightId),
    /// An inquiry.
    Inquiry(InquiryId),
}

impl Scope {
    /// The chain's name: `case/cas_…`, `registry`, `review/2026-11`.
    pub fn name(&self) -> String {
        match self {
            Self::Case(id) => format!("case/{id}"),
            Self::Provider(id) => format!("provider/{id}"),
            Self::Member(subject) => format!("member/{subject}"),
            Self::SignIns(subject) => format!("sign-ins/{subject}"),
            Self::Registry => "registry".to_owned(),
            Self::Review(month) => format!("review/{month}"),
            Self::Right(id) => format!("right/{id}"),
            Self::Inquiry(id) => format!("inquiry/{id}"),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.name()
    }
}

impl From<CaseId> for Scope {
    fn from(id: CaseId) -> Self {
        Self::Case(id)
    }
}

impl From<&CaseId> for Scope {
    fn from(id: &CaseId) -> Self {
        Self::Case(id.clone())
    }
}

impl TryFrom<String> for Scope {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        match s.split_once('/') {
            None if s == "registry" => Ok(Self::Registry),
            Some(("case", id)) => id.parse().map(Self::Case),
            Some(("provider", id)) => id.parse().map(Self::Provider),
            Some(("member", id)) => id.parse().map(Self::Member),
            Some(("sign-ins", id)) => id.parse().map(Self::SignIns),
            Some(("review", month)) => month.parse().map(Self::Review),
            Some(("right", id)) => id.parse().map(Self::Right),
            Some(("inquiry", id)) => id.parse().map(Self::Inquiry),
            Some(_) | None => Err(Invalid::Format),
        }
    }
}

/// What was touched, as an opaque reference such as `intake/basic` or `referral/ref_…/letter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Object {
    thing: Thing,
    text: String,
}

impl Object {
    /// A thing as a whole, or a part of it that has no id of its own; `part` may be empty.
    pub fn part(thing: Thing, part: &'static str) -> Self {
        let text = if part.is_empty() { thing.code().to_owned() } else { format!("{}/{part}", thing.code()) };
        Self { thing, text }
    }

    /// Something with an opaque id; `part` may be empty.
    pub fn of(thing: Thing, id: impl Opaque, part: &'static str) -> Self {
        let kind = thing.code();
        let text =
            if part.is_empty() { format!("{kind}/{}", id.text()) } else { format!("{kind}/{}/{part}", id.text()) };
        Self { thing, text }
    }

    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is.
    pub const fn thing(&self) -> Thing {
        self.thing
    }
}

impl From<Object> for String {
    fn from(object: Object) -> Self {
        object.text
    }
}

impl TryFrom<String> for Object {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        let thing = text.split('/').next().and_then(Thing::of).ok_or(Invalid::Format)?;
        Ok(Self { thing, text })
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
    crate::id::CaseId,
    crate::id::MessageId,
    crate::id::ChangeId,
    crate::id::RightId,
    crate::id::InquiryId,
    crate::id::DestructionId,
    crate::id::Subject
);

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::case::Case;
    use crate::policy::{On, permit};

    fn three() -> (Vec<Entry>, Head) {
        let subject = Subject::of("x");
        let case = Case::new(subject.clone(), false, Utc::now());
        let event = Event {
            actor: Actor::Patient { subject },
            authentication: Authentication::AccessToken,
            action: Action::View,
            outcome: Outcome::Done,
            object: Object::part(Thing::Intake, ""),
            purpose: Purpose::ReferralLetter,
            reason: None,
            basis: vec![],
            evidence: None,
            source_ip: None,
            request_id: None,
        };
        let permit = permit(event, &On::Case(&case)).unwrap();
        let mut head = Head::default();
        let entries = (0..3)
            .map(|_| {
                let (entry, next) = permit.chain(&head, Utc::now()).unwrap();
                head = next;
                entry
            })
            .collect();
        (entries, head)
    }

    #[test]
    fn a_changed_missing_or_reordered_entry_shows_at_its_place() {
        let (good, head) = three();
        assert_eq!(verify(&good).unwrap(), head);
        let mut changed = good.clone();
        changed[1].action = Action::Download;
        assert_eq!(verify(&changed), Err(3));
        let missing = [good[0].clone(), good[2].clone()];
        assert_eq!(verify(&missing), Err(2));
        let reordered = [good[1].clone(), good[0].clone(), good[2].clone()];
        assert_eq!(verify(&reordered), Err(1));
    }

    #[test]
    fn the_last_entry_is_held_by_the_head() {
        let (good, head) = three();
        assert_eq!(verify_to(&good, &head), Ok(()));
        assert_eq!(verify_to(&good[..2], &head), Err(2));
        let mut changed = good;
        changed[2].outcome = Outcome::Refused;
        assert_eq!(verify_to(&changed, &head), Err(3));
    }

    #[test]
    fn references_and_chains_read_back_as_they_were_written() {
        let (entries, _) = three();
        let json = serde_json::to_string(&entries).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Entry>>(&json).unwrap(), entries);
        for scope in [
            Scope::Case(CaseId::new()),
            Scope::Provider(ProviderId::new()),
            Scope::Member(Subject::of("y")),
            Scope::SignIns(Subject::of("z")),
            Scope::Registry,
            Scope::Review("2026-11".parse().unwrap()),
            Scope::Right(RightId::new()),
            Scope::Inquiry(InquiryId::new()),
        ] {
            assert_eq!(Scope::try_from(scope.name()).unwrap(), scope);
        }
        assert!(Scope::try_from("case/x".to_owned()).is_err());
    }
}
