//! The monthly review of the access log (Safety Measures Standard Art. 8): what stands out in a month, found by rules that
//! need no judgement, and the sign-off by somebody who does not stand in the list.

use crate::access::{AccessReason, Action, Actor, Entry, Object, Outcome, Scope};
use crate::chain;
use crate::clock::{Month, kst_day};
use crate::field::Invalid;
use crate::id::{LogEntryId, ProviderId, Subject};
use crate::policy::Role;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

mod rules;

pub use rules::{Reviewer, SIGN_IN_MINUTES};

/// Why something stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A file was taken.
    Download,
    /// At night or on a weekend.
    OffHours,
    /// Many cases on one day.
    Bulk,
    /// Turned away.
    Refusal,
    /// A wrong code or secret.
    WrongCode,
    /// Attempts to sign in that came to nothing.
    FailedSignIns,
    /// The same patient again and again.
    RepeatedSubject,
}

/// Whom a finding is about, as a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Who {
    /// A patient's sign-in.
    Patient(Subject),
    /// A member of staff.
    Staff(Subject),
    /// An institution.
    Institution(ProviderId),
}

impl Who {
    fn of(entry: &Entry) -> Option<Self> {
        match &entry.actor {
            Actor::Patient { subject } => Some(Self::Patient(subject.clone())),
            Actor::Staff { subject, .. } => Some(Self::Staff(subject.clone())),
            Actor::Provider { institution } => Some(Self::Institution(institution.clone())),
            Actor::System { .. } => Self::signing_in(entry),
        }
    }

    /// The service writes sign-ins down for who signs in.
    fn signing_in(entry: &Entry) -> Option<Self> {
        let Scope::SignIns(subject) = &entry.scope else { return None };
        let staff = entry.object.as_str() == "sign-in/staff";
        Some(if staff { Self::Staff(subject.clone()) } else { Self::Patient(subject.clone()) })
    }
}

/// One entry of the log, as a finding shows it: references only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// When.
    pub at: String,
    /// The entry.
    pub id: LogEntryId,
    /// The chain that it is in.
    pub scope: Scope,
    /// What was done.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// Whether it was done.
    pub outcome: Outcome,
    /// The reason that was given.
    pub reason: Option<AccessReason>,
}

impl Seen {
    fn of(entry: &Entry) -> Self {
        Self {
            at: entry.at.clone(),
            id: entry.id.clone(),
            scope: entry.scope.clone(),
            action: entry.action,
            object: entry.object.clone(),
            outcome: entry.outcome,
            reason: entry.reason,
        }
    }
}

/// Something that stands out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Why.
    pub kind: Kind,
    /// Whom it is about.
    pub who: Who,
    /// The day in Asia/Seoul; none for what shows over the month.
    pub day: Option<NaiveDate>,
    /// The patient whose data was looked at again and again.
    pub subject: Option<Subject>,
    /// The entries that it rests on, the oldest first.
    pub entries: Vec<Seen>,
}

/// What stands out in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The month.
    pub month: Month,
    /// In a fixed order, so that the same log gives the same list.
    pub findings: Vec<Finding>,
    /// Entries that could not be read: somebody tampered with them.
    pub unreadable: u64,
}

impl Review {
    /// SHA-256 of the list: what a sign-off names.
    ///
    /// # Errors
    /// See [`chain::link`].
    pub fn sha256(&self) -> Result<String, serde_json::Error> {
        Ok(chain::sha256_hex(&serde_json::to_vec(self)?))
    }

    /// Whether a member of staff stands in the list.
    pub fn lists(&self, staff: &Subject) -> bool {
        self.findings.iter().any(|f| f.who == Who::Staff(staff.clone()))
    }
}

/// What the reviewer has to say, as codes: free text would put particulars into the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// Everything in the list belongs to the work.
    NothingUnusual,
    /// The people in the list were asked and explained it.
    Explained,
    /// Somebody is to be instructed.
    InstructionNeeded,
    /// A role or permission is to be taken away.
    PermissionToBeRemoved,
    /// It is handled as an incident.
    IncidentOpened,
}

impl Remark {
    /// Every remark.
    pub const ALL: [Self; 5] = [
        Self::NothingUnusual,
        Self::Explained,
        Self::InstructionNeeded,
        Self::PermissionToBeRemoved,
        Self::IncidentOpened,
    ];
}

/// Remarks of a sign-off: at least one, none twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Remark>", into = "Vec<Remark>")]
pub struct Remarks(BTreeSet<Remark>);

impl TryFrom<Vec<Remark>> for Remarks {
    type Error = Invalid;
    fn try_from(given: Vec<Remark>) -> Result<Self, Invalid> {
        let set: BTreeSet<Remark> = given.iter().copied().collect();
        if set.is_empty() {
            Err(Invalid::Empty)
        } else if set.len() < given.len() {
            Err(Invalid::Duplicate)
        } else {
            Ok(Self(set))
        }
    }
}

impl From<Remarks> for Vec<Remark> {
    fn from(remarks: Remarks) -> Self {
        remarks.0.into_iter().collect()
    }
}

/// A month's review that was signed off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The month.
    pub month: Month,
    /// By whom.
    pub by: Subject,
    /// As what.
    pub role: Role,
    /// When.
    pub at: DateTime<Utc>,
    /// The list that was reviewed.
    pub findings_sha256: String,
    /// How many findings it had.
    pub findings: u64,
    /// What the reviewer has to say.
    pub remarks: Remarks,
}

/// Why a review cannot be signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSignOff {
    /// The month is not over in Asia/Seoul.
    MonthNotOver,
    /// The list is another one than the reviewer saw.
    FindingsChanged,
    /// The reviewer stands in the list: nobody reviews themselves.
    ReviewerListed,
}

impl NoSignOff {
    /// A stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MonthNotOver => "month-not-over",
            Self::FindingsChanged => "findings-changed",
            Self::ReviewerListed => "reviewer-is-in-the-list",
        }
    }
}

/// Whether a month is over.
pub fn is_over(month: Month, now: DateTime<Utc>) -> bool {
    Month::of(kst_day(now)) > month
}

impl Review {
    /// Signs the list off.
    ///
    /// # Errors
    /// [`NoSignOff`].
    pub fn sign_off(
        &self,
        by: &Subject,
        role: Role,
        findings_sha256: &str,
        remarks: Remarks,
        now: DateTime<Utc>,
    ) -> Result<SignOff, NoSignOff> {
        if !is_over(self.month, now) {
            return Err(NoSignOff::MonthNotOver);
        }
        if self.lists(by) {
            return Err(NoSignOff::ReviewerListed);
        }
        if self.sha256().ok().as_deref() != Some(findings_sha256) {
            return Err(NoSignOff::FindingsChanged);
        }
        Ok(SignOff {
            month: self.month,
            by: by.clone(),
            role,
            at: now,
            findings_sha256: findings_sha256.to_owned(),
            findings: u64::try_from(self.findings.len()).unwrap_or(u64::MAX),
            remarks,
        })
    }
}

#[cfg(test)]
mod tests;
