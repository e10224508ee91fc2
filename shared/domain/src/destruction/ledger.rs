//! A destruction as it is kept: what is destroyed, how far it got, what was found, who holds copies. It names no person.

use super::{
    Category, Ground, KEY_WINDOW_DAYS, LATE_HOURS, MAIL_PATIENCE_HOURS, Move, NoSuchMove, Step, TELL_HOURS, TRANSITIONS,
};
use crate::id::{CaseId, DestructionId, DocumentNumber, LinkId, MailId, ProviderId, RightId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An institution that holds a copy as a controller of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThirdParty {
    /// Which.
    pub provider_id: ProviderId,
    /// Its name; no personal data.
    pub name: String,
    /// When the first link was sent to it.
    pub provided_at: DateTime<Utc>,
    /// The numbers of the letters that it was sent.
    pub documents: Vec<DocumentNumber>,
    /// When it was told that the case is destroyed and its copies are to be, too.
    pub told_at: Option<DateTime<Utc>>,
    /// The mail that tells it, once it is ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailId>,
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
    /// The patient's request that it fulfils.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<RightId>,
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
            right: None,
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

    /// A destruction that the patient asked for.
    #[must_use]
    pub fn asked_for(self, right: RightId) -> Self {
        Self { right: Some(right), ..self }
    }

    /// The entry that is there already, now that the patient asks for the destruction: it comes forward, and what has begun
    /// goes on as it is.
    #[must_use]
    pub fn brought_forward(&self, right: RightId, due_at: DateTime<Utc>) -> Self {
        let next = Self { rev: self.rev + 1, ..self.clone() }.asked_for(right);
        match self.step {
            Step::Due | Step::Told => Self { ground: Ground::Deletion, due_at: due_at.min(self.due_at), ..next },
            Step::Objects
            | Step::Items
            | Step::Exports
            | Step::Keys
            | Step::Verified
            | Step::Destroyed
            | Step::Irrecoverable => next,
        }
    }

    /// The entry with a nearer time, where it still waits and what it waited for is over.
    pub fn sooner(&self, due_at: DateTime<Utc>) -> Option<Self> {
        let waits = self.step <= Step::Told && due_at < self.due_at;
        waits.then(|| Self { due_at, rev: self.rev + 1, ..self.clone() })
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
            Step::Due => Some(self.due_at - TimeDelta::hours(self.told_before())),
            Step::Told | Step::Objects | Step::Items | Step::Exports | Step::Keys | Step::Verified => Some(self.due_at),
            Step::Destroyed => Some(self.destroyed_at.unwrap_or(self.due_at) + TimeDelta::days(KEY_WINDOW_DAYS)),
            Step::Irrecoverable => None,
        }
    }

    /// Hours before the destruction at which the patient is told. Who asked for it knows.
    const fn told_before(&self) -> i64 {
        match self.ground {
            Ground::RetentionEnded => TELL_HOURS,
            Ground::Deletion => 0,
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

    /// Whether nothing is left in the live stores.
    pub fn is_done(&self) -> bool {
        self.step >= Step::Destroyed
    }

    /// Notes how many of a category there were. A repeat after a crash finds fewer and takes nothing back.
    pub fn count(&mut self, category: Category, found: u64) {
        let counted = self.counts.entry(category).or_default();
        *counted = found.max(*counted);
    }

    /// Notes that an institution was sent a letter. One that was sent several stands there once.
    pub fn provided(&mut self, to: ThirdParty) {
        match self.third_parties.iter_mut().find(|held| held.provider_id == to.provider_id) {
            None => self.third_parties.push(to),
            Some(held) => {
                held.provided_at = held.provided_at.min(to.provided_at);
                for number in to.documents {
                    if !held.documents.contains(&number) {
                        held.documents.push(number);
                    }
                }
            }
        }
    }
}
