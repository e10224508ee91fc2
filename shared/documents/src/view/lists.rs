//! Rows of the letter's lists, and what an empty list says: "none known" and "not asked" are different facts.

use super::{Label, Words, redacted, severity};
use medius_domain::health::{Allergy, Answer, Condition, ConditionStatus, Listing, Medication, PartialDate, Symptom};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A list that says why it is empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// Whether the question was asked, and what the answer was.
    pub status: Answer,
    /// What an empty list says.
    pub note: Option<Label>,
    /// The rows.
    pub items: Vec<T>,
}

impl<T> fmt::Debug for Listed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> Listed<T> {
    /// The rows of a list of the intake.
    pub(crate) fn new<S, const MAX: usize>(list: &Listing<S, MAX>, row: impl Fn(&S) -> T) -> Self {
        Self { status: list.status(), note: note(list.status()), items: list.items().iter().map(row).collect() }
    }
}

/// What an empty list says; nothing for a list with entries.
pub(crate) fn note(status: Answer) -> Option<Label> {
    match status {
        Answer::NoneKnown => Some(Label::new("알려진 것 없음 (환자에게 확인함)", "None known (the patient was asked)")),
        Answer::NotAsked => Some(Label::new(
            "묻지 않음 또는 답하지 않음 (없다는 뜻이 아님)",
            "Not asked or not answered (does not mean none)",
        )),
        Answer::Listed => None,
    }
}

/// A symptom.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymptomRow {
    /// What is felt.
    pub description: Words,
    /// Since when.
    pub since: Option<String>,
    /// How strongly.
    pub severity: Option<Label>,
}

/// A past or present illness.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionRow {
    /// What it is.
    pub description: Words,
    /// Since when, or when it was.
    pub since: Option<String>,
    /// Whether it is there now.
    pub status: Label,
    /// The same as a flag.
    pub active: bool,
}

/// An allergy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllergyRow {
    /// To what.
    pub substance: Words,
    /// What happens.
    pub reaction: Option<Words>,
    /// How badly.
    pub severity: Option<Label>,
}

/// A medicine.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicationRow {
    /// Its name.
    pub name: Words,
    /// The dose, as written.
    pub dose: Option<String>,
    /// How it is taken.
    pub directions: Option<Words>,
    /// Since when.
    pub since: Option<String>,
}

redacted!(SymptomRow, ConditionRow, AllergyRow, MedicationRow);

fn date(date: Option<&PartialDate>) -> Option<String> {
    date.map(|d| d.expose().to_owned())
}

pub(crate) fn symptom(s: &Symptom) -> SymptomRow {
    SymptomRow {
        description: Words::said(&s.description),
        since: date(s.since.as_ref()),
        severity: s.severity.map(severity),
    }
}

pub(crate) fn condition(c: &Condition) -> ConditionRow {
    let (status, active) = match c.status {
        ConditionStatus::Active => (Label::new("현재 있음", "Present"), true),
        ConditionStatus::Resolved => (Label::new("과거", "Past"), false),
    };
    ConditionRow { description: Words::said(&c.description), since: date(c.since.as_ref()), status, active }
}

pub(crate) fn allergy(a: &Allergy) -> AllergyRow {
    AllergyRow {
        substance: Words::said(&a.substance),
        reaction: a.reaction.as_ref().map(Words::said),
        severity: a.severity.map(severity),
    }
}

pub(crate) fn medication(m: &Medication) -> MedicationRow {
    MedicationRow {
        name: Words::said(&m.name),
        dose: m.dose.as_ref().map(|d| d.expose().to_owned()),
        directions: m.directions.as_ref().map(Words::said),
        since: date(m.since.as_ref()),
    }
}
