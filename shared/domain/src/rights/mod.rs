//! Rights of the patient (PIPA Art. 35 to 38): one record for each request, one table of what may follow what, and a clock
//! that nothing stops. Withdrawal of a consent is not among them: it is done by the patient alone, at once.

mod carried;
mod claim;
mod clock;
mod deletion;
mod identity;
mod refusal;
mod request;
mod state;
mod steps;
mod table;
mod values;
mod waiting;

pub use claim::{Claim, Claimant, Keeper, Meant, OnFile};
pub use clock::{Milestone, due_at, milestone, reminders};
pub use deletion::{Held, HeldInquiry};
pub use refusal::{Deferral, DeferralGround, Ground, Refusal, Text};
pub use request::{Evidence, Happened, Objection, Outcome, RightsRequest, Wanted};
pub use state::State;
pub use table::{Refused, Step, Who, after};
pub use waiting::Waiting;

use serde::{Deserialize, Serialize};

/// What a patient asks for. An objection is no right of its own here: it is a step of the request that it is about, so that
/// the first decision and the second stand in one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To see everything and take it along (Art. 35).
    Access,
    /// To have what is wrong put right (Art. 36).
    Correction,
    /// To have everything destroyed (Art. 36).
    Deletion,
    /// To have processing stopped (Art. 37).
    Suspension,
    /// To have it go on again.
    Resume,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 5] = [Self::Access, Self::Correction, Self::Deletion, Self::Suspension, Self::Resume];

    /// Whether it takes effect with the request itself: to stop processing, and to let it go on, nobody else is asked.
    pub const fn at_once(self) -> bool {
        match self {
            Self::Suspension | Self::Resume => true,
            Self::Access | Self::Correction | Self::Deletion => false,
        }
    }
}

#[cfg(test)]
mod tests;
