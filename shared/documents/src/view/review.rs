//! What a letter says about a clinician's review: with one, who signed and what that stands for; without one, that nobody did.

use super::{Label, kst, redacted};
use crate::issue::Review;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A review, as the letter shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// Who signed.
    pub name: String,
    /// Their profession.
    pub profession: Label,
    /// The number of their licence.
    pub licence: String,
    /// When, in Asia/Seoul, to the minute.
    pub signed_at: String,
    /// What the signature stands for.
    pub meaning: Label,
}

redacted!(ReviewView);

impl ReviewView {
    pub(crate) fn new(review: &Review) -> Self {
        let (ko, en) = review.reviewer.profession.label();
        Self {
            name: review.reviewer.name.expose().to_owned(),
            profession: Label::new(ko, en),
            licence: review.reviewer.licence.expose().to_owned(),
            signed_at: kst(review.signed_at),
            meaning: Label::new(
                "서비스가 붙인 표현(검사명, 코드, 판정 표시)을 검토하고 서명하였습니다. 환자를 진찰한 것이 아니며, 환자가 \
                 제공한 내용의 사실 여부는 확인하지 않았습니다.",
                "Reviewed and signed is the wording that the service added (names of tests, codes, marks). The patient was \
                 not examined, and the facts that the patient supplied were not confirmed.",
            ),
        }
    }
}

/// What the document is, and what it is not.
pub(super) fn nature(review: Option<&Review>) -> Label {
    match review {
        None => Label::new(
            "이 문서는 환자가 직접 작성하여 전달하는 것으로, 의사의 소견서나 요양급여의뢰서가 아닙니다. \
             모든 내용은 환자가 제공하였으며 의료인이 확인하지 않았습니다.",
            "This letter is the patient's own. It is not a physician's opinion or order, nor a referral form of the \
             Korean National Health Insurance. Everything in it was supplied by the patient and has not been \
             confirmed by a clinician.",
        ),
        Some(_) => Label::new(
            "이 문서는 환자가 요청하여 전달하는 것으로, 요양급여의뢰서가 아닙니다. 내용은 환자가 제공하였으며, 서비스가 붙인 \
             표현은 의료인이 검토하고 서명하였습니다(마지막 쪽).",
            "This letter is the patient's request. It is not a referral form of the Korean National Health Insurance. Its \
             facts were supplied by the patient; the wording that the service added was reviewed and signed by a clinician \
             (last page).",
        ),
    }
}
