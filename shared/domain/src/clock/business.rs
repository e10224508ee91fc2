//! Business days in Korea: neither a Saturday nor a Sunday, nor a public holiday with its substitute days.
//!
//! The days of the years below follow the Public Holidays Act with the decree on the holidays of public offices, the amended lists
//! of 2026 (Labour Day and Constitution Day are public holidays again) and the days of elections known by law. They agree with the
//! package `holidays` 0.109 (PyPI, `KR`), read on 2026-11-23. Holidays that the government declares for one year alone are added
//! here when they are declared; a missing one makes a deadline a day too early, never too late for a patient.

use super::{end_of_kst_day, kst_day, start_of_kst_day};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};

/// The last year whose holidays are listed. In later years only weekends are left out.
pub const LAST_LISTED_YEAR: i32 = 2029;

/// Every public holiday on a Monday to Friday, by year, in order: month and day as one number (`1225` is 25 December).
const HOLIDAYS: [(i32, &[u32]); 4] = [
    (2026, &[101, 216, 217, 218, 302, 501, 505, 525, 603, 717, 817, 924, 925, 1005, 1009, 1225]),
    (2027, &[101, 208, 209, 301, 503, 505, 513, 719, 816, 914, 915, 916, 1004, 1011, 1227]),
    (2028, &[126, 127, 128, 301, 412, 501, 502, 505, 606, 717, 815, 1002, 1003, 1004, 1005, 1009, 1225]),
    (2029, &[101, 212, 213, 214, 301, 501, 507, 521, 606, 717, 815, 921, 924, 1003, 1009, 1225]),
];

/// Whether institutions work on a day (Asia/Seoul).
pub fn is_business_day(day: NaiveDate) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let listed = HOLIDAYS.iter().find(|(year, _)| *year == day.year());
    !weekend && !listed.is_some_and(|(_, days)| days.contains(&(day.month() * 100 + day.day())))
}

/// The `n`-th business day after the day of a moment in Seoul; that day itself does not count (Civil Act Art. 157). With `n` = 0
/// the day itself.
fn nth_after(from: DateTime<Utc>, n: u32) -> NaiveDate {
    business_day_after(kst_day(from), n)
}

/// The `n`-th business day after a day (Asia/Seoul), which itself does not count. With `n` = 0 the day itself.
pub fn business_day_after(day: NaiveDate, n: u32) -> NaiveDate {
    let mut after = day.iter_days().skip(1).filter(|day| is_business_day(*day));
    match n.checked_sub(1) {
        None => day,
        Some(skipped) => after.nth(skipped as usize).unwrap_or(NaiveDate::MAX),
    }
}

/// The end of the `n`-th business day after a moment: when a period of `n` business days is over.
pub fn end_of_business_days(from: DateTime<Utc>, n: u32) -> DateTime<Utc> {
    end_of_kst_day(nth_after(from, n))
}

/// The middle of a period of `n` business days: the end of the day in the middle, or noon of it where `n` is odd.
pub fn half_of_business_days(from: DateTime<Utc>, n: u32) -> DateTime<Utc> {
    if n.is_multiple_of(2) {
        end_of_business_days(from, n / 2)
    } else {
        start_of_kst_day(nth_after(from, n / 2 + 1)) + TimeDelta::hours(12)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    /// A moment by Seoul's clock.
    fn at(y: i32, m: u32, d: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(y, m, d, hour, 0, 0).unwrap() - TimeDelta::hours(9)
    }

    #[test]
    fn listed_days_exist_are_in_order_and_fall_on_weekdays() {
        for (year, days) in HOLIDAYS {
            assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{year}");
            for (m, d) in days.iter().map(|both| (both / 100, both % 100)) {
                assert!(!matches!(day(year, m, d).weekday(), Weekday::Sat | Weekday::Sun), "{year}-{m}-{d}");
            }
        }
        assert_eq!(HOLIDAYS[HOLIDAYS.len() - 1].0, LAST_LISTED_YEAR);
    }

    #[test]
    fn weekends_holidays_and_their_substitutes_are_no_business_days() {
        for (y, m, d) in [(2026, 11, 21), (2026, 11, 22), (2026, 12, 25), (2027, 2, 9), (2027, 10, 11), (2028, 10, 5)] {
            assert!(!is_business_day(day(y, m, d)), "{y}-{m}-{d}");
        }
        for (y, m, d) in [(2026, 11, 23), (2026, 12, 24), (2027, 2, 10), (2028, 10, 6), (2030, 1, 1)] {
            assert!(is_business_day(day(y, m, d)), "{y}-{m}-{d}");
        }
    }

    #[test]
    fn a_period_begins_on_the_next_business_day_and_ends_with_its_last() {
        // Friday 25 December 2026 is Christmas, so after Thursday come Monday and Tuesday.
        assert_eq!(end_of_business_days(at(2026, 12, 24, 10), 2), end_of_kst_day(day(2026, 12, 29)));
        // One minute before and after midnight of Sunday in Seoul.
        let midnight = at(2026, 11, 23, 0);
        assert_eq!(end_of_business_days(midnight - TimeDelta::minutes(1), 1), end_of_kst_day(day(2026, 11, 23)));
        assert_eq!(end_of_business_days(midnight, 1), end_of_kst_day(day(2026, 11, 24)));
        // Over the New Year, and over the long holiday of autumn 2028.
        assert_eq!(end_of_business_days(at(2026, 12, 31, 23), 1), end_of_kst_day(day(2027, 1, 4)));
        assert_eq!(end_of_business_days(at(2028, 9, 29, 9), 1), end_of_kst_day(day(2028, 10, 6)));
        assert_eq!(end_of_business_days(at(2028, 2, 28, 9), 1), end_of_kst_day(day(2028, 2, 29)));
    }

    #[test]
    fn half_of_a_period_is_a_midnight_or_a_noon() {
        let sent = at(2026, 11, 23, 15); // a Monday
        assert_eq!(half_of_business_days(sent, 1), at(2026, 11, 24, 12));
        assert_eq!(half_of_business_days(sent, 2), end_of_kst_day(day(2026, 11, 24)));
        assert_eq!(half_of_business_days(sent, 3), at(2026, 11, 25, 12));
        assert_eq!(half_of_business_days(sent, 10), end_of_kst_day(day(2026, 11, 30)));
        for n in 1..=20 {
            let (half, end) = (half_of_business_days(sent, n), end_of_business_days(sent, n));
            assert!(sent < half && half < end, "{n}");
        }
    }
}
