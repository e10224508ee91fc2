//! The Composition: the letter's outline, with a narrative for readers that do not understand the entries.

use super::{Context, path};
use crate::fhir::catalogue::section;
use crate::fhir::datatypes::{CodeableConcept, Identifier, Narrative, Reference, translation};
use crate::fhir::narrative::{bilingual, line, list, paragraph, plain};
use crate::fhir::resources::{Composition, Section};
use crate::view::{range_text, value_text};
use medius_domain::health::{Answer, Phrase, ResultValue, Said, Story, TestResult};

pub(super) fn composition(cx: &Context<'_>) -> Composition {
    Composition {
        identifier: Identifier {
            kind: None,
            system: Some(format!("{}/d", cx.issue.verify_base_url)),
            value: cx.issue.document_number.to_string(),
        },
        status: "final",
        kind: CodeableConcept::loinc(section::REFERRAL),
        subject: cx.patient(),
        date: cx.now.clone(),
        author: vec![cx.patient()],
        title: "Patient-initiated referral letter".to_owned(),
        title_extended: translation("ko", Some("환자 진료 요청서")),
        confidentiality: "N",
        custodian: cx.reference(path::OPERATOR),
        section: sections(cx),
    }
}

fn sections(cx: &Context<'_>) -> Vec<Section> {
    let intake = cx.intake;
    vec![
        Section {
            title: "Reason for referral",
            title_extended: translation("ko", Some("진료 요청 사유")),
            code: Some(CodeableConcept::loinc(section::REASON)),
            text: story(&intake.reason),
            entry: vec![cx.reference(path::REQUEST)],
            empty_reason: None,
        },
        problems(cx),
        listed(
            ("Allergies and intolerances", "알레르기"),
            section::ALLERGIES,
            intake.allergies.status(),
            intake.allergies.items().iter().map(|a| {
                let reaction = a.reaction.as_ref().map(|r| format!("reaction: {}", phrase(r)));
                line(&[Some(phrase(&a.substance)), reaction].into_iter().flatten().collect::<Vec<_>>())
            }),
            cx.references(path::ALLERGY, intake.allergies.items().len()),
        ),
        listed(
            ("Medications", "복용 약물"),
            section::MEDICATIONS,
            intake.medications.status(),
            intake.medications.items().iter().map(|m| {
                let dose = m.dose.as_ref().map(|d| plain("", d.expose()));
                let since = m.since.as_ref().map(|d| plain("since", d.expose()));
                let parts = [Some(phrase(&m.name)), dose, m.directions.as_ref().map(phrase), since];
                line(&parts.into_iter().flatten().collect::<Vec<_>>())
            }),
            cx.references(path::MEDICATION, intake.medications.items().len()),
        ),
        results(cx),
        Section {
            title: "Attachments",
            title_extended: translation("ko", Some("첨부 자료")),
            code: Some(CodeableConcept::loinc(section::ATTACHMENTS)),
            text: paragraph("The patient was not asked for attachments."),
            entry: Vec::new(),
            empty_reason: empty_reason(Answer::NotAsked),
        },
        wishes(cx),
    ]
}

/// Symptoms and the problem list, told apart by their category.
fn problems(cx: &Context<'_>) -> Section {
    let intake = cx.intake;
    let mut lines = Vec::new();
    let mut entry = Vec::new();
    for (kind, status, count) in [
        ("symptoms", intake.symptoms.status(), intake.symptoms.items().len()),
        ("illnesses", intake.history.status(), intake.history.items().len()),
    ] {
        match status {
            Answer::NoneKnown => lines.push(format!("No {kind}: none known")),
            Answer::NotAsked => lines.push(format!("{kind}: not asked")),
            Answer::Listed if kind == "symptoms" => {
                lines.extend(intake.symptoms.items().iter().map(|s| {
                    let since = s.since.as_ref().map(|d| plain("since", d.expose()));
                    let parts = [Some(format!("Symptom: {}", phrase(&s.description))), since];
                    line(&parts.into_iter().flatten().collect::<Vec<_>>())
                }));
                entry.extend(cx.references(path::SYMPTOM, count));
            }
            Answer::Listed => {
                lines.extend(intake.history.items().iter().map(|c| {
                    let since = c.since.as_ref().map(|d| plain("since", d.expose()));
                    let parts = [Some(format!("Illness: {}", phrase(&c.description))), since];
                    line(&parts.into_iter().flatten().collect::<Vec<_>>())
                }));
                entry.extend(cx.references(path::PROBLEM, count));
            }
        }
    }
    // Two questions, one section: "none known" only where both were asked.
    let both_asked = [intake.symptoms.status(), intake.history.status()].iter().all(|s| *s == Answer::NoneKnown);
    let empty = if both_asked { Answer::NoneKnown } else { Answer::NotAsked };
    Section {
        title: "Symptoms and problems",
        title_extended: translation("ko", Some("증상 및 병력")),
        code: Some(CodeableConcept::loinc(section::PROBLEMS)),
        text: list(&lines),
        empty_reason: entry.is_empty().then(|| empty_reason(empty)).flatten(),
        entry,
    }
}

fn results(cx: &Context<'_>) -> Section {
    let results = &cx.intake.results;
    let mut entry: Vec<Reference> = Vec::new();
    if !results.items().is_empty() {
        entry.push(cx.reference(path::REPORT));
        entry.extend(cx.references(path::RESULT, results.items().len()));
    }
    listed(
        ("Test results", "검사 결과"),
        section::RESULTS,
        results.status(),
        results.items().iter().map(result_line),
        entry,
    )
}

fn result_line(result: &TestResult) -> String {
    let (unit, range) = match &result.value {
        ResultValue::Quantity(q) => (q.unit.print(), range_text(q)),
        ResultValue::Text(_) => ("", None),
    };
    let value = format!("{} {unit}", value_text(&result.value));
    let parts = [
        Some(format!("{}: {}", phrase(&result.name), plain("", value.trim_end()))),
        range.map(|r| plain("reference range", &r)),
        Some(plain("collected", result.collected_on.expose())),
        result.laboratory.as_ref().map(|l| plain("laboratory:", l.expose())),
    ];
    line(&parts.into_iter().flatten().collect::<Vec<_>>())
}

/// Concerns and expectations; no code of the handful fits, so the section has its title alone.
fn wishes(cx: &Context<'_>) -> Section {
    let parts = [("Concerns", cx.intake.concerns.as_ref()), ("Expectations", cx.intake.expectations.as_ref())];
    let lines: Vec<String> = parts
        .into_iter()
        .map(|(kind, said)| match said {
            Some(said) => format!("{kind}: {}", bilingual(said.text.expose(), said.ko.as_ref().map(|k| k.expose()))),
            None => format!("{kind}: not stated"),
        })
        .collect();
    Section {
        title: "Concerns and expectations of the patient",
        title_extended: translation("ko", Some("환자의 걱정과 기대")),
        code: None,
        text: list(&lines),
        entry: Vec::new(),
        empty_reason: None,
    }
}

fn listed(
    (title, ko): (&'static str, &'static str),
    code: &'static str,
    status: Answer,
    lines: impl Iterator<Item = String>,
    entry: Vec<Reference>,
) -> Section {
    let text = match status {
        Answer::Listed => list(&lines.collect::<Vec<_>>()),
        Answer::NoneKnown => paragraph("None known: the patient was asked."),
        Answer::NotAsked => paragraph("Not asked, or the patient did not want to answer. This does not mean none."),
    };
    Section {
        title,
        title_extended: translation("ko", Some(ko)),
        code: Some(CodeableConcept::loinc(code)),
        text,
        entry,
        empty_reason: empty_reason(status),
    }
}

/// Why a list is empty (IPS): the question was put, or it was not.
fn empty_reason(status: Answer) -> Option<CodeableConcept> {
    let code = |code, display| {
        Some(CodeableConcept::code("http://terminology.hl7.org/CodeSystem/list-empty-reason", code, Some(display)))
    };
    match status {
        Answer::NoneKnown => code("nilknown", "Nil Known"),
        Answer::NotAsked => code("notasked", "Not Asked"),
        Answer::Listed => None,
    }
}

fn phrase(said: &Said<Phrase>) -> String {
    bilingual(said.text.expose(), said.ko.as_ref().map(|k| k.expose()))
}

fn story(said: &Said<Story>) -> Narrative {
    paragraph(&bilingual(said.text.expose(), said.ko.as_ref().map(|k| k.expose())))
}
