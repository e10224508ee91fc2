//! What the patient tells about their health, in their own words, each item beside a slot for its Korean rendering.
//!
//! A list says why it is empty: "none known" and "not asked" are different facts for the next clinician
//! (IPS `emptyReason`).

use crate::field::Invalid;
use crate::person::iso_date;
use crate::personal_text;
use crate::text::Lines;
use crate::unit::Unit;
use crate::upload::FileKind;
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

personal_text!(
    /// A short statement: a symptom, a diagnosis, a substance; one line, at most 200 characters.
    Phrase,
    200,
    Lines::One
);
personal_text!(
    /// A narrative in the patient's own words; at most 4,000 characters.
    Story,
    4000,
    Lines::Many
);
personal_text!(
    /// A dose as written on the prescription, for example `1000 mg`; at most 60 characters.
    Dose,
    60,
    Lines::One
);

/// A statement as it was made, with its Korean rendering where there is one. The rendering never replaces the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Said<T> {
    /// The words as they were given.
    pub text: T,
    /// A Korean rendering, if somebody gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ko: Option<T>,
}

/// Whether a question was asked, and what the answer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The question was put and there is nothing to list.
    NoneKnown,
    /// The question was not put, or the patient does not want to answer.
    NotAsked,
    /// There are entries.
    Listed,
}

/// A list of at most `MAX` entries that says why it is empty.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Listing<T, const MAX: usize> {
    status: Answer,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<T>,
}

impl<T, const MAX: usize> fmt::Debug for Listing<T, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T, const MAX: usize> Listing<T, MAX> {
    /// Entries; an empty list is refused, since it would not say why.
    ///
    /// # Errors
    /// [`Invalid::Inconsistent`] when empty, [`Invalid::TooLong`] over `MAX`.
    pub fn listed(items: Vec<T>) -> Result<Self, Invalid> {
        Self::new(Answer::Listed, items)
    }

    /// The question was put, there is nothing.
    pub const fn none_known() -> Self {
        Self { status: Answer::NoneKnown, items: Vec::new() }
    }

    /// The question was not put.
    pub const fn not_asked() -> Self {
        Self { status: Answer::NotAsked, items: Vec::new() }
    }

    fn new(status: Answer, items: Vec<T>) -> Result<Self, Invalid> {
        if items.len() > MAX {
            return Err(Invalid::TooLong);
        }
        if (status == Answer::Listed) == items.is_empty() {
            return Err(Invalid::Inconsistent);
        }
        Ok(Self { status, items })
    }

    /// Why the list is empty, or that it is not.
    pub const fn status(&self) -> Answer {
        self.status
    }

    /// The entries.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Listing<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
        struct Raw<T> {
            status: Answer,
            #[serde(default = "Vec::new")]
            items: Vec<T>,
        }
        let raw = Raw::<T>::deserialize(deserializer)?;
        Self::new(raw.status, raw.items).map_err(serde::de::Error::custom)
    }
}

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

/// How soon the patient needs to be seen (FHIR `request-priority`, without `stat`: an emergency is never queued).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// No hurry.
    Routine,
    /// Within days to a few weeks.
    Soon,
    /// As soon as there is a place.
    Urgent,
}

/// How strongly something is felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Noticed.
    Mild,
    /// Gets in the way.
    Moderate,
    /// Stops daily life.
    Severe,
}

/// A symptom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Symptom {
    /// What is felt.
    pub description: Said<Phrase>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    /// How strongly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// Whether a condition is there now (FHIR `condition-clinical`, the two that a patient can tell).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConditionStatus {
    /// Still there.
    Active,
    /// Over.
    Resolved,
}

/// A past or present illness, operation or injury.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What it is.
    pub description: Said<Phrase>,
    /// Since when, or when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    /// Whether it is there now.
    pub status: ConditionStatus,
}

/// An allergy or intolerance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allergy {
    /// To what.
    pub substance: Said<Phrase>,
    /// What happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<Said<Phrase>>,
    /// How badly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// A medicine that the patient takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medication {
    /// Its name, as on the box or the prescription.
    pub name: Said<Phrase>,
    /// The dose, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<Dose>,
    /// How it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directions: Option<Said<Phrase>>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    /// Where it was read. A story has none: whoever sends one cannot say it.
    #[serde(skip)]
    pub source: Option<Source>,
}

/// Where a value of the patient's records was read. It stays with the value, and the Bundle shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The patient typed it from a record.
    Form,
    /// It was read from a file, and the patient confirmed it or put it right.
    File {
        /// The file's number among the files of the case.
        number: u32,
        /// The file's kind.
        media: FileKind,
        /// The file's SHA-256, hex.
        sha256: String,
        /// Its size in bytes; none for a record that was read before sizes were kept.
        bytes: Option<u64>,
        /// The page and row, or line, or entry.
        place: String,
    },
}

/// An exact decimal, given as a JSON string so that no digit is lost: at most 12 digits, 6 of them after the point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(Decimal);

impl Number {
    /// Checks a plain decimal such as `7.40`; the digits are kept as given.
    ///
    /// # Errors
    /// [`Invalid::Format`] or [`Invalid::TooLong`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let digits = raw.strip_prefix('-').unwrap_or(raw);
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let all = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !all(whole) || fraction.is_some_and(|f| !all(f)) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(Invalid::Format);
        }
        if whole.len() > 9 || fraction.is_some_and(|f| f.len() > 6) || whole.len() + fraction.map_or(0, str::len) > 12 {
            return Err(Invalid::TooLong);
        }
        raw.parse().map(Self).map_err(|_| Invalid::Format)
    }

    /// The value.
    pub const fn expose(self) -> Decimal {
        self.0
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl TryFrom<String> for Number {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        Self::parse(&s)
    }
}

impl From<Number> for String {
    fn from(n: Number) -> String {
        n.0.to_string()
    }
}

/// A result below or above what the method measures (FHIR `quantity-comparator`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparator {
    /// Less than.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// At least.
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// More than.
    #[serde(rename = ">")]
    Greater,
}

/// A measured value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ResultValue {
    /// A number with its unit.
    Quantity(Quantity),
    /// A finding in words, for example `negative`.
    Text(Phrase),
}

impl fmt::Debug for ResultValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A number with its unit, and the laboratory's own reference range where it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The number.
    pub value: Number,
    /// Whether the number is only a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparator: Option<Comparator>,
    /// UCUM unit of the allow-list.
    pub unit: Unit,
    /// Lower end of the laboratory's reference range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Number>,
    /// Upper end of the laboratory's reference range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Number>,
}

/// A test result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestResult {
    /// The test's name, as the laboratory prints it.
    pub name: Said<Phrase>,
    /// The value.
    pub value: ResultValue,
    /// The day the sample was taken or the measurement made.
    pub collected_on: PartialDate,
    /// Who measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<Phrase>,
    /// Where it was read. A story has none: whoever sends one cannot say it.
    #[serde(skip)]
    pub source: Option<Source>,
}
