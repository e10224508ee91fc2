//! Reading a file: the columns of a table to be confirmed, and proposals out of a PDF, a table or a FHIR document. Every
//! proposal lies beside the row that it was read from; what cannot be said as it was printed is left out, and counted.

use crate::State;
use crate::api::{ColumnsView, NoticeView, ReadingAnswer, RecordSummary};
use crate::entries::{keep, too_large};
use crate::files::{read, released};
use crate::wish::{Opened, Wish};
use axum::response::Response;
use medius_domain::access::{Action, Object};
use medius_domain::health::{PartialDate, Phrase};
use medius_domain::id::UploadId;
use medius_domain::policy::Thing;
use medius_domain::record::{
    Entry, MOST_ROWS, MedicineEntry, Origin, Original, Place as At, ResultEntry, Rows, printed,
};
use medius_domain::upload::{FileKind, Upload, UploadStep};
use medius_http::{IdempotentRequest, Language, Problem, replay};
use medius_ingest::{
    Limits, Mapping, Place as ReadAt, Proposal, Proposed, ReadMedicine, ReadResult, Reading, Refused, csv, fhir, pdf,
};
use medius_store::Place;
use zeroize::Zeroizing;

/// Characters of a row as printed that are kept beside the proposal.
const MOST_PRINTED: usize = 400;
/// The system of LOINC codes in FHIR.
const LOINC: &str = "http://loinc.org";

/// What a file is read with: a record holds fewer rows than a file may have.
fn limits() -> Limits {
    Limits { rows: MOST_ROWS, ..Limits::default() }
}

fn refused(why: Refused, language: Language) -> Problem {
    let (ko, en) = why.words();
    let text = match language {
        Language::Ko => ko,
        Language::En => en,
    };
    Problem::conflict("file-not-read").with("reading", serde_json::json!({ "code": why.code(), "text": text }))
}

async fn bytes(state: &State, opened: &Opened, upload: &Upload) -> Result<Zeroizing<Vec<u8>>, Problem> {
    released(upload)?;
    Ok(state.files.get(upload, &opened.key(state).await?).await?)
}

/// The columns of a table, as far as its header says, to be confirmed or put right before anything is read.
pub(crate) async fn columns(
    state: &State,
    wish: Wish<'_>,
    id: &UploadId,
    language: Language,
) -> Result<ColumnsView, Problem> {
    let (opened, upload) = read(state, wish, id, Action::View).await?;
    if upload.media != FileKind::Csv {
        return Err(Problem::conflict("no-table"));
    }
    let content = bytes(state, &opened, &upload).await?;
    let sheet = csv::inspect(&content, &limits()).map_err(|why| refused(why, language))?;
    opened.looked(state).await?;
    Ok(ColumnsView { mapping: sheet.mapping, complete: sheet.complete, sample: sheet.sample, rows: sheet.rows })
}

/// Reads a file into a record of proposals.
pub(crate) async fn propose(
    state: &State,
    wish: Wish<'_>,
    id: &UploadId,
    mapping: Option<&Mapping>,
    (request, language): (&IdempotentRequest, Language),
) -> Result<Response, Problem> {
    let repeat = Place::Idempotency(request.scope_sha256.clone());
    let file = Place::Upload(wish.owner(), id.clone());
    let opened = wish.open(state, Action::Create, Object::part(Thing::Record, "reading"), [repeat, file]).await?;
    if let Some(answer) = replay(&opened.snapshot, request)? {
        return Ok(answer);
    }
    let upload = opened.snapshot.upload(&wish.owner(), id)?.ok_or_else(Problem::not_found)?;
    // Asked before anything is opened: without the consents nothing is read.
    let mut change = opened.change(state).await?;
    let others = state.db.case_records(wish.case).await?;
    let before = others.iter().map(|sealed| &sealed.record).find(|record| {
        let used = record.counts.confirmed + record.counts.corrected > 0;
        used && matches!(&record.origin, Origin::File { upload_id, .. } if upload_id == id)
    });
    if before.is_some() {
        return Err(Problem::conflict("already-read"));
    }
    let content = bytes(state, &opened, &upload).await?;
    let reading = of_kind(upload.media, &content, mapping, language)?;
    let found = reading.rows.len();
    let originals: Vec<Original> = reading.rows.into_iter().filter_map(original).collect();
    let left_out = found - originals.len();
    let notices: Vec<NoticeView> = reading.notices.iter().map(|notice| NoticeView::new(notice, language)).collect();
    if originals.is_empty() {
        return Err(Problem::conflict("nothing-read").with("notices", &notices));
    }
    let rows = Rows::read(originals).ok_or_else(too_large)?;
    // Proposals of a file that is taken back at this moment would outlive it.
    let held = upload.after(UploadStep::Read, state.db.now()).ok_or_else(|| Problem::conflict("file-not-released"))?;
    change
        .hold_upload(&held, opened.snapshot.upload_kept_until(&wish.owner(), id).unwrap_or(opened.case.expires_at))?;
    let answer = |record: RecordSummary| ReadingAnswer { record, left_out, notices };
    keep(state, &opened, change, (others.len(), Origin::file(&upload)), &rows, request, answer).await
}

fn of_kind(kind: FileKind, content: &[u8], mapping: Option<&Mapping>, language: Language) -> Result<Reading, Problem> {
    let reading = match (kind, mapping) {
        (FileKind::Pdf, None) => pdf::read(content, &limits()),
        (FileKind::Fhir, None) => fhir::read(content, &limits()),
        (FileKind::Csv, Some(mapping)) => csv::read(content, mapping, &limits()),
        // What stands in which column is the patient's to say.
        (FileKind::Csv, None) => return Err(Problem::conflict("columns-not-confirmed")),
        (FileKind::Pdf | FileKind::Fhir, Some(_)) => return Err(Problem::conflict("no-table")),
        (FileKind::Jpeg | FileKind::Png | FileKind::Heic | FileKind::Dicom, _) => {
            return Err(Problem::conflict("kind-not-read"));
        }
    };
    reading.map_err(|why| refused(why, language))
}

/// A proposal in the domain's form; none where a field of it cannot be kept as it was printed.
fn original(proposal: Proposal) -> Option<Original> {
    let entry = match proposal.proposed {
        Proposed::Result(read) => Entry::Result(result(read)?),
        Proposed::Medicine(read) => Entry::Medicine(medicine(read)?),
    };
    let place = match proposal.provenance.place {
        ReadAt::Page { page, row, bounds: _ } => At::Page { page, row },
        ReadAt::Line { line } => At::Line { line },
        ReadAt::Entry { entry: _, pointer } => At::Entry { pointer },
    };
    Some(Original { entry, place, raw: proposal.provenance.row.chars().take(MOST_PRINTED).collect() })
}

/// A field that may be missing; a field that is there and cannot be kept takes its row with it.
fn field(text: Option<String>) -> Option<Option<Phrase>> {
    match text {
        None => Some(None),
        Some(text) => printed(&text).map(Some),
    }
}

fn result(read: ReadResult) -> Option<ResultEntry> {
    let loinc = read.codes.into_iter().find(|code| code.system.as_deref() == Some(LOINC));
    Some(ResultEntry {
        name: printed(&read.name)?,
        value: printed(&read.value)?,
        unit: field(read.unit)?,
        range: field(read.range)?,
        flag: field(read.flag)?,
        // A day that cannot be is left to the patient, who is asked for it anyway.
        date: read.date.and_then(|date| PartialDate::parse(&date).ok()),
        specimen: field(read.specimen)?,
        loinc: loinc.and_then(|code| printed(&code.code)),
        laboratory: None,
    })
}

fn medicine(read: ReadMedicine) -> Option<MedicineEntry> {
    Some(MedicineEntry {
        name: printed(&read.name)?,
        dose: field(read.dose)?,
        daily_dose: field(read.daily_dose)?,
        frequency: field(read.frequency)?,
        duration: field(read.duration)?,
        directions: field(read.directions)?,
        date: read.date.and_then(|date| PartialDate::parse(&date).ok()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use medius_ingest::Provenance;

    fn proposal(name: &str, unit: Option<&str>) -> Proposal {
        let read = ReadResult {
            name: name.to_owned(),
            value: "99".to_owned(),
            unit: unit.map(ToOwned::to_owned),
            date: Some("2026-13-01".to_owned()),
            ..ReadResult::default()
        };
        let place = ReadAt::Page { page: 2, row: 7, bounds: [0.0; 4] };
        let row = "x".repeat(900);
        Proposal { proposed: Proposed::Result(read), provenance: Provenance { place, row } }
    }

    #[test]
    fn a_row_is_kept_whole_or_not_at_all() {
        let kept = original(proposal("공복혈당", Some("mg/dL"))).unwrap();
        let Entry::Result(entry) = &kept.entry else { panic!("another kind") };
        assert_eq!((entry.value.expose(), entry.date.is_some(), kept.raw.len()), ("99", false, MOST_PRINTED));
        assert_eq!(kept.place, At::Page { page: 2, row: 7 });
        // A unit that cannot be kept would leave a number without one.
        assert!(original(proposal("공복혈당", Some(&"x".repeat(300)))).is_none());
        assert!(original(proposal("주민번호 900101-1234567", None)).is_none());
    }
}
