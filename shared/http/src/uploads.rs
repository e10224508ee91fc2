//! Files that people bring, as routes speak of them: announced with kind, size and hash, put to an address of their own,
//! seen with where they stand, and handed out. What a file may be brought to is the functions' business.

use crate::headers::IdempotentRequest;
use crate::language::Language;
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{ProviderId, Subject, UploadId};
use medius_domain::upload::{FileHash, FileKind, FileSize, Owner, Upload, UploadState};
use medius_store::{
    Change, Conflict, Database, Handoff, IdempotencyRecord, Place, Quarantine, Snapshot, StoreError, pause,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A file that is about to be brought.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// `pdf`, `jpeg`, `png`, `heic`, `dicom`, `csv` or `fhir` (JSON).
    #[schema(value_type = String)]
    pub kind: FileKind,
    /// Its size, at most 20 MiB.
    #[schema(value_type = u64, minimum = 1, maximum = 20_971_520)]
    pub bytes: FileSize,
    /// Its SHA-256 in hex, lower case.
    #[schema(value_type = String, min_length = 64, max_length = 64)]
    pub sha256: FileHash,
}

/// A file, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: UploadId,
    /// Which file it is, from 1.
    pub number: u32,
    /// Its kind.
    #[schema(value_type = String)]
    pub kind: FileKind,
    /// Its size.
    #[schema(value_type = u64)]
    pub bytes: FileSize,
    /// Its SHA-256, hex.
    #[schema(value_type = String)]
    pub sha256: FileHash,
    /// `awaited`, `quarantined`, `released`, `refused`, `lapsed`, `removing` (taken back, and no longer given to anybody) or
    /// `removed` (its bytes are gone).
    pub state: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusalView>,
    /// When it was announced.
    pub created_at: DateTime<Utc>,
    /// When it got to where it stands.
    pub updated_at: DateTime<Utc>,
}

/// Why a file was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusalView {
    /// Stable code.
    pub code: &'static str,
    /// What it means and what helps, in the language of `Accept-Language`.
    pub text: &'static str,
}

impl UploadView {
    /// In a language.
    pub fn new(upload: &Upload, language: Language) -> Self {
        let reason = match upload.state {
            UploadState::Refused(why) => {
                let (ko, en) = why.text();
                let text = match language {
                    Language::Ko => ko,
                    Language::En => en,
                };
                Some(RefusalView { code: why.code(), text })
            }
            UploadState::Awaited
            | UploadState::Quarantined
            | UploadState::Released
            | UploadState::Lapsed
            | UploadState::Removing
            | UploadState::Removed => None,
        };
        Self {
            id: upload.id.clone(),
            number: upload.number,
            kind: upload.media,
            bytes: upload.bytes,
            sha256: upload.sha256.clone(),
            state: upload.state.code(),
            reason,
            created_at: upload.created_at,
            updated_at: upload.updated_at,
        }
    }
}

/// A file that is awaited, and where its bytes go.
#[derive(Serialize, ToSchema)]
pub struct Announced {
    /// The file.
    #[serde(flatten)]
    pub upload: UploadView,
    /// How to send its bytes; absent once they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put: Option<PutView>,
}

/// How to send a file's bytes: one PUT to the address, with these headers and no others of the kind.
#[derive(Serialize, ToSchema)]
pub struct PutView {
    /// The address; it takes this one file and nothing else.
    pub url: String,
    /// Headers that are part of the address's signature.
    pub headers: BTreeMap<String, String>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A file that may be brought, as its function decided: the change carries the leave.
pub struct Bringing {
    /// What was decided on; with the repeat's place and the head of the log.
    pub snapshot: Snapshot,
    /// What goes along with the file's record.
    pub change: Change,
    /// Who brings it.
    pub subject: Option<Subject>,
    /// The institution, where one brings it.
    pub provider: Option<ProviderId>,
    /// Until when it is kept, as things stand.
    pub kept_until: DateTime<Utc>,
}

/// Where files are brought to.
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    /// Their records.
    pub db: &'a Database,
    /// Their bytes.
    pub quarantine: &'a Quarantine,
    /// Where the file's resource will be, without its id and a slash at the end.
    pub location: &'a str,
    /// The language of words.
    pub language: Language,
}

/// Times that a file is announced anew when something else happened to its owner.
const ATTEMPTS: u32 = 6;
/// For each file that counts, so many may have been refused or never have come.
const MISSES: usize = 4;

impl Counter<'_> {
    /// Announces a file, or repeats the answer to the same request with a fresh address. `allow` decides anew at each
    /// attempt, for a file with this id.
    ///
    /// # Errors
    /// What `allow` refuses; `too-many-files`; 422 for a kind that is not taken here; the store's failures.
    pub async fn announce<F: Future<Output = Result<Bringing, Problem>>>(
        &self,
        owner: &Owner,
        new: &NewUpload,
        request: &IdempotentRequest,
        allow: impl Fn(UploadId) -> F,
    ) -> Result<Response, Problem> {
        let (upload, again) = self.awaited(owner, new, request, allow).await?;
        self.answer(&upload, again).await
    }

    /// The same for bytes that came along with the announcement: they go to the quarantine like any others.
    ///
    /// # Errors
    /// As [`Self::announce`].
    pub async fn take<F: Future<Output = Result<Bringing, Problem>>>(
        &self,
        owner: &Owner,
        (new, content): (&NewUpload, Vec<u8>),
        request: &IdempotentRequest,
        allow: impl Fn(UploadId) -> F,
    ) -> Result<Response, Problem> {
        let (upload, again) = self.awaited(owner, new, request, allow).await?;
        if upload.state == UploadState::Awaited {
            self.quarantine.put(&upload, content).await?;
        }
        let location = format!("{}/{}", self.location, upload.id);
        let again = again.then_some([("idempotency-replayed", "true")]);
        let view = UploadView::new(&upload, self.language);
        Ok((StatusCode::CREATED, [(header::LOCATION, location)], again, Json(view)).into_response())
    }

    /// The record of a file that is awaited, and whether the same request had made it before.
    async fn awaited<F: Future<Output = Result<Bringing, Problem>>>(
        &self,
        owner: &Owner,
        new: &NewUpload,
        request: &IdempotentRequest,
        allow: impl Fn(UploadId) -> F,
    ) -> Result<(Upload, bool), Problem> {
        if !owner.takes(new.kind) {
            return Err(Problem::invalid([FieldError::new("/kind", Invalid::UnknownValue)]));
        }
        let mut last = Conflict::Busy;
        for attempt in 1..=ATTEMPTS {
            let id = UploadId::new();
            let Bringing { snapshot, mut change, subject, provider, kept_until } = allow(id.clone()).await?;
            if let Some(before) = self.before(&snapshot, owner, request).await? {
                return Ok((before, true));
            }
            let others = self.db.uploads(owner).await?;
            let number = number_after(owner, &others)?;
            let what = (new.kind, new.bytes, new.sha256.clone());
            let upload = Upload { id, provider, ..Upload::new(owner.clone(), subject, number, what, self.db.now()) };
            change.create_upload(&upload, kept_until)?;
            change.remember(&IdempotencyRecord {
                scope: request.scope_sha256.clone(),
                payload_sha256: request.payload_sha256.clone(),
                status: StatusCode::CREATED.as_u16(),
                location: None,
                // The address is a key to the quarantine: it is made anew for each answer and kept nowhere.
                body: serde_json::to_string(&upload.id).map_err(Problem::internal)?,
            })?;
            match self.db.commit_unmoved(change, &snapshot).await {
                Ok(()) => return Ok((upload, false)),
                // `Exists`: of two first files of an owner one made its key.
                Err(StoreError::Conflict(
                    conflict @ (Conflict::Busy | Conflict::Exists | Conflict::Idempotency | Conflict::Version),
                )) => {
                    last = conflict;
                }
                Err(error) => return Err(error.into()),
            }
            pause(attempt).await;
        }
        // Whatever kept happening, it was not the client's version that was wrong.
        Err(StoreError::Conflict(if last == Conflict::Version { Conflict::Busy } else { last }).into())
    }

    async fn before(
        &self,
        snapshot: &Snapshot,
        owner: &Owner,
        request: &IdempotentRequest,
    ) -> Result<Option<Upload>, Problem> {
        let Some(record) = snapshot.idempotency(&request.scope_sha256)? else { return Ok(None) };
        if record.payload_sha256 != request.payload_sha256 {
            return Err(ProblemKind::IdempotencyKeyReused.into());
        }
        let id: UploadId = serde_json::from_str(&record.body).map_err(Problem::internal)?;
        let found = self.db.read([Place::Upload(owner.clone(), id.clone())]).await?.upload(owner, &id)?;
        found.map(Some).ok_or_else(Problem::not_found)
    }

    async fn answer(&self, upload: &Upload, again: bool) -> Result<Response, Problem> {
        let now = self.db.now();
        let put = if upload.state == UploadState::Awaited && now < upload.put_until {
            let address = self.quarantine.address(upload, now).await?;
            Some(PutView { url: address.url, headers: address.headers.into_iter().collect(), until: upload.put_until })
        } else {
            None
        };
        let body = Announced { upload: UploadView::new(upload, self.language), put };
        let location = format!("{}/{}", self.location, upload.id);
        let again = again.then_some([("idempotency-replayed", "true")]);
        Ok((StatusCode::CREATED, [(header::LOCATION, location)], again, Json(body)).into_response())
    }
}

/// The number of one more file.
fn number_after(owner: &Owner, others: &[Upload]) -> Result<u32, Problem> {
    let counting = others.iter().filter(|upload| upload.state.counts()).count();
    if counting >= owner.most_files() || others.len() >= owner.most_files() * MISSES {
        return Err(Problem::conflict("too-many-files"));
    }
    Ok(others.iter().map(|upload| upload.number).max().unwrap_or(0) + 1)
}

/// Hands a file out: up to 4 MiB as the answer, a larger one by an address that is good for a minute. It is saved, never
/// shown in place, under a name that says nothing.
///
/// # Errors
/// The store's failures.
pub async fn hand_out(handoff: &Handoff, upload: &Upload, content: &[u8]) -> Result<Response, Problem> {
    let name = format!("medius-file-{}.{}", upload.number, upload.media.extension());
    if content.len() > Handoff::ANSWERED {
        let url = handoff.give(content, upload.media.media_type(), &name).await?;
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, upload.media.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, content.to_vec()).into_response())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::id::CaseId;
    use medius_domain::upload::{Refusal, UploadStep};

    fn file(owner: &Owner, number: u32) -> Upload {
        let what = (FileKind::Pdf, FileSize::try_from(1).unwrap(), FileHash::of(b"x"));
        Upload::new(owner.clone(), None, number, what, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn fifty_files_are_taken_and_no_number_is_given_twice() {
        let owner = Owner::Case(CaseId::new());
        assert_eq!(number_after(&owner, &[]).unwrap(), 1);
        let mut files: Vec<Upload> = (1..=49).map(|n| file(&owner, n)).collect();
        assert_eq!(number_after(&owner, &files).unwrap(), 50);
        files.push(file(&owner, 50));
        assert!(number_after(&owner, &files).is_err());
        files[0] = files[0].after(UploadStep::Refuse(Refusal::Damaged), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(number_after(&owner, &files).unwrap(), 51);
        let refused: Vec<Upload> = (1..=200).map(|n| Upload { number: n, ..files[0].clone() }).collect();
        assert!(number_after(&owner, &refused).is_err());
    }

    #[test]
    fn a_refusal_is_told_in_the_reader_s_language() {
        let refused =
            file(&Owner::Case(CaseId::new()), 1).after(UploadStep::Refuse(Refusal::Locked), DateTime::UNIX_EPOCH);
        let refused = refused.unwrap();
        for language in [Language::Ko, Language::En] {
            let view = UploadView::new(&refused, language);
            let reason = view.reason.unwrap();
            assert_eq!((view.state, reason.code), ("refused", "locked"));
            assert_eq!(reason.text.is_ascii(), language == Language::En);
        }
    }
}
