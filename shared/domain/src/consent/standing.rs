//! Who must consent at a moment: the patient, or until the 14th birthday (Asia/Seoul) a guardian (PIPA Art. 22-2).

use super::ConsentActor;
use chrono::{DateTime, Utc};

/// Whether a guardian acts for the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guardianship {
    /// The patient is 14 or older.
    None,
    /// The case was opened for a child whose birth date is not told yet.
    Open,
    /// The child is 14 from this moment on.
    Until(DateTime<Utc>),
}

/// A moment, and who may consent at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The moment.
    pub now: DateTime<Utc>,
    /// Whether a guardian acts.
    pub guardianship: Guardianship,
}

impl Standing {
    /// For a patient of 14 or more.
    pub const fn adult(now: DateTime<Utc>) -> Self {
        Self { now, guardianship: Guardianship::None }
    }

    /// Who must consent now.
    pub fn must_be(&self) -> ConsentActor {
        match self.guardianship {
            Guardianship::None => ConsentActor::Patient,
            Guardianship::Open => ConsentActor::Guardian,
            Guardianship::Until(of_age) if self.now < of_age => ConsentActor::Guardian,
            Guardianship::Until(_) => ConsentActor::Patient,
        }
    }

    /// When a guardian's consent given now ends, as far as the birth date is known.
    pub fn guardian_until(&self) -> Option<DateTime<Utc>> {
        match self.guardianship {
            Guardianship::None | Guardianship::Open => None,
            Guardianship::Until(of_age) => Some(of_age),
        }
    }
}
