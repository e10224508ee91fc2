//! A case: one request for a referral, from the first click to its destruction.

use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{CaseId, Subject};
use chrono::{DateTime, Days, Months, Utc};
use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// The patient is still telling.
    Draft,
    /// The intake is complete; letters can be made.
    Complete,
}

impl CaseState {
    /// Every state.
    pub const ALL: [Self; 2] = [Self::Draft, Self::Complete];

    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Complete => "complete",
        }
    }
}

/// A case without anything personal in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Whose it is, as a pseudonym.
    pub subject: Subject,
    /// Where it stands.
    pub state: CaseState,
    /// Whether it was opened for a child under 14, so that a guardian acts until the 14th birthday (PIPA Art. 22-2).
    #[serde(default)]
    pub minor: bool,
    /// Grows by one with each change; the ETag.
    pub version: u64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When everything about it is to be destroyed.
    pub expires_at: DateTime<Utc>,
}

/// Idle days after which an open case counts as completed.
const IDLE_DAYS: u64 = 90;

/// When a case without completion expires: one year after it would count as completed, 90 days after its last activity,
/// at the end of that day in Seoul (policy clause P3: one year after service completion).
pub fn open_case_expiry(last_activity: DateTime<Utc>) -> DateTime<Utc> {
    let day = kst_day(last_activity);
    let last =
        day.checked_add_days(Days::new(IDLE_DAYS)).and_then(|d| d.checked_add_months(Months::new(12))).unwrap_or(day);
    end_of_kst_day(last)
}

/// When a case that never got beyond its first draft expires: 24 hours after it was created or last continued.
pub fn empty_case_expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    now + chrono::TimeDelta::hours(24)
}

impl Case {
    /// A new, empty case; `minor` as the patient answered the question about age.
    pub fn new(subject: Subject, minor: bool, now: DateTime<Utc>) -> Self {
        Self {
            id: CaseId::new(),
            subject,
            state: CaseState::Draft,
            minor,
            version: 1,
            created_at: now,
            updated_at: now,
            expires_at: empty_case_expiry(now),
        }
    }

    /// The same case after a change that keeps nothing for longer: an empty case's day begins anew.
    #[must_use]
    pub fn continued(&self, now: DateTime<Utc>) -> Self {
        Self {
            version: self.version + 1,
            updated_at: now,
            expires_at: self.expires_at.max(empty_case_expiry(now)),
            ..self.clone()
        }
    }

    /// The same case after a change that keeps personal data for the open case's term.
    #[must_use]
    pub fn changed(&self, state: CaseState, now: DateTime<Utc>) -> Self {
        Self {
            state,
            version: self.version + 1,
            updated_at: now,
            expires_at: self.expires_at.max(open_case_expiry(now)),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn an_open_case_lasts_ninety_days_and_a_year_of_seoul_days() {
        let at = Utc.with_ymd_and_hms(2026, 11, 22, 16, 0, 0).unwrap(); // 23 November in Seoul
        // 23 November + 90 days = 21 February 2027; a year on; the end of that day in Seoul is 15:00 UTC.
        assert_eq!(open_case_expiry(at), Utc.with_ymd_and_hms(2028, 2, 21, 15, 0, 0).unwrap());
    }
}
