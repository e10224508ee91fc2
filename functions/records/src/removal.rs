//! Taking a file back: from this moment nobody is shown it, what was read from it and not confirmed is gone, and screening
//! removes its bytes, every version of them. Values that the patient confirmed or put right are the patient's own word: they stay,
//! with the file's number and hash and the place where they stood, until the patient drops them.
//!
//! No consent is asked for: whoever took consents back can still take files back.

use crate::State;
use crate::files::read;
use crate::wish::{Opened, Wish};
use medius_domain::access::Action;
use medius_domain::id::UploadId;
use medius_domain::record::Origin;
use medius_domain::upload::{Upload, UploadState, UploadStep};
use medius_http::uploads::UploadView;
use medius_http::{Language, Problem};
use medius_store::{Change, Conflict, SealedRecord, StoreError, pause};

/// Records that one transaction takes beside the file and the log.
const AT_ONCE: usize = 40;
/// Times that it is decided anew when something happened to the case meanwhile.
const ATTEMPTS: u32 = 6;

/// Takes a file back. A repeat changes nothing more.
pub(crate) async fn remove(
    state: &State,
    wish: Wish<'_>,
    id: &UploadId,
    language: Language,
) -> Result<UploadView, Problem> {
    for attempt in 1..=ATTEMPTS {
        match try_remove(state, wish, id, language).await? {
            Some(view) => return Ok(view),
            None => pause(attempt).await,
        }
    }
    Err(StoreError::Conflict(Conflict::Busy).into())
}

/// None when something happened to the file, a record or the case meanwhile.
async fn try_remove(
    state: &State,
    wish: Wish<'_>,
    id: &UploadId,
    language: Language,
) -> Result<Option<UploadView>, Problem> {
    let (opened, upload) = read(state, wish, id, Action::Delete).await?;
    if matches!(upload.state, UploadState::Removing | UploadState::Removed) {
        opened.looked(state).await?;
        return Ok(Some(UploadView::new(&upload, language)));
    }
    let now = state.db.now();
    let removing = upload.after(UploadStep::TakeBack, now).ok_or_else(|| Problem::conflict("nothing-to-remove"))?;
    let mut records = of_file(state, &wish, &upload).await?;
    let last = records.split_off(records.len().saturating_sub(AT_ONCE));
    for some in records.chunks(AT_ONCE) {
        let mut change = Change::new(opened.leave.clone(), now);
        strip(state, &opened, some, &mut change).await?;
        if !went(state, change, &opened).await? {
            return Ok(None);
        }
    }
    let mut change = Change::new(opened.leave.clone(), now);
    strip(state, &opened, &last, &mut change).await?;
    let kept_until = opened.snapshot.upload_kept_until(&wish.owner(), id).unwrap_or(opened.case.expires_at);
    change.update_upload(&removing, kept_until)?;
    Ok(went(state, change, &opened).await?.then(|| UploadView::new(&removing, language)))
}

async fn went(state: &State, change: Change, opened: &Opened) -> Result<bool, Problem> {
    match state.db.commit(change, &opened.snapshot).await {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict(Conflict::Version | Conflict::Busy)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The records that were read from a file.
async fn of_file(state: &State, wish: &Wish<'_>, upload: &Upload) -> Result<Vec<SealedRecord>, Problem> {
    let records = state.db.case_records(wish.case).await?.into_iter();
    let own = |record: &SealedRecord| matches!(&record.record.origin, Origin::File { upload_id, .. } if *upload_id == upload.id);
    Ok(records.filter(own).collect())
}

/// Takes from records what is not the patient's own word, and whole records that hold nothing else.
async fn strip(state: &State, opened: &Opened, records: &[SealedRecord], change: &mut Change) -> Result<(), Problem> {
    for sealed in records {
        let record = &sealed.record;
        if record.counts.confirmed + record.counts.corrected == 0 {
            change.delete_record(record);
            continue;
        }
        let key = opened.key(state).await?;
        let rows = sealed.open(&key)?.without_the_file();
        let left = record.changed(&rows, state.db.now());
        let sealed = SealedRecord::seal(left, &rows, &key)?.ok_or_else(crate::entries::too_large)?;
        change.put_record(&sealed, &opened.wrapped, &opened.case)?;
    }
    Ok(())
}
