//! The right values of a correction: given by the patient before the request is looked into, shown to the data protection officer
//! beside what is there. They never stand in the request's record, and while somebody looks at them they do not change.

use crate::own::{ATTEMPTS, By, read};
use crate::view::RightState;
use crate::{State, deletion};
use axum::Json;
use axum::extract;
use axum::response::Response;
use http::StatusCode;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::consent::DataItem;
use medius_domain::correction::Correction;
use medius_domain::id::{CaseId, RightId, Subject};
use medius_domain::policy::Thing;
use medius_domain::rights::{Right, RightsRequest, State as Stands};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{
    Body, Errand, IdempotencyKey, IdempotentRequest, Origin, PathIds, Patient, Problem, ProblemKind, Remembered, Staff,
    Ticketed, replay, settle,
};
use medius_store::{Change, Place};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The right values: what is given replaces what is there, what is not given stays. They are of exactly the parts that the request
/// names.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the OpenAPI generator only: the domain's type is what is parsed")]
pub struct RightValues {
    /// As with `PUT /v1/cases/{case_id}/intake/basic`, with nothing but what is to be corrected.
    #[schema(value_type = Option<Object>)]
    basic: Option<()>,
    /// As `health` with `PUT /v1/cases/{case_id}/intake/health`, with nothing but what is to be corrected.
    #[schema(value_type = Option<Object>)]
    health: Option<()>,
}

/// The right values beside those that are there.
#[derive(Serialize, ToSchema)]
pub struct RightValuesView {
    /// The parts that it is about.
    #[schema(value_type = Vec<String>)]
    pub parts: BTreeSet<DataItem>,
    /// What is there in these parts.
    #[schema(value_type = Object)]
    pub present: Correction,
    /// What is right, as the patient says.
    #[schema(value_type = Object)]
    pub corrected: Correction,
}

/// Gives the right values of a correction. Until the data protection officer looks into it, and whenever something is asked for,
/// they can be given again.
#[utoipa::path(put, path = "/v1/rights-requests/{right_id}/values", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey), request_body = RightValues,
    responses((status = 200, body = RightState), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn put_values(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<Correction>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    put(&state, (By::Patient(&patient), &origin), &id, &body.value, &request).await
}

/// Gives the right values of a correction, without a sign-in.
#[utoipa::path(put, path = "/v1/public/rights-requests/{right_id}/values", tag = "rights",
    params(("right_id" = String, Path), IdempotencyKey), request_body = RightValues,
    responses((status = 200, body = RightState), ChangeProblems), security(("ticket" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn claim_put_values(
    extract::State(state): extract::State<State>,
    Ticketed(ticket): Ticketed,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
    key: IdempotencyKey,
    body: Body<Correction>,
) -> Result<Response, Problem> {
    // Whoever has the ticket is one.
    let request = key.request(&Subject::of(id.as_str()), &body.sha256);
    put(&state, (By::Ticket(&ticket), &origin), &id, &body.value, &request).await
}

async fn put(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &RightId,
    correction: &Correction,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let mut attempt = 1;
    loop {
        match try_put(state, (by, origin), id, correction, request).await {
            Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
            other => return other,
        }
    }
}

/// Whether the values may still be given: nobody looks at them, or somebody else is to look at the whole again.
const fn open_for_values(request: &RightsRequest) -> bool {
    let open = matches!(request.state, Stands::Queued | Stands::EvidencePending | Stands::ObjectionOpen);
    matches!(request.right, Right::Correction) && open
}

/// The case of a request, with everything that its values need.
async fn places(state: &State, id: &RightId) -> Result<(Option<CaseId>, Vec<Place>), Problem> {
    let case = read(state, id, []).await?.1.case_id;
    let of_case = |case: &CaseId| {
        let (story, values) = (Place::Intake(case.clone()), Place::Correction(case.clone(), id.clone()));
        // Everything that is sealed about a case opens together.
        vec![story, Place::Contact(case.clone()), Place::DataKey(case.clone()), Place::ContactKey(case.clone()), values]
    };
    Ok((case.clone(), case.as_ref().map(of_case).unwrap_or_default()))
}

async fn try_put(
    state: &State,
    (by, origin): (By<'_>, &Origin),
    id: &RightId,
    correction: &Correction,
    request: &IdempotentRequest,
) -> Result<Response, Problem> {
    let (case_id, places) = places(state, id).await?;
    let idempotency = Place::Idempotency(request.scope_sha256.clone());
    let (snapshot, found) = read(state, id, places.into_iter().chain([idempotency])).await?;
    let leave = by.leave(state, &snapshot, origin, &found, (Action::Update, "values")).await?;
    if let Some(answer) = replay(&snapshot, request)? {
        return Ok(answer);
    }
    if !open_for_values(&found) {
        return Err(Problem::conflict("not-in-this-state"));
    }
    // Values belong to one story.
    let case_id = case_id.ok_or_else(|| Problem::conflict("ask-for-each-case"))?;
    let case = snapshot.case_of(&case_id, &found.subject)?.ok_or_else(Problem::not_found)?;
    let now = state.db.now();
    correction.check(&found.parts, case.minor, now).map_err(Problem::invalid)?;
    // Without its key a case is destroyed, whatever else is still lying about.
    let wrapped = snapshot.data_key(&leave).ok_or_else(Problem::not_found)?;
    let key = state.stories.unwrap(&case_id, &wrapped).await?;
    let mut change = Change::new(leave, now);
    // Whoever took it in hand meanwhile must not see other values than they decide about.
    change.rights_request(&found.with_values())?;
    change.put_correction(&case, id, (&wrapped, &key), correction)?;
    deletion::fits(&change)?;
    let answer = Remembered::new(&mut change, request, StatusCode::OK, None, &RightState::from(&found))?;
    settle(&state.db, change, Some(&snapshot), request, answer).await
}

/// The right values beside those that are there, of the parts that the request names and no others. The look is in the case's
/// log before anything is shown.
#[utoipa::path(get, path = "/staff/v1/rights-requests/{right_id}/values", tag = "rights",
    params(("right_id" = String, Path)), responses((status = 200, body = RightValuesView), ReadProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("right"))))]
pub(crate) async fn get_values(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(id): PathIds<RightId>,
) -> Result<Json<RightValuesView>, Problem> {
    let object = Object::of(Thing::Right, &id, "values");
    let purpose = Purpose::PatientRights;
    let leave = Errand { staff: &staff, origin: &origin, action: Action::View, object, purpose, reason: None };
    leave.admitted(&state.db).await?;
    let mut attempt = 1;
    loop {
        match try_look(&state, &leave, &id).await {
            Err(problem) if attempt < ATTEMPTS && problem.kind() == ProblemKind::VersionMismatch => attempt += 1,
            other => return other.map(Json),
        }
    }
}

/// One look; that these values were seen stands in the request with it, and with what comes later it stands no more.
async fn try_look(state: &State, leave: &Errand<'_>, id: &RightId) -> Result<RightValuesView, Problem> {
    let (case_id, places) = places(state, id).await?;
    let (snapshot, found) = read(state, id, places).await?;
    let permit = leave.on_right(&found)?;
    let case_id = case_id.ok_or_else(Problem::not_found)?;
    let sealed = snapshot.sealed_case(&permit).ok_or_else(Problem::not_found)?;
    let key = state.stories.unwrap(&case_id, &sealed.data_key).await?;
    let corrected = snapshot.correction(&case_id, id, &key)?.ok_or_else(Problem::not_found)?;
    let present = corrected.present(&sealed.intake.open(&key, &case_id)?);
    let mut change = Change::new(permit, state.db.now());
    if let Some(seen) = found.with_values_seen() {
        change.rights_request(&seen)?;
    }
    state.db.commit(change, &snapshot).await?;
    Ok(RightValuesView { parts: corrected.parts(), present, corrected })
}
