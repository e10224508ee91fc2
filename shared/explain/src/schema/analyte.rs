//! Tests and measurements.

use super::{Aliases, Critical, Exact, Fraction, Name, Plausible, Range, Review, Screening, Sentence};
use serde::{Deserialize, Serialize};

/// What the laboratory looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Specimen {
    Blood,
    Plasma,
    Serum,
    Urine,
    Stool,
    Body,
    Bone,
}

/// What kind of answer a test gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A number with a unit.
    Quantity,
    /// A word on a scale that rises: negative, trace, 1+, 2+.
    Ordinal,
    /// A word without an order.
    Qualitative,
}

/// A unit that is accepted; every other one is not judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// UCUM code, case-sensitive.
    pub ucum: String,
    /// Whether limits are written in it.
    #[serde(default)]
    pub canonical: bool,
    /// Canonical value = value × factor + offset.
    #[serde(default = "one")]
    pub factor: Fraction,
    /// See `factor`; only for scales with another zero (HbA1c: IFCC to NGSP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Exact>,
    /// Spellings; an empty one accepts a value without a unit and is allowed for unitless quantities only.
    pub spell: Vec<String>,
}

fn one() -> Fraction {
    Fraction::ONE
}

/// A word of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its stable name.
    pub is: String,
    /// How reports print it.
    pub spell: Vec<String>,
}

/// What is said about a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyteText {
    /// What is measured.
    pub measures: Sentence,
    /// What higher values can go with; for words, what a word outside the expected ones can go with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Sentence>,
    /// What lower values can go with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Sentence>,
    /// What commonly affects the value: at most three.
    #[serde(default)]
    pub affects: Vec<Sentence>,
    /// Questions to ask: one or two.
    pub ask: Vec<Sentence>,
}

/// A laboratory test or measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analyte {
    /// Stable id.
    pub id: String,
    /// Where a report lists it.
    pub group: String,
    /// What it is called.
    pub name: Name,
    /// Codes.
    pub codes: AnalyteCodes,
    /// Other names.
    pub aliases: Aliases,
    /// What was looked at.
    pub specimen: Specimen,
    /// What kind of answer it gives.
    pub kind: Kind,
    /// The closed list of its units.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// The words of its answers, from the lowest.
    #[serde(default)]
    pub scale: Vec<Step>,
    /// What can be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<Plausible>,
    /// Reference ranges; at most one holds for a person.
    #[serde(default)]
    pub ranges: Vec<Range>,
    /// Screening bands; at most one set holds for a person.
    #[serde(default)]
    pub screening: Vec<Screening>,
    /// Words of the scale that are within.
    #[serde(default)]
    pub expected: Vec<String>,
    /// Critical limits; each of them counts.
    #[serde(default)]
    pub critical: Vec<Critical>,
    /// What is said about it.
    pub text: AnalyteText,
    /// What to keep in mind with it.
    #[serde(default)]
    pub caveats: Vec<Sentence>,
    /// Who reviewed it.
    pub review: Review,
}

/// Codes of a test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyteCodes {
    /// LOINC.
    #[serde(default)]
    pub loinc: Vec<String>,
}
