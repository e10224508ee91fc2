//! The Composition: the letter's outline, with a narrative for readers that do not understand the entries.

use super::{Context, path, review};
use crate::fhir::catalogue::section;
use crate::fhir::datatypes::{CodeableConcept, Identifier, Narrative, Reference, translation};
use crate::fhir::narrative::{bilingual, line, list, paragraph, plain};
use crate::fhir::resources::{Composition, RelatesTo, Section};
use crate::view::{Label, Status, range_text, value_text, withheld};
use medius_domain::disclosure::Section as Part;
use medius_domain::health::{Condition, Listing, Phrase, ResultValue, Said, Story, Symptom, TestResult};
use medius_domain::id::DocumentNumber;

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
        attester: cx.issue.review.iter().map(|review| review::attester(cx, review)).collect(),
        custodian: cx.reference(path::OPERATOR),
        relates_to: cx.issue.replaces.iter().map(|number| replaces(cx, number)).collect(),
        section: sections(cx),
    }
}

/// The letter whose place it takes.
fn replaces(cx: &Context<'_>, number: &DocumentNumber) -> RelatesTo {
    let system = Some(format!("{}/d", cx.issue.verify_base_url));
    RelatesTo { code: "replaces", target_identifier: Identifier { kind: None, system, value: number.to_string() } }
}

fn sections(cx: &Context<'_>) -> Vec<Section> {
    let d = cx.disclosure;
    vec![
        Section {
            title: "Reason for referral",
            title_extended: translation("ko", Some("진료 요청 사유")),
            code: Some(CodeableConcept::loinc(section::REASON)),
            text: story(d.reason()),
            entry: vec![cx.reference(path::REQUEST)],
            empty_reason: None,
            section: Vec::new(),
        },
        problems(cx),
        listed(
            ("Allergies and intolerances", "알레르기"),
            section::ALLERGIES,
            Outline::of(d.allergies(), &withheld::allergies_sentence(), |a| {
                let reaction = a.reaction.as_ref().map(|r| format!("reaction: {}", phrase(r)));
                line(&[Some(phrase(&a.substance)), reaction].into_iter().flatten().collect::<Vec<_>>())
            }),
            cx.references(path::ALLERGY, d.allergies().items().len()),
        ),
        listed(
            ("Medications", "복용 약물"),
            section::MEDICATIONS,
            Outline::of(d.medications(), &withheld::list_sentence(), |m| {
                let dose = m.dose.as_ref().map(|d| plain("", d.expose()));
                let since = m.since.as_ref().map(|d| plain("since", d.expose()));
                let parts = [Some(phrase(&m.name)), dose, m.directions.as_ref().map(phrase), since];
                line(&parts.into_iter().flatten().collect::<Vec<_>>())
            }),
            cx.references(path::MEDICATION, d.medications().items().len()),
        ),
        results(cx),
        attachments(cx),
        wishes(cx),
    ]
}

/// The files that values were read from. None of them is attached: the patient can show them, by number and hash.
fn attachments(cx: &Context<'_>) -> Section {
    let files = &cx.sources.files;
    let text = if files.is_empty() {
        paragraph("The patient was not asked for attachments.")
    } else {
        let head = "Nothing is attached. Values name file, page and row; the files stay with the patient:".to_owned();
        list(&std::iter::once(head).chain(files.iter().map(|file| plain("", &file.line()))).collect::<Vec<_>>())
    };
    Section {
        title: "Attachments",
        title_extended: translation("ko", Some("첨부 자료")),
        code: Some(CodeableConcept::loinc(section::ATTACHMENTS)),
        text,
        entry: files.iter().map(|file| cx.reference(&file.place())).collect(),
        empty_reason: files.is_empty().then(|| empty_reason(Status::NotAsked)).flatten(),
        section: Vec::new(),
    }
}

/// Symptoms and the problem list, told apart by their category. Where one of the two is withheld, a section of its own
/// inside says so in code: the outer one has the entries of the other, and a section with entries has no `emptyReason`.
fn problems(cx: &Context<'_>) -> Section {
    let (symptoms, history) = (cx.disclosure.symptoms(), cx.disclosure.history());
    let mut lines = Vec::new();
    let mut entry = Vec::new();
    for (kind, status, items, path) in [
        (
            "symptoms",
            Status::of(symptoms),
            symptoms.items().iter().map(symptom_line).collect::<Vec<_>>(),
            path::SYMPTOM,
        ),
        ("illnesses", Status::of(history), history.items().iter().map(problem_line).collect(), path::PROBLEM),
    ] {
        match status {
            Status::NoneKnown => lines.push(format!("No {kind}: none known")),
            Status::NotAsked => lines.push(format!("{kind}: not asked")),
            Status::Withheld => lines.push(format!("{kind}: {}", both(&withheld::list_sentence()))),
            Status::Listed => {
                entry.extend(cx.references(path, items.len()));
                lines.extend(items);
            }
        }
    }
    // Two questions, one section: "none known" only where both were asked and both answers may be told.
    let statuses = [Status::of(symptoms), Status::of(history)];
    let empty = if statuses.contains(&Status::Withheld) {
        Status::Withheld
    } else if statuses.iter().all(|s| *s == Status::NoneKnown) {
        Status::NoneKnown
    } else {
        Status::NotAsked
    };
    let inner = match statuses {
        [Status::Withheld, Status::Withheld] => Vec::new(),
        [Status::Withheld, _] => vec![left_out(("Symptoms", "증상"), section::SYMPTOM)],
        [_, Status::Withheld] => {
            vec![left_out(("Past and present illnesses", "과거력 및 현재 질환"), section::PROBLEMS)]
        }
        [_, _] => Vec::new(),
    };
    Section {
        title: "Symptoms and problems",
        title_extended: translation("ko", Some("증상 및 병력")),
        code: Some(CodeableConcept::loinc(section::PROBLEMS)),
        text: list(&lines),
        empty_reason: entry.is_empty().then(|| empty_reason(empty)).flatten(),
        entry,
        section: inner,
    }
}

fn symptom_line(symptom: &Symptom) -> String {
    let since = symptom.since.as_ref().map(|d| plain("since", d.expose()));
    let parts = [Some(format!("Symptom: {}", phrase(&symptom.description))), since];
    line(&parts.into_iter().flatten().collect::<Vec<_>>())
}

fn problem_line(illness: &Condition) -> String {
    let since = illness.since.as_ref().map(|d| plain("since", d.expose()));
    let parts = [Some(format!("Illness: {}", phrase(&illness.description))), since];
    line(&parts.into_iter().flatten().collect::<Vec<_>>())
}

fn results(cx: &Context<'_>) -> Section {
    let results = cx.disclosure.results();
    let mut entry: Vec<Reference> = Vec::new();
    if !results.items().is_empty() {
        entry.push(cx.reference(path::REPORT));
        entry.extend(cx.references(path::RESULT, results.items().len()));
    }
    listed(
        ("Test results", "검사 결과"),
        section::RESULTS,
        Outline::of(results, &withheld::list_sentence(), result_line),
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
    let wishes = cx.disclosure.concerns().given();
    let text = match wishes {
        None => paragraph(&both(&withheld::sentence())),
        Some(wishes) => {
            let parts = [("Concerns", wishes.concerns.as_ref()), ("Expectations", wishes.expectations.as_ref())];
            let line = |(kind, said): (&str, Option<&Said<Story>>)| match said {
                Some(said) => {
                    format!("{kind}: {}", bilingual(said.text.expose(), said.ko.as_ref().map(|k| k.expose())))
                }
                None => format!("{kind}: not stated"),
            };
            list(&parts.map(line))
        }
    };
    Section {
        title: "Concerns and expectations of the patient",
        title_extended: translation("ko", Some("환자의 걱정과 기대")),
        code: None,
        text,
        entry: Vec::new(),
        empty_reason: wishes.is_none().then(|| empty_reason(Status::Withheld)).flatten(),
        section: Vec::new(),
    }
}

/// What a list says, and why it is empty.
struct Outline {
    status: Status,
    text: Narrative,
}

impl Outline {
    fn of<T, const MAX: usize>(list_of: &Part<Listing<T, MAX>>, withheld: &Label, line: impl Fn(&T) -> String) -> Self {
        let status = Status::of(list_of);
        let text = match status {
            Status::Listed => list(&list_of.items().iter().map(line).collect::<Vec<_>>()),
            Status::NoneKnown => paragraph("None known: the patient was asked."),
            Status::NotAsked => paragraph("Not asked, or the patient did not want to answer. This does not mean none."),
            Status::Withheld => paragraph(&both(withheld)),
        };
        Self { status, text }
    }
}

fn listed(
    (title, ko): (&'static str, &'static str),
    code: &'static str,
    outline: Outline,
    entry: Vec<Reference>,
) -> Section {
    Section {
        title,
        title_extended: translation("ko", Some(ko)),
        code: Some(CodeableConcept::loinc(code)),
        text: outline.text,
        entry,
        empty_reason: empty_reason(outline.status),
        section: Vec::new(),
    }
}

/// A section for nothing but that it is withheld.
fn left_out(title: (&'static str, &'static str), code: &'static str) -> Section {
    let text = paragraph(&both(&withheld::list_sentence()));
    listed(title, code, Outline { status: Status::Withheld, text }, Vec::new())
}

/// Why a list is empty (IPS): the question was put, it was not, or the answer may not be told.
fn empty_reason(status: Status) -> Option<CodeableConcept> {
    let code = |code, display| {
        Some(CodeableConcept::code("http://terminology.hl7.org/CodeSystem/list-empty-reason", code, Some(display)))
    };
    match status {
        Status::NoneKnown => code("nilknown", "Nil Known"),
        Status::NotAsked => code("notasked", "Not Asked"),
        Status::Withheld => code("withheld", "Information Withheld").map(|concept| {
            let Label { ko, en } = withheld::sentence();
            CodeableConcept { coding: concept.coding, ..CodeableConcept::text(&en, Some(&ko)) }
        }),
        Status::Listed => None,
    }
}

/// The service's own words in a narrative.
fn both(label: &Label) -> String {
    bilingual(&label.en, Some(&label.ko))
}

fn phrase(said: &Said<Phrase>) -> String {
    bilingual(said.text.expose(), said.ko.as_ref().map(|k| k.expose()))
}

fn story(said: &Said<Story>) -> Narrative {
    paragraph(&bilingual(said.text.expose(), said.ko.as_ref().map(|k| k.expose())))
}
