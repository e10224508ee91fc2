//! CSV tables: a mapping of columns is proposed and shown, the patient confirms or changes it, then the file is read by it.

mod records;

use crate::reading::{Notice, Place, Proposal, Provenance, Reading};
use crate::table::heading::{Heading, Role, heading};
use crate::{Limits, Refused, resident, table};
use records::Record;
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
    let records = records::records(&records::decode(bytes, limits)?, limits)?;
    let at = header(&records);
    let header = records.get(at).ok_or(Refused::Empty)?;
    if header.cells.len() < 2 {
        return Err(Refused::WrongKind);
    }
    let columns: Vec<Option<Column>> = header.cells.iter().map(|cell| column(cell)).collect();
    // A heading that is there twice: which of them is meant is for the patient to say.
    let once = |column: &Option<Column>| columns.iter().filter(|c| *c == column).count() == 1;
    let columns: Vec<Column> = columns.iter().map(|c| c.filter(|_| once(c)).unwrap_or(Column::Ignored)).collect();
    let results = columns.contains(&Column::Value);
    let subject = if results || !columns.iter().any(|c| c.is_for(Subject::Medicines) && !c.is_for(Subject::Results)) {
        Subject::Results
    } else {
        Subject::Medicines
    };
    let columns = columns.into_iter().map(|c| if c.is_for(subject) { c } else { Column::Ignored }).collect();
    let mapping = Mapping { subject, headers: blacked_out(&header.cells), columns };
    let below = &records[at + 1..];
    Ok(Sheet {
        complete: mapping.is_complete(),
        mapping,
        sample: below.iter().take(5).map(|record| blacked_out(&record.cells)).collect(),
        rows: u32::try_from(below.len()).unwrap_or(u32::MAX),
    })
}

/// Reads the rows by a confirmed mapping.
///
/// # Errors
/// [`Refused::MappingMismatch`] when the mapping is of another file or lacks a column; else why the file is not read.
pub fn read(bytes: &[u8], mapping: &Mapping, limits: &Limits) -> Result<Reading, Refused> {
    let records = records::records(&records::decode(bytes, limits)?, limits)?;
    let at = records
        .iter()
        .take(HEAD)
        .position(|record| blacked_out(&record.cells) == mapping.headers)
        .ok_or(Refused::MappingMismatch)?;
    if mapping.columns.len() != mapping.headers.len() || !mapping.is_complete() {
        return Err(Refused::MappingMismatch);
    }
    let mut reading = Reading::default();
    let mut left_out = 0;
    let mut numbers = records.iter().any(|record| resident::contains(&record.cells.join(" | ")));
    for record in &records[at + 1..] {
        match proposal(record, mapping) {
            Some(proposal) => reading.rows.push(proposal),
            None => left_out += 1,
        }
    }
    numbers |= resident::contains(
        &records.iter().take(at).flat_map(|r| r.cells.iter().map(String::as_str)).collect::<Vec<_>>().join(" "),
    );
    if numbers {
        reading.notices.push(Notice::ResidentNumber);
    }
    if left_out > 0 {
        reading.notices.push(Notice::RowsLeftOut { page: 1, rows: left_out });
    }
    Ok(reading)
}

/// How far down a header may stand: above it are titles and the patient's particulars.
const HEAD: usize = 20;

/// The record with the most known headings, one of them a name; else the first.
fn header(records: &[Record]) -> usize {
    let known = |record: &Record| {
        let columns: Vec<Column> = record.cells.iter().filter_map(|cell| column(cell)).collect();
        if columns.contains(&Column::Name) { columns.len() } else { 0 }
    };
    let best = (0..records.len().min(HEAD)).max_by_key(|at| (known(&records[*at]), std::cmp::Reverse(*at)));
    best.filter(|at| known(&records[*at]) > 1).unwrap_or(0)
}

fn blacked_out(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| resident::cleaned(cell.clone()).0).collect()
}

/// What a heading proposes; nothing for one that is not known, or is of something that is not read.
fn column(text: &str) -> Option<Column> {
    let Heading::Is(role) = heading(text)? else { return None };
    match role {
        Role::Name => Some(Column::Name),
        Role::Code => Some(Column::Code),
        Role::Value => Some(Column::Value),
        Role::Unit => Some(Column::Unit),
        Role::Range => Some(Column::Range),
        Role::RangeLow => Some(Column::RangeLow),
        Role::RangeHigh => Some(Column::RangeHigh),
        Role::Flag => Some(Column::Flag),
        Role::Date => Some(Column::Date),
        Role::Specimen => Some(Column::Specimen),
        Role::Dose => Some(Column::Dose),
        Role::DailyDose => Some(Column::DailyDose),
        Role::Times => Some(Column::Frequency),
        Role::Days => Some(Column::Duration),
        Role::Directions => Some(Column::Directions),
        Role::Previous | Role::OtherRange | Role::OtherDate | Role::Total | Role::Other | Role::Foreign => None,
    }
}

impl Column {
    const fn role(self) -> Option<Role> {
        match self {
            Self::Ignored => None,
            Self::Name => Some(Role::Name),
            Self::Code => Some(Role::Code),
            Self::Value => Some(Role::Value),
            Self::Unit => Some(Role::Unit),
            Self::Range => Some(Role::Range),
            Self::RangeLow => Some(Role::RangeLow),
            Self::RangeHigh => Some(Role::RangeHigh),
            Self::Flag => Some(Role::Flag),
            Self::Date => Some(Role::Date),
            Self::Specimen => Some(Role::Specimen),
            Self::Dose => Some(Role::Dose),
            Self::DailyDose => Some(Role::DailyDose),
            Self::Frequency => Some(Role::Times),
            Self::Duration => Some(Role::Days),
            Self::Directions => Some(Role::Directions),
        }
    }

    /// Whether a table about a subject can have this column.
    const fn is_for(self, subject: Subject) -> bool {
        match self {
            Self::Ignored | Self::Name | Self::Code | Self::Date => true,
            Self::Value | Self::Unit | Self::Range | Self::RangeLow | Self::RangeHigh | Self::Flag | Self::Specimen => {
                matches!(subject, Subject::Results)
            }
            Self::Dose | Self::DailyDose | Self::Frequency | Self::Duration | Self::Directions => {
                matches!(subject, Subject::Medicines)
            }
        }
    }
}

impl Mapping {
    /// Whether the file can be read by it: what is needed is there, and nothing is there twice or out of place.
    pub fn is_complete(&self) -> bool {
        let count = |column| self.columns.iter().filter(|c| **c == column).count();
        let once = self.columns.iter().all(|c| *c == Column::Ignored || count(*c) == 1);
        let fits = self.columns.iter().all(|c| c.is_for(self.subject));
        let bounds =
            count(Column::RangeLow) == count(Column::RangeHigh) && count(Column::RangeLow) + count(Column::Range) < 2;
        let needed = match self.subject {
            Subject::Results => count(Column::Name) == 1 && count(Column::Value) == 1,
            Subject::Medicines => count(Column::Name) == 1,
        };
        once && fits && bounds && needed
    }
}

/// A record as a proposal; nothing if it has another number of cells than the header, or a cell is not of its type.
fn proposal(record: &Record, mapping: &Mapping) -> Option<Proposal> {
    if record.cells.len() != mapping.headers.len() {
        return None;
    }
    let strict = mapping.columns.iter().any(|c| matches!(c, Column::Unit | Column::Range | Column::RangeLow));
    let mut row = table::record::Record::new(strict, None);
    row.units = mapping.columns.contains(&Column::Unit);
    for (cell, column) in record.cells.iter().zip(&mapping.columns) {
        if let Some(role) = column.role() {
            row.put(role, cell);
        }
    }
    let proposed = match mapping.subject {
        Subject::Results => row.result()?,
        Subject::Medicines => row.medicine(&[])?,
    };
    let printed: Vec<&str> = record.cells.iter().filter(|c| !c.is_empty()).map(String::as_str).collect();
    let (printed, _) = resident::cleaned(printed.join(" | "));
    Some(Proposal { proposed, provenance: Provenance { place: Place::Line { line: record.line }, row: printed } })
}
