//! What the patient's records say: results and medicines as printed, each beside where it was read. What was read from a file is
//! a proposal until the patient confirms, corrects or drops it; nothing else is judged or put into a letter.

mod entry;
mod letter;
#[cfg(test)]
mod tests;

pub use entry::{Entry, MedicineEntry, ResultEntry};

use crate::field::{FieldError, Invalid};
use crate::health::{Phrase, Source};
use crate::id::{CaseId, RecordId, UploadId};
use crate::upload::{FileKind, Upload};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Rows of a record: with their form they stay below what an item may be.
pub const MOST_ROWS: usize = 400;
/// Bytes of the rows, as they are sealed.
pub const MOST_BYTES: usize = 300 * 1024;
/// Records of a case.
pub const MOST_RECORDS: usize = 100;

/// Where a record comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// The patient typed it.
    Form,
    /// A file of the case.
    File {
        /// The file.
        upload_id: UploadId,
        /// Its number among the files of the case.
        number: u32,
        /// Its kind.
        media: FileKind,
        /// Its SHA-256.
        sha256: String,
        /// Its size; none for a record that was read before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
    },
}

impl Origin {
    /// A file of the case.
    pub fn file(upload: &Upload) -> Self {
        Self::File {
            upload_id: upload.id.clone(),
            number: upload.number,
            media: upload.media,
            sha256: upload.sha256.as_str().to_owned(),
            bytes: Some(upload.bytes.bytes()),
        }
    }

    /// The provenance of a row of it.
    pub fn source(&self, place: Option<&Place>) -> Source {
        match self {
            Self::Form => Source::Form,
            Self::File { number, media, sha256, bytes, .. } => {
                let place = place.map(|place| place.words()).unwrap_or_default();
                Source::File { number: *number, media: *media, sha256: sha256.clone(), bytes: *bytes, place }
            }
        }
    }
}

/// Where in a file a row was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum Place {
    /// A row of a page, both counted from 1.
    Page {
        /// The page.
        page: u32,
        /// The row from the top.
        row: u32,
    },
    /// A line of a table, counted from 1.
    Line {
        /// The line.
        line: u32,
    },
    /// An entry of a FHIR document.
    Entry {
        /// JSON pointer to it.
        pointer: String,
    },
}

impl Place {
    /// In words, as the Bundle has it.
    pub fn words(&self) -> String {
        match self {
            Self::Page { page, row } => format!("page {page}, row {row}"),
            Self::Line { line } => format!("line {line}"),
            Self::Entry { pointer } => format!("entry {pointer}"),
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Read, and not looked at yet.
    Proposed,
    /// It is as it was read, or as it was typed.
    Confirmed,
    /// The patient put it right.
    Corrected,
    /// The patient took it out.
    Dropped,
}

impl Standing {
    /// Whether it may be used.
    pub const fn counts(self) -> bool {
        match self {
            Self::Confirmed | Self::Corrected => true,
            Self::Proposed | Self::Dropped => false,
        }
    }
}

/// What was read, as it was printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// What was proposed.
    pub entry: Entry,
    /// Where.
    pub place: Place,
    /// The whole row as printed.
    pub raw: String,
}

impl std::fmt::Debug for Original {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A row of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number, from 1.
    pub n: u32,
    /// What became of it.
    pub standing: Standing,
    /// What it says now.
    pub entry: Entry,
    /// What was read; nothing where it was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// When the patient last decided about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
}

/// What the patient decides about a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// It is right as it was read.
    Confirm,
    /// It says this.
    Correct {
        /// What it says.
        entry: Box<Entry>,
    },
    /// It is not to be used.
    Drop,
}

/// The rows of a record. They are sealed as one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows(Vec<Row>);

impl Rows {
    /// Rows that the patient typed: they are confirmed by being typed.
    ///
    /// # Errors
    /// What is wrong with which entry; pointers begin with `/entries`.
    pub fn typed(entries: Vec<Entry>, now: DateTime<Utc>) -> Result<Self, Vec<FieldError>> {
        if entries.is_empty() || entries.len() > MOST_ROWS {
            let why = if entries.is_empty() { Invalid::Empty } else { Invalid::TooLong };
            return Err(vec![FieldError::new("/entries", why)]);
        }
        let errors: Vec<FieldError> = entries
            .iter()
            .enumerate()
            .filter_map(|(i, entry)| entry.usable(now).err().map(|(field, why)| (i, field, why)))
            .map(|(i, field, why)| FieldError::new(format!("/entries/{i}/{field}"), why))
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let row = |(n, entry)| Row { n, standing: Standing::Confirmed, entry, original: None, decided_at: Some(now) };
        Ok(Self((1..).zip(entries).map(row).collect()))
    }

    /// Rows that were read from a file: proposals, every one. Of more than a record holds there are none: a part of a sheet
    /// would look like the whole.
    pub fn read(originals: Vec<Original>) -> Option<Self> {
        if originals.len() > MOST_ROWS {
            return None;
        }
        let row = |(n, original): (u32, Original)| Row {
            n,
            standing: Standing::Proposed,
            entry: original.entry.clone(),
            original: Some(original),
            decided_at: None,
        };
        Some(Self((1..).zip(originals).map(row).collect()))
    }

    /// What stays when the file that they were read from is taken back: the values that the patient confirmed or put right,
    /// with where they stood. They are the patient's own word by now. What the file said beside them goes with it.
    #[must_use]
    pub fn without_the_file(self) -> Self {
        let stays = self.0.into_iter().filter(|row| row.standing.counts());
        let own = stays.map(|row| {
            let entry = row.entry.clone();
            let original = row.original.map(|read| Original { entry, place: read.place, raw: String::new() });
            Row { original, ..row }
        });
        Self(own.collect())
    }

    /// The rows.
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// The rows after decisions, each about a row by its number.
    ///
    /// # Errors
    /// What is wrong with which decision; pointers begin with `/decisions`. Then nothing is decided.
    pub fn decided(mut self, decisions: &[(u32, Decision)], now: DateTime<Utc>) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        for (i, (n, decision)) in decisions.iter().enumerate() {
            let at = |field: &str, why| FieldError::new(format!("/decisions/{i}/{field}"), why);
            if decisions[..i].iter().any(|(other, _)| other == n) {
                errors.push(at("row", Invalid::Duplicate));
                continue;
            }
            let Some(row) = self.0.iter_mut().find(|row| row.n == *n) else {
                errors.push(at("row", Invalid::UnknownValue));
                continue;
            };
            let (standing, entry) = match decision {
                Decision::Confirm => {
                    // As it was read: whoever corrected it before and now confirms means the original.
                    let entry = row.original.as_ref().map_or_else(|| row.entry.clone(), |read| read.entry.clone());
                    (Standing::Confirmed, entry)
                }
                Decision::Correct { entry } => (Standing::Corrected, entry.as_ref().clone()),
                Decision::Drop => (Standing::Dropped, row.entry.clone()),
            };
            if standing.counts()
                && let Err((field, why)) = entry.usable(now)
            {
                let field = match decision {
                    Decision::Correct { .. } => format!("entry/{field}"),
                    Decision::Confirm | Decision::Drop => field.to_owned(),
                };
                errors.push(at(&field, why));
                continue;
            }
            (row.standing, row.entry, row.decided_at) = (standing, entry, Some(now));
        }
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }

    /// How many rows stand how.
    pub fn counts(&self) -> Counts {
        let count = |standing| self.0.iter().filter(|row| row.standing == standing).count();
        Counts {
            proposed: count(Standing::Proposed),
            confirmed: count(Standing::Confirmed),
            corrected: count(Standing::Corrected),
            dropped: count(Standing::Dropped),
        }
    }
}

/// How many rows of a record stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Not looked at yet.
    pub proposed: usize,
    /// As read, or typed.
    pub confirmed: usize,
    /// Put right.
    pub corrected: usize,
    /// Taken out.
    pub dropped: usize,
}

/// A record without anything that it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The case.
    pub case_id: CaseId,
    /// Where it comes from.
    pub origin: Origin,
    /// How its rows stand.
    pub counts: Counts,
    /// Grows by one with each change; the ETag.
    pub version: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Record {
    /// A new record.
    pub fn new(case_id: CaseId, origin: Origin, rows: &Rows, now: DateTime<Utc>) -> Self {
        let (id, counts) = (RecordId::new(), rows.counts());
        Self { id, case_id, origin, counts, version: 1, created_at: now, updated_at: now }
    }

    /// The record after its rows changed.
    #[must_use]
    pub fn changed(&self, rows: &Rows, now: DateTime<Utc>) -> Self {
        Self { counts: rows.counts(), version: self.version + 1, updated_at: now, ..self.clone() }
    }
}

/// A short text as printed, or nothing where it cannot be one (too long, hidden characters, a forbidden number).
pub fn printed(text: &str) -> Option<Phrase> {
    Phrase::parse(text).ok()
}
