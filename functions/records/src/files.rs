//! The files of a case: announced, listed, looked at, handed out.

use crate::State;
use crate::api::UploadList;
use crate::wish::Wish;
use axum::response::Response;
use medius_domain::access::{Action, Object};
use medius_domain::case::open_case_expiry;
use medius_domain::id::UploadId;
use medius_domain::policy::Thing;
use medius_domain::upload::{Upload, UploadState};
use medius_http::uploads::{Bringing, Counter, NewUpload, UploadView, hand_out};
use medius_http::{IdempotentRequest, Language, Problem};
use medius_store::Place;

/// Announces a file.
pub(crate) async fn announce(
    state: &State,
    wish: Wish<'_>,
    new: &NewUpload,
    request: &IdempotentRequest,
    language: Language,
) -> Result<Response, Problem> {
    let location = format!("/v1/cases/{}/uploads", wish.case);
    let counter = Counter { db: &state.db, quarantine: &state.quarantine, location: &location, language };
    counter.announce(&wish.owner(), new, request, |upload| bring(state, wish, request, upload)).await
}

async fn bring(
    state: &State,
    wish: Wish<'_>,
    request: &IdempotentRequest,
    upload: UploadId,
) -> Result<Bringing, Problem> {
    let repeat = Place::Idempotency(request.scope_sha256.clone());
    let opened = wish.open(state, Action::Create, Object::of(Thing::Upload, &upload, ""), [repeat]).await?;
    let mut change = opened.change(state).await?;
    change.require_owner_key(&wish.owner(), &opened.wrapped);
    let kept_until = opened.case.expires_at.max(open_case_expiry(state.db.now()));
    Ok(Bringing {
        snapshot: opened.snapshot,
        change,
        subject: Some(wish.patient.subject.clone()),
        provider: None,
        kept_until,
    })
}

/// The files of a case.
pub(crate) async fn list(state: &State, wish: Wish<'_>, language: Language) -> Result<UploadList, Problem> {
    let opened = wish.open(state, Action::View, Object::part(Thing::Upload, ""), []).await?;
    let files = state.db.uploads(&wish.owner()).await?;
    opened.looked(state).await?;
    Ok(UploadList { items: files.iter().map(|file| UploadView::new(file, language)).collect() })
}

/// One file, with the case that it was read with.
pub(crate) async fn read(
    state: &State,
    wish: Wish<'_>,
    id: &UploadId,
    action: Action,
) -> Result<(crate::wish::Opened, Upload), Problem> {
    let place = Place::Upload(wish.owner(), id.clone());
    let opened = wish.open(state, action, Object::of(Thing::Upload, id, ""), [place]).await?;
    let upload = opened.snapshot.upload(&wish.owner(), id)?.ok_or_else(Problem::not_found)?;
    Ok((opened, upload))
}

/// Where a file stands.
pub(crate) async fn get(
    state: &State,
    wish: Wish<'_>,
    id: &UploadId,
    language: Language,
) -> Result<UploadView, Problem> {
    let (opened, upload) = read(state, wish, id, Action::View).await?;
    opened.looked(state).await?;
    Ok(UploadView::new(&upload, language))
}

/// That a file is kept, so that it can be opened.
pub(crate) fn released(upload: &Upload) -> Result<(), Problem> {
    if upload.state == UploadState::Released { Ok(()) } else { Err(Problem::conflict("file-not-released")) }
}

/// Hands a file out, as it came.
pub(crate) async fn content(state: &State, wish: Wish<'_>, id: &UploadId) -> Result<Response, Problem> {
    let (opened, upload) = read(state, wish, id, Action::Download).await?;
    released(&upload)?;
    let content = state.files.get(&upload, &opened.key(state).await?).await?;
    opened.looked(state).await?;
    hand_out(&state.handoff, &upload, &content).await
}
