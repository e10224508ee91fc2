//! What a reader gives: proposals with the text as printed, each with where it was read.
//!
//! The types hold health data: they print `[redacted]` and go nowhere but to the patient's own eyes and a sealed item.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What was read from one file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Proposals in the order of the file.
    pub rows: Vec<Proposal>,
    /// What the patient should know about what was not read.
    pub notices: Vec<Notice>,
}

/// One value to confirm, correct or drop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// What is proposed.
    pub proposed: Proposed,
    /// Where it was read.
    pub provenance: Provenance,
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposed {
    /// A test result.
    Result(ReadResult),
    /// A medicine.
    Medicine(ReadMedicine),
}

/// A code with the system that it belongs to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The FHIR system URI where the source names one (`http://loinc.org`); nothing for a laboratory's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The code as printed.
    pub code: String,
}

/// A test result as printed. No field is translated, converted or completed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadResult {
    /// The test's name.
    pub name: String,
    /// Codes beside the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The value: `7.4`, `<0.01`, `1+`, `음성`, `120/80`.
    pub value: String,
    /// The unit, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The report's own reference range, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// The report's own flag: `H`, `▲`, `정상B`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// The day of the sample or the examination, `YYYY-MM-DD` (or `YYYY-MM`, `YYYY` from FHIR); nothing where the file
    /// names none, or several for one row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The specimen, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen: Option<String>,
}

/// A medicine as printed. Each number stands under the heading that it was printed under.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadMedicine {
    /// The medicine's name.
    pub name: String,
    /// Codes beside the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The dose each time (1회 투약량).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// The dose of a whole day (1일 투약량).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_dose: Option<String>,
    /// How often: times a day (1일 투여횟수), or the timing in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// For how long (총 투약일수).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// How it is taken (용법), in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directions: Option<String>,
    /// The day of the prescription or the start, like the date of a result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }
    )*};
}
redacted!(Code, ReadResult, ReadMedicine, Provenance);

/// Where a proposal was read. It stays with the value.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The place in the file.
    pub place: Place,
    /// The whole row as printed, cells separated by ` | `; resident registration numbers are blacked out.
    pub row: String,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum Place {
    /// A row on a page of a PDF.
    Page {
        /// The page, counted from 1.
        page: u32,
        /// The row of the page from the top, counted from 1.
        row: u32,
        /// Left, top, right, bottom in points from the top left corner of the page as it is shown.
        bounds: [f32; 4],
    },
    /// A record of a CSV file.
    Line {
        /// The line where the record starts, counted from 1.
        line: u32,
    },
    /// A resource of a FHIR document.
    Entry {
        /// The entry of the Bundle, counted from 0; nothing when the resource stands alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<u32>,
        /// JSON pointer to the resource, or to its component.
        pointer: String,
    },
}

/// What the patient should know. None of it holds text of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A resident registration number (or alien registration number) stands in the file; it is in no proposal.
    /// The file itself still holds it.
    ResidentNumber,
    /// Rows of a recognised table were left out because a cell was unclear.
    RowsLeftOut {
        /// The page (PDF), or 1.
        page: u32,
        /// How many.
        rows: u32,
    },
    /// A page has text but no table with a header that is known here.
    NoTable {
        /// The page.
        page: u32,
    },
    /// A page has pictures and no text, like a scan.
    PictureOnly {
        /// The page.
        page: u32,
    },
    /// Text that people cannot see (white, covered, cropped, a layer that is off) was not read.
    HiddenText {
        /// The page.
        page: u32,
    },
    /// The file names several days of examination; rows have no date.
    SeveralDates,
    /// Entries that this reader does not know, or that are withdrawn (`entered-in-error`, `cancelled`), were left out.
    EntriesLeftOut {
        /// How many.
        entries: u32,
    },
}
