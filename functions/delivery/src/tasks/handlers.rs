//! Routes of Tasks.

use super::api::{TaskList, TaskView};
use super::{act as acting, read};
use crate::State;
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::id::{CaseId, ProviderId, TaskId};
use medius_domain::task::PatientAnswer;
use medius_http::body::Tagged;
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{IfMatch, Origin, Params, PathIds, Patient, Problem, versioned};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Of which institution.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Towards {
    /// An institution: where the case stands towards it before there is a Task.
    #[param(value_type = Option<String>)]
    recipient: Option<ProviderId>,
}

/// An answer of the patient's: `action` with what belongs to it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what is parsed as PatientAnswer")]
pub(crate) struct PatientAnswerSchema {
    /// `confirm_appointment`, `ask_other_time`, `cancel`, `request_cancel`, `confirm_cancel`, `refuse_cancel` or `complete`.
    action: String,
    /// Why. With `request_cancel`: `patient-decided`, `treated-elsewhere`, `institution-cannot`, `duplicate` or `other`; with
    /// `ask_other_time`: `time-does-not-suit`, `travel`, `health` or `other`; with `refuse_cancel`: `care-still-needed`,
    /// `already-arranged`, `to-be-discussed` or `other`.
    code: Option<String>,
    /// In words; needed with `ask_other_time` and with the code `other`.
    text: Option<String>,
}

/// What becomes of the case's referrals.
#[utoipa::path(get, path = "/v1/cases/{case_id}/tasks", tag = "delivery", params(("case_id" = String, Path), Towards),
    responses((status = 200, body = TaskList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn task_list(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    Params(towards): Params<Towards>,
) -> Result<Json<TaskList>, Problem> {
    read::list(&state, &patient, &origin, &case, towards.recipient.as_ref()).await.map(Json)
}

/// What became of one referral, with everything that was said.
#[utoipa::path(get, path = "/v1/cases/{case_id}/tasks/{task_id}", tag = "delivery",
    params(("case_id" = String, Path), ("task_id" = String, Path)),
    responses((status = 200, body = TaskView), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn task_get(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, task)): PathIds<(CaseId, TaskId)>,
) -> Result<Response, Problem> {
    let (version, view) = read::get(&state, &patient, &origin, &case, &task).await?;
    Ok(versioned(version, view))
}

/// Says something about a referral: agrees to a time, asks for another, cancels, or closes the loop. What may be said now is in
/// `available_actions`.
#[utoipa::path(post, path = "/v1/cases/{case_id}/tasks/{task_id}/actions", tag = "delivery",
    params(("case_id" = String, Path), ("task_id" = String, Path), IfMatch), request_body = PatientAnswerSchema,
    responses((status = 200, body = TaskView), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn task_act(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds((case, task)): PathIds<(CaseId, TaskId)>,
    expected: IfMatch,
    Tagged(answer): Tagged<PatientAnswer>,
) -> Result<Response, Problem> {
    let (version, view) = acting::act(&state, &patient, &origin, (&case, &task), expected, answer).await?;
    Ok(versioned(version, view))
}
