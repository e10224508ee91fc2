//! How a case is destroyed, and what proves it (PIPA Art. 21, Decree Art. 16; policy clause P3): a ledger without personal
//! data that drives the destroyer step by step, and the certificate that is made of it.
//!
//! A step is moved only when its work is done, and every step can be done again: whoever continues after a crash begins with
//! the step that was not recorded. Destroyed means that nothing is left in the live stores. Irrecoverable means that no
//! backup can bring it back either: the data key's table keeps its backups shortest, and without the key nothing opens.

mod certificate;
mod ledger;
#[cfg(test)]
mod tests;

pub use certificate::{Attempt, Certificate, Kept, Outcome, POLICY_VERSION, Period, StoreResult};
pub use ledger::{Ledger, ThirdParty};

use serde::{Deserialize, Serialize};

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
    /// All of it was looked for and nothing found, and opening was tried and failed.
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
