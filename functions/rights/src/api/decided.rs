//! What the data protection officer sends to decide.

use chrono::NaiveDate;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::ProviderId;
use medius_domain::rights::{DeferralGround, Evidence, Ground, Outcome};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What the patient is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightEvidenceRequest {
    /// `which_part`, `right_value`, `document`; at least one.
    #[schema(value_type = Vec<String>)]
    pub needed: BTreeSet<Evidence>,
}

/// A refusal. Statute, words and the way to object come with the ground.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightRefusalRequest {
    /// Access: `access_barred_by_statute`, `harm_to_others`; correction: `found_accurate`; deletion: `kept_by_statute`.
    #[schema(value_type = String)]
    pub ground: Ground,
}

/// Access put off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightDeferralRequest {
    /// `extent`, `third_party`, `system_failure`.
    #[schema(value_type = String)]
    pub ground: DeferralGround,
    /// The day (Asia/Seoul) to which it is put off: from tomorrow to 30 days ahead.
    pub until: NaiveDate,
}

/// What was done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightResultRequest {
    /// Access: `handed_over`; correction: `corrected`, `forwarded_to_source`. A deletion is completed by the service.
    #[schema(value_type = String)]
    pub outcome: Outcome,
    /// With `forwarded_to_source`: the institution that recorded what is to be corrected. It is told by a mail that names the
    /// request and nobody. Such a request need not be agreed to before.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub institution: Option<ProviderId>,
    /// Where it was done in part only: the ground on which the rest is turned down.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub ground: Option<Ground>,
}

impl RightResultRequest {
    /// The institution that it is passed on to; none for every other outcome.
    pub(crate) fn forwarded_to(&self) -> Result<Option<&ProviderId>, FieldError> {
        let wrong = |why| Err(FieldError::new("/institution", why));
        match (self.outcome, &self.institution) {
            (Outcome::ForwardedToSource, Some(institution)) => Ok(Some(institution)),
            (Outcome::ForwardedToSource, None) => wrong(Invalid::Missing),
            (
                Outcome::HandedOver | Outcome::Corrected | Outcome::Deleted | Outcome::Suspended | Outcome::Resumed,
                Some(_),
            ) => wrong(Invalid::Inconsistent),
            (
                Outcome::HandedOver | Outcome::Corrected | Outcome::Deleted | Outcome::Suspended | Outcome::Resumed,
                None,
            ) => Ok(None),
        }
    }
}

/// The decision about an objection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightObjectionDecision {
    /// Whether the objection is right.
    pub uphold: bool,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PROVIDER: &str = "prv_00000000000000000000000000000000";

    #[test]
    fn who_recorded_it_is_named_where_it_is_passed_on_and_nowhere_else() {
        let of = |json: &str| {
            let result: RightResultRequest = serde_json::from_str(&json.replace("PROVIDER", PROVIDER)).unwrap();
            result.forwarded_to().map(|to| to.map(ToString::to_string)).map_err(|e| e.code)
        };
        let (forwarded, corrected) = (r#""outcome": "forwarded_to_source""#, r#""outcome": "corrected""#);
        let institution = r#""institution": "PROVIDER""#;
        assert_eq!(of(&format!("{{{forwarded}, {institution}}}")), Ok(Some(PROVIDER.to_owned())));
        assert_eq!(of(&format!("{{{forwarded}}}")), Err("missing"));
        assert_eq!(of(&format!("{{{corrected}, {institution}}}")), Err("inconsistent"));
        assert_eq!(of(&format!("{{{corrected}}}")), Ok(None));
    }
}
