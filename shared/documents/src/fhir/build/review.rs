//! The clinician who reviewed the letter: as what, by which licence, and what their signature stands for. The signature itself
//! is over the finished PDF, which contains this Bundle, and so cannot lie inside it.

use super::{Context, instant, path, source};
use crate::fhir::datatypes::{CodeableConcept, Identifier, Reference, translation};
use crate::fhir::resources::{Agent, Attester, PractitionerRole, Provenance};
use crate::issue::Review;

/// As what they act, by name and licence. There is no published URI for Korean licence numbers, so none is invented.
pub(super) fn reviewer(cx: &Context<'_>, review: &Review) -> PractitionerRole {
    let (ko, en) = review.reviewer.profession.label();
    let medical_licence = CodeableConcept {
        text: Some("Licence number (Republic of Korea)".to_owned()),
        text_extended: translation("ko", Some("면허번호")),
        ..CodeableConcept::code("http://terminology.hl7.org/CodeSystem/v2-0203", "MD", Some("Medical License number"))
    };
    let licence =
        Identifier { kind: Some(medical_licence), system: None, value: review.reviewer.licence.expose().to_owned() };
    PractitionerRole {
        practitioner: Reference {
            identifier: Some(Box::new(licence)),
            ..Reference::named(review.reviewer.name.expose())
        },
        organization: cx.reference(path::OPERATOR),
        code: vec![CodeableConcept::text(en, Some(ko))],
    }
}

/// The same as an attester of the document: the author stays the patient.
pub(super) fn attester(cx: &Context<'_>, review: &Review) -> Attester {
    Attester { mode: "professional", time: instant(review.signed_at), party: cx.reference(path::REVIEWER) }
}

/// What they did: reviewed the document's wording.
pub(super) fn provenance(cx: &Context<'_>, review: &Review) -> Provenance {
    Provenance {
        target: vec![cx.reference(path::COMPOSITION)],
        recorded: instant(review.signed_at),
        activity: Some(CodeableConcept::text(
            "Reviewed and signed: the service's own wording. The facts are the patient's and were not confirmed.",
            Some("서비스의 표현을 검토하고 서명함. 내용은 환자가 제공하였으며 사실 여부는 확인하지 않음."),
        )),
        agent: vec![Agent { kind: source::participant("attester", "Attester"), who: cx.reference(path::REVIEWER) }],
        entity: Vec::new(),
    }
}
