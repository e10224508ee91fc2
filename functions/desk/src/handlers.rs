//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{AssignmentRequest, AssignmentView, DownloadRequest, ReasonParams, WorkItems, WorkListParams};
use crate::case_view::{DeskCase, DeskDelivery};
use crate::link::{self, Asked};
use crate::link_api::{LinkRequest, StaffAccessCode};
use crate::message_api::{
    MessageList, MessageParams, MessageRequest, MessageSent, StaffMessageParams, StaffMessageRequest,
};
use crate::messages::Party;
use crate::task::{self, About};
use crate::task_api::{TaskListParams, WorkActionRequest, WorkTask, WorkTaskState, WorkTasks};
use crate::{case, messages, work};
use axum::Json;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::header;
use medius_domain::id::{CaseId, DeliveryId, ReferralId, TaskId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, IfMatch, Origin, Params, PathIds, Patient, Problem, Staff, versioned};

/// Cases that wait for staff, by state and due date.
#[utoipa::path(get, path = "/staff/v1/work-list", tag = "desk", params(WorkListParams),
    responses((status = 200, body = WorkItems), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("work-list"))))]
pub(crate) async fn work_list(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    Params(wanted): Params<WorkListParams>,
) -> Result<Json<WorkItems>, Problem> {
    work::list(&state, &staff, &origin, &wanted).await.map(Json)
}

/// Says who looks after a case, and when next. The version is that of the assignment: 0 where there never was one.
#[utoipa::path(put, path = "/staff/v1/cases/{case_id}/assignment", tag = "desk",
    params(("case_id" = String, Path), IfMatch), request_body = AssignmentRequest,
    responses((status = 200, body = AssignmentView), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("assignment"))))]
pub(crate) async fn assign(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    expected: IfMatch,
    body: Body<AssignmentRequest>,
) -> Result<Response, Problem> {
    let assignment = work::assign(&state, &staff, &origin, &case, expected, body.value).await?;
    Ok(versioned(assignment.rev, AssignmentView::new(&assignment, &staff.subject)))
}

/// Opens a case: story as far as consent goes, consents in force, letters, deliveries.
#[utoipa::path(get, path = "/staff/v1/cases/{case_id}", tag = "desk",
    params(("case_id" = String, Path), ReasonParams),
    responses((status = 200, body = DeskCase), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("case"))))]
pub(crate) async fn open_case(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    Params(why): Params<ReasonParams>,
) -> Result<Json<DeskCase>, Problem> {
    case::open(&state, &staff, &origin, &case, why.reason).await.map(Json)
}

/// A letter as PDF. The reason is always needed.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/referrals/{referral_id}/letter", tag = "desk",
    params(("case_id" = String, Path), ("referral_id" = String, Path)), request_body = DownloadRequest,
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("download")), ("x-medius-thing" = json!("referral"))))]
pub(crate) async fn letter(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((case, referral)): PathIds<(CaseId, ReferralId)>,
    body: Body<DownloadRequest>,
) -> Result<Response, Problem> {
    let (number, content) = case::letter(&state, &staff, &origin, (&case, &referral), body.value.reason).await?;
    // Saved under the number on paper: a file name must not say whose letter it is.
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{number}.pdf\"")),
    ];
    Ok((headers, content.to_vec()).into_response())
}

/// Makes the link of a delivery anew and mails it to the institution's verified mailbox: after a suspension, a bounce, or its
/// expiry. The link before ends.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/deliveries/{delivery_id}/reissue", tag = "desk",
    params(("case_id" = String, Path), ("delivery_id" = String, Path), IdempotencyKey), request_body = LinkRequest,
    responses((status = 200, body = DeskDelivery), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn reissue(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((case, delivery)): PathIds<(CaseId, DeliveryId)>,
    key: IdempotencyKey,
    body: Body<LinkRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    let reason = body.value.reason;
    let asked = Asked { staff: &staff, origin: &origin, case: &case, delivery: &delivery, reason };
    link::reissue(&state, &asked, &request).await
}

/// Makes an access code for a delivery and shows it this once, to be told to the institution by telephone. A repeat makes
/// another code and ends the one before, so it needs no `Idempotency-Key`.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/deliveries/{delivery_id}/access-code", tag = "desk",
    params(("case_id" = String, Path), ("delivery_id" = String, Path)), request_body = LinkRequest,
    responses((status = 200, body = StaffAccessCode), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("delivery"))))]
pub(crate) async fn staff_access_code(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((case, delivery)): PathIds<(CaseId, DeliveryId)>,
    body: Body<LinkRequest>,
) -> Result<Json<StaffAccessCode>, Problem> {
    let reason = body.value.reason;
    let asked = Asked { staff: &staff, origin: &origin, case: &case, delivery: &delivery, reason };
    link::access_code(&state, &asked).await.map(Json)
}

/// Requests to institutions that need a coordinator: a cancellation that waits, declined, redirected, a patient who did not come, an
/// institution that does not answer, a suspended link; by the day until which somebody should see to it.
#[utoipa::path(get, path = "/staff/v1/tasks", tag = "desk", params(TaskListParams),
    responses((status = 200, body = WorkTasks), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("work-list"))))]
pub(crate) async fn task_list(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    Params(wanted): Params<TaskListParams>,
) -> Result<Json<WorkTasks>, Problem> {
    task::list(&state, &staff, &origin, &wanted).await.map(Json)
}

/// A request with its history, without what was said.
#[utoipa::path(get, path = "/staff/v1/cases/{case_id}/tasks/{task_id}", tag = "desk",
    params(("case_id" = String, Path), ("task_id" = String, Path), ReasonParams),
    responses((status = 200, body = WorkTask), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn task_get(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((case, task)): PathIds<(CaseId, TaskId)>,
    Params(why): Params<ReasonParams>,
) -> Result<Response, Problem> {
    let about = About { staff: &staff, origin: &origin, case: &case, task: &task };
    let (version, view) = task::get(&state, &about, why.reason).await?;
    Ok(versioned(version, view))
}

/// Does something about a request: confirms a cancellation that nobody answers, or says that it was seen to. What may be done now is in
/// `available_actions`.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/tasks/{task_id}/actions", tag = "desk",
    params(("case_id" = String, Path), ("task_id" = String, Path), IfMatch, IdempotencyKey),
    request_body = WorkActionRequest,
    responses((status = 200, body = WorkTaskState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("task"))))]
pub(crate) async fn task_act(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((case, task)): PathIds<(CaseId, TaskId)>,
    expected: IfMatch,
    key: IdempotencyKey,
    body: Body<WorkActionRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    let about = About { staff: &staff, origin: &origin, case: &case, task: &task };
    task::act(&state, &about, expected, &body.value, &request).await
}

/// Messages with the patient, for staff.
#[utoipa::path(get, path = "/staff/v1/cases/{case_id}/messages", tag = "desk",
    params(("case_id" = String, Path), StaffMessageParams),
    responses((status = 200, body = MessageList), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("message"))))]
pub(crate) async fn staff_messages(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    Params(wanted): Params<StaffMessageParams>,
) -> Result<Json<MessageList>, Problem> {
    let party = Party::Staff(&staff, wanted.reason);
    messages::list(&state, &party, &origin, &case, wanted.before).await.map(Json)
}

/// Writes to the patient, who gets a mail with a link and nothing of the text. Needs the patient's consent G1.
#[utoipa::path(post, path = "/staff/v1/cases/{case_id}/messages", tag = "desk",
    params(("case_id" = String, Path), IdempotencyKey), request_body = StaffMessageRequest,
    responses((status = 201, body = MessageSent), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("message"))))]
pub(crate) async fn staff_post(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<StaffMessageRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    let party = Party::Staff(&staff, body.value.reason);
    messages::post(&state, &party, &origin, &case, &body.value.text, &request).await
}

/// Own messages with staff.
#[utoipa::path(get, path = "/v1/cases/{case_id}/messages", tag = "desk",
    params(("case_id" = String, Path), MessageParams),
    responses((status = 200, body = MessageList), ReadProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("message"))))]
pub(crate) async fn own_messages(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    Params(wanted): Params<MessageParams>,
) -> Result<Json<MessageList>, Problem> {
    messages::list(&state, &Party::Patient(&patient), &origin, &case, wanted.before).await.map(Json)
}

/// Writes to staff. Needs consent G1.
#[utoipa::path(post, path = "/v1/cases/{case_id}/messages", tag = "desk",
    params(("case_id" = String, Path), IdempotencyKey), request_body = MessageRequest,
    responses((status = 201, body = MessageSent), ChangeProblems), security(("patient" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("message"))))]
pub(crate) async fn own_post(
    extract::State(state): extract::State<State>,
    patient: Patient,
    origin: Origin,
    PathIds(case): PathIds<CaseId>,
    key: IdempotencyKey,
    body: Body<MessageRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&patient.subject, &body.sha256);
    let party = Party::Patient(&patient);
    messages::post(&state, &party, &origin, &case, &body.value.text, &request).await
}
