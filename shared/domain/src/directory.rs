//! Changes of the provider directory: what staff may set, who has to agree, and what makes a change stale. Whoever changes
//! an address decides who reads, so no one person can (docs/threat-model.md, "a false institution in the directory"). Only
//! registered institutions are listed (Foreign Patient Act Art. 6(2)).

mod particulars;

pub use particulars::{CallBack, Day, Field, Label, NumberSource, Particulars, RegistrationNumber, SpokenTo};

use crate::clock::{birthday, kst_day};
use crate::field::Invalid;
use crate::id::{ChangeId, ProviderId, Subject};
use crate::provider::Provider;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Years that a registration may still run when it is entered. It is granted for three; more than ten is a slip of the
/// hand that would switch the check off.
const LONGEST_REGISTRATION_YEARS: i32 = 10;

/// Why a proposal was turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The institution does not confirm it.
    NotConfirmed,
    /// Nobody could be reached there.
    NotReached,
    /// It holds a mistake.
    Mistake,
    /// The institution changed meanwhile.
    Outdated,
    /// Somebody may be trying to divert letters.
    Suspicious,
    /// The proposer takes it back.
    TakenBack,
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeStatus {
    /// It waits for a second person.
    Pending,
    /// It is in the directory.
    Approved,
    /// It was turned down.
    Rejected,
}

impl ChangeStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Approved, Self::Rejected];

    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// What somebody does about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Proposes it.
    Propose,
    /// Stops letters to an institution, and nothing else.
    Deactivate,
    /// Agrees to it.
    Approve,
    /// Turns it down.
    Reject,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The proposer cannot be the second person.
    SecondPersonNeeded,
    /// It was decided before.
    AlreadyDecided,
    /// The step does not exist in this state.
    Impossible,
    /// The institution changed since the proposal.
    ProviderChanged,
    /// Nothing would change.
    NothingChanges,
    /// The note of the call is missing.
    CallBackNeeded,
    /// The note of the call has an impossible day.
    CallBack(Invalid),
    /// The registration's last day lies in the past, or too far ahead.
    Registration,
    /// The registration ended while the proposal waited.
    RegistrationExpired,
}

/// The one transition table: status (none before the proposal), step, whether the person is the proposer.
///
/// # Errors
/// [`Refusal::SecondPersonNeeded`], [`Refusal::AlreadyDecided`] or [`Refusal::Impossible`].
pub const fn after(status: Option<ChangeStatus>, step: Step, proposer: bool) -> Result<ChangeStatus, Refusal> {
    use ChangeStatus::{Approved, Pending, Rejected};
    match (status, step, proposer) {
        (None, Step::Propose, true) => Ok(Pending),
        // Stopping letters protects patients: it waits for nobody.
        (None, Step::Deactivate, true) => Ok(Approved),
        (Some(Pending), Step::Approve, false) => Ok(Approved),
        (Some(Pending), Step::Approve, true) => Err(Refusal::SecondPersonNeeded),
        // To turn down changes nothing, so the proposer may take it back alone.
        (Some(Pending), Step::Reject, _) => Ok(Rejected),
        (Some(Approved | Rejected), Step::Approve | Step::Reject, _) => Err(Refusal::AlreadyDecided),
        (None, Step::Approve | Step::Reject, _)
        | (None, Step::Propose | Step::Deactivate, false)
        | (Some(_), Step::Propose | Step::Deactivate, _) => Err(Refusal::Impossible),
    }
}

/// How a change ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// By whom.
    pub by: Subject,
    /// When.
    pub at: DateTime<Utc>,
    /// The second person's call.
    pub call_back: Option<CallBack>,
    /// Why it was turned down.
    pub ground: Option<Ground>,
}

/// A proposed change with what became of it. It stays as the institution's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderChange {
    /// Its id.
    pub id: ChangeId,
    /// The institution; with a new one the id that it will have.
    pub provider_id: ProviderId,
    /// Revision of the institution that it was made from; none for a new one.
    pub based_on: Option<u64>,
    /// As it was.
    pub before: Option<Provider>,
    /// As it should be.
    pub after: Provider,
    /// The fields that differ.
    pub differs: BTreeSet<Field>,
    /// Where it stands.
    pub status: ChangeStatus,
    /// Who proposed it.
    pub proposed_by: Subject,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// The proposer's own call, if they made one. It does not replace the second person's.
    pub call_back: Option<CallBack>,
    /// How it ended.
    pub decision: Option<Decision>,
    /// Grows by one with each change.
    pub rev: u64,
}

impl ProviderChange {
    /// A proposal; in force at once where it only stops letters.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn propose(
        id: &ProviderId,
        current: Option<(Provider, u64)>,
        wanted: &Particulars,
        call_back: Option<CallBack>,
        by: &Subject,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let after_it = wanted.provider(id);
        let (before, based_on) = current.map_or((None, None), |(provider, rev)| (Some(provider), Some(rev)));
        let differs: BTreeSet<Field> = match &before {
            Some(before) => Field::ALL.into_iter().filter(|f| f.differs(before, &after_it)).collect(),
            None => Field::ALL.into(),
        };
        if differs.is_empty() {
            return Err(Refusal::NothingChanges);
        }
        let today = kst_day(now);
        let sane = today..=birthday(today, LONGEST_REGISTRATION_YEARS);
        if registration(&differs) && !sane.contains(&after_it.registration_expires_on) {
            return Err(Refusal::Registration);
        }
        if let Some(call) = &call_back {
            call.check(None, now)?;
        }
        let only_stops = before.is_some() && !after_it.active && differs == BTreeSet::from([Field::Active]);
        let step = if only_stops { Step::Deactivate } else { Step::Propose };
        let status = after(None, step, true)?;
        let decision = (status == ChangeStatus::Approved).then(|| Decision {
            by: by.clone(),
            at: now,
            call_back: None,
            ground: None,
        });
        Ok(Self {
            id: ChangeId::new(),
            provider_id: id.clone(),
            based_on,
            before,
            after: after_it,
            differs,
            status,
            proposed_by: by.clone(),
            proposed_at: now,
            call_back,
            decision,
            rev: 1,
        })
    }

    /// Whether the second person must have called the institution back.
    pub fn needs_a_call(&self) -> bool {
        self.differs.iter().any(|f| f.needs_a_call())
    }

    /// Whether the institution is no longer what the proposal was made from.
    pub fn outdated(&self, current: Option<u64>) -> bool {
        self.status == ChangeStatus::Pending && self.based_on != current
    }

    /// The revision that the institution gets by it.
    pub fn provider_rev(&self) -> u64 {
        self.based_on.map_or(1, |rev| rev + 1)
    }

    /// Agrees to it. `current` is the institution's present revision, if it is there.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn approve(
        &self,
        by: &Subject,
        call_back: Option<CallBack>,
        current: Option<u64>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let status = after(Some(self.status), Step::Approve, *by == self.proposed_by)?;
        if self.outdated(current) {
            return Err(Refusal::ProviderChanged);
        }
        match &call_back {
            Some(call) => call.check(Some(self.proposed_at), now)?,
            None if self.needs_a_call() => return Err(Refusal::CallBackNeeded),
            None => {}
        }
        if registration(&self.differs) && self.after.registration_expires_on < kst_day(now) {
            return Err(Refusal::RegistrationExpired);
        }
        Ok(self.decided(status, Decision { by: by.clone(), at: now, call_back, ground: None }))
    }

    /// Turns it down.
    ///
    /// # Errors
    /// [`Refusal::AlreadyDecided`].
    pub fn reject(&self, by: &Subject, ground: Ground, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let status = after(Some(self.status), Step::Reject, *by == self.proposed_by)?;
        Ok(self.decided(status, Decision { by: by.clone(), at: now, call_back: None, ground: Some(ground) }))
    }

    fn decided(&self, status: ChangeStatus, decision: Decision) -> Self {
        Self { status, decision: Some(decision), rev: self.rev + 1, ..self.clone() }
    }
}

/// Whether the registration is among the fields.
fn registration(differs: &BTreeSet<Field>) -> bool {
    differs.contains(&Field::RegistrationNumber) || differs.contains(&Field::RegistrationExpiresOn)
}

#[cfg(test)]
mod tests;
