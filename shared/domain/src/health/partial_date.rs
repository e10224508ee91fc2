//! Dates of which the day, or the month too, may be unknown.

use crate::field::Invalid;
use crate::person::iso_date;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A date as exactly as it is known: a year, a month or a day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate(String);

impl PartialDate {
    /// Checks `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, 1900 or later.
    ///
    /// # Errors
    /// [`Invalid::Format`], [`Invalid::ImpossibleDate`] or [`Invalid::OutOfRange`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let full = match raw.len() {
            4 => format!("{raw}-01-01"),
            7 => format!("{raw}-01"),
            _ => raw.to_owned(),
        };
        if iso_date(&full)?.year() < 1900 {
            return Err(Invalid::OutOfRange);
        }
        Ok(Self(raw.to_owned()))
    }

    /// The first day that the date can mean.
    pub fn earliest(&self) -> NaiveDate {
        let full = match self.0.len() {
            4 => format!("{}-01-01", self.0),
            7 => format!("{}-01", self.0),
            _ => self.0.clone(),
        };
        iso_date(&full).unwrap_or(NaiveDate::MAX)
    }

    /// The date as text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl TryFrom<String> for PartialDate {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        Self::parse(&s)
    }
}

impl From<PartialDate> for String {
    fn from(d: PartialDate) -> String {
        d.0
    }
}
