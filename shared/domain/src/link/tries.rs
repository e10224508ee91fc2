//! How often somebody tried a link in vain. Counted per link and network, so that one who guesses locks out themselves and
//! not an institution behind another address; and per link in all, so that many networks together get no further.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Wrong tries of one network at one link after which it is locked out.
pub const TRIES: usize = 5;
/// Minutes within which those count.
pub const TRIES_MINUTES: i64 = 10;
/// Minutes for which the network is locked out of the link.
pub const LOCK_MINUTES: i64 = 30;
/// Wrong codes in all, since the link was made or made anew, after which it is suspended.
pub const MOST_WRONG: u32 = 20;

/// The wrong tries of one network at one link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// When, the oldest first; only those that still count.
    pub at: Vec<DateTime<Utc>>,
    /// Until when the network is locked out.
    pub locked_until: Option<DateTime<Utc>>,
    /// The link's secret that was tried: made anew, a link is tried anew.
    pub generation: u32,
    /// Grows by one with each try: two at once do not count as one.
    pub rev: u64,
}

impl Tries {
    /// One more wrong try. Who is locked out is not counted: their tries are not looked at.
    pub fn wrong(before: Option<&Self>, generation: u32, now: DateTime<Utc>) -> Self {
        let recent = now - TimeDelta::minutes(TRIES_MINUTES);
        let same = before.filter(|t| t.generation == generation);
        let mut at: Vec<_> = same.into_iter().flat_map(|t| &t.at).filter(|t| **t > recent).copied().collect();
        at.push(now);
        let rev = before.map_or(1, |t| t.rev + 1);
        if at.len() >= TRIES {
            // A lock begins anew from nothing when it is over.
            return Self {
                at: Vec::new(),
                locked_until: Some(now + TimeDelta::minutes(LOCK_MINUTES)),
                generation,
                rev,
            };
        }
        Self { at, locked_until: None, generation, rev }
    }

    /// Whether the network is locked out of the link's present secret.
    pub fn locked(&self, generation: u32, now: DateTime<Utc>) -> bool {
        self.generation == generation && self.locked_until.is_some_and(|until| now < until)
    }

    /// When nothing of it counts any more.
    pub fn ends(&self) -> Option<DateTime<Utc>> {
        self.locked_until.or_else(|| self.at.last().map(|last| *last + TimeDelta::minutes(TRIES_MINUTES)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;

    fn minute(n: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 3, 0, 0).unwrap() + TimeDelta::minutes(n)
    }

    fn after(minutes: &[i64]) -> Tries {
        let tries =
            minutes.iter().fold(None, |before: Option<Tries>, n| Some(Tries::wrong(before.as_ref(), 1, minute(*n))));
        tries.unwrap()
    }

    #[test]
    fn five_in_ten_minutes_lock_for_half_an_hour() {
        assert!(!after(&[0, 1, 2, 3]).locked(1, minute(3)));
        let locked = after(&[0, 1, 2, 3, 9]);
        assert!(locked.locked(1, minute(9)) && locked.locked(1, minute(38)) && !locked.locked(1, minute(39)));
        assert_eq!(locked.ends(), Some(minute(39)));
    }

    #[test]
    fn what_is_ten_minutes_old_does_not_count() {
        assert!(!after(&[0, 7, 8, 9, 10]).locked(1, minute(10)));
        assert!(after(&[0, 7, 8, 9, 10, 11]).locked(1, minute(11)));
        assert_eq!(after(&[0, 7]).ends(), Some(minute(17)));
    }

    #[test]
    fn after_a_lock_counting_begins_anew() {
        let locked = after(&[0, 0, 0, 0, 0]);
        let next = Tries::wrong(Some(&locked), 1, minute(30));
        assert_eq!((next.at.len(), next.rev, next.locked(1, minute(30))), (1, 6, false));
        // A link that was made anew is locked for nobody.
        assert!(!locked.locked(2, minute(1)));
        assert_eq!(Tries::wrong(Some(&after(&[0, 1, 2, 3])), 2, minute(4)).at.len(), 1);
    }
}
