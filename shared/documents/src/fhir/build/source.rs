//! Where a value of the patient's records was read: file, page and row, beside the value. The file itself does not go along;
//! a DocumentReference tells its kind, size and SHA-256, by which the patient can show that it is the same file.

use super::{Context, path};
use crate::fhir::datatypes::{Annotation, Attachment, CodeableConcept, Identifier, Meta, Reference, translation};
use crate::fhir::resources::{Agent, DocumentContent, DocumentReference, Provenance, SourceEntity};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use medius_domain::disclosure::Disclosure;
use medius_domain::health::Source;
use medius_domain::upload::FileKind;

/// A file from which something was read that is handed on.
pub(super) struct File<'a> {
    /// Its number among the files of the case.
    number: u32,
    media: FileKind,
    sha256: &'a str,
    bytes: Option<u64>,
    /// The places in the Bundle of what was read from it.
    values: Vec<String>,
}

/// What is handed on, by where it comes from.
pub(super) struct Sources<'a> {
    /// Files, in the order of their numbers.
    pub(super) files: Vec<File<'a>>,
    /// Places of what the patient typed from a record.
    typed: Vec<String>,
    /// Places of what the patient told in the story.
    pub(super) told: Vec<String>,
}

impl<'a> Sources<'a> {
    pub(super) fn of(disclosure: &'a Disclosure) -> Self {
        let mut sources = Self { files: Vec::new(), typed: Vec::new(), told: Vec::new() };
        let story = [
            (path::SYMPTOM, disclosure.symptoms().items().len()),
            (path::PROBLEM, disclosure.history().items().len()),
            (path::ALLERGY, disclosure.allergies().items().len()),
        ];
        for (place, count) in story {
            sources.told.extend((0..count).map(|i| format!("{place}/{i}")));
        }
        for (i, medicine) in disclosure.medications().items().iter().enumerate() {
            sources.add(medicine.source.as_ref(), format!("{}/{i}", path::MEDICATION));
        }
        for (i, result) in disclosure.results().items().iter().enumerate() {
            sources.add(result.source.as_ref(), format!("{}/{i}", path::RESULT));
        }
        sources.files.sort_by_key(|file| file.number);
        sources
    }

    fn add(&mut self, source: Option<&'a Source>, value: String) {
        match source {
            None => self.told.push(value),
            Some(Source::Form) => self.typed.push(value),
            Some(Source::File { number, media, sha256, bytes, .. }) => {
                match self.files.iter_mut().find(|file| file.number == *number) {
                    Some(file) => file.values.push(value),
                    None => {
                        let (number, media, bytes, values) = (*number, *media, *bytes, vec![value]);
                        self.files.push(File { number, media, sha256, bytes, values });
                    }
                }
            }
        }
    }

    /// The place of a file's reference in the Bundle.
    fn place(number: u32) -> String {
        format!("{}/{number}", path::FILE)
    }

    /// What every value is taken from, where it is not only told: one Provenance for what was typed from records, and one for
    /// each file. The patient confirmed each value beside its row, the service only read it.
    pub(super) fn provenances(&self, cx: &Context<'_>) -> Vec<(String, Provenance)> {
        let agent = |code, display, who| Agent { kind: participant(code, display), who };
        let mut all = Vec::new();
        if !self.typed.is_empty() {
            let provenance = Provenance {
                target: self.typed.iter().map(|value| cx.reference(value)).collect(),
                recorded: cx.now.clone(),
                activity: Some(activity("Typed by the patient from a record", "환자가 기록을 보고 입력함")),
                agent: vec![agent("enterer", "Enterer", cx.patient())],
                entity: Vec::new(),
            };
            all.push((format!("{}/typed", path::PROVENANCE), provenance));
        }
        all.extend(self.files.iter().map(|file| {
            let provenance = Provenance {
                target: file.values.iter().map(|value| cx.reference(value)).collect(),
                recorded: cx.now.clone(),
                activity: Some(activity(
                    "Read from a file, confirmed by the patient beside the original row",
                    "파일에서 읽고 환자가 원문 옆에서 확인함",
                )),
                agent: vec![
                    agent("assembler", "Assembler", cx.reference(path::OPERATOR)),
                    agent("verifier", "Verifier", cx.patient()),
                ],
                entity: vec![SourceEntity { role: "source", what: cx.reference(&Self::place(file.number)) }],
            };
            (format!("{}/file/{}", path::PROVENANCE, file.number), provenance)
        }));
        all
    }
}

impl File<'_> {
    /// Its place in the Bundle.
    pub(super) fn place(&self) -> String {
        Sources::place(self.number)
    }

    /// One line for people: number, kind, size, hash.
    pub(super) fn line(&self) -> String {
        let size = self.bytes.map_or_else(String::new, |bytes| format!(", {bytes} bytes"));
        format!("File {} ({}{size}), SHA-256 {}", self.number, self.media.code(), self.sha256)
    }

    pub(super) fn reference(&self, cx: &Context<'_>) -> DocumentReference {
        DocumentReference {
            meta: Meta::patient_asserted(),
            identifier: name_by_hash(self.sha256).into_iter().collect(),
            status: "current",
            subject: cx.patient(),
            author: vec![cx.patient()],
            description: format!("{}. It stays with the patient, who can show it.", self.line()),
            content: vec![DocumentContent {
                attachment: Attachment {
                    content_type: self.media.media_type(),
                    size: self.bytes,
                    title: format!("File {}", self.number),
                },
            }],
        }
    }
}

/// A file's name by what is in it (RFC 6920): R4 has no other place for a SHA-256.
fn name_by_hash(sha256: &str) -> Option<Identifier> {
    let hash = HEXLOWER.decode(sha256.as_bytes()).ok()?;
    let value = format!("ni:///sha-256;{}", BASE64URL_NOPAD.encode(&hash));
    Some(Identifier { kind: None, system: Some("urn:ietf:rfc:3986".to_owned()), value })
}

/// How somebody took part.
pub(super) fn participant(code: &'static str, display: &'static str) -> CodeableConcept {
    let system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
    CodeableConcept::code(system, code, Some(display))
}

fn activity(en: &str, ko: &str) -> CodeableConcept {
    CodeableConcept { text_extended: translation("ko", Some(ko)), ..CodeableConcept::text(en, None) }
}

/// What is said about a value in words.
pub(super) fn note(source: Option<&Source>) -> Vec<Annotation> {
    let text = match source {
        None => return Vec::new(),
        Some(Source::Form) => "Typed by the patient from a record.".to_owned(),
        Some(Source::File { number, place, .. }) => {
            format!("Read from the patient's file {number}, {place}; confirmed by the patient beside the original row.")
        }
    };
    vec![Annotation { text }]
}

/// The file of a value, with page and row.
pub(super) fn derived_from(cx: &Context<'_>, source: Option<&Source>) -> Vec<Reference> {
    match source {
        None | Some(Source::Form) => Vec::new(),
        Some(Source::File { number, media, sha256, place, .. }) => {
            let display = format!("file {number} ({}, SHA-256 {sha256}), {place}", media.code());
            vec![Reference { display: Some(display), ..cx.reference(&Sources::place(*number)) }]
        }
    }
}
