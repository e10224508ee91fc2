//! What people without a sign-in send, and what they get.

use crate::api::{Parsed, RightScope, RightWish};
use crate::view::{RightState, RightText};
use chrono::{DateTime, Utc};
use medius_domain::code::OneTimeCode;
use medius_domain::consent::{DataItem, TextLanguage};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, RightId};
use medius_domain::person::Email;
use medius_domain::rights::{Claimant, Right, RightsRequest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A request about a patient's rights, without a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimWish {
    /// `access`, `correction`, `deletion`, `suspension`; `resume` for the patient only.
    #[schema(value_type = String)]
    pub right: Right,
    /// The case; without one it is about all of the patient's. Needed where a mailbox belongs to several patients, and for a
    /// correction, a suspension and its end.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub case_id: Option<CaseId>,
    /// What shall stop; with a suspension only.
    #[serde(default)]
    pub scope: Option<RightScope>,
    /// The parts that are wrong, or that shall be deleted.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub parts: BTreeSet<DataItem>,
    /// The mailbox that the service has on file for the patient, or for a child's guardian. The code goes there.
    #[schema(value_type = String, format = "email")]
    pub email: Email,
    /// `self`, `guardian`, `agent`.
    #[schema(value_type = String)]
    pub role: Claimant,
    /// The language of mails: `ko` or `en`.
    #[schema(value_type = String)]
    pub language: TextLanguage,
}

/// A request whose parts fit each other.
pub(super) struct ParsedClaim {
    pub(super) wish: Parsed,
    pub(super) email: Email,
    pub(super) role: Claimant,
    pub(super) language: TextLanguage,
}

impl ClaimWish {
    pub(super) fn parsed(self) -> Result<ParsedClaim, Vec<FieldError>> {
        let Self { right, case_id, scope, parts, email, role, language } = self;
        let wish = RightWish { right, case_id, scope, data: None, parts }.parsed();
        // What was stopped goes on by the patient's own will only.
        let theirs = right != Right::Resume || role == Claimant::Patient;
        let not_theirs = (!theirs).then(|| FieldError::new("/role", Invalid::Inconsistent));
        match (wish, not_theirs) {
            (Ok(wish), None) => Ok(ParsedClaim { wish, email, role, language }),
            (Ok(_), Some(wrong)) => Err(vec![wrong]),
            (Err(wrong), more) => Err(wrong.into_iter().chain(more).collect()),
        }
    }
}

/// A request that was taken in. The answer is the same for a mailbox that nobody has told us.
#[derive(Serialize, ToSchema)]
pub struct ClaimState {
    /// Its id: for the code, and for asking how it stands.
    #[schema(value_type = String)]
    pub id: RightId,
    /// When the answer is due: the first moment after that day in Seoul. Proving who asks does not stop it.
    pub due_at: DateTime<Utc>,
    /// Until when the code can be used.
    pub code_valid_until: DateTime<Utc>,
    /// What comes next.
    pub next: RightText,
}

impl ClaimState {
    pub(super) fn new(request: &RightsRequest, code_valid_until: DateTime<Utc>) -> Self {
        let next = RightText {
            ko: "입력하신 메일 주소가 등록되어 있으면 그 주소로 코드를 보냅니다. 10분 안에 코드를 입력해 주십시오. 한 메일 \
                 주소를 여러 환자가 쓰는 경우에는 접수 번호를 함께 적어 주십시오.",
            en: "If this mailbox is on file, a code goes to it. Enter it within 10 minutes. Where several patients share a \
                 mailbox, name the case.",
        };
        Self { id: request.id.clone(), due_at: request.due_at, code_valid_until, next }
    }
}

/// The code from the mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimCode {
    /// Eight digits.
    #[schema(value_type = String)]
    pub code: OneTimeCode,
}

/// What a right code gives.
#[derive(Serialize, ToSchema)]
pub struct ClaimTicket {
    /// For `Authorization: Bearer`, for this request only. It is shown once.
    pub ticket: String,
    /// Until when it can be used.
    pub valid_until: DateTime<Utc>,
    /// Where the request stands.
    pub request: RightState,
    /// Why it did not take effect with the code: `already-suspended`, `not-suspended`, `ask-for-each-case`. The data protection
    /// officer has it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_because: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wrong(json: &str) -> Vec<String> {
        let wish: ClaimWish = serde_json::from_str(json).unwrap();
        match wish.parsed() {
            Ok(_) => vec![],
            Err(errors) => errors.iter().map(|e| format!("{} {}", e.pointer, e.code)).collect(),
        }
    }

    #[test]
    fn only_the_patient_lets_go_on_what_was_stopped() {
        let of = |right: &str, role: &str| {
            let case = "cas_00000000000000000000000000000000";
            let case = if right == "resume" { format!(r#""case_id": "{case}","#) } else { String::new() };
            wrong(&format!(
                r#"{{{case} "right": "{right}", "email": "a@b.example", "role": "{role}", "language": "ko"}}"#
            ))
        };
        let correction = r#"{"right": "correction", "parts": ["contact"], "email": "a@b.example", "role": "self",
            "language": "ko"}"#;
        assert_eq!(wrong(correction), ["/case_id missing"]);
        for role in ["self", "guardian", "agent"] {
            assert!(of("access", role).is_empty());
            let expected: &[&str] = if role == "self" { &[] } else { &["/role inconsistent"] };
            assert_eq!(of("resume", role), expected);
        }
        assert_eq!(of("suspension", "agent"), ["/case_id missing", "/scope missing"]);
    }
}
