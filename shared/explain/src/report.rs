//! The report: typed, in the order in which it is shown, critical values first.

use crate::input::redacted;
use crate::judge::{Judgement, Reached, Reason};
use crate::said::Said;
use crate::schema::{Class, Name, Source};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use std::fmt;

mod medicine;

pub use medicine::{Duplicate, ExplainedMedicine, Meeting};

/// Everything that is told about results and medicines.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Values that need help at once. They stand alone, before everything else.
    pub critical: Vec<CriticalNotice>,
    /// Results, in the order of the input.
    pub results: Vec<Explained>,
    /// Filtration rates computed from creatinine.
    pub filtration: Vec<Filtration>,
    /// Values of one test over several days.
    pub trends: Vec<Trend>,
    /// Medicines, in the order of the input.
    pub medicines: Vec<ExplainedMedicine>,
    /// Ingredients or kinds that are there twice.
    pub duplicates: Vec<Duplicate>,
    /// Known interactions, the weightiest first.
    pub interactions: Vec<Meeting>,
    /// What was not judged or not known, and why.
    pub not_judged: Vec<NotJudged>,
    /// What the report is and is not.
    pub notes: Vec<Said>,
    /// Every source that a sentence or a limit names, by id.
    pub sources: Vec<Source>,
    /// Whether a sentence or limit of an entry that nobody has reviewed is in it.
    pub unreviewed: bool,
}

/// A critical value.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CriticalNotice {
    /// Id of the row.
    pub row: String,
    /// Name of the test.
    pub name: Name,
    /// The limit.
    pub reached: Reached,
    /// Unit of the limit.
    pub unit: String,
    /// Id of the limit's source.
    pub source: String,
    /// The value, and whom to call.
    pub said: Vec<Said>,
}

/// A row as it was printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// Mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
}

/// A number with its UCUM unit.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Quantity {
    /// The number.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
    /// UCUM code.
    pub unit: String,
}

/// The range that a judgement rests on.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct UsedRange {
    /// As it is shown.
    pub shown: String,
    /// Id of its source; `your-report` for the report's own.
    pub source: String,
}

/// A line with the value's place on it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NumberLine {
    /// UCUM unit of all its numbers.
    pub unit: String,
    /// Left end.
    #[serde(with = "rust_decimal::serde::str")]
    pub from: Decimal,
    /// Right end.
    #[serde(with = "rust_decimal::serde::str")]
    pub to: Decimal,
    /// Lower limit of the range.
    #[serde(with = "rust_decimal::serde::str_option", skip_serializing_if = "Option::is_none")]
    pub low: Option<Decimal>,
    /// Upper limit of the range.
    #[serde(with = "rust_decimal::serde::str_option", skip_serializing_if = "Option::is_none")]
    pub high: Option<Decimal>,
    /// The value.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
}

/// The class of the national screening.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Screened {
    /// The class.
    pub class: Class,
    /// In a sentence.
    pub said: Said,
}

/// One result.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Id of the row.
    pub row: String,
    /// As printed.
    pub printed: Printed,
    /// Day of the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// Id of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analyte: Option<String>,
    /// Name and group of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Group of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The value in the printed unit, where it is one number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<Quantity>,
    /// The value in the canonical unit, where it is one number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<Quantity>,
    /// The word of the scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// The range and whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<UsedRange>,
    /// The answer.
    pub judgement: Judgement,
    /// Whether the value reaches a critical limit.
    pub critical: bool,
    /// National screening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screening: Option<Screened>,
    /// The number line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<NumberLine>,
    /// What is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measures: Option<Said>,
    /// Where the value lies, or why that is not said.
    pub lies: Vec<Said>,
    /// What such a value can go with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_go_with: Option<Said>,
    /// What commonly affects it.
    pub affects: Vec<Said>,
    /// Questions to ask.
    pub ask: Vec<Said>,
    /// What to keep in mind.
    pub caveats: Vec<Said>,
    /// Whether a clinician has reviewed the entry.
    pub reviewed: bool,
    /// Entries with a similar name, for the patient to confirm.
    pub suggestions: Vec<Suggestion>,
}

/// An entry that may be meant.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Id of the entry.
    pub id: String,
    /// Its name.
    pub name: Name,
}

/// A filtration rate with its inputs.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Filtration {
    /// Row of the creatinine.
    pub row: String,
    /// Creatinine in mg/dL.
    pub creatinine: Quantity,
    /// Age at the day of the sample.
    pub age: u16,
    /// Sex.
    pub sex: crate::input::Sex,
    /// The rate.
    pub rate: Quantity,
    /// Class of the national screening, if the entry of the rate has bands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screening: Option<Screened>,
    /// In a sentence.
    pub said: Said,
}

/// A value on a day.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Row.
    pub row: String,
    /// Day.
    pub date: NaiveDate,
    /// Canonical value.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
}

/// Values of one test over several days.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Trend {
    /// Id of the entry.
    pub analyte: String,
    /// Its name.
    pub name: Name,
    /// UCUM unit of the points.
    pub unit: String,
    /// By day.
    pub points: Vec<Point>,
    /// From the first to the last.
    pub said: Said,
}

/// A row that is not judged.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NotJudged {
    /// Id of the row.
    pub row: String,
    /// Name as printed.
    pub printed: String,
    /// Why; none where mark and range disagree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// In sentences.
    pub said: Vec<Said>,
}

redacted!(
    Report,
    CriticalNotice,
    Printed,
    Quantity,
    UsedRange,
    NumberLine,
    Screened,
    Explained,
    Suggestion,
    Filtration,
    Point,
    Trend,
    NotJudged
);
