//! What is said of a deletion that was carried out: where the proof is, what a statute keeps, and what stays all the same.

use super::RightText;
use chrono::NaiveDate;
use medius_domain::id::{CaseId, DestructionId, InquiryId};
use medius_domain::lifecycle::HoldGround;
use medius_domain::rights::{Held, HeldInquiry, Outcome, RightsRequest};
use serde::Serialize;
use utoipa::ToSchema;

/// A case that a statute keeps.
#[derive(Serialize, ToSchema)]
pub struct RightHeld {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// `dispute`, `order`.
    #[schema(value_type = String)]
    pub ground: HoldGround,
    /// The statute.
    pub statute: &'static str,
    /// The day (Asia/Seoul) with whose end it is destroyed, unless the hold is renewed.
    pub until: NaiveDate,
}

impl From<&Held> for RightHeld {
    fn from(held: &Held) -> Self {
        Self { case_id: held.case_id.clone(), ground: held.ground, statute: held.statute.name(), until: held.until }
    }
}

/// An inquiry that a statute keeps.
#[derive(Serialize, ToSchema)]
pub struct RightHeldInquiry {
    /// The inquiry.
    #[schema(value_type = String)]
    pub inquiry_id: InquiryId,
    /// The statute.
    pub statute: &'static str,
    /// The last day (Asia/Seoul) on which it is kept.
    pub until: NaiveDate,
}

impl From<&HeldInquiry> for RightHeldInquiry {
    fn from(held: &HeldInquiry) -> Self {
        Self { inquiry_id: held.inquiry_id.clone(), statute: held.statute.name(), until: held.until }
    }
}

/// What no deletion takes away: proof of what was done, without anything about health.
pub(super) const STILL_KEPT: [RightText; 3] = [
    RightText {
        ko: "이 요청의 처리 기록은 종결 후 3년 동안 보관합니다. 90일이 지나면 누구의 요청인지 알아볼 수 없게 합니다.",
        en: "The record of this request is kept for three years after its end; after ninety days it no longer says whose it was.",
    },
    RightText {
        ko: "누가 언제 무엇을 했는지에 관한 접근 기록은 개인정보의 안전성 확보조치 기준 제8조에 따라 2년 동안 보관합니다.",
        en: "The log of who did what is kept for two years (Standard for Ensuring the Safety of Personal Information, Art. 8).",
    },
    RightText {
        ko: "파기를 증명하는 기록과 확인서는 이름 없이 보관합니다.",
        en: "The proof that everything was destroyed is kept without a name.",
    },
];

/// Where the certificates of what was destroyed are: of what is held there is none yet.
pub(super) fn certificates(request: &RightsRequest) -> Vec<String> {
    if request.outcome != Some(Outcome::Deleted) {
        return Vec::new();
    }
    let held: Vec<DestructionId> = request.held.iter().map(|held| DestructionId::of(&held.case_id)).collect();
    request.destructions.iter().filter(|id| !held.contains(id)).map(|id| format!("/c/{id}")).collect()
}
