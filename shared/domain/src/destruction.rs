//! How a case is destroyed, and what proves it (PIPA Art. 21, Decree Art. 16; policy clause P3): a ledger without personal
//! data that drives the destroyer step by step, and the certificate that is made of it.
//!
//! A step is moved only when its work is done, and every step can be done again: whoever continues after a crash begins with
//! the step that was not recorded. Destroyed means that nothing is left in the live stores. Irrecoverable means that no
//! backup can bring it back either: the data key's table keeps its backups shortest, and without the key nothing opens.

mod certificate;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, Kept, Period, StoreResult};

use crate::id::{CaseId, DestructionId, DocumentNumber, LinkId, MailId, ProviderId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days after which no backup of the keys' table reaches back to the key: its window is one day, and AWS counts from the
/// latest restorable time, so two more are waited.
pub const KEY_WINDOW_DAYS: i64 = 3;
/// Hours before the end of the retention at which the patient is told: while there is an address to write to.
pub const TELL_HOURS: i64 = 24;
/// Hours after which a destruction that is due goes on although the mail is still on its way: the duty to destroy does not
/// wait for a mail provider.
pub const MAIL_PATIENCE_HOURS: i64 = 48;
/// Hours after which a destruction counts as late.
pub const LATE_HOURS: i64 = 72;
/// Years that the ledger is kept: the longest time for which a copy of our tables might be found anywhere.
pub const LEDGER_YEARS: u32 = 10;

/// Why a case is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Its time has come.
    RetentionEnded,
    /// The patient asked for it (Art. 36).
    Deletion,
}

/// What was done last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Entered into the ledger.
    Due,
    /// The patient's mail was ordered, and what there is was counted.
    Told,
    /// No version, marker or part of an object is left.
    Objects,
    /// No item is left.
    Items,
    /// No export is left.
    Exports,
    /// No wrapped key is left.
    Keys,
    /// All of it was looked for and nothing found.
    Verified,
    /// The certificate was signed.
    Destroyed,
    /// No backup can bring it back; the final certificate was signed.
    Irrecoverable,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 9] = [
        Self::Due,
        Self::Told,
        Self::Objects,
        Self::Items,
        Self::Exports,
        Self::Keys,
        Self::Verified,
        Self::Destroyed,
        Self::Irrecoverable,
    ];

    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Told => "told",
            Self::Objects => "objects",
            Self::Items => "items",
            Self::Exports => "exports",
            Self::Keys => "keys",
            Self::Verified => "verified",
            Self::Destroyed => "destroyed",
            Self::Irrecoverable => "irrecoverable",
        }
    }
}

/// What moves a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// What there is was counted, and the mail ordered.
    Told,
    /// The case lives on: it was reopened or is held.
    Postponed,
    /// Objects are gone.
    ObjectsGone,
    /// Items are gone.
    ItemsGone,
    /// Exports are gone.
    ExportsGone,
    /// Wrapped keys are gone.
    KeysGone,
    /// Nothing was found.
    NothingFound,
    /// Something was found: a write that was under way when its case was destroyed.
    SomethingFound,
    /// The certificate was signed.
    Certified,
    /// The backups of the keys have passed, and the final certificate was signed.
    WindowPassed,
}

impl Move {
    /// Every move.
    pub const ALL: [Self; 10] = [
        Self::Told,
        Self::Postponed,
        Self::ObjectsGone,
        Self::ItemsGone,
        Self::ExportsGone,
        Self::KeysGone,
        Self::NothingFound,
        Self::SomethingFound,
        Self::Certified,
        Self::WindowPassed,
    ];
}

/// The one table of what follows what.
pub const TRANSITIONS: &[(Step, Move, Step)] = &[
    (Step::Due, Move::Told, Step::Told),
    (Step::Due, Move::Postponed, Step::Due),
    (Step::Told, Move::Postponed, Step::Due),
    (Step::Told, Move::ObjectsGone, Step::Objects),
    (Step::Objects, Move::ItemsGone, Step::Items),
    (Step::Items, Move::ExportsGone, Step::Exports),
    (Step::Exports, Move::KeysGone, Step::Keys),
    (Step::Keys, Move::NothingFound, Step::Verified),
    (Step::Keys, Move::SomethingFound, Step::Told),
    (Step::Verified, Move::Certified, Step::Destroyed),
    (Step::Destroyed, Move::SomethingFound, Step::Told),
    (Step::Destroyed, Move::WindowPassed, Step::Irrecoverable),
];

/// A move that does not follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} does not follow {1:?}")]
pub struct NoSuchMove(pub Move, pub Step);

/// What is counted, without saying what any of it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Versions of sealed objects: letters and their data.
    ObjectVersions,
    /// Markers of deleted objects.
    DeleteMarkers,
    /// Uploads that were never finished.
    UnfinishedUploads,
    /// The case, its story, letters, deliveries and messages.
    CaseItems,
    /// Consent events and their state.
    ConsentItems,
    /// Links with codes and sessions.
    LinkItems,
    /// What could be verified about letters.
    DocumentItems,
    /// Mails that had not gone out.
    Mails,
    /// Versions of export archives.
    ExportVersions,
    /// Wrapped data keys.
    WrappedKeys,
}

/// An institution that holds a copy as a controller of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThirdParty {
    /// Which.
    pub provider_id: ProviderId,
    /// Its name; no personal data.
    pub name: String,
    /// When the link was sent.
    pub provided_at: DateTime<Utc>,
    /// When it was told that our link has ended, if it was.
    pub told_at: Option<DateTime<Utc>>,
}

/// A destruction. It names no person: the subject is an HMAC whose key never leaves KMS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Its id: the case's, hashed, so that a case has one ledger.
    pub id: DestructionId,
    /// The case.
    pub case_id: CaseId,
    /// Whose, as an HMAC in hex.
    pub subject_hmac: String,
    /// Why.
    pub ground: Ground,
    /// When everything is to be destroyed.
    pub due_at: DateTime<Utc>,
    /// What was done last.
    pub step: Step,
    /// Grows by one with each change.
    pub rev: u64,
    /// The mail to the patient, if one was ordered.
    pub mail: Option<MailId>,
    /// The links of its deliveries: they lie in partitions of their own.
    pub links: Vec<LinkId>,
    /// The numbers of its letters: the same.
    pub documents: Vec<DocumentNumber>,
    /// What there was.
    pub counts: BTreeMap<Category, u64>,
    /// Who holds copies.
    pub third_parties: Vec<ThirdParty>,
    /// When it was entered.
    pub started_at: DateTime<Utc>,
    /// When nothing was left in the live stores.
    pub destroyed_at: Option<DateTime<Utc>>,
    /// When no backup could bring it back.
    pub irrecoverable_at: Option<DateTime<Utc>>,
    /// The signed certificate, as JSON.
    pub certificate: Option<String>,
}

impl Ledger {
    /// A new entry.
    pub fn new(
        case_id: CaseId,
        subject_hmac: String,
        ground: Ground,
        due_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id: DestructionId::of(&case_id),
            case_id,
            subject_hmac,
            ground,
            due_at,
            step: Step::Due,
            rev: 1,
            mail: None,
            links: Vec::new(),
            documents: Vec::new(),
            counts: BTreeMap::new(),
            third_parties: Vec::new(),
            started_at: now,
            destroyed_at: None,
            irrecoverable_at: None,
            certificate: None,
        }
    }

    /// The ledger after a move.
    ///
    /// # Errors
    /// [`NoSuchMove`] when the table has no such row.
    pub fn moved(&self, by: Move) -> Result<Self, NoSuchMove> {
        let row = TRANSITIONS.iter().find(|(from, m, _)| *from == self.step && *m == by);
        let (_, _, to) = row.ok_or(NoSuchMove(by, self.step))?;
        Ok(Self { step: *to, rev: self.rev + 1, ..self.clone() })
    }

    /// When there is something to do next; never again at the end.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        match self.step {
            Step::Due => Some(self.due_at - TimeDelta::hours(TELL_HOURS)),
            Step::Told | Step::Objects | Step::Items | Step::Exports | Step::Keys | Step::Verified => Some(self.due_at),
            Step::Destroyed => Some(self.destroyed_at.unwrap_or(self.due_at) + TimeDelta::days(KEY_WINDOW_DAYS)),
            Step::Irrecoverable => None,
        }
    }

    /// Whether there is something to do now.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.next_at().is_some_and(|at| at <= now)
    }

    /// Whether the patient's mail need not be waited for any longer.
    pub fn mail_is_late(&self, now: DateTime<Utc>) -> bool {
        self.due_at + TimeDelta::hours(MAIL_PATIENCE_HOURS) <= now
    }

    /// Whether it should have been destroyed long ago.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.step < Step::Destroyed && self.due_at + TimeDelta::hours(LATE_HOURS) <= now
    }

    /// Notes how many of a category there were. A repeat after a crash finds fewer and takes nothing back.
    pub fn count(&mut self, category: Category, found: u64) {
        let counted = self.counts.entry(category).or_default();
        *counted = found.max(*counted);
    }
}
