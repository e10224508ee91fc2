//! What is explained: confirmed rows as they were printed, and what the person said of themselves.
//!
//! Values stay as printed text until the engine reads them, so that nothing is rounded or tidied on the way.

use crate::schema::Specimen;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Sex as the ranges know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Sex {
    Female,
    Male,
}

/// What is known of a pregnancy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "status")]
pub enum Pregnancy {
    /// Nobody asked.
    #[default]
    Unknown,
    /// Not pregnant.
    No,
    /// Pregnant.
    Yes {
        /// Trimester, 1 to 3.
        trimester: Option<u8>,
    },
}

/// The person, as far as ranges ask for it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Sex.
    pub sex: Option<Sex>,
    /// Date of birth, from which the age at a result's date is counted.
    pub born: Option<NaiveDate>,
    /// Pregnancy.
    #[serde(default)]
    pub pregnancy: Pregnancy,
}

impl Person {
    /// Completed years on a date; none before birth.
    #[must_use]
    pub fn age(&self, on: NaiveDate) -> Option<u16> {
        let born = self.born?;
        let years = on.year() - born.year() - i32::from((on.month(), on.day()) < (born.month(), born.day()));
        u16::try_from(years).ok()
    }
}

/// A row of results, confirmed by the patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultRow {
    /// The caller's name for the row; the report refers to it.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// LOINC code, if the record carries one.
    #[serde(default)]
    pub loinc: Option<String>,
    /// The entry that the patient picked from the suggestions.
    #[serde(default)]
    pub confirmed: Option<String>,
    /// Heading that the row stood under, as printed.
    #[serde(default)]
    pub heading: Option<String>,
    /// What was looked at, if the record says so.
    #[serde(default)]
    pub specimen: Option<Specimen>,
    /// Value as printed.
    pub value: String,
    /// Unit as printed.
    #[serde(default)]
    pub unit: Option<String>,
    /// Reference range as printed.
    #[serde(default)]
    pub range: Option<String>,
    /// Mark as printed: `H`, `▼`, `*`.
    #[serde(default)]
    pub flag: Option<String>,
    /// Day of the sample.
    #[serde(default)]
    pub date: Option<NaiveDate>,
}

/// A medicine, confirmed by the patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicineRow {
    /// The caller's name for the row; the report refers to it.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// HIRA ingredient code, if the record carries one.
    #[serde(default)]
    pub hira: Option<String>,
    /// The entry that the patient picked from the suggestions.
    #[serde(default)]
    pub confirmed: Option<String>,
}

/// Everything that a report is made of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The day of the report: rows without a date count as of this day.
    pub as_of: NaiveDate,
    /// The person.
    pub person: Person,
    /// Results.
    pub results: Vec<ResultRow>,
    /// Medicines.
    pub medicines: Vec<MedicineRow>,
}

/// Languages of the sentences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Language {
    #[default]
    Both,
    Ko,
    En,
}

/// What is done with entries that no clinician has reviewed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unreviewed {
    /// Used, and the report says that nobody has reviewed them.
    #[default]
    Show,
    /// Not used: neither sentences nor ranges. Only that a value needs help at once is still said, by its cited limit.
    Block,
}

/// How a report is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Languages.
    #[serde(default)]
    pub language: Language,
    /// Entries without a review.
    #[serde(default)]
    pub unreviewed: Unreviewed,
}

/// Health data never prints itself.
macro_rules! redacted {
    ($($of:ty),+) => {$(
        impl fmt::Debug for $of {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }
    )+};
}
pub(crate) use redacted;
redacted!(Person, ResultRow, MedicineRow, Input);
