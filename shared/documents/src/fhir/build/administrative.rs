//! Who asks, who is asked, through whom, and on which consents.

use super::{Context, instant, path, source};
use crate::fhir::catalogue::section;
use crate::fhir::datatypes::{CodeableConcept, ContactPoint, Extension, Identifier, Meta, Reference, translation};
use crate::fhir::resources::{
    Address, Agent, CodeableConceptOwned, CodingOwned, Communication, Consent, HumanName, Organization, Patient,
    Provenance, Provision, ProvisionActor, Rule, ServiceRequest,
};
use crate::issue::ConsentReference;
use crate::view::withheld;
use medius_domain::consent::{DataItem, Item};
use medius_domain::health::Urgency;
use medius_domain::person::Sex;

pub(super) fn patient(cx: &Context<'_>) -> Patient {
    let who = cx.disclosure.identity();
    let (contact, residence) = (cx.disclosure.contact().given(), cx.disclosure.residence().given());
    let mut name = vec![HumanName { extension: Vec::new(), usage: "usual", text: who.name.expose().to_owned() }];
    name.extend(who.name_romanised.as_ref().map(|roman| HumanName {
        extension: vec![Extension {
            url: "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation",
            extension: Vec::new(),
            value_code: Some("ABC"),
            value_string: None,
        }],
        usage: "usual",
        text: roman.expose().to_owned(),
    }));
    Patient {
        meta: if contact.is_some() && residence.is_some() {
            Meta::patient_asserted()
        } else {
            Meta::patient_asserted().redacted()
        },
        name,
        telecom: contact.map_or_else(Vec::new, |c| {
            vec![
                ContactPoint { system: "phone", value: c.phone.expose().to_owned() },
                ContactPoint { system: "email", value: c.email.expose().to_owned() },
            ]
        }),
        gender: match who.sex {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Other => "other",
            Sex::Unknown => "unknown",
        },
        birth_date: who.birth_date.expose().to_string(),
        address: residence.iter().map(|r| Address { country: r.country.expose().to_owned() }).collect(),
        communication: residence
            .iter()
            .flat_map(|r| &r.languages)
            .enumerate()
            .map(|(i, language)| Communication {
                language: CodeableConceptOwned {
                    coding: vec![CodingOwned { system: "urn:ietf:bcp:47", code: language.expose().to_owned() }],
                },
                preferred: i == 0,
            })
            .collect(),
    }
}

/// The number by which Korea registers those who may attract foreign patients; it has no published URI, so none is invented.
pub(in crate::fhir) fn registration(number: &str) -> Identifier {
    Identifier {
        kind: Some(CodeableConcept::text(
            "Registration number for attracting foreign patients (Republic of Korea)",
            Some("외국인환자 유치 등록번호"),
        )),
        system: None,
        value: number.to_owned(),
    }
}

pub(super) fn recipient(cx: &Context<'_>) -> Organization {
    Organization {
        identifier: vec![registration(&cx.to.registration_number)],
        name: cx.to.name_en.clone(),
        name_extended: translation("ko", Some(&cx.to.name_ko)),
        telecom: Vec::new(),
    }
}

pub(super) fn operator(cx: &Context<'_>) -> Organization {
    let operator = &cx.issue.operator;
    Organization {
        identifier: vec![registration(&operator.registration_number)],
        name: operator.name.clone(),
        name_extended: None,
        telecom: vec![ContactPoint { system: "phone", value: operator.phone.clone() }],
    }
}

/// The request itself. A `proposal`: nobody with the authority to order has ordered anything.
pub(super) fn request(cx: &Context<'_>) -> ServiceRequest {
    let reason = cx.disclosure.reason();
    ServiceRequest {
        identifier: vec![Identifier {
            kind: None,
            system: Some(format!("{}/d", cx.issue.verify_base_url)),
            value: cx.issue.document_number.to_string(),
        }],
        status: "active",
        intent: "proposal",
        priority: priority(cx.disclosure.urgency()),
        code: CodeableConcept::text("Consultation requested by the patient", Some("환자가 요청한 진료")),
        subject: cx.patient(),
        authored_on: cx.now.clone(),
        requester: cx.patient(),
        performer_type: CodeableConcept::text(&cx.to.department_en, Some(&cx.to.department_ko)),
        performer: vec![cx.reference(path::RECIPIENT)],
        reason_code: vec![CodeableConcept::text(reason.text.expose(), reason.ko.as_ref().map(|k| k.expose()))],
        supporting_info: cx.references(path::CONSENT, cx.issue.consents.len()),
    }
}

/// `request-priority` knows four steps; `stat` is left out, since an emergency is never queued.
pub(in crate::fhir) const fn priority(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Routine => "routine",
        Urgency::Soon => "urgent",
        Urgency::Urgent => "asap",
    }
}

/// A consent as it stands in the ledger: its event, its text's version and hash.
pub(super) fn consent(cx: &Context<'_>, consent: &ConsentReference) -> Consent {
    let rule = format!(
        "{}. Personal Information Protection Act (Republic of Korea). Text version {}, SHA-256 {}",
        consent.item.en, consent.text_version, consent.text_sha256
    );
    Consent {
        identifier: vec![Identifier { kind: None, system: None, value: consent.event_id.to_string() }],
        status: "active",
        scope: CodeableConcept::code(
            "http://terminology.hl7.org/CodeSystem/consentscope",
            "patient-privacy",
            Some("Privacy Consent"),
        ),
        category: vec![CodeableConcept::loinc(section::CONSENT)],
        patient: cx.patient(),
        date_time: instant(consent.decided_at),
        organization: vec![cx.reference(path::OPERATOR)],
        policy_rule: CodeableConcept::text(&rule, Some(&consent.item.ko)),
        provision: provision(cx, consent.kind),
    }
}

/// For a consent to hand on: which of its parts it permits and which it denies, as the letter has them. Only the inner
/// rules have a type (R4: "not permitted in root rule").
fn provision(cx: &Context<'_>, kind: Item) -> Option<Provision> {
    let (given, left_out) = withheld::split(kind, cx.disclosure);
    let rules = [("permit", given), ("deny", left_out)];
    let provision: Vec<Rule> = rules
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(kind, items)| Rule { kind, actor: vec![receiver(cx)], code: items.into_iter().map(content).collect() })
        .collect();
    (!provision.is_empty()).then_some(Provision { provision })
}

/// The institution as the one who receives the information.
fn receiver(cx: &Context<'_>) -> ProvisionActor {
    ProvisionActor {
        role: CodeableConcept::code(
            "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
            "IRCP",
            Some("information recipient"),
        ),
        reference: cx.reference(path::RECIPIENT),
    }
}

/// A part as the content that a rule is about; a LOINC code where one means that part and no more.
fn content(item: DataItem) -> CodeableConcept {
    let label = withheld::part(item);
    let text = CodeableConcept::text(&label.en, Some(&label.ko));
    let code = match item {
        DataItem::Reason => section::REASON,
        DataItem::Symptoms => section::SYMPTOM,
        DataItem::History => section::PROBLEMS,
        DataItem::Allergies => section::ALLERGIES,
        DataItem::Medications => section::MEDICATIONS,
        DataItem::Results => section::RESULTS,
        DataItem::Identity | DataItem::Contact | DataItem::Residence | DataItem::Concerns | DataItem::Guardian => {
            return text;
        }
    };
    CodeableConcept { coding: CodeableConcept::loinc(code).coding, ..text }
}

/// The patient is the author of the document and of all that they told; the operator only put it together.
pub(super) fn provenance(cx: &Context<'_>) -> Provenance {
    let agent = |code, display, who: Reference| Agent { kind: source::participant(code, display), who };
    let told = cx.sources.told.iter().map(|value| cx.reference(value));
    Provenance {
        target: [cx.reference(path::COMPOSITION), cx.reference(path::REQUEST)].into_iter().chain(told).collect(),
        recorded: cx.now.clone(),
        activity: None,
        agent: vec![
            agent("author", "Author", cx.patient()),
            agent("assembler", "Assembler", cx.reference(path::OPERATOR)),
        ],
        entity: Vec::new(),
    }
}
