//! Time is passed in. Legal days are counted in Asia/Seoul, wherever the patient or the machine is.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Asia::Seoul;

/// Where "now" comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock: the only place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The calendar day in Asia/Seoul at a moment.
pub fn kst_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Seoul).date_naive()
}

/// The first moment after the end of a day in Asia/Seoul.
pub fn end_of_kst_day(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    // Seoul has had no clock change since 1988, so midnight exists once; `earliest` covers older days.
    Seoul
        .from_local_datetime(&next.and_time(chrono::NaiveTime::MIN))
        .earliest()
        .map_or(DateTime::<Utc>::MAX_UTC, |t| t.with_timezone(&Utc))
}

/// Full years from a birth date to a day; a birthday counts from its first minute. A 29 February birthday falls on
/// 1 March in other years (Civil Act Art. 158, 160: the day after the period's last day).
pub fn years_between(birth: NaiveDate, on: NaiveDate) -> i32 {
    let years = on.year() - birth.year();
    if (on.month(), on.day()) < (birth.month(), birth.day()) { years - 1 } else { years }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_day_in_seoul_begins_nine_hours_before_utc() {
        let at = Utc.with_ymd_and_hms(2026, 11, 22, 15, 0, 0).unwrap();
        assert_eq!(kst_day(at), NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        assert_eq!(end_of_kst_day(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()), at);
    }

    #[test]
    fn a_birthday_counts_from_its_own_day() {
        let born = NaiveDate::from_ymd_opt(2012, 11, 22).unwrap();
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        assert_eq!(years_between(born, day(21)), 13);
        assert_eq!(years_between(born, day(22)), 14);
        let leap = NaiveDate::from_ymd_opt(2012, 2, 29).unwrap();
        assert_eq!(years_between(leap, NaiveDate::from_ymd_opt(2026, 2, 28).unwrap()), 13);
        assert_eq!(years_between(leap, NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()), 14);
    }
}
