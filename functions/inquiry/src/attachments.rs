//! Files with an inquiry: the patient brings them, both sides take them out. They are sealed under the inquiry's key and end
//! with it.

use crate::State;
use crate::by::By;
use crate::thread::closed;
use axum::response::Response;
use medius_domain::access::{AccessReason, Action, Object, Purpose};
use medius_domain::id::{InquiryId, UploadId};
use medius_domain::inquiry::{Inquiry, InquiryState};
use medius_domain::policy::{Permit, Thing};
use medius_domain::upload::{Owner, Upload, UploadState};
use medius_http::uploads::{Bringing, Counter, NewUpload, hand_out};
use medius_http::{Errand, IdempotentRequest, Language, Origin, Problem, Staff};
use medius_store::{Change, Place, Snapshot};

/// Announces a file.
pub(crate) async fn announce(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &InquiryId,
    new: &NewUpload,
    request: &IdempotentRequest,
    language: Language,
) -> Result<Response, Problem> {
    let location = match by {
        By::Patient(_) => format!("/v1/inquiries/{id}/attachments"),
        By::Visitor(_) => format!("/v1/public/inquiries/{id}/attachments"),
    };
    let counter = Counter { db: &state.db, quarantine: &state.quarantine, location: &location, language };
    let owner = Owner::Inquiry(id.clone());
    counter.announce(&owner, new, request, |upload| bring(state, (by, origin), id, request, upload)).await
}

async fn bring(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &InquiryId,
    request: &IdempotentRequest,
    upload: UploadId,
) -> Result<Bringing, Problem> {
    let repeat = Place::Idempotency(request.scope_sha256.clone());
    let snapshot = state.db.read(Place::of_inquiry(id).into_iter().chain([repeat])).await?;
    let object = Object::of(Thing::Upload, &upload, "");
    let (inquiry, leave) = by.leave_on(state, &snapshot, origin, id, (Action::Create, object)).await?;
    let repeated = snapshot.idempotency(&request.scope_sha256)?.is_some();
    if inquiry.state == InquiryState::Closed && !repeated {
        return Err(closed());
    }
    let owner = Owner::Inquiry(id.clone());
    let wrapped = snapshot.owner_key(&leave, &owner).ok_or_else(Problem::not_found)?;
    let mut change = Change::new(leave, state.db.now());
    change.require_owner_key(&owner, &wrapped);
    Ok(Bringing { snapshot, change, subject: by.subject(), provider: None, kept_until: inquiry.expires_at() })
}

fn places_with(id: &InquiryId, upload: &UploadId) -> impl Iterator<Item = Place> {
    Place::of_inquiry(id).into_iter().chain([Place::Upload(Owner::Inquiry(id.clone()), upload.clone())])
}

/// Hands a file to the patient.
pub(crate) async fn download(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    (id, upload): (&InquiryId, &UploadId),
) -> Result<Response, Problem> {
    let snapshot = state.db.read(places_with(id, upload)).await?;
    let object = Object::of(Thing::Upload, upload, "");
    let (inquiry, leave) = by.leave_on(state, &snapshot, origin, id, (Action::Download, object)).await?;
    content(state, &snapshot, (&inquiry, leave), upload).await
}

/// Hands a file to staff, for a reason.
pub(crate) async fn staff_download(
    state: &State,
    (staff, origin): (&Staff, &Origin),
    (id, upload): (&InquiryId, &UploadId),
    reason: Option<AccessReason>,
) -> Result<Response, Problem> {
    let object = Object::of(Thing::Upload, upload, "");
    let errand = Errand { staff, origin, action: Action::Download, object, purpose: Purpose::Inquiry, reason };
    errand.admitted(&state.db).await?;
    let snapshot = state.db.read(places_with(id, upload)).await?;
    let (inquiry, leave) = errand.on_inquiry(&state.db, &snapshot, id).await?;
    content(state, &snapshot, (&inquiry, leave), upload).await
}

async fn content(
    state: &State,
    snapshot: &Snapshot,
    (inquiry, leave): (&Inquiry, Permit),
    id: &UploadId,
) -> Result<Response, Problem> {
    let owner = Owner::Inquiry(inquiry.id.clone());
    let upload: Upload = snapshot.upload(&owner, id)?.ok_or_else(Problem::not_found)?;
    if upload.state != UploadState::Released {
        return Err(Problem::conflict("file-not-released"));
    }
    let wrapped = snapshot.owner_key(&leave, &owner).ok_or_else(Problem::not_found)?;
    let key = state.keys.unwrap(&owner, &wrapped).await?;
    let content = state.files.get(&upload, &key).await?;
    state.db.commit(Change::new(leave, state.db.now()), snapshot).await?;
    hand_out(&state.handoff, &upload, &content).await
}
