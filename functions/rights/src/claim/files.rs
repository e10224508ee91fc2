//! The files of a patient who cannot sign in: those that did not fit into the copy, one by one, for as long as the copy itself
//! could be fetched. What shows who asks is a ticket of the same request that the copy answered.

use crate::State;
use crate::own::{By, read};
use axum::extract;
use axum::response::Response;
use chrono::TimeDelta;
use medius_domain::access::{Action, Authentication, Object, Purpose};
use medius_domain::export::EXPORT_DAYS;
use medius_domain::id::{CaseId, RightId, UploadId};
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{Outcome, RightsRequest};
use medius_domain::upload::{Owner, UploadState};
use medius_http::openapi::ReadProblems;
use medius_http::uploads::hand_out;
use medius_http::{Origin, PathIds, Problem, Ticketed};
use medius_store::{Change, Place};

/// A file of a case that a request for a copy is about, for seven days after the copy was made; a large one by an address that
/// is good for a minute (303). Which there are stands in the copy.
#[utoipa::path(get, path = "/v1/public/rights-requests/{right_id}/cases/{case_id}/files/{upload_id}", tag = "rights",
    params(("right_id" = String, Path), ("case_id" = String, Path), ("upload_id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 303, description = "a larger file, at `Location`"), ReadProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("upload"))))]
pub(crate) async fn claim_file(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    PathIds((id, case, upload)): PathIds<(RightId, CaseId, UploadId)>,
) -> Result<Response, Problem> {
    let owner = Owner::Case(case.clone());
    let more = [
        Place::Case(case.clone()),
        Place::case_log(&case),
        Place::DataKey(case.clone()),
        Place::Upload(owner.clone(), upload.clone()),
    ];
    let (snapshot, found) = read(&state, &id, more).await?;
    let object = || Object::of(Thing::Upload, &upload, "");
    // Refused attempts stand in the request's own chain: whether there is such a case is not said.
    let asked = By::Ticket(&ticket).leave_on(&state, &snapshot, &origin, &found, (Action::Download, object())).await?;
    let about = found.case_id.as_ref().is_none_or(|about| *about == case);
    let found_case = snapshot.case_of(&case, &found.subject)?.filter(|_| about && handed_over(&state, &found));
    let Some(found_case) = found_case else {
        state.db.commit(Change::new(asked.refused(), state.db.now()), &snapshot).await?;
        return Err(Problem::not_found());
    };
    let known = Authentication::MailboxCode;
    let event = origin.without_sign_in(&found.subject, known, Action::Download, object(), Purpose::PatientRights);
    let leave = permit(event, &On::Case(&found_case))?;
    let file = snapshot.upload(&owner, &upload)?.ok_or_else(Problem::not_found)?;
    if file.state != UploadState::Released {
        return Err(Problem::conflict("file-not-released"));
    }
    // Without its key a case is destroyed, whatever else is still lying about.
    let wrapped = snapshot.owner_key(&leave, &owner).ok_or_else(Problem::not_found)?;
    let key = state.stories.unwrap(&case, &wrapped).await?;
    let content = state.files.get(&file, &key).await?;
    state.db.commit(Change::new(leave, state.db.now()), &snapshot).await?;
    hand_out(&state.handoff, &file, &content).await
}

/// Whether the copy that was asked for was made, and not too long ago.
fn handed_over(state: &State, request: &RightsRequest) -> bool {
    let until = request.changed_at() + TimeDelta::days(EXPORT_DAYS);
    request.outcome == Some(Outcome::HandedOver) && state.db.now() < until
}
