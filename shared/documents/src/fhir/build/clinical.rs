//! What the patient tells about their health: unconfirmed, asserted by the patient.

use super::{Context, source};
use crate::fhir::catalogue::section;
use crate::fhir::datatypes::{Annotation, CodeableConcept, Meta, Period, translation};
use crate::fhir::resources::{AllergyIntolerance, Condition, Dosage, MedicationStatement, Reaction};
use crate::view::severity as severity_label;
use medius_domain::health::{
    Allergy, Condition as Illness, ConditionStatus, Medication, Phrase, Said, Severity, Symptom,
};

fn said(said: &Said<Phrase>) -> CodeableConcept {
    CodeableConcept::text(said.text.expose(), said.ko.as_ref().map(|k| k.expose()))
}

fn clinical_status(code: &'static str, display: &'static str) -> CodeableConcept {
    CodeableConcept::code("http://terminology.hl7.org/CodeSystem/condition-clinical", code, Some(display))
}

fn condition_unconfirmed() -> CodeableConcept {
    CodeableConcept::code(
        "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        "unconfirmed",
        Some("Unconfirmed"),
    )
}

/// A symptom: a Condition of the category that C-CDA calls by LOINC 75325-1, apart from the problem list.
pub(super) fn symptom(cx: &Context<'_>, symptom: &Symptom) -> Condition {
    let mut category = CodeableConcept::loinc(section::SYMPTOM);
    category.text = Some("Symptom".to_owned());
    category.text_extended = translation("ko", Some("증상"));
    Condition {
        meta: Meta::patient_asserted(),
        clinical_status: clinical_status("active", "Active"),
        verification_status: condition_unconfirmed(),
        category: vec![category],
        severity: symptom.severity.map(|s| {
            let label = severity_label(s);
            CodeableConcept::text(&label.en, Some(&label.ko))
        }),
        code: said(&symptom.description),
        subject: cx.patient(),
        onset_date_time: symptom.since.as_ref().map(|d| d.expose().to_owned()),
        recorded_date: cx.now.clone(),
        asserter: cx.patient(),
    }
}

/// An illness of the problem list.
pub(super) fn problem(cx: &Context<'_>, illness: &Illness) -> Condition {
    Condition {
        meta: Meta::patient_asserted(),
        clinical_status: match illness.status {
            ConditionStatus::Active => clinical_status("active", "Active"),
            ConditionStatus::Resolved => clinical_status("resolved", "Resolved"),
        },
        verification_status: condition_unconfirmed(),
        category: vec![CodeableConcept::code(
            "http://terminology.hl7.org/CodeSystem/condition-category",
            "problem-list-item",
            Some("Problem List Item"),
        )],
        severity: None,
        code: said(&illness.description),
        subject: cx.patient(),
        onset_date_time: illness.since.as_ref().map(|d| d.expose().to_owned()),
        recorded_date: cx.now.clone(),
        asserter: cx.patient(),
    }
}

/// An allergy. A severity without a reaction is a note: FHIR's severity belongs to a reaction, and none is invented.
pub(super) fn allergy(cx: &Context<'_>, allergy: &Allergy) -> AllergyIntolerance {
    let severity = allergy.severity.map(|s| match s {
        Severity::Mild => "mild",
        Severity::Moderate => "moderate",
        Severity::Severe => "severe",
    });
    let note = match (&allergy.reaction, severity) {
        (None, Some(severity)) => {
            vec![Annotation {
                text: format!("Severity as told by the patient: {severity}; the reaction was not told."),
            }]
        }
        (Some(_), _) | (None, None) => Vec::new(),
    };
    AllergyIntolerance {
        meta: Meta::patient_asserted(),
        clinical_status: CodeableConcept::code(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
            "active",
            Some("Active"),
        ),
        verification_status: CodeableConcept::code(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
            "unconfirmed",
            Some("Unconfirmed"),
        ),
        code: said(&allergy.substance),
        patient: cx.patient(),
        recorded_date: cx.now.clone(),
        asserter: cx.patient(),
        note,
        reaction: allergy
            .reaction
            .iter()
            .map(|reaction| Reaction { manifestation: vec![said(reaction)], severity })
            .collect(),
    }
}

pub(super) fn medication(cx: &Context<'_>, medicine: &Medication) -> MedicationStatement {
    MedicationStatement {
        meta: Meta::patient_asserted(),
        status: "active",
        medication_codeable_concept: said(&medicine.name),
        subject: cx.patient(),
        effective_period: medicine.since.as_ref().map(|d| Period { start: Some(d.expose().to_owned()), end: None }),
        date_asserted: cx.now.clone(),
        information_source: cx.patient(),
        derived_from: source::derived_from(cx, medicine.source.as_ref()),
        note: source::note(medicine.source.as_ref()),
        dosage: dosage(medicine).into_iter().collect(),
    }
}

/// Dose and directions as written: taking them apart would be reading something into them.
fn dosage(medicine: &Medication) -> Option<Dosage> {
    let dose = medicine.dose.as_ref().map(|d| d.expose());
    let join = |directions: Option<&str>| match (dose, directions) {
        (Some(dose), Some(directions)) => Some(format!("{dose}; {directions}")),
        (Some(text), None) | (None, Some(text)) => Some(text.to_owned()),
        (None, None) => None,
    };
    let text = join(medicine.directions.as_ref().map(|d| d.text.expose()))?;
    let ko = medicine.directions.as_ref().and_then(|d| d.ko.as_ref()).and_then(|ko| join(Some(ko.expose())));
    Some(Dosage { text, text_extended: translation("ko", ko.as_deref()) })
}
