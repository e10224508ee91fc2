//! CSV tables: a mapping of columns is proposed and shown, the patient confirms or changes it, then the file is read by it.

use crate::{Limits, Reading, Refused};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Not read.
    Ignored,
    /// Name of the test or the medicine.
    Name,
    /// Code of the test or the medicine.
    Code,
    /// The result.
    Value,
    /// Unit of the result.
    Unit,
    /// Reference range in one column.
    Range,
    /// Lower end of the reference range.
    RangeLow,
    /// Upper end of the reference range.
    RangeHigh,
    /// The laboratory's flag.
    Flag,
    /// Day of the sample, or of the prescription.
    Date,
    /// Specimen.
    Specimen,
    /// Dose each time.
    Dose,
    /// Dose of a whole day.
    DailyDose,
    /// Times a day.
    Frequency,
    /// Days.
    Duration,
    /// Directions in words.
    Directions,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Test results: needs [`Column::Name`] and [`Column::Value`].
    Results,
    /// Medicines: needs [`Column::Name`].
    Medicines,
}

/// Which column holds what: proposed by [`inspect`], shown, confirmed or changed, and passed back to [`read`].
///
/// It holds the header it was made for, so that a mapping confirmed for one file is never used on another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What the rows are.
    pub subject: Subject,
    /// The header's cells, as printed.
    pub headers: Vec<String>,
    /// What each column holds; as long as `headers`.
    pub columns: Vec<Column>,
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers are text of the file; columns are ours.
        f.debug_struct("Mapping")
            .field("subject", &self.subject)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// A table as the patient is shown it before confirming.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The proposed mapping. Unknown columns are [`Column::Ignored`]; nothing is guessed from values.
    pub mapping: Mapping,
    /// Whether the proposal can be read as it is: every needed column is there once.
    pub complete: bool,
    /// The first rows (at most 5), to check the mapping against; resident registration numbers are blacked out.
    pub sample: Vec<Vec<String>>,
    /// Records below the header.
    pub rows: u32,
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet").field("mapping", &self.mapping).field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// Reads the header and proposes a mapping.
///
/// # Errors
/// Why the file is not read.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Sheet, Refused> {
    let _ = (bytes, limits);
    Err(Refused::UnknownRecord)
}

/// Reads the rows by a confirmed mapping.
///
/// # Errors
/// [`Refused::MappingMismatch`] when the mapping is of another file or lacks a column; else why the file is not read.
pub fn read(bytes: &[u8], mapping: &Mapping, limits: &Limits) -> Result<Reading, Refused> {
    let _ = (bytes, mapping, limits);
    Err(Refused::UnknownRecord)
}
