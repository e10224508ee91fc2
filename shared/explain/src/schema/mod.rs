//! The form of the catalogue's entries: what is written in YAML, checked and embedded by the build, and read at run time.
//!
//! The build script reads this same file, so that nothing can be written that the engine does not know.

mod analyte;
mod exact;
mod limits;
mod medicine;

pub use analyte::{Analyte, AnalyteCodes, AnalyteText, Kind, Specimen, Step, Unit};
pub use exact::{Exact, Fraction};
pub use limits::{Ages, Band, Class, Critical, ForPregnant, ForSex, Plausible, Range, Screening};
pub use medicine::{Interaction, Medicine, MedicineCodes, MedicineText, Names, Severity, Side};

use serde::{Deserialize, Serialize};

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// Names as reports print them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aliases {
    /// Korean.
    #[serde(default)]
    pub ko: Vec<String>,
    /// English and abbreviations.
    #[serde(default)]
    pub en: Vec<String>,
}

/// One short sentence for patients, in both languages, with the source that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// Korean, at most 45 syllables.
    pub ko: String,
    /// English, at most grade 8.
    pub en: String,
    /// Id of the source.
    pub source: String,
}

/// Where sentences and limits come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Stable id.
    pub id: String,
    /// Title as its publisher gives it.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Year of the edition, where it has one.
    #[serde(default)]
    pub year: Option<u16>,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
    /// When and how the authors of the catalogue read it, or that they did not.
    pub checked: String,
}

/// Whether a named clinician has reviewed an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Review {
    /// Nobody has.
    Unreviewed,
    /// Somebody has.
    Reviewed {
        /// Who.
        by: String,
        /// In which role.
        role: String,
        /// When, as YYYY-MM-DD.
        date: String,
    },
}

impl Review {
    /// Whether a clinician stands behind the entry.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        match self {
            Self::Unreviewed => false,
            Self::Reviewed { .. } => true,
        }
    }
}

/// A sentence of the engine with places for facts: `{value}`. Its source is the source of the facts put in,
/// or the one named here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// Stable id.
    pub id: String,
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
    /// Id of the source, if the sentence says something of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// The whole catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// Sources, by id.
    pub sources: Vec<Source>,
    /// Sentences of the engine.
    pub phrases: Vec<Phrase>,
    /// Tests and measurements.
    pub analytes: Vec<Analyte>,
    /// Medicines.
    pub medicines: Vec<Medicine>,
    /// Interactions.
    pub interactions: Vec<Interaction>,
}
