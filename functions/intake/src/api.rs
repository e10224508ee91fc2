//! What clients send and get. The rules of the fields are the domain's; the schemas here describe them for `openapi.json`.

use chrono::{DateTime, Utc};
use medius_domain::case::{Case, CaseState};
use medius_domain::contact::Guardian;
use medius_domain::emergency::EmergencySign;
use medius_domain::intake::{BasicDraft, Draft, HealthDraft};
use medius_domain::lifecycle::Cause;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new case. The question about emergencies comes before anything else.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// Signs of an emergency that the patient has now; an empty list says "none of these".
    #[schema(value_type = Vec<EmergencySignSchema>)]
    pub emergency_signs: Vec<EmergencySign>,
    /// Whether the patient is under 14: then a guardian acts until the 14th birthday (Asia/Seoul).
    #[serde(default)]
    pub patient_under_14: bool,
}

/// Health information, with the question about emergencies asked again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthBody {
    /// Signs of an emergency that the patient has now; never stored.
    #[schema(value_type = Vec<EmergencySignSchema>)]
    pub emergency_signs: Vec<EmergencySign>,
    /// The health part of the story; it replaces the one before.
    #[schema(value_type = HealthSchema)]
    pub health: HealthDraft,
}

/// A case as its patient sees it in a list.
#[derive(Serialize, ToSchema)]
pub struct CaseSummary {
    /// Its id.
    #[schema(value_type = String)]
    pub id: medius_domain::id::CaseId,
    /// Where it stands.
    #[schema(value_type = CaseStateSchema)]
    pub state: CaseState,
    /// Whether it was opened for a patient under 14.
    pub patient_under_14: bool,
    /// Its version, also the `ETag`.
    pub version: u64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When everything about it is destroyed unless it goes on.
    pub expires_at: DateTime<Utc>,
    /// When the service was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    /// Why it counts as completed: `patient_closed`, `outcome_returned`, `cancelled` or `idle`.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_by: Option<Cause>,
    /// Whether the patient has suspended processing.
    pub suspended: bool,
}

impl From<&Case> for CaseSummary {
    fn from(case: &Case) -> Self {
        Self {
            id: case.id.clone(),
            state: case.state,
            patient_under_14: case.minor,
            version: case.version,
            created_at: case.created_at,
            updated_at: case.updated_at,
            expires_at: case.destroy_at(),
            completed_at: case.completion.as_ref().map(|c| c.completed_at),
            completed_by: case.completion.as_ref().map(|c| c.cause),
            suspended: case.suspension.is_some(),
        }
    }
}

/// A case with its story.
#[derive(Serialize, ToSchema)]
pub struct CaseView {
    /// The case.
    #[serde(flatten)]
    pub case: CaseSummary,
    /// Pointers of what is still missing before the case can go on.
    pub missing: Vec<&'static str>,
    /// Basic information, once given.
    #[schema(value_type = Option<BasicSchema>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic: Option<BasicDraft>,
    /// Health information, once given.
    #[schema(value_type = Option<HealthSchema>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthDraft>,
    /// The guardian of a child, once named.
    #[schema(value_type = Option<GuardianSchema>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Guardian>,
}

impl CaseView {
    /// The view of a case with its opened story.
    pub fn new(case: &Case, draft: Draft, guardian: Option<Guardian>) -> Self {
        Self { case: case.into(), missing: draft.missing(), basic: draft.basic, health: draft.health, guardian }
    }
}

/// Own cases.
#[derive(Serialize, ToSchema)]
pub struct CaseList {
    /// The cases, the one that changed last first.
    pub items: Vec<CaseSummary>,
}

pub use schema::*;

mod schema {
    //! Schemas of the domain's types, which know nothing of HTTP. A test holds their fields against the types.
    #![allow(dead_code, missing_docs, reason = "read by the OpenAPI generator only")]

    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(as = EmergencySign, rename_all = "snake_case")]
    pub enum EmergencySignSchema {
        ChestPainNow,
        StrokeSigns,
        SevereBleeding,
        BreathingDifficulty,
        Unconsciousness,
        Seizure,
        SevereAllergicReaction,
        SuicidalThoughts,
        Poisoning,
        PregnancyEmergency,
    }

    #[derive(ToSchema)]
    #[schema(as = CaseState, rename_all = "snake_case")]
    pub enum CaseStateSchema {
        Draft,
        Complete,
    }

    /// The guardian of a child under 14.
    #[derive(ToSchema)]
    #[schema(as = Guardian)]
    pub struct GuardianSchema {
        /// Name, one line.
        #[schema(max_length = 120)]
        pub name: String,
        /// The mailbox that the one-time code goes to; not the child's own.
        #[schema(max_length = 254)]
        pub email: String,
        /// International form, beginning with `+`.
        #[schema(max_length = 32)]
        pub phone: Option<String>,
        /// `parent` or `legal_guardian`.
        pub relationship: String,
        /// Language of mails: `ko` or `en`.
        pub language: String,
    }

    /// Basic information; every field may still be missing in a draft.
    #[derive(ToSchema)]
    #[schema(as = Basic)]
    pub struct BasicSchema {
        /// The name as the patient writes it.
        #[schema(max_length = 120)]
        pub name: Option<String>,
        /// The name in Latin letters, needed when `name` is in another script.
        #[schema(max_length = 120)]
        pub name_romanised: Option<String>,
        /// `YYYY-MM-DD`, 1900 or later, not in the future.
        pub birth_date: Option<String>,
        /// `female`, `male`, `other` or `unknown`.
        pub sex: Option<String>,
        /// International form, beginning with `+`.
        #[schema(max_length = 32)]
        pub phone: Option<String>,
        #[schema(max_length = 254)]
        pub email: Option<String>,
        /// ISO 3166-1 alpha-2.
        pub country: Option<String>,
        /// ISO 639-1, the best one first.
        #[schema(max_items = 5)]
        pub languages: Option<Vec<String>>,
    }

    /// A statement in the patient's own words, with a slot for a Korean rendering.
    #[derive(ToSchema)]
    #[schema(as = Said)]
    pub struct SaidSchema {
        pub text: String,
        pub ko: Option<String>,
    }

    /// A list that says why it is empty: `none_known`, `not_asked` or `listed` with `items`.
    #[derive(ToSchema)]
    #[schema(as = Listing)]
    pub struct ListingSchema {
        pub status: String,
        pub items: Option<Vec<serde_json::Value>>,
    }

    /// Health information; every field may still be missing in a draft.
    #[derive(ToSchema)]
    #[schema(as = Health)]
    pub struct HealthSchema {
        /// Why the patient seeks care.
        pub reason: Option<SaidSchema>,
        /// `routine`, `soon` or `urgent`.
        pub urgency: Option<String>,
        /// `{description: Said, since?, severity?}`, at most 20.
        pub symptoms: Option<ListingSchema>,
        /// `{description: Said, since?, status: active|resolved}`, at most 25.
        pub history: Option<ListingSchema>,
        /// `{substance: Said, reaction?: Said, severity?}`, at most 20.
        pub allergies: Option<ListingSchema>,
        /// `{name: Said, dose?, directions?: Said, since?}`, at most 40.
        pub medications: Option<ListingSchema>,
        /// `{name: Said, value: {quantity: {value, comparator?, unit, low?, high?}} | {text}, collected_on, laboratory?}`,
        /// at most 80. Numbers are decimal strings; units are UCUM codes of the list.
        pub results: Option<ListingSchema>,
        /// What the patient worries about.
        pub concerns: Option<SaidSchema>,
        /// What the patient hopes for.
        pub expectations: Option<SaidSchema>,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;
    use utoipa::PartialSchema;

    /// The names that a type takes, out of its own refusal of another one: they stand between backticks after the first.
    fn taken<T: DeserializeOwned>(other: Value) -> BTreeSet<String> {
        let refusal = serde_json::from_value::<T>(other).err().unwrap().to_string();
        refusal.split('`').skip(1).step_by(2).skip(1).map(ToOwned::to_owned).collect()
    }

    fn properties<S: PartialSchema>() -> BTreeSet<String> {
        let schema = serde_json::to_value(S::schema()).unwrap();
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn the_schemas_have_the_fields_of_the_domain() {
        assert_eq!(properties::<GuardianSchema>(), taken::<Guardian>(json!({"no_such_field": 1})));
        assert_eq!(properties::<BasicSchema>(), taken::<BasicDraft>(json!({"no_such_field": 1})));
        assert_eq!(properties::<HealthSchema>(), taken::<HealthDraft>(json!({"no_such_field": 1})));
        let schema = serde_json::to_value(EmergencySignSchema::schema()).unwrap();
        let signs: BTreeSet<String> =
            schema["enum"].as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect();
        assert_eq!(signs, taken::<EmergencySign>(json!("no_such_sign")));
    }
}
