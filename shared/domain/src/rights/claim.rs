//! Requests of people who cannot sign in: the account is lost, or somebody acts for the patient (PIPA Art. 38). What shows who
//! asks is a one-time code to the mailbox on file, and nothing else; who acts for the patient also shows a mandate. Until then
//! a request is about nobody: it has no effect, and no other request waits for it.

use super::clock::due_at;
use super::request::{Happened, RightsRequest, Wanted};
use super::state::State;
use super::table::{Refused, Step, Who};
use crate::clock::{end_of_kst_day, kst_day};
use crate::code::{CodeState, Ticket, TicketState};
use crate::consent::TextLanguage;
use crate::id::{CaseId, RightId, Subject};
use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Days that a proof is kept after its request was closed.
const PROOF_DAYS: u64 = 90;

/// As what somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claimant {
    /// The patient.
    #[serde(rename = "self")]
    Patient,
    /// The legal representative of a child.
    Guardian,
    /// Somebody whom the patient has mandated.
    Agent,
}

/// Whose mailbox something was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// The patient's.
    Patient,
    /// The guardian's.
    Guardian,
}

/// A case that has a mailbox on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnFile {
    /// The case.
    pub case_id: CaseId,
    /// Whose case, as a pseudonym.
    pub subject: Subject,
    /// Whose mailbox.
    pub keeper: Keeper,
    /// When the case was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Who asks without a sign-in, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// As what.
    pub claimant: Claimant,
    /// The case that was named. It stands here and nowhere else until a code has shown who asks.
    pub case_id: Option<CaseId>,
    /// The mailbox that was named, as a MAC under a key that only the service has.
    pub mailbox: String,
    /// The language of mails.
    pub language: TextLanguage,
    /// The newest code.
    pub code: CodeState,
    /// Whether some code was mailed: who was told nothing is not told of the end either.
    #[serde(default)]
    pub mailed: bool,
    /// What the last right code gave.
    pub ticket: Option<TicketState>,
}

/// Whom a claim is about, by the cases that have its mailbox on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The patient, as a pseudonym.
    pub subject: Subject,
    /// The case through whose contact card mails go: the one that was named, or the one that was changed last.
    pub through: CaseId,
    /// Whose mailbox it is.
    pub keeper: Keeper,
    /// Whether a mandate must be shown too.
    pub mandate: bool,
}

impl Claim {
    /// Whom it is about. Nobody: where no case has the mailbox on file, and where several patients have it and none of their
    /// cases was named, because then nothing says which of them is meant.
    pub fn meant(&self, on_file: &[OnFile]) -> Option<Meant> {
        let named = |found: &&OnFile| self.case_id.as_ref().is_none_or(|case| *case == found.case_id);
        // A guardian's own mailbox says more than the child's: it needs no mandate beside it.
        let order = |keeper: Keeper| match (self.claimant, keeper) {
            (Claimant::Patient, Keeper::Patient)
            | (Claimant::Guardian, Keeper::Guardian)
            | (Claimant::Agent, Keeper::Patient) => Some(0),
            (Claimant::Guardian, Keeper::Patient) | (Claimant::Agent, Keeper::Guardian) => Some(1),
            (Claimant::Patient, Keeper::Guardian) => None,
        };
        let mut fits: Vec<(u8, &OnFile)> =
            on_file.iter().filter(named).filter_map(|found| Some((order(found.keeper)?, found))).collect();
        fits.sort_by(|(a, x), (b, y)| (a, y.updated_at, &x.case_id).cmp(&(b, x.updated_at, &y.case_id)));
        let (_, first) = fits.first()?;
        let best = fits.iter().filter(|(_, found)| found.keeper == first.keeper);
        let subjects: BTreeSet<&Subject> = best.map(|(_, found)| &found.subject).collect();
        let mandate = match self.claimant {
            Claimant::Patient => false,
            Claimant::Guardian => first.keeper == Keeper::Patient,
            Claimant::Agent => true,
        };
        (subjects.len() == 1).then(|| Meant {
            subject: first.subject.clone(),
            through: first.case_id.clone(),
            keeper: first.keeper,
            mandate,
        })
    }
}

impl RightsRequest {
    /// A request of somebody who has shown nothing yet. It stands under a name of its own, which is nobody's.
    ///
    /// # Errors
    /// [`Refused`]; the table says so and a test holds it: never.
    pub fn claimed(claim: Claim, wanted: Wanted, now: DateTime<Utc>) -> Result<Self, Refused> {
        let Wanted { right, case_id: _, told_by: _, scope, parts } = wanted;
        let id = RightId::new();
        let request = Self {
            right,
            subject: Subject::of(&format!("claim|{id}")),
            case_id: None,
            told_by: None,
            scope,
            parts,
            received_at: now,
            due_at: due_at(now),
            state: State::Received,
            assignee: None,
            evidence: BTreeSet::new(),
            first_approval: None,
            decided_by: None,
            refusal: None,
            deferral: None,
            objection: None,
            values_given: 0,
            values_seen: 0,
            outcome: None,
            forwarded_to: None,
            destructions: Vec::new(),
            held: Vec::new(),
            held_inquiries: Vec::new(),
            reminded: BTreeSet::new(),
            hidden: false,
            events: vec![Happened { at: now, step: None, state: State::Received, who: Who::Patient, by: None }],
            claim: Some(claim),
            rev: 0,
            id,
        };
        request.take(Step::NeedIdentity, Who::Service, None, now)
    }

    /// The request after another code was ordered, and perhaps mailed: in its next revision, and in the same state.
    #[must_use]
    pub fn with_next_code(&self, code: &CodeState, mailed: bool) -> Self {
        let next = self.with_code(code.if_mailed(mailed));
        let claim = next.claim.map(|claim| Claim { mailed: mailed || claim.mailed, ..claim });
        Self { claim, ..next }
    }

    /// The request after a code was tried: in its next revision, and in the same state.
    #[must_use]
    pub fn with_code(&self, code: CodeState) -> Self {
        let claim = self.claim.clone().map(|claim| Claim { code, ..claim });
        Self { claim, rev: self.rev + 1, ..self.clone() }
    }

    /// The request after a right code: it has a ticket, and where nothing was known of who asks, it now is about the patient
    /// whose mailbox it is.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn shown(&self, meant: &Meant, ticket: &Ticket, now: DateTime<Utc>) -> Result<Self, Refused> {
        let Some(claim) = &self.claim else { return Err(Refused::Impossible) };
        let claim = Claim { code: claim.code.spent(), ticket: Some(ticket.state(now)), ..claim.clone() };
        if self.state != State::IdentityPending {
            // The mailbox may have become another patient's since.
            if meant.subject != self.subject {
                return Err(Refused::NotTheirs);
            }
            return Ok(Self { claim: Some(claim), rev: self.rev + 1, ..self.clone() });
        }
        let known = Self {
            subject: meant.subject.clone(),
            case_id: claim.case_id.clone(),
            told_by: Some(meant.through.clone()),
            claim: Some(claim),
            ..self.clone()
        };
        if meant.mandate {
            known.take(Step::NeedMandate, Who::Service, None, now)
        } else {
            known.take(Step::Verify, Who::Patient, None, now)
        }
    }

    /// The request after the mandate was shown. Whether it is good is looked at with the request itself.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn mandate_shown(&self, now: DateTime<Utc>) -> Result<Self, Refused> {
        self.take(Step::ShowMandate, Who::Patient, None, now)
    }

    /// Closed, because in all the time that the law gives for an answer nobody showed who asks.
    ///
    /// # Errors
    /// [`Refused`], also before that time is over.
    pub fn close_unverified(&self, now: DateTime<Utc>) -> Result<Self, Refused> {
        if now < self.due_at {
            return Err(Refused::Impossible);
        }
        self.take(Step::CloseUnverified, Who::Service, None, now)
    }

    /// Whether a mandate or another proof may be brought now: while it is asked for.
    pub const fn takes_proofs(&self) -> bool {
        matches!(self.state, State::AgentProofPending | State::EvidencePending)
    }

    /// Whether what was brought as proof is still kept: to the end of the ninetieth day in Seoul after the request was closed.
    pub fn keeps_proofs(&self, now: DateTime<Utc>) -> bool {
        let day = kst_day(self.changed_at());
        let end = end_of_kst_day(day.checked_add_days(Days::new(PROOF_DAYS)).unwrap_or(day));
        !self.state.closed() || now < end
    }

    /// Whether a ticket is this request's, and can be used.
    pub fn admits(&self, ticket: &Ticket, now: DateTime<Utc>) -> bool {
        let state = self.claim.as_ref().and_then(|claim| claim.ticket.as_ref());
        state.is_some_and(|state| state.admits(ticket, now))
    }
}

#[cfg(test)]
mod tests;
