//! Routes: what comes in is parsed, the use case decides, the answer goes out.

use crate::State;
use crate::api::{MemberList, MemberState, MemberView, NewMember, RoleRequest};
use crate::rights::Right;
use crate::{invite, reading, rights};
use axum::Json;
use axum::extract;
use axum::response::Response;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::Subject;
use medius_domain::member::Wanted;
use medius_domain::policy::Role;
use medius_http::openapi::{ChangeProblems, ReadProblems};
use medius_http::{Body, IdempotencyKey, Origin, PathIds, Problem, Staff};

/// The staff with their roles.
#[utoipa::path(get, path = "/staff/v1/members", tag = "members",
    responses((status = 200, body = MemberList), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("member"))))]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
) -> Result<Json<MemberList>, Problem> {
    reading::list(&state, &staff, &origin).await.map(Json)
}

/// One member with their history.
#[utoipa::path(get, path = "/staff/v1/members/{subject}", tag = "members", params(("subject" = String, Path)),
    responses((status = 200, body = MemberView), ReadProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("view")), ("x-medius-thing" = json!("member"))))]
pub(crate) async fn get(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(subject): PathIds<Subject>,
) -> Result<Json<MemberView>, Problem> {
    reading::detail(&state, &staff, &origin, &subject).await.map(Json)
}

/// Makes an account without any role; the pool mails the invitation.
#[utoipa::path(post, path = "/staff/v1/members", tag = "members", params(IdempotencyKey), request_body = NewMember,
    responses((status = 201, body = MemberState,
        headers(("Location" = String, description = "where the member is"))), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("create")), ("x-medius-thing" = json!("member"))))]
pub(crate) async fn create(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    key: IdempotencyKey,
    body: Body<NewMember>,
) -> Result<Response, Problem> {
    let request = key.request(&staff.subject, &body.sha256);
    invite::create(&state, &staff, &origin, &body.value.email, &request).await
}

/// Gives a role. It counts from the member's next sign-in. A repeat finishes what broke off, so it needs no
/// `Idempotency-Key`.
#[utoipa::path(post, path = "/staff/v1/members/{subject}/roles", tag = "members", params(("subject" = String, Path)),
    request_body = RoleRequest, responses((status = 200, body = MemberState), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("member"))))]
pub(crate) async fn grant(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(subject): PathIds<Subject>,
    body: Body<RoleRequest>,
) -> Result<Json<MemberState>, Problem> {
    let right = Right::Role(body.value.role.into(), Wanted::Grant);
    rights::change(&state, &staff, &origin, &subject, right).await.map(Json)
}

/// Takes a role, and ends the member's sessions: what was signed in before acts for 15 minutes at most. A repeat finishes
/// what broke off.
#[utoipa::path(delete, path = "/staff/v1/members/{subject}/roles/{role}", tag = "members",
    params(("subject" = String, Path), ("role" = String, Path)),
    responses((status = 200, body = MemberState), ChangeProblems), security(("staff" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("member"))))]
pub(crate) async fn remove(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds((subject, role)): PathIds<(Subject, String)>,
) -> Result<Json<MemberState>, Problem> {
    // Who may not change roles learns nothing about them, not even which there are.
    rights::allowed(&state, &staff, &origin, &subject).await?;
    let unknown = || Problem::invalid([FieldError::new("/role", Invalid::UnknownValue)]);
    let role = Role::of_group(&role).ok_or_else(unknown)?;
    rights::change(&state, &staff, &origin, &subject, Right::Role(role, Wanted::Remove)).await.map(Json)
}

/// Closes an account and ends its sessions. A repeat finishes what broke off.
#[utoipa::path(post, path = "/staff/v1/members/{subject}/disable", tag = "members",
    params(("subject" = String, Path)), responses((status = 200, body = MemberState), ChangeProblems),
    security(("staff" = [])),
    extensions(("x-medius-action" = json!("grant_change")), ("x-medius-thing" = json!("member"))))]
pub(crate) async fn disable(
    extract::State(state): extract::State<State>,
    staff: Staff,
    origin: Origin,
    PathIds(subject): PathIds<Subject>,
) -> Result<Json<MemberState>, Problem> {
    rights::change(&state, &staff, &origin, &subject, Right::Account).await.map(Json)
}
