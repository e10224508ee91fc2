//! Time is passed in. Legal days are counted in Asia/Seoul, wherever the patient or the machine is.

use crate::field::Invalid;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Asia::Seoul;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

pub mod business;

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

/// A moment as people read it in Seoul, to the minute: `2026-11-22 19:05`.
pub fn kst_minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&Seoul).format("%Y-%m-%d %H:%M").to_string()
}

/// A moment as people read it in Seoul, to the second: `2026-11-22 19:05:00`.
pub fn kst_second(at: DateTime<Utc>) -> String {
    at.with_timezone(&Seoul).format("%Y-%m-%d %H:%M:%S").to_string()
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

/// The first moment of a day in Asia/Seoul.
pub fn start_of_kst_day(day: NaiveDate) -> DateTime<Utc> {
    day.pred_opt().map_or(DateTime::<Utc>::MIN_UTC, end_of_kst_day)
}

/// The day on which a person is `years` old: a 29 February birthday falls on 1 March in other years, as in
/// [`years_between`].
pub fn birthday(birth: NaiveDate, years: i32) -> NaiveDate {
    let year = birth.year() + years;
    birth.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1)).unwrap_or(NaiveDate::MAX)
}

/// A calendar month in Asia/Seoul, `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(NaiveDate);

impl Month {
    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Its days.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.0.iter_days().take_while(move |day| day.month() == self.0.month())
    }
}

impl FromStr for Month {
    type Err = Invalid;
    fn from_str(s: &str) -> Result<Self, Invalid> {
        let shape =
            s.len() == 7 && s.bytes().enumerate().all(|(i, b)| if i == 4 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(Invalid::Format);
        }
        NaiveDate::parse_from_str(&format!("{s}-01"), "%Y-%m-%d").map(Self).map_err(|_| Invalid::ImpossibleDate)
    }
}

impl TryFrom<String> for Month {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        s.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
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
        assert_eq!((kst_minute(at), kst_second(at)), ("2026-11-23 00:00".into(), "2026-11-23 00:00:00".into()));
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

    #[test]
    fn the_fourteenth_birthday_is_the_day_on_which_the_age_is_reached() {
        for (born, expected) in
            [((2012, 11, 22), (2026, 11, 22)), ((2012, 2, 29), (2026, 3, 1)), ((2010, 2, 28), (2024, 2, 28))]
        {
            let day = |(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).unwrap();
            let on = birthday(day(born), 14);
            assert_eq!(on, day(expected));
            assert_eq!(years_between(day(born), on), 14);
            assert_eq!(years_between(day(born), on.pred_opt().unwrap()), 13);
            assert_eq!(kst_day(start_of_kst_day(on)), on);
            assert!(kst_day(start_of_kst_day(on) - chrono::TimeDelta::milliseconds(1)) < on);
        }
    }

    #[test]
    fn a_month_has_its_days() {
        let month: Month = "2028-02".parse().unwrap();
        assert_eq!((month.days().count(), month.to_string()), (29, "2028-02".to_owned()));
        for bad in ["2026-13", "2026-1", "202611", "2026-00", "２026-1"] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
