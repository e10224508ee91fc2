//! What the second account knows of items and days, said anew and not taken from the domain.

use crate::diary::{At, Parts};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta};
use medius_domain::consent::{DataItem, Item};

/// What an item speaks about, and what of it cannot be left out.
pub(crate) fn speaks_of(item: Item) -> (Parts, Parts) {
    use DataItem as D;
    let general = [D::Identity, D::Contact, D::Residence];
    let health = [D::Reason, D::Symptoms, D::History, D::Allergies, D::Medications, D::Results, D::Concerns];
    match item {
        Item::G1 => (general.into(), general.into()),
        Item::P => (general.into(), [D::Identity].into()),
        Item::S1 => (health.into(), health.into()),
        Item::Ps => (health.into(), [D::Reason].into()),
        Item::E1 => ([D::Medications, D::Results].into(), [D::Medications, D::Results].into()),
        Item::X1 => (D::ALL.into(), D::ALL.into()),
        Item::K1 => ([D::Guardian].into(), [D::Guardian].into()),
    }
}

const SEOUL: TimeDelta = TimeDelta::hours(9);

pub(crate) fn seoul_day(at: At) -> NaiveDate {
    (at + SEOUL).date_naive()
}

pub(crate) fn seoul_midnight(day: NaiveDate) -> At {
    day.and_time(NaiveTime::MIN).and_utc() - SEOUL
}

/// A year later, at the end of that day.
pub(crate) fn year_later(at: At) -> At {
    let day = seoul_day(at);
    let year = day.year() + 1;
    let last = day.with_year(year).unwrap_or_else(|| NaiveDate::from_ymd_opt(year, 2, 28).unwrap());
    seoul_midnight(last + Days::new(1))
}
