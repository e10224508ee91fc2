//! Test results as the patient copied them.

use super::{Context, path, source};
use crate::fhir::catalogue::{LOINC, section};
use crate::fhir::datatypes::{CodeableConcept, Coding, Meta, Quantity, Reference, number, translation};
use crate::fhir::resources::{DiagnosticReport, Observation, ReferenceRange};
use crate::view::{Judgement, judge, known_test, korean_name, range_text};
use medius_domain::health::{Comparator, Number, Quantity as Measured, ResultValue, TestResult};

/// A result. Its status is `unknown`: whether the laboratory called it final, a patient cannot tell.
pub(super) fn observation(cx: &Context<'_>, result: &TestResult) -> Result<Observation, serde_json::Error> {
    let wording = cx.issue.wording(result.name.text.expose());
    let known = known_test(result).filter(|_| wording.is_none_or(|w| w.code));
    let ko = korean_name(result, wording);
    let mut code = CodeableConcept::text(result.name.text.expose(), ko);
    let (value_quantity, value_string, interpretation, reference_range) = match &result.value {
        ResultValue::Quantity(q) => {
            let loinc = known.and_then(|k| k.loinc(q.unit));
            code.coding.extend(loinc.map(|code| Coding { system: LOINC, version: None, code, display: None }));
            let marked = wording.is_none_or(|w| w.judged);
            (Some(measured(q)?), None, if marked { interpretation(q) } else { Vec::new() }, range(q)?)
        }
        ResultValue::Text(text) => (None, Some(text.expose().to_owned()), Vec::new(), Vec::new()),
    };
    Ok(Observation {
        meta: Meta::patient_asserted(),
        status: "unknown",
        code,
        subject: cx.patient(),
        effective_date_time: result.collected_on.expose().to_owned(),
        performer: result.laboratory.iter().map(|l| Reference::named(l.expose())).collect(),
        value_quantity,
        value_string,
        interpretation,
        note: source::note(result.source.as_ref()),
        reference_range,
        derived_from: source::derived_from(cx, result.source.as_ref()),
    })
}

fn amount(value: Number, q: &Measured) -> Result<Quantity, serde_json::Error> {
    Ok(Quantity {
        value: number(value.expose())?,
        comparator: None,
        unit: Some(q.unit.print()).filter(|u| !u.is_empty()),
        system: "http://unitsofmeasure.org",
        code: q.unit.code(),
    })
}

fn measured(q: &Measured) -> Result<Quantity, serde_json::Error> {
    let comparator = q.comparator.map(|c| match c {
        Comparator::Less => "<",
        Comparator::LessOrEqual => "<=",
        Comparator::GreaterOrEqual => ">=",
        Comparator::Greater => ">",
    });
    Ok(Quantity { comparator, ..amount(q.value, q)? })
}

/// The laboratory's own range.
fn range(q: &Measured) -> Result<Vec<ReferenceRange>, serde_json::Error> {
    let Some(text) = range_text(q) else { return Ok(Vec::new()) };
    let low = q.low.map(|n| amount(n, q)).transpose()?;
    let high = q.high.map(|n| amount(n, q)).transpose()?;
    Ok(vec![ReferenceRange { low, high, text }])
}

/// Where the value lies in that range; nothing where it cannot be judged.
fn interpretation(q: &Measured) -> Vec<CodeableConcept> {
    let code = |code, display| {
        vec![CodeableConcept::code(
            "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
            code,
            Some(display),
        )]
    };
    match judge(q) {
        Judgement::High => code("H", "High"),
        Judgement::Low => code("L", "Low"),
        Judgement::Within => code("N", "Normal"),
        Judgement::NotJudged => Vec::new(),
    }
}

/// All results as one report, since the patient handed them over together.
pub(super) fn report(cx: &Context<'_>) -> DiagnosticReport {
    let mut code = CodeableConcept::loinc(section::RESULTS);
    code.text = Some("Test results supplied by the patient".to_owned());
    code.text_extended = translation("ko", Some("환자가 제공한 검사 결과"));
    DiagnosticReport {
        meta: Meta::patient_asserted(),
        status: "unknown",
        code,
        subject: cx.patient(),
        issued: cx.now.clone(),
        result: cx.references(path::RESULT, cx.disclosure.results().items().len()),
    }
}
