//! What the patient tells about their health, in their own words, each item beside a slot for its Korean rendering.
//!
//! A list says why it is empty: "none known" and "not asked" are different facts for the next clinician
//! (IPS `emptyReason`).

mod listing;
mod partial_date;
mod value;

pub use listing::Listing;
pub use partial_date::PartialDate;
pub use value::{Comparator, Number, Quantity, ResultValue, Source, TestResult};

use crate::personal_text;
use crate::text::Lines;
use serde::{Deserialize, Serialize};

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
