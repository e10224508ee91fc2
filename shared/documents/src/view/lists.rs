//! Rows of the letter's lists, and what an empty list says: "none known", "not asked" and "withheld" are different facts.

use super::{Label, Words, redacted, severity, withheld};
use medius_domain::disclosure::Section;
use medius_domain::health::{Allergy, Answer, Condition, ConditionStatus, Listing, Medication, PartialDate, Symptom};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a list is empty, or that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The question was put and there is nothing to list.
    NoneKnown,
    /// The question was not put, or the patient does not want to answer.
    NotAsked,
    /// There are entries.
    Listed,
    /// The patient did not consent to provide the list.
    Withheld,
}

impl Status {
    /// The status of a list as it is handed on.
    pub(crate) fn of<S, const MAX: usize>(list: &Section<Listing<S, MAX>>) -> Self {
        match list.given().map(Listing::status) {
            Some(Answer::NoneKnown) => Self::NoneKnown,
            Some(Answer::NotAsked) => Self::NotAsked,
            Some(Answer::Listed) => Self::Listed,
            None => Self::Withheld,
        }
    }
}

/// A list that says why it is empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// Whether the question was asked, what the answer was, whether it may be told.
    pub status: Status,
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
    /// The rows of a list.
    pub(crate) fn new<S, const MAX: usize>(list: &Section<Listing<S, MAX>>, row: impl Fn(&S) -> T) -> Self {
        Self::with_rows(list, list.items().iter().map(row).collect())
    }

    /// A list whose rows are not its entries one by one.
    pub(crate) fn with_rows<S, const MAX: usize>(list: &Section<Listing<S, MAX>>, items: Vec<T>) -> Self {
        let status = Status::of(list);
        Self { status, note: note(status), items }
    }
}

/// What an empty list says; nothing for a list with entries.
fn note(status: Status) -> Option<Label> {
    match status {
        Status::NoneKnown => Some(Label::new("알려진 것 없음 (환자에게 확인함)", "None known (the patient was asked)")),
        Status::NotAsked => Some(Label::new(
            "묻지 않음 또는 답하지 않음 (없다는 뜻이 아님)",
            "Not asked or not answered (does not mean none)",
        )),
        Status::Listed => None,
        Status::Withheld => Some(withheld::list_sentence()),
    }
}

/// Allergies: a list that was left out says more firmly that it is no empty one.
pub(crate) fn allergies<const MAX: usize>(list: &Section<Listing<Allergy, MAX>>) -> Listed<AllergyRow> {
    let mut listed = Listed::new(list, allergy);
    if listed.status == Status::Withheld {
        listed.note = Some(withheld::allergies_sentence());
    }
    listed
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

fn allergy(a: &Allergy) -> AllergyRow {
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
