//! What clients send and get.

use chrono::{DateTime, Utc};
use medius_domain::access::AccessReason;
use medius_domain::clinician::{LetterReview, Reviewer, Wording};
use medius_domain::id::{CaseId, DocumentNumber, ReferralId};
use medius_store::ReferralRecord;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Why staff look.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhyParams {
    /// Code of the reason; always needed.
    #[param(value_type = Option<String>)]
    pub reason: Option<AccessReason>,
}

/// A letter that waits for its review. Nothing in it says who the patient is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewItem {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// The letter.
    #[schema(value_type = String)]
    pub referral_id: ReferralId,
    /// Its number on paper.
    #[schema(value_type = String)]
    pub document_number: DocumentNumber,
    /// When the review was asked for; none once the letter is signed.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
}

impl From<&ReferralRecord> for ReviewItem {
    fn from(letter: &ReferralRecord) -> Self {
        let (asked_at, signed_at) = match &letter.review {
            Some(LetterReview::Waiting { asked_at }) => (Some(*asked_at), None),
            Some(LetterReview::Signed { signed_at, .. }) => (None, Some(*signed_at)),
            None => (None, None),
        };
        Self {
            case_id: letter.case_id.clone(),
            referral_id: letter.id.clone(),
            document_number: letter.document_number.clone(),
            asked_at,
            signed_at,
        }
    }
}

/// Letters that wait for their review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewItems {
    /// The letters, those that were asked for first first, at most 100.
    pub items: Vec<ReviewItem>,
}

/// A letter as its reviewer reads it.
#[derive(Serialize, ToSchema)]
pub struct DraftView {
    /// Its number on paper.
    #[schema(value_type = String)]
    pub document_number: DocumentNumber,
    /// All that the letter shows; the PDF is at `POST /staff/v1/cases/{case_id}/referrals/{referral_id}/letter`.
    #[schema(value_type = Object)]
    pub letter: medius_documents::ReferralView,
    /// What of it is the service's own wording, test by test: nothing else can be put right.
    #[schema(value_type = Vec<Object>)]
    pub own_wording: Vec<medius_documents::view::OwnWording>,
}

/// A reviewer's signature.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureRequest {
    /// Code of the reason; always needed.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub reason: Option<AccessReason>,
    /// Who signs: `name`, `profession` (`physician`, `dentist`, `korean_medicine_doctor`), `licence`.
    #[schema(value_type = Object)]
    pub reviewer: Reviewer,
    /// What of the service's own wording is put right, test by test: `test`, `ko` (another Korean name; without it none), `code`
    /// and `judged` (whether the service's code and mark stay).
    #[schema(value_type = Vec<Object>)]
    #[serde(default)]
    pub wording: Wording,
}
