//! What the staff's screens send and get.

use chrono::{DateTime, Utc};
use medius_domain::id::Subject;
use medius_domain::member::{Access, Happened, Hold, Member, Past};
use medius_domain::person::Email;
use medius_domain::policy::Role;
use medius_store::Account;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role that staff can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Accompanies patients.
    Coordinator,
    /// Reviews letters.
    ClinicianReviewer,
    /// Data protection officer.
    Dpo,
    /// Reads access logs.
    Auditor,
    /// Runs the service.
    Ops,
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::Coordinator => Self::Coordinator,
            StaffRole::ClinicianReviewer => Self::ClinicianReviewer,
            StaffRole::Dpo => Self::Dpo,
            StaffRole::Auditor => Self::Auditor,
            StaffRole::Ops => Self::Ops,
        }
    }
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The address that they will sign in with; the invitation goes there.
    #[schema(value_type = String)]
    pub email: Email,
}

/// A role to give.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleRequest {
    /// Which.
    pub role: StaffRole,
}

/// One line of a member's history.
#[derive(Serialize, ToSchema)]
pub struct PastView {
    /// `created`, `granted`, `removed`, `disabled`.
    pub what: &'static str,
    /// The role that was given or taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, as a pseudonym.
    #[schema(value_type = String)]
    pub by: Subject,
}

impl From<&Past> for PastView {
    fn from(past: &Past) -> Self {
        let (what, role) = match past.happened {
            Happened::Created => ("created", None),
            Happened::Granted { role } => ("granted", Some(role.code())),
            Happened::Removed { role } => ("removed", Some(role.code())),
            Happened::Disabled => ("disabled", None),
        };
        Self { what, role, at: past.at, by: past.by.clone() }
    }
}

/// Ids and states of a member: the answer to whoever changed them.
#[derive(Serialize, ToSchema)]
pub struct MemberState {
    /// Their pseudonym, as the access log has it.
    #[schema(value_type = String)]
    pub subject: Subject,
    /// The roles that are on record as held.
    pub roles: Vec<&'static str>,
    /// Roles whose change has begun and is not finished: repeat the request.
    pub unsettled: Vec<&'static str>,
    /// Whether they can sign in.
    pub enabled: bool,
}

impl From<&Member> for MemberState {
    fn from(member: &Member) -> Self {
        let with =
            |wanted: &[Hold]| member.roles.iter().filter(|h| wanted.contains(&h.hold)).map(|h| h.role.code()).collect();
        Self {
            subject: member.subject.clone(),
            roles: with(&[Hold::Granted]),
            unsettled: with(&[Hold::Granting, Hold::Removing]),
            enabled: member.access == Access::Active,
        }
    }
}

/// A member of staff: the account as the pool has it, and what is on record.
#[derive(Serialize, ToSchema)]
pub struct MemberView {
    /// Their pseudonym, as the access log has it.
    #[schema(value_type = String)]
    pub subject: Subject,
    /// The address that they sign in with; for `ops` only, who run the accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Email>,
    /// The roles that a sign-in gets now.
    pub roles: Vec<&'static str>,
    /// Roles whose change has begun and is not finished: repeat the request.
    pub unsettled: Vec<&'static str>,
    /// Whether they can sign in.
    pub enabled: bool,
    /// Whether the invitation waits to be used.
    pub invited: bool,
    /// When the account was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// Grants and removals of the last three years, the newest last.
    pub history: Vec<PastView>,
}

impl MemberView {
    /// The view of an account with its roles in the pool and its record.
    pub fn new(account: &Account, mut roles: Vec<Role>, record: Option<&Member>, with_email: bool) -> Self {
        roles.sort();
        Self {
            subject: account.subject.clone(),
            email: account.email.clone().filter(|_| with_email),
            roles: roles.into_iter().map(Role::code).collect(),
            unsettled: record.map(|m| MemberState::from(m).unsettled).unwrap_or_default(),
            enabled: account.enabled,
            invited: account.invited,
            created_at: account.created_at,
            history: record.map(|m| m.history.iter().map(PastView::from).collect()).unwrap_or_default(),
        }
    }
}

/// The staff.
#[derive(Serialize, ToSchema)]
pub struct MemberList {
    /// Members, the oldest account first.
    pub items: Vec<MemberView>,
}
