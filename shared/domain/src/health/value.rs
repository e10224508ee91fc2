//! Values of test results as they are printed, and where they were read.

use super::{PartialDate, Phrase, Said};
use crate::field::Invalid;
use crate::unit::Unit;
use crate::upload::FileKind;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

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
