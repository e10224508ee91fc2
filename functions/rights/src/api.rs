//! What clients send.

mod decided;

pub use decided::{
    RightDeferralRequest, RightEvidenceRequest, RightObjectionDecision, RightRefusalRequest, RightResultRequest,
};

use chrono::NaiveDate;
use medius_domain::access::{AccessReason, Purpose};
use medius_domain::consent::DataItem;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, ProviderId};
use medius_domain::lifecycle::SuspensionScope;
use medius_domain::rights::{Right, State};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// A request about the patient's rights.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightWish {
    /// `access`, `correction`, `deletion`, `suspension`, `resume`.
    #[schema(value_type = String)]
    pub right: Right,
    /// The case; without one it is about all of the patient's. A correction, a suspension and its end are about one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub case_id: Option<CaseId>,
    /// What shall stop; with a suspension only.
    #[serde(default)]
    pub scope: Option<RightScope>,
    /// With a suspension of everything: `isolate`, which it is unless said, keeps what is there apart from every use; `destroy`
    /// opens a request for deletion with it (PIPA Art. 37(5)).
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub data: Option<SuspendedData>,
    /// The parts that are wrong: `identity`, `contact`, `residence`, `reason`, `symptoms`, `history`, `allergies`,
    /// `medications`, `results`, `concerns`. A correction names at least one; a deletion is of everything and
    /// names none.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub parts: BTreeSet<DataItem>,
}

/// What becomes of what is there, with a suspension.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspendedData {
    /// It is kept apart from every use.
    Isolate,
    /// It is destroyed.
    Destroy,
}

/// What a suspension is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightScope {
    /// `all`, `purpose`, `recipient`.
    #[schema(value_type = String)]
    pub kind: ScopeKind,
    /// With `purpose`: `referral_letter`, `provision`, `explanation`, `inquiry`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub purpose: Option<Purpose>,
    /// With `recipient`: the institution.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub recipient: Option<ProviderId>,
}

/// The kinds of a suspension.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// Everything.
    All,
    /// One purpose.
    Purpose,
    /// One institution.
    Recipient,
}

impl RightScope {
    fn parsed(self) -> Result<SuspensionScope, FieldError> {
        let wrong = |pointer: &str, why| Err(FieldError::new(pointer, why));
        match (self.kind, self.purpose, self.recipient) {
            (ScopeKind::All, None, None) => Ok(SuspensionScope::All),
            (ScopeKind::Purpose, Some(purpose), None) => match purpose {
                Purpose::ReferralLetter | Purpose::Provision | Purpose::Explanation | Purpose::Inquiry => {
                    Ok(SuspensionScope::Purpose { purpose })
                }
                // Rights and the oversight that the law asks for never stop.
                Purpose::PatientRights | Purpose::Oversight | Purpose::Administration => {
                    wrong("/scope/purpose", Invalid::UnknownValue)
                }
            },
            (ScopeKind::Recipient, None, Some(recipient)) => Ok(SuspensionScope::Recipient { recipient }),
            (ScopeKind::Purpose, None, _) => wrong("/scope/purpose", Invalid::Missing),
            (ScopeKind::Recipient, _, None) => wrong("/scope/recipient", Invalid::Missing),
            (ScopeKind::All | ScopeKind::Recipient, Some(_), _) => wrong("/scope/purpose", Invalid::Inconsistent),
            (ScopeKind::All | ScopeKind::Purpose, _, Some(_)) => wrong("/scope/recipient", Invalid::Inconsistent),
        }
    }
}

/// A request whose parts fit each other.
pub(crate) struct Parsed {
    pub(crate) right: Right,
    pub(crate) case_id: Option<CaseId>,
    pub(crate) scope: Option<SuspensionScope>,
    pub(crate) parts: BTreeSet<DataItem>,
    /// Whether a deletion is asked for with it.
    pub(crate) destroy: bool,
}

impl RightWish {
    pub(crate) fn parsed(self) -> Result<Parsed, Vec<FieldError>> {
        let Self { right, case_id, scope, data, parts } = self;
        let mut wrong = Vec::new();
        let mut says = |pointer: &str, why| wrong.push(FieldError::new(pointer, why));
        // Right values belong to one story.
        if (right.at_once() || right == Right::Correction) && case_id.is_none() {
            says("/case_id", Invalid::Missing);
        }
        match (right, &scope) {
            (Right::Suspension, None) => says("/scope", Invalid::Missing),
            (Right::Access | Right::Correction | Right::Deletion | Right::Resume, Some(_)) => {
                says("/scope", Invalid::Inconsistent);
            }
            (Right::Suspension, Some(_))
            | (Right::Access | Right::Correction | Right::Deletion | Right::Resume, None) => {}
        }
        match right {
            Right::Correction if parts.is_empty() => says("/parts", Invalid::Missing),
            // Whom a child's guardian is, the route of the guardian says, with a code to the new one.
            Right::Correction if parts.contains(&DataItem::Guardian) => says("/parts", Invalid::Inconsistent),
            // A single part is emptied in the story by the patient alone; what is asked for here is that all of it goes.
            Right::Access | Right::Deletion | Right::Suspension | Right::Resume if !parts.is_empty() => {
                says("/parts", Invalid::Inconsistent);
            }
            Right::Access | Right::Correction | Right::Deletion | Right::Suspension | Right::Resume => {}
        }
        if data.is_some() && right != Right::Suspension {
            says("/data", Invalid::Inconsistent);
        }
        let scope = match scope.map(RightScope::parsed).transpose() {
            Ok(scope) => scope,
            Err(why) => {
                wrong.push(why);
                None
            }
        };
        let destroy = data == Some(SuspendedData::Destroy);
        // To destroy is to destroy everything: who stops one purpose or one institution keeps the rest in use.
        if destroy && scope.as_ref().is_some_and(|scope| *scope != SuspensionScope::All) {
            wrong.push(FieldError::new("/data", Invalid::Inconsistent));
        }
        if wrong.is_empty() { Ok(Parsed { right, case_id, scope, parts, destroy }) } else { Err(wrong) }
    }
}

/// Which requests the officer's queue is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RightQueueParams {
    /// One state; unless said every one in which something is still to be done.
    #[param(value_type = Option<String>)]
    pub state: Option<State>,
    /// The last day (Asia/Seoul) on which an answer may be due; unless said all.
    pub due_by: Option<NaiveDate>,
}

/// Why the officer looks at a proof.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RightReasonParams {
    /// Code of the reason.
    #[param(value_type = Option<String>)]
    pub reason: Option<AccessReason>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CASE: &str = "cas_00000000000000000000000000000000";
    const PROVIDER: &str = "prv_00000000000000000000000000000000";

    fn wrong(json: &str) -> Vec<String> {
        let json = json.replace("CASE", CASE).replace("PROVIDER", PROVIDER);
        let wish: RightWish = serde_json::from_str(&json).unwrap();
        match wish.parsed() {
            Ok(_) => vec![],
            Err(errors) => errors.iter().map(|e| format!("{} {}", e.pointer, e.code)).collect(),
        }
    }

    #[test]
    fn the_parts_of_a_request_fit_each_other() {
        for (json, expected) in [
            (r#"{"right": "access"}"#, &[] as &[&str]),
            (r#"{"right": "access", "case_id": "CASE"}"#, &[]),
            (r#"{"right": "access", "parts": ["contact"]}"#, &["/parts inconsistent"]),
            (r#"{"right": "correction", "case_id": "CASE"}"#, &["/parts missing"]),
            (r#"{"right": "correction", "parts": ["contact"]}"#, &["/case_id missing"]),
            (r#"{"right": "correction", "case_id": "CASE", "parts": ["contact"]}"#, &[]),
            (
                r#"{"right": "correction", "case_id": "CASE", "parts": ["contact", "guardian"]}"#,
                &["/parts inconsistent"],
            ),
            (r#"{"right": "deletion", "scope": {"kind": "all"}}"#, &["/scope inconsistent"]),
            (r#"{"right": "deletion", "parts": ["contact"]}"#, &["/parts inconsistent"]),
            (r#"{"right": "suspension"}"#, &["/case_id missing", "/scope missing"]),
            (r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "all"}}"#, &[]),
            (
                r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "purpose"}}"#,
                &["/scope/purpose missing"],
            ),
            (
                r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "purpose", "purpose": "patient_rights"}}"#,
                &["/scope/purpose unknown-value"],
            ),
            (
                r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "all", "recipient": "PROVIDER"}}"#,
                &["/scope/recipient inconsistent"],
            ),
            (
                r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "recipient", "recipient": "PROVIDER"}}"#,
                &[],
            ),
            (r#"{"right": "access", "data": "isolate"}"#, &["/data inconsistent"]),
            (r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "all"}, "data": "isolate"}"#, &[]),
            (r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "all"}, "data": "destroy"}"#, &[]),
            (
                r#"{"right": "suspension", "case_id": "CASE", "scope": {"kind": "recipient", "recipient": "PROVIDER"}, "data": "destroy"}"#,
                &["/data inconsistent"],
            ),
            (r#"{"right": "resume"}"#, &["/case_id missing"]),
            (r#"{"right": "resume", "case_id": "CASE"}"#, &[]),
        ] {
            assert_eq!(wrong(json), expected, "{json}");
        }
    }
}
