//! What an institution returns as FHIR: an outcome Bundle (R4), read into the little that a patient and the next clinician need.
//! Nothing of it is trusted: it has bounds, it must be one patient's, every rule that it breaks is named with its place, and a
//! text goes through the same checks as anything that people type. Kept is what was understood, never the file's markup.
//!
//! Read are Composition, DiagnosticReport, Observation, Condition, MedicationStatement, Encounter and Appointment. Who and where
//! (Patient, Practitioner, Organization and the like) is only used to name authors. Other resources are refused: leaving out
//! what somebody thought they had told is worse than asking them to send it as text.

mod bundle;
mod content;
mod narrative;
mod reader;

use chrono::{DateTime, Utc};
use medius_domain::field::FieldError;
use medius_domain::health::{PartialDate, Phrase, Story};
use serde::{Deserialize, Serialize};

/// Most bytes of a Bundle.
pub const MOST_BYTES: usize = 256 * 1024;
/// Most entries of a Bundle.
pub const MOST_ENTRIES: usize = 200;
/// Most levels of arrays and objects.
pub const MOST_DEPTH: usize = 128;

/// What an outcome Bundle says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the document is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Phrase>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_on: Option<PartialDate>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Phrase>,
    /// Its author calls it preliminary.
    pub preliminary: bool,
    /// The document's sections, as plain text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// Conclusions of reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conclusions: Vec<Story>,
    /// Diagnoses and problems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<Diagnosis>,
    /// Findings and results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<Finding>,
    /// Medicines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub medicines: Vec<Medicine>,
    /// Visits and stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Visit>,
    /// Appointments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appointments: Vec<Planned>,
}

/// A section of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Phrase>,
    /// What it says.
    pub text: Story,
}

/// A code as it was given: the system and version are the institution's (KCD-9 has no published URI; none is invented).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The code system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<Phrase>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Phrase>,
    /// The code.
    pub code: Phrase,
}

/// A diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// What it is.
    pub name: Phrase,
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// How sure it is: FHIR `condition-ver-status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Phrase>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was measured or looked at.
    pub name: Phrase,
    /// The value with its unit, with the digits that were given.
    pub value: Phrase,
    /// The laboratory's range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Phrase>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<PartialDate>,
}

/// A medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medicine {
    /// Which.
    pub name: Phrase,
    /// FHIR `medication-statement-status`.
    pub status: Phrase,
    /// How it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directions: Option<Phrase>,
}

/// A visit or a stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Its class, for example `AMB` or `IMP` (HL7 `ActEncounterCode`).
    pub class: Phrase,
    /// From.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PartialDate>,
    /// To.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PartialDate>,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// FHIR `appointmentstatus`.
    pub status: Phrase,
    /// From.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<DateTime<Utc>>,
    /// To.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<DateTime<Utc>>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Phrase>,
}

impl Outcome {
    /// Whether nothing was understood that says anything about the patient.
    fn says_nothing(&self) -> bool {
        self.sections.is_empty()
            && self.conclusions.is_empty()
            && self.diagnoses.is_empty()
            && self.results.is_empty()
            && self.medicines.is_empty()
            && self.visits.is_empty()
            && self.appointments.is_empty()
    }
}

/// Reads an outcome Bundle. The same bytes give the same answer.
///
/// # Errors
/// Every rule that it breaks, as a JSON pointer into the Bundle and a stable code, never with a value:
/// `too-long` (bytes, entries, a text), `out-of-range` (depth), `format` (no JSON, a date, a number, a unit, markup),
/// `duplicate` (a `fullUrl`), `missing`, `unknown-value` (a code or resource that is not read), `inconsistent` (two patients,
/// contradicting elements), `impossible-date`, and the codes of texts, `resident-registration-number` above all.
pub fn read(bytes: &[u8]) -> Result<Outcome, Vec<FieldError>> {
    let root = bundle::parse(bytes).map_err(|error| vec![error])?;
    let mut reader = reader::Reader::new(&root);
    bundle::check(&mut reader);
    let outcome = content::read(&mut reader);
    if reader.errors.is_empty() && outcome.says_nothing() {
        reader.refuse("/entry", medius_domain::field::Invalid::Empty);
    }
    reader.finish(outcome)
}
