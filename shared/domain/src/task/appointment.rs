//! An appointment as an institution proposes it: a moment, and what the patient needs to know to be there.

use crate::clock::kst_day;
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
    /// Whether its moments make sense. It may have begun earlier today in Seoul: what was agreed on by telephone for this morning is
    /// recorded when somebody gets to it, and then whether the patient came.
    ///
    /// # Errors
    /// `/appointment/start` when its day in Seoul is over or it is more than 366 days ahead, `/appointment/end` when it does not follow
    /// within 24 hours.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), FieldError> {
        if kst_day(self.start) < kst_day(now) || self.start > now + TimeDelta::days(MOST_DAYS) {
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

    /// Noon of Monday 23 November 2026 in Seoul.
    const NOON: &str = "2026-11-23T03:00:00Z";

    fn of(start: DateTime<Utc>, minutes: i64) -> Appointment {
        let place = PlaceText::parse("3F").unwrap();
        Appointment { start, end: start + TimeDelta::minutes(minutes), place, prepare: None }
    }

    #[test]
    fn an_appointment_is_of_today_or_ahead_and_ends_after_it_began() {
        let now: DateTime<Utc> = NOON.parse().unwrap();
        let day = 24 * 60;
        let at = |start, minutes| of(now + TimeDelta::minutes(start), minutes).check(now).map_err(|e| e.pointer);
        for (start, minutes) in [(1, 29), (0, 30), (366 * day, day), (-12 * 60, 30)] {
            assert_eq!(at(start, minutes), Ok(()), "{start}");
        }
        for (start, minutes, field) in [
            (-12 * 60 - 1, 30, "/appointment/start"),
            (366 * day + 1, 1, "/appointment/start"),
            (10, 0, "/appointment/end"),
            (10, day + 1, "/appointment/end"),
        ] {
            assert_eq!(at(start, minutes), Err(field.into()), "{start}");
        }
    }

    #[test]
    fn today_is_seoul_s() {
        // 00:10 of the 24th in Seoul, while the 23rd goes on in London.
        let now: DateTime<Utc> = "2026-11-23T15:10:00Z".parse().unwrap();
        assert!(of("2026-11-23T15:00:00Z".parse().unwrap(), 30).check(now).is_ok());
        assert!(of("2026-11-23T14:59:59Z".parse().unwrap(), 30).check(now).is_err());
    }
}
