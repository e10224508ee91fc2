//! Files that an institution brings to send them along with what it found: they go through the quarantine like those that
//! patients bring, and belong to the patient's case. An institution sees its own files and no others.

use crate::State;
use crate::desk::fhir;
use crate::desk::fields::Choice;
use crate::desk::page::FileRow;
use crate::desk::words::{Two, two};
use crate::reader::Reader;
use crate::session::Token;
use axum::response::Response;
use medius_domain::access::{Action, Object};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{LinkId, ProviderId, UploadId};
use medius_domain::link::Link;
use medius_domain::policy::Thing;
use medius_domain::upload::{FileHash, FileKind, FileSize, Owner, Upload, UploadState};
use medius_http::uploads::{Bringing, Counter, NewUpload, UploadView};
use medius_http::{IdempotencyKey, IdempotentRequest, Language, Origin, Problem, ProblemKind};
use medius_store::Place;

/// Bytes of a file that come in one request: what a function can be sent at most is 6 MB, of base64.
pub(crate) const DIRECT: usize = 4 * 1024 * 1024;

/// A file on its way in.
pub(crate) enum Brought {
    /// Its bytes come by an address of their own.
    Announced(NewUpload, String),
    /// It is all here.
    Whole(FileKind, Vec<u8>),
}

impl Brought {
    /// A file whose bytes came in the request, by their media type.
    ///
    /// # Errors
    /// 415 for what is not taken, 422 for nothing.
    pub(crate) fn whole(media_type: &str, bytes: Vec<u8>) -> Result<Self, Problem> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let kind = FileKind::ALL.into_iter().find(|kind| kind.media_type().eq_ignore_ascii_case(essence));
        let kind = kind.ok_or_else(|| Problem::new(ProblemKind::UnsupportedMediaType))?;
        Ok(Self::Whole(kind, bytes))
    }

    /// What stands for the body in the record of the request.
    fn sha256(&self) -> String {
        match self {
            Self::Announced(_, sha256) => sha256.clone(),
            Self::Whole(_, bytes) => FileHash::of(bytes).as_str().to_owned(),
        }
    }
}

/// Takes a file of a session.
pub(crate) async fn bring(
    state: &State,
    (origin, language): (&Origin, Language),
    (link, token): (&LinkId, &Token),
    key: Result<IdempotencyKey, Problem>,
    brought: Result<Brought, Problem>,
) -> Result<Response, Problem> {
    // Whether there is a session is said first: who has none learns nothing of what a request needs.
    let object = |link: &Link| Object::of(Thing::Upload, &link.delivery_id, "");
    let reader = Reader::enter(state, origin, link, token, Action::Create, object).await?;
    let (key, brought) = (key?, brought?);
    let request = key.request(&reader.usable.link.subject, &brought.sha256());
    let owner = Owner::Case(reader.usable.link.case_id.clone());
    let location = format!("/r/{link}/files");
    let counter = Counter { db: &state.db, quarantine: &state.quarantine, location: &location, language };
    let allow = |upload: UploadId| allow(state, origin, (link, token), &request, upload);
    match brought {
        // A Bundle is read before it is kept, so its bytes have to be here.
        Brought::Announced(new, _) if new.kind == FileKind::Fhir => {
            let unknown = Problem::invalid([FieldError::new("/kind", Invalid::UnknownValue)]);
            Err(unknown.detail("a FHIR Bundle is sent as the body itself, as application/fhir+json"))
        }
        Brought::Announced(new, _) => counter.announce(&owner, &taken(new)?, &request, allow).await,
        Brought::Whole(kind, bytes) => {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let size = FileSize::try_from(size).map_err(|why| Problem::invalid([FieldError::new("/bytes", why)]))?;
            let new = taken(NewUpload { kind, bytes: size, sha256: FileHash::of(&bytes) })?;
            if kind == FileKind::Fhir {
                fhir::understood(&bytes)?;
            }
            counter.take(&owner, (&new, bytes), &request, allow).await
        }
    }
}

/// What a patient can read without a viewer for it.
fn taken(new: NewUpload) -> Result<NewUpload, Problem> {
    match new.kind {
        FileKind::Pdf | FileKind::Jpeg | FileKind::Png | FileKind::Fhir => Ok(new),
        FileKind::Heic | FileKind::Dicom | FileKind::Csv => {
            Err(Problem::invalid([FieldError::new("/kind", Invalid::UnknownValue)]))
        }
    }
}

async fn allow(
    state: &State,
    origin: &Origin,
    (link, token): (&LinkId, &Token),
    request: &IdempotentRequest,
    upload: UploadId,
) -> Result<Bringing, Problem> {
    let object = |_: &Link| Object::of(Thing::Upload, &upload, "");
    let more = |_: &Link| vec![Place::Idempotency(request.scope_sha256.clone())];
    let reader = Reader::enter_with(state, origin, (link, token), Action::Create, object, more).await?;
    let usable = &reader.usable;
    let owner = Owner::Case(usable.link.case_id.clone());
    let wrapped = usable.snapshot.data_key(&usable.permit).ok_or_else(Problem::not_found)?;
    let mut change = reader.change(state)?;
    change.require_owner_key(&owner, &wrapped);
    change.require_link(&usable.link);
    Ok(Bringing {
        change,
        subject: Some(usable.link.subject.clone()),
        provider: Some(usable.link.provider_id.clone()),
        kept_until: usable.kept_until,
        snapshot: reader.usable.snapshot,
    })
}

/// Where a file of the institution's own stands.
pub(crate) async fn look(
    state: &State,
    (origin, language): (&Origin, Language),
    (link, token): (&LinkId, &Token),
    id: &UploadId,
) -> Result<UploadView, Problem> {
    let object = |_: &Link| Object::of(Thing::Upload, id, "");
    let reader = Reader::enter(state, origin, link, token, Action::View, object).await?;
    let owner = Owner::Case(reader.usable.link.case_id.clone());
    let found = state.db.read([Place::Upload(owner.clone(), id.clone())]).await?.upload(&owner, id)?;
    let found = found.filter(|file| file.provider.as_ref() == Some(&reader.usable.link.provider_id));
    let upload = found.ok_or_else(Problem::not_found)?;
    state.db.commit(reader.change(state)?, &reader.usable.snapshot).await?;
    Ok(UploadView::new(&upload, language))
}

/// The files that an institution brought to a case.
pub(crate) async fn own(state: &State, link: &Link) -> Result<Vec<Upload>, Problem> {
    let mut files = state.db.uploads(&Owner::Case(link.case_id.clone())).await?;
    files.retain(|file| is_of(file, &link.provider_id));
    Ok(files)
}

fn is_of(file: &Upload, provider: &ProviderId) -> bool {
    file.provider.as_ref() == Some(provider)
}

/// That each file of an answer was brought by this institution and is kept.
///
/// # Errors
/// 422 with the place of the one that is not.
pub(crate) fn sendable(files: &[Upload], wanted: &[UploadId]) -> Result<(), Problem> {
    let unknown = |id: &UploadId| !files.iter().any(|file| file.id == *id && file.state == UploadState::Released);
    let wrong: Vec<FieldError> = (0..)
        .zip(wanted)
        .filter(|(_, id)| unknown(id))
        .map(|(at, _): (usize, _)| FieldError { pointer: format!("/files/{at}"), code: Invalid::UnknownValue.code() })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(Problem::invalid(wrong)) }
}

/// A file as a row of the page.
pub(crate) fn row(file: &Upload) -> FileRow {
    FileRow {
        number: file.number,
        kind: file.media.code().to_ascii_uppercase(),
        kib: file.bytes.bytes().div_ceil(1024),
        standing: standing(file.state),
        awaited: is_awaited(file.state).then(|| file.id.to_string()),
    }
}

/// Whether a file is still being checked.
const fn is_awaited(state: UploadState) -> bool {
    matches!(state, UploadState::Awaited | UploadState::Quarantined)
}

/// How far a file is that is being checked, and how that can end; by the names that its JSON has for them.
pub(crate) const STANDINGS: &[(&str, Two)] = &[
    ("quarantined", standing(UploadState::Quarantined)),
    ("released", standing(UploadState::Released)),
    ("refused", REFUSED),
    ("lapsed", standing(UploadState::Lapsed)),
    ("removed", standing(UploadState::Removed)),
];

const REFUSED: Two = two("받을 수 없음", "refused");

/// How far a file is, for who reads.
const fn standing(state: UploadState) -> Two {
    match state {
        UploadState::Awaited | UploadState::Quarantined => two("확인 중", "being checked"),
        UploadState::Released => two("보낼 수 있음", "can be sent"),
        UploadState::Refused(_) => REFUSED,
        UploadState::Lapsed => two("도착하지 않음", "did not come"),
        UploadState::Removing | UploadState::Removed => two("환자가 지움", "deleted by the patient"),
    }
}

/// A kept file as something to tick.
pub(crate) fn choice(file: &Upload) -> Option<Choice> {
    let name = format!("#{} {}", file.number, file.media.code().to_ascii_uppercase());
    let kept = file.state == UploadState::Released;
    kept.then(|| Choice { value: file.id.to_string(), ko: name.clone(), en: name, chosen: false })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::DateTime;
    use medius_domain::id::CaseId;
    use medius_domain::upload::UploadStep;

    fn file(provider: Option<&ProviderId>) -> Upload {
        let what = (FileKind::Pdf, FileSize::try_from(2048).unwrap(), FileHash::of(b"x"));
        let upload = Upload::new(Owner::Case(CaseId::new()), None, 3, what, DateTime::UNIX_EPOCH);
        Upload { provider: provider.cloned(), ..upload }
    }

    #[test]
    fn only_kept_files_of_its_own_go_along() {
        let (own, other) = (ProviderId::new(), ProviderId::new());
        let kept = file(Some(&own)).after(UploadStep::Keep, DateTime::UNIX_EPOCH).unwrap();
        let waiting = file(Some(&own));
        assert!(is_of(&kept, &own) && !is_of(&file(Some(&other)), &own) && !is_of(&file(None), &own));
        let files = [kept.clone(), waiting.clone()];
        assert!(sendable(&files, &[]).is_ok() && sendable(&files, std::slice::from_ref(&kept.id)).is_ok());
        for wanted in [waiting.id.clone(), UploadId::new()] {
            let problem = sendable(&files, &[kept.id.clone(), wanted]).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::InvalidField);
        }
        assert_eq!(choice(&kept).unwrap().value, kept.id.as_str());
        assert!(choice(&waiting).is_none());
    }

    #[test]
    fn a_media_type_says_the_kind_and_others_are_not_taken() {
        for (media_type, known) in
            [("application/pdf", true), ("image/PNG; x=y", true), ("text/html", false), ("", false)]
        {
            assert_eq!(Brought::whole(media_type, vec![1]).is_ok(), known, "{media_type}");
        }
        let new = |kind| NewUpload { kind, bytes: FileSize::try_from(1).unwrap(), sha256: FileHash::of(b"x") };
        assert!(taken(new(FileKind::Pdf)).is_ok() && taken(new(FileKind::Dicom)).is_err());
    }
}
