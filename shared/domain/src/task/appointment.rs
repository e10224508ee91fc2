//! An appointment as an institution proposes it: a moment, and what the patient needs to know to be there.

use crate::field::{FieldError, Invalid};
use crate::personal_text;
use crate::text::Lines;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

personal_text!(
    /// Where: building, floor, desk; at most 200 characters.
    PlaceText,
    200,
    Lines::One
);
personal_text!(
    /// What is said beside an answer; at most 2,000 characters.
    AnswerText,
    2000,
    Lines::Many
);

/// Longest appointment, in hours.
const MOST_HOURS: i64 = 24;
/// Days ahead that an appointment may lie.
const MOST_DAYS: i64 = 366;

/// An appointment. Moments; the pages show them in the time of both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// Where.
    pub place: PlaceText,
    /// How to prepare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepare: Option<AnswerText>,
}

impl Appointment {
    /// Whether its moments make sense.
    ///
    /// # Errors
    /// `/appointment/start` when it is not ahead or more than 366 days ahead, `/appointment/end` when it does not follow within
    /// 24 hours.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), FieldError> {
        if self.start <= now || self.start > now + TimeDelta::days(MOST_DAYS) {
            return Err(FieldError::new("/appointment/start", Invalid::OutOfRange));
        }
        if self.end <= self.start || self.end > self.start + TimeDelta::hours(MOST_HOURS) {
            return Err(FieldError::new("/appointment/end", Invalid::OutOfRange));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_appointment_is_ahead_and_ends_after_it_began() {
        let now = DateTime::UNIX_EPOCH;
        let at = |minutes| now + TimeDelta::minutes(minutes);
        let of = |start, end| Appointment {
            start: at(start),
            end: at(end),
            place: PlaceText::parse("3F").unwrap(),
            prepare: None,
        };
        let day = 24 * 60;
        assert!(of(1, 30).check(now).is_ok() && of(366 * day, 367 * day).check(now).is_ok());
        for (start, end, field) in [
            (0, 30, "/appointment/start"),
            (366 * day + 1, 366 * day + 2, "/appointment/start"),
            (10, 10, "/appointment/end"),
            (10, 10 + day + 1, "/appointment/end"),
        ] {
            assert_eq!(of(start, end).check(now).unwrap_err().pointer, field);
        }
    }
}
