//! A request as it is kept: what was asked, where it stands, and every step with who took it. Nothing of what the case is
//! about is in it.

use super::Right;
use super::claim::Claim;
use super::clock::Milestone;
use super::deletion::{Held, HeldInquiry};
use super::refusal::{Deferral, Refusal};
use super::state::State;
use super::table::{Step, Who};
use crate::consent::DataItem;
use crate::id::{CaseId, DestructionId, ProviderId, RightId, Subject};
use crate::lifecycle::SuspensionScope;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a patient asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The right.
    pub right: Right,
    /// The case; none for all of the patient's.
    pub case_id: Option<CaseId>,
    /// A case through whose contact card the patient can be told.
    pub told_by: Option<CaseId>,
    /// What processing shall stop, with a suspension.
    pub scope: Option<SuspensionScope>,
    /// The parts that it is about; none for everything.
    pub parts: BTreeSet<DataItem>,
}

/// What the data protection officer may ask the patient for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Which part of the information is meant.
    WhichPart,
    /// What is right instead.
    RightValue,
    /// Something that shows it.
    Document,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was handed over.
    HandedOver,
    /// It was put right.
    Corrected,
    /// It was passed on to who recorded it.
    ForwardedToSource,
    /// It was destroyed.
    Deleted,
    /// Processing stopped.
    Suspended,
    /// Processing goes on.
    Resumed,
}

impl Outcome {
    pub(super) const fn fits(self, right: Right) -> bool {
        match self {
            Self::HandedOver => matches!(right, Right::Access),
            Self::Corrected | Self::ForwardedToSource => matches!(right, Right::Correction),
            Self::Deleted => matches!(right, Right::Deletion),
            Self::Suspended => matches!(right, Right::Suspension),
            Self::Resumed => matches!(right, Right::Resume),
        }
    }
}

/// Something that happened to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: DateTime<Utc>,
    /// What; none for the receipt itself.
    pub step: Option<Step>,
    /// Where it stood after that.
    pub state: State,
    /// Who.
    pub who: Who,
    /// Which member of staff.
    pub by: Option<Subject>,
}

/// The patient's objection to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// When.
    pub at: DateTime<Utc>,
    /// Who decided about it.
    pub decided_by: Option<Subject>,
}

/// A request with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsRequest {
    /// Its id.
    pub id: RightId,
    /// The right.
    pub right: Right,
    /// Who asks, as a pseudonym.
    pub subject: Subject,
    /// The case; none for all of the patient's.
    pub case_id: Option<CaseId>,
    /// A case through whose contact card the patient can be told.
    pub told_by: Option<CaseId>,
    /// What processing shall stop, with a suspension.
    pub scope: Option<SuspensionScope>,
    /// The parts that it is about; none for everything.
    pub parts: BTreeSet<DataItem>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When the answer is due.
    pub due_at: DateTime<Utc>,
    /// Where it stands.
    pub state: State,
    /// Who has it in hand.
    pub assignee: Option<Subject>,
    /// What the patient was asked for last.
    pub evidence: BTreeSet<Evidence>,
    /// Who has agreed, where two must.
    pub first_approval: Option<Subject>,
    /// Who decided: refused, put off, or carried out in part.
    pub decided_by: Option<Subject>,
    /// Why it was turned down, in whole or in part.
    pub refusal: Option<Refusal>,
    /// Why it was put off.
    pub deferral: Option<Deferral>,
    /// The patient's objection.
    pub objection: Option<Objection>,
    /// How often the right values were given, with a correction.
    #[serde(default)]
    pub values_given: u32,
    /// Which of these the staff have looked at, the first being 1; none is 0.
    #[serde(default)]
    pub values_seen: u32,
    /// What was done.
    pub outcome: Option<Outcome>,
    /// The institution that it was passed on to, because it recorded what is to be corrected.
    #[serde(default)]
    pub forwarded_to: Option<ProviderId>,
    /// The destructions that carry it out, with a deletion.
    #[serde(default)]
    pub destructions: Vec<DestructionId>,
    /// The cases that a statute keeps, with a deletion that was carried out in part.
    #[serde(default)]
    pub held: Vec<Held>,
    /// The inquiries that a statute keeps, with a deletion of everything.
    #[serde(default)]
    pub held_inquiries: Vec<HeldInquiry>,
    /// The missed days of which the officer was told.
    #[serde(default)]
    pub reminded: BTreeSet<Milestone>,
    /// Whether the subject is a pseudonym of its own by now: the request is closed for long.
    #[serde(default)]
    pub hidden: bool,
    /// Everything that happened, in order.
    pub events: Vec<Happened>,
    /// Who asks without a sign-in; none for a patient who signed in.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// Grows by one with each change.
    pub rev: u64,
}
