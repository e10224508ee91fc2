//! What clients send and get. The rules of the fields are the domain's; the schemas here describe them for `openapi.json`.

mod notice;
mod schema;

pub use notice::NoticeView;
pub use schema::*;

use chrono::{DateTime, Utc};
use medius_domain::id::{RecordId, UploadId};
use medius_domain::record::{Counts, Decision, Entry, Origin, Original, Place, Record, Row, Rows, Standing};
use medius_http::uploads::UploadView;
use medius_ingest::Mapping;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The files of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadList {
    /// In the order in which they were announced.
    pub items: Vec<UploadView>,
}

/// What the patient types from a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    /// Results and medicines, at most 400. Each result needs its day.
    #[schema(value_type = Vec<EntrySchema>, max_items = 400)]
    pub entries: Vec<Entry>,
}

/// What the patient decides about rows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// One for each row that is decided about.
    #[schema(max_items = 400)]
    pub decisions: Vec<Decided>,
}

/// What the patient decides about a row.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The row's number.
    pub row: u32,
    /// `confirm`, `correct` or `drop`.
    #[schema(value_type = String)]
    pub decision: Kind,
    /// With `correct`: what the row says.
    #[schema(value_type = Option<EntrySchema>)]
    #[serde(default)]
    pub entry: Option<Entry>,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is right as it was read.
    Confirm,
    /// It says something else.
    Correct,
    /// It is not to be used.
    Drop,
}

/// A record without what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordSummary {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `form` or `file`.
    pub from: &'static str,
    /// The file that it was read from.
    #[schema(value_type = Option<String>)]
    pub upload_id: Option<UploadId>,
    /// How its rows stand.
    #[schema(value_type = CountsSchema)]
    pub rows: Counts,
    /// For the next change.
    pub version: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<&Record> for RecordSummary {
    fn from(record: &Record) -> Self {
        let (from, upload_id) = match &record.origin {
            Origin::Form => ("form", None),
            Origin::File { upload_id, .. } => ("file", Some(upload_id.clone())),
        };
        Self {
            id: record.id.clone(),
            from,
            upload_id,
            rows: record.counts,
            version: record.version,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

/// The records of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordList {
    /// The oldest first.
    pub items: Vec<RecordSummary>,
}

/// How a file is read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReading {
    /// For a table (CSV): the confirmed columns, as `columns` proposed them or put right.
    #[schema(value_type = Option<MappingSchema>)]
    #[serde(default)]
    pub mapping: Option<Mapping>,
}

/// The columns of a table, to be confirmed.
#[derive(Serialize, ToSchema)]
pub struct ColumnsView {
    /// What each column holds, as far as the header says.
    #[schema(value_type = MappingSchema)]
    pub mapping: Mapping,
    /// Whether every column that is needed was found.
    pub complete: bool,
    /// The first rows, to check against.
    pub sample: Vec<Vec<String>>,
    /// How many rows there are.
    pub rows: u32,
}

/// What was read: proposals, each to be confirmed, corrected or dropped.
#[derive(Serialize, ToSchema)]
pub struct ReadingAnswer {
    /// The record.
    #[serde(flatten)]
    pub record: RecordSummary,
    /// Rows that could not be kept as they were printed.
    pub left_out: usize,
    /// What the patient should know about what was not read.
    pub notices: Vec<NoticeView>,
}

/// A row: what it says now, beside what was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowView {
    /// Its number.
    pub row: u32,
    /// `proposed`, `confirmed`, `corrected` or `dropped`.
    #[schema(value_type = String)]
    pub standing: Standing,
    /// What it says.
    #[schema(value_type = EntrySchema)]
    pub entry: Entry,
    /// What was read, as printed; absent where it was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<OriginalView>,
    /// When it was decided about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
}

/// What was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct OriginalView {
    /// The proposal.
    #[schema(value_type = EntrySchema)]
    pub entry: Entry,
    /// Where: `{"in": "page", page, row}`, `{"in": "line", line}` or `{"in": "entry", pointer}`.
    #[schema(value_type = Object)]
    pub place: Place,
    /// The whole row as printed.
    pub printed: String,
}

impl From<&Original> for OriginalView {
    fn from(original: &Original) -> Self {
        Self { entry: original.entry.clone(), place: original.place.clone(), printed: original.raw.clone() }
    }
}

impl From<&Row> for RowView {
    fn from(row: &Row) -> Self {
        Self {
            row: row.n,
            standing: row.standing,
            entry: row.entry.clone(),
            original: row.original.as_ref().map(Into::into),
            decided_at: row.decided_at,
        }
    }
}

/// A record with its rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordView {
    /// The record.
    #[serde(flatten)]
    pub record: RecordSummary,
    /// Its rows, in the order of the file or the form.
    pub entries: Vec<RowView>,
}

impl RecordView {
    /// Of opened rows.
    pub fn new(record: &Record, rows: &Rows) -> Self {
        Self { record: record.into(), entries: rows.rows().iter().map(Into::into).collect() }
    }
}

impl Decided {
    /// The decision with the row that it is about; none where `correct` says nothing, or another says something.
    pub(crate) fn decision(self) -> Option<(u32, Decision)> {
        let decision = match (self.decision, self.entry) {
            (Kind::Correct, Some(entry)) => Decision::Correct { entry: Box::new(entry) },
            (Kind::Confirm, None) => Decision::Confirm,
            (Kind::Drop, None) => Decision::Drop,
            (Kind::Correct, None) | (Kind::Confirm | Kind::Drop, Some(_)) => return None,
        };
        Some((self.row, decision))
    }
}
