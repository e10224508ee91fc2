//! What a statute keeps of a complaint after the inquiry itself is destroyed: for its patient, and with a reason for the data
//! protection officer. Nobody else of the staff needs it.

use crate::State;
use crate::api::{ReasonParams, StatutoryView};
use crate::staff::errand;
use axum::{Json, extract};
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::id::InquiryId;
use medius_domain::policy::{Permit, Thing};
use medius_domain::statutory::StatutoryRecord;
use medius_http::openapi::ReadProblems;
use medius_http::{Origin, Params, PathIds, Patient, Problem, Staff, own_record};
use medius_store::{Change, Place, Snapshot};

fn object(id: &InquiryId) -> Object {
    Object::of(Thing::Statutory, id, "")
}

/// Opens a record; the look at it is in the log before anything of it is shown.
async fn opened(
    state: &State,
    snapshot: &Snapshot,
    (record, leave): (StatutoryRecord, Permit),
) -> Result<Json<StatutoryView>, Problem> {
    let sealed = snapshot.sealed_statutory(&leave).ok_or_else(Problem::not_found)?;
    let said = state.inquiries.open_record(&record.id, &sealed).await?;
    state.db.commit(Change::new(leave, state.db.now()), snapshot).await?;
    Ok(Json(StatutoryView::new(&record, &said)))
}

/// What a statute keeps of an own complaint, also after the inquiry is destroyed.
#[utoipa::path(get, path = "/v1/inquiries/{inquiry_id}/record", tag = "inquiry", params(("inquiry_id" = String, Path)),
    responses((status = 200, body = StatutoryView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("statutory"))))]
pub(crate) async fn own(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
) -> Result<Json<StatutoryView>, Problem> {
    let snapshot = state.db.read(Place::of_statutory(&id)).await?;
    let event = origin.patient(&patient, Action::View, object(&id), Purpose::Inquiry);
    let found = own_record(&state.db, &snapshot, &id, event).await?;
    opened(&state, &snapshot, found).await
}

/// What a statute keeps of a complaint, for the data protection officer with a reason.
#[utoipa::path(get, path = "/staff/v1/inquiries/{inquiry_id}/record", tag = "inquiry",
    params(("inquiry_id" = String, Path), ReasonParams),
    responses((status = 200, body = StatutoryView), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("statutory"))))]
pub(crate) async fn for_officer(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<InquiryId>,
    Params(why): Params<ReasonParams>,
) -> Result<Json<StatutoryView>, Problem> {
    let errand = errand((&staff, &origin), Action::View, object(&id), why.reason);
    errand.admitted(&state.db).await?;
    let snapshot = state.db.read(Place::of_statutory(&id)).await?;
    let found = errand.on_record(&state.db, &snapshot, &id).await?;
    opened(&state, &snapshot, found).await
}
