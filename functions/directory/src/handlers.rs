//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{ApprovalRequest, ProposalRequest, RejectionRequest};
use crate::view::{ChangeList, ChangeState, DirectoryDetail, DirectoryList};
use crate::{change, reading};
use axum::Json;
use axum::extract::{self, RawQuery};
use axum::response::Response;
use medius_domain::directory::ChangeStatus;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{ChangeId, ProviderId};
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Problem, Staff};

/// The institutions with their contacts, registrations and waiting proposals.
#[utoipa::path(get, path = "/staff/v1/providers", tag = "directory",
    responses((status = 200, body = DirectoryList), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
) -> Result<Json<DirectoryList>, Problem> {
    reading::list(&state, &staff, &origin).await.map(Json)
}

/// An institution with every proposal about it.
#[utoipa::path(get, path = "/staff/v1/providers/{provider_id}", tag = "directory",
    params(("provider_id" = String, Path)),
    responses((status = 200, body = DirectoryDetail), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(provider): PathIds<ProviderId>,
) -> Result<Json<DirectoryDetail>, Problem> {
    reading::detail(&state, &staff, &origin, &provider).await.map(Json)
}

/// The proposals of a status, `pending` if none is named.
#[utoipa::path(get, path = "/staff/v1/provider-changes", tag = "directory",
    params(("status" = Option<String>, Query, description = "pending, approved or rejected")),
    responses((status = 200, body = ChangeList), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn changes(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    RawQuery(query): RawQuery,
) -> Result<Json<ChangeList>, Problem> {
    reading::changes(&state, &staff, &origin, query.as_deref()).await.map(Json)
}

/// The status that a query names: `status=pending` and nothing else.
pub(crate) fn status(query: Option<&str>) -> Result<ChangeStatus, Problem> {
    let Some(query) = query.filter(|q| !q.is_empty()) else { return Ok(ChangeStatus::Pending) };
    let named = query.strip_prefix("status=");
    let known = named.and_then(|code| ChangeStatus::ALL.into_iter().find(|status| status.code() == code));
    known.ok_or_else(|| Problem::invalid([FieldError::new("/status", Invalid::UnknownValue)]))
}

/// Proposes a new institution. It is in the directory when another coordinator has called it back and agreed.
#[utoipa::path(post, path = "/staff/v1/providers", tag = "directory", params(IdempotencyKey),
    request_body = ProposalRequest,
    responses((status = 201, body = ChangeState,
        headers(("Location" = String, description = "where the institution will be"))), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn propose_new(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    key: IdempotencyKey,
    body: Body<ProposalRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    change::propose_new(&state, &staff, &origin, body.value, &request).await
}

/// Proposes a change of an institution. To stop letters (`active` false and nothing else) takes effect at once; everything
/// else when another coordinator has agreed.
#[utoipa::path(post, path = "/staff/v1/providers/{provider_id}/changes", tag = "directory",
    params(("provider_id" = String, Path), IdempotencyKey), request_body = ProposalRequest,
    responses((status = 201, body = ChangeState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn propose(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(provider): PathIds<ProviderId>,
    key: IdempotencyKey,
    body: Body<ProposalRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    change::propose(&state, &staff, &origin, &provider, body.value, &request).await
}

/// Agrees to a proposal as the second person. A new institution and a change of contact or registration need a call to the
/// institution, at a number that does not come from the message that asked for the change.
#[utoipa::path(post, path = "/staff/v1/providers/{provider_id}/changes/{change_id}/approve", tag = "directory",
    params(("provider_id" = String, Path), ("change_id" = String, Path), IdempotencyKey),
    request_body = ApprovalRequest, responses((status = 200, body = ChangeState), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn approve(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((provider, id)): PathIds<(ProviderId, ChangeId)>,
    key: IdempotencyKey,
    body: Body<ApprovalRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    let decided = change::Decided::Approve(body.value.call_back.map(Into::into));
    change::decide(&state, &staff, &origin, (&provider, &id), &decided, &request).await
}

/// Turns a proposal down. The proposer may do so alone.
#[utoipa::path(post, path = "/staff/v1/providers/{provider_id}/changes/{change_id}/reject", tag = "directory",
    params(("provider_id" = String, Path), ("change_id" = String, Path), IdempotencyKey),
    request_body = RejectionRequest, responses((status = 200, body = ChangeState), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("update")), ("x-medius-thing" = json!("directory"))))]
pub(crate) async fn reject(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((provider, id)): PathIds<(ProviderId, ChangeId)>,
    key: IdempotencyKey,
    body: Body<RejectionRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    let decided = change::Decided::Reject(body.value.ground);
    change::decide(&state, &staff, &origin, (&provider, &id), &decided, &request).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_query_names_a_status_or_nothing() {
        assert_eq!(status(None).unwrap(), ChangeStatus::Pending);
        assert_eq!(status(Some("")).unwrap(), ChangeStatus::Pending);
        assert_eq!(status(Some("status=rejected")).unwrap(), ChangeStatus::Rejected);
        for bad in ["status=", "status=PENDING", "status=pending&x=1", "state=pending"] {
            assert!(status(Some(bad)).is_err(), "{bad}");
        }
    }
}
