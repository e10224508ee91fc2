//! Medicines in a report.

use super::Suggestion;
use crate::input::redacted;
use crate::said::Said;
use crate::schema::{Name, Severity};
use serde::Serialize;
use std::fmt;

/// One medicine.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedMedicine {
    /// Id of the row.
    pub row: String,
    /// As printed.
    pub printed: String,
    /// Id of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medicine: Option<String>,
    /// Name of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Names of the ingredients of a fixed combination.
    pub components: Vec<Name>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Said>,
    /// How it is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Said>,
    /// What to look out for.
    pub cautions: Vec<Said>,
    /// Food and drink.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub food: Option<Said>,
    /// Pregnancy: for people who are or may be pregnant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pregnancy: Option<Said>,
    /// Whether a clinician has reviewed the entry.
    pub reviewed: bool,
    /// Entries with a similar name, for the patient to confirm.
    pub suggestions: Vec<Suggestion>,
}

/// An ingredient or a kind of medicine that is there twice.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The two rows.
    pub rows: [String; 2],
    /// Id of the shared ingredient, or name of the shared class.
    pub shared: String,
    /// Whether it is the same ingredient; else the same class.
    pub ingredient: bool,
    /// In sentences.
    pub said: Vec<Said>,
}

/// A known interaction between two rows.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// Id of the entry.
    pub interaction: String,
    /// The two rows.
    pub rows: [String; 2],
    /// Its weight.
    pub severity: Severity,
    /// Between what, what can happen, what to ask.
    pub said: Vec<Said>,
    /// Whether a clinician has reviewed the entry.
    pub reviewed: bool,
}

redacted!(ExplainedMedicine, Duplicate, Meeting);
