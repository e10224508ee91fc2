//! Where a value of the patient's records was read: file, page and row, beside the value. The file itself does not go along, so
//! the reference names it by its number and hash, with which the patient can show it.

use crate::fhir::datatypes::{Annotation, Reference};
use medius_domain::disclosure::Disclosure;
use medius_domain::health::Source;

/// What is said about it in words.
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

/// The file.
pub(super) fn derived_from(source: Option<&Source>) -> Vec<Reference> {
    match source {
        None | Some(Source::Form) => Vec::new(),
        Some(Source::File { number, kind, sha256, place }) => {
            vec![Reference::named(&format!("file {number} ({kind}, SHA-256 {sha256}), {place}"))]
        }
    }
}

/// Whether anything that is handed on was read from a file.
pub(super) fn any_file(disclosure: &Disclosure) -> bool {
    let results = disclosure.results().items().iter().map(|result| result.source.as_ref());
    let medicines = disclosure.medications().items().iter().map(|medicine| medicine.source.as_ref());
    results.chain(medicines).any(|source| matches!(source, Some(Source::File { .. })))
}
