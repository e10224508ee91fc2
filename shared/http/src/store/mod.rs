//! Where requests meet the store: who acts for the access log, leave to act, refusals of the store as problems, and repeats.

mod counted;
mod errand;
mod origin;
mod own;
mod repeat;

pub use counted::{Asked, Counted};
pub use errand::Errand;
pub use origin::Origin;
pub use own::{own_case, own_inquiry, own_record, own_right};
pub use repeat::{Remembered, replay, settle, versioned};

use crate::problem::{MissingConsent, Problem, ProblemKind};
use medius_domain::code::{NoRandomness, TooMany};
use medius_domain::consent;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::policy::Denied;
use medius_domain::task::TaskRefusal;
use medius_store::{Conflict, StoreError};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::Version) => Self::new(ProblemKind::VersionMismatch),
            StoreError::Conflict(Conflict::Consent) => Self::conflict("consent-changed"),
            StoreError::Conflict(Conflict::Link | Conflict::Mail) => Self::conflict("delivery-changed"),
            StoreError::Conflict(Conflict::Exists | Conflict::Idempotency | Conflict::Busy)
            | StoreError::Service { .. }
            // While a release is taken back or comes step by step: the later one reads it.
            | StoreError::Newer { .. } => Self::unavailable(error),
            StoreError::Corrupt { .. } | StoreError::Seal(_) | StoreError::Configuration(_) => Self::internal(error),
        }
    }
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        Self::too_many_requests(too_many.retry_after)
    }
}

impl From<TaskRefusal> for Problem {
    fn from(refusal: TaskRefusal) -> Self {
        let problem = Self::conflict(refusal.code());
        match refusal {
            TaskRefusal::BeforeAppointment => {
                problem.detail("whether the patient came can be said from the day of the appointment on (Asia/Seoul)")
            }
            TaskRefusal::Impossible | TaskRefusal::OtherPartyNeeded | TaskRefusal::TooEarly | TaskRefusal::TooMany => {
                problem
            }
        }
    }
}

impl From<NoRandomness> for Problem {
    fn from(error: NoRandomness) -> Self {
        Self::internal(error)
    }
}

impl From<consent::MissingConsent> for Problem {
    fn from(missing: consent::MissingConsent) -> Self {
        let missing: Vec<MissingConsent> = missing
            .matters
            .iter()
            .map(|m| MissingConsent {
                item: m.item().code().to_owned(),
                recipient: m.recipient().map(ToString::to_string),
            })
            .collect();
        Self::consent_required(&missing)
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Foreign => Self::not_found(),
            Denied::Role => Self::new(ProblemKind::Forbidden),
            Denied::ReasonNeeded => Self::invalid([FieldError::new("/reason", Invalid::Missing)]),
            Denied::Suspended => Self::conflict("suspended"),
            Denied::Closed => Self::conflict("case-closed"),
        }
    }
}
