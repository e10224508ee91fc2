//! Mandates and other proofs that are brought to a request: sealed under a key of the request's own, looked at by the data
//! protection officer, destroyed ninety days after the request was closed.

use crate::claim::again;
use crate::claim::verify::{effects, places, takes_effect};
use crate::own::{ATTEMPTS, By, read};
use crate::view::RightState;
use crate::{State, deletion, refused, tell};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use medius_domain::access::{AccessReason, Action, Object, Purpose};
use medius_domain::id::{RightId, UploadId};
use medius_domain::policy::Thing;
use medius_domain::upload::{Owner, Upload, UploadState};
use medius_http::uploads::{Bringing, Counter, NewUpload, UploadView, hand_out};
use medius_http::{
    Errand, IdempotentRequest, Language, Origin, Problem, ProblemKind, Remembered, Staff, replay, settle,
};
use medius_store::{Change, Place};

fn not_now() -> Problem {
    Problem::conflict("not-in-this-state")
}

/// Announces a file.
pub(crate) async fn announce(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &RightId,
    new: &NewUpload,
    request: &IdempotentRequest,
    language: Language,
) -> Result<Response, Problem> {
    let location = by.location(id, "proofs");
    let counter = Counter { db: &state.db, quarantine: &state.quarantine, location: &location, language };
    counter
        .announce(&Owner::Right(id.clone()), new, request, |upload| bring(state, (by, origin), id, request, upload))
        .await
}

async fn bring(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &RightId,
    request: &IdempotentRequest,
    upload: UploadId,
) -> Result<Bringing, Problem> {
    let more = [Place::RightKey(id.clone()), Place::Idempotency(request.scope_sha256.clone())];
    let (snapshot, found) = read(state, id, more).await?;
    let object = Object::of(Thing::Upload, &upload, "");
    let leave = by.leave_on(state, &snapshot, origin, &found, (Action::Create, object)).await?;
    let repeated = snapshot.idempotency(&request.scope_sha256)?.is_some();
    if !found.takes_proofs() && !repeated {
        return Err(not_now());
    }
    let owner = Owner::Right(id.clone());
    let wrapped = snapshot.owner_key(&leave, &owner);
    let mut change = Change::new(leave, state.db.now());
    // The record with the hash outlives the file, and ends with the request's own.
    let kept_until = found.kept_until();
    match wrapped {
        Some(wrapped) => change.require_owner_key(&owner, &wrapped),
        None => change.create_right_key(id, &state.keyring.create(id).await?, kept_until),
    }
    Ok(Bringing { snapshot, change, subject: Some(found.subject), provider: None, kept_until })
}

/// The files of a request, and where each stands.
pub(crate) async fn list(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &RightId,
    language: Language,
) -> Result<Vec<UploadView>, Problem> {
    let (snapshot, found) = read(state, id, []).await?;
    let leave = by.leave(state, &snapshot, origin, &found, (Action::View, "proofs")).await?;
    let files = state.db.uploads(&Owner::Right(id.clone())).await?;
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    Ok(files.iter().map(|upload| UploadView::new(upload, language)).collect())
}

/// Says that the mandate is there. From then on the request waits for the officer, who looks at it; what takes effect with the
/// request itself does so now.
pub(crate) async fn mandate(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &RightId,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut attempt = 1;
    loop {
        let (_, found) = read(state, id, []).await?;
        let next = found.mandate_shown(state.db.now());
        let about = match &next {
            Ok(next) if takes_effect(&found, next) => deletion::cases_of(state, next).await?,
            Ok(_) | Err(_) => Vec::new(),
        };
        let more = places(&found, &about)
            .into_iter()
            .chain([Place::Right(id.clone()), Place::Idempotency(request.scope_sha256.clone())]);
        let snapshot = state.db.read(more).await?;
        let object = Object::of(Thing::Right, id, "mandate");
        let leave = by.leave_on(state, &snapshot, origin, &found, (Action::Update, object)).await?;
        if let Some(answer) = replay(&snapshot, request)? {
            return Ok(answer);
        }
        let files = state.db.uploads(&Owner::Right(id.clone())).await?;
        let next = next.map_err(refused)?;
        if !files.iter().any(|file| file.state == UploadState::Released) {
            return Err(Problem::conflict("no-mandate"));
        }
        let event = leave.event().clone();
        deletion::end_links_ahead(state, &event, &next, &about, deletion::MOST_LINKS).await?;
        let mut change = Change::new(leave, state.db.now());
        let next = effects(state, &mut change, &snapshot, (next, &event), &about).await?;
        change.rights_request(&next)?;
        tell(&mut change, &next)?;
        deletion::fits(&change)?;
        let answer = Remembered::new(&mut change, request, StatusCode::OK, None, &RightState::from(&next))?;
        if about.is_empty() {
            match settle(&state.db, change, Some(&snapshot), request, answer).await {
                Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
                other => return other,
            }
            continue;
        }
        // Unmoved: a link that is made at this moment must be seen.
        match state.db.commit_unmoved(change, &snapshot).await {
            Ok(()) => return Ok(answer.into_response()),
            Err(error) if attempt < ATTEMPTS && again(&error) => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The files of a request, for the officer.
pub(crate) async fn staff_list(
    state: &State,
    (staff, origin): (&Staff, &Origin),
    id: &RightId,
    language: Language,
) -> Result<Vec<UploadView>, Problem> {
    let object = Object::of(Thing::Right, id, "proofs");
    let purpose = Purpose::PatientRights;
    let errand = Errand { staff, origin, action: Action::View, object, purpose, reason: None };
    errand.admitted(&state.db).await?;
    let (snapshot, found) = read(state, id, []).await?;
    let leave = errand.on_right(&found)?;
    let files = state.db.uploads(&Owner::Right(id.clone())).await?;
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    Ok(files.iter().map(|upload| UploadView::new(upload, language)).collect())
}

/// A file of a request, for the officer with a reason.
pub(crate) async fn staff_download(
    state: &State,
    (staff, origin): (&Staff, &Origin),
    (id, upload): (&RightId, &UploadId),
    reason: Option<AccessReason>,
) -> Result<Response, Problem> {
    let object = Object::of(Thing::Upload, upload, "");
    let purpose = Purpose::PatientRights;
    let errand = Errand { staff, origin, action: Action::Download, object, purpose, reason };
    errand.admitted(&state.db).await?;
    let owner = Owner::Right(id.clone());
    let more = [Place::RightKey(id.clone()), Place::Upload(owner.clone(), upload.clone())];
    let (snapshot, found) = read(state, id, more).await?;
    let leave = errand.on_proof(&state.db, &snapshot, &found).await?;
    let file: Upload = snapshot.upload(&owner, upload)?.ok_or_else(Problem::not_found)?;
    if file.state != UploadState::Released {
        return Err(Problem::conflict("file-not-released"));
    }
    // Without its key it is destroyed; of the file only its hash is left.
    let wrapped = snapshot.owner_key(&leave, &owner).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(id, &wrapped).await?;
    let content = state.files.get(&file, &key).await?;
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    hand_out(&state.handoff, &file, &content).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use medius_domain::policy::{Role, Standing, Verdict, verdict};

    #[test]
    fn only_the_officer_looks_at_a_mandate_and_gives_a_reason() {
        for role in Role::STAFF {
            let said = verdict(role, Action::Download, Thing::Upload, Standing::Service);
            let expected = if role == Role::Dpo { Verdict::WithReason } else { Verdict::Denied };
            assert_eq!(said, expected, "{role:?}");
        }
    }
}
