//! FHIR R4: Observation, DiagnosticReport, MedicationStatement, MedicationRequest, and Bundles of them.
//!
//! What says that it must be understood (`modifierExtension`, `implicitRules`) and is not, what was withdrawn, and what
//! leaves open which of two values is meant, is left out.

mod medicine;
mod observation;

use crate::json::{self, Json};
use crate::reading::{Code, Notice, Place, Proposal, Proposed, Provenance, Reading};
use crate::text::{bounded, tidy};
use crate::{Limits, Refused, resident};
use std::collections::BTreeSet;

/// Reads a FHIR R4 resource or Bundle in JSON.
///
/// # Errors
/// Why the file is not read.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, Refused> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refused::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(Refused::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refused::WrongKind);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|e| if e.error_len().is_none() { Refused::Truncated } else { Refused::Damaged })?;
    let root = json::parse(text, limits.depth)?;
    let kind = root.get("resourceType").and_then(Json::text).ok_or(Refused::WrongKind)?;
    let mut reader = Reader { root: &root, limits, rows: Vec::new(), left_out: 0 };
    if kind == "Bundle" {
        let entries = root.get("entry").map_or(&[][..], Json::list);
        if entries.len() > limits.entries {
            return Err(Refused::TooManyEntries);
        }
        for (at, entry) in (0_u32..).zip(entries) {
            if let Some(resource) = entry.get("resource") {
                reader.resource(resource, Some(at), &format!("/entry/{at}/resource"))?;
            }
        }
    } else {
        if !matches!(kind, "Observation" | "DiagnosticReport" | "MedicationStatement" | "MedicationRequest") {
            return Err(Refused::UnknownRecord);
        }
        reader.resource(&root, None, "")?;
    }
    one_subject(&root)?;
    let mut texts = Vec::new();
    root.texts(&mut texts);
    let mut reading = Reading { rows: reader.rows, notices: Vec::new() };
    if texts.iter().any(|t| resident::contains(t)) {
        reading.notices.push(Notice::ResidentNumber);
    }
    if reader.left_out > 0 {
        reading.notices.push(Notice::EntriesLeftOut { entries: reader.left_out });
    }
    Ok(reading)
}

/// Records of two people in one file: nothing here can tell which of them is the patient.
fn one_subject(root: &Json) -> Result<(), Refused> {
    let mut subjects = BTreeSet::new();
    let mut patients = 0;
    let entries = root.get("entry").map_or(&[][..], Json::list).iter().filter_map(|e| e.get("resource"));
    for resource in entries.chain([root]) {
        patients += usize::from(resource.get("resourceType").and_then(Json::text) == Some("Patient"));
        let contained = resource.get("contained").map_or(&[][..], Json::list).iter();
        for part in contained.chain([resource]) {
            if let Some(reference) = part.at(&["subject", "reference"]).and_then(Json::text) {
                // `Patient/1`, `https://…/Patient/1` and a `urn:uuid:` name one patient each.
                subjects.insert(reference.rsplit('/').next().unwrap_or(reference).to_owned());
            }
        }
    }
    if patients > 1 || subjects.len() > 1 { Err(Refused::UnknownRecord) } else { Ok(()) }
}

struct Reader<'a> {
    root: &'a Json,
    limits: &'a Limits,
    rows: Vec<Proposal>,
    left_out: u32,
}

impl<'a> Reader<'a> {
    fn resource(&mut self, resource: &'a Json, entry: Option<u32>, pointer: &str) -> Result<(), Refused> {
        let kind = resource.get("resourceType").and_then(Json::text).unwrap_or_default();
        let found = match kind {
            "Observation" => observation::read(resource),
            "MedicationStatement" | "MedicationRequest" => medicine::read(resource, kind, self.root),
            "DiagnosticReport" => {
                self.report(resource, entry, pointer)?;
                return Ok(());
            }
            // What they say is in the other resources, or not for here.
            "Patient" | "Practitioner" | "PractitionerRole" | "Organization" | "Medication" | "Specimen"
            | "Encounter" | "Composition" | "Provenance" | "Device" | "Location" | "OperationOutcome" => return Ok(()),
            _ => Err(1),
        };
        match found {
            Ok(proposals) => {
                for (part, proposed, row) in proposals {
                    let (row, _) = resident::cleaned(row);
                    let place = Place::Entry { entry, pointer: format!("{pointer}{part}") };
                    self.rows.push(Proposal { proposed, provenance: Provenance { place, row } });
                }
            }
            Err(count) => self.left_out += count,
        }
        if self.rows.len() > self.limits.rows { Err(Refused::TooManyEntries) } else { Ok(()) }
    }

    /// A report's results are Observations beside it in the Bundle, or inside it.
    fn report(&mut self, report: &'a Json, entry: Option<u32>, pointer: &str) -> Result<(), Refused> {
        if !is_final(report) || must_be_understood(report) {
            self.left_out += 1;
            return Ok(());
        }
        for (at, part) in report.get("contained").map_or(&[][..], Json::list).iter().enumerate() {
            if part.get("resourceType").and_then(Json::text) == Some("Observation") {
                self.resource(part, entry, &format!("{pointer}/contained/{at}"))?;
            }
        }
        Ok(())
    }
}

/// What a resource proposes: the pointer of its part, the proposal, the row as text. Or how many were left out.
type Found = Result<Vec<(String, Proposed, String)>, u32>;

fn is_final(resource: &Json) -> bool {
    matches!(resource.get("status").and_then(Json::text), Some("final" | "amended" | "corrected"))
}

/// The resource says that who does not understand a part of it must not read it (FHIR R4, 2.1.0.1, modifier elements).
fn must_be_understood(resource: &Json) -> bool {
    resource.get("modifierExtension").is_some_and(|e| !e.list().is_empty()) || resource.get("implicitRules").is_some()
}

/// A concept's name and codes.
fn concept(concept: &Json) -> Option<(String, Vec<Code>)> {
    let codings = concept.get("coding").map_or(&[][..], Json::list);
    let text = concept.get("text").and_then(Json::text).map(tidy).filter(|t| !t.is_empty());
    let display =
        || codings.iter().filter_map(|c| c.get("display").and_then(Json::text)).map(tidy).find(|t| !t.is_empty());
    let name = bounded(text.or_else(display)?, 160).filter(|n| !resident::contains(n))?;
    let code = |coding: &Json| {
        let code = bounded(tidy(coding.get("code").and_then(Json::text)?), 64).filter(|c| !resident::contains(c))?;
        Some(Code { system: coding.get("system").and_then(Json::text).and_then(|s| bounded(tidy(s), 200)), code })
    };
    Some((name, codings.iter().take(20).filter_map(code).collect()))
}

/// The day of a FHIR date or instant, as exact as it is given.
fn day(text: &str) -> Option<String> {
    let day = text.split('T').next().unwrap_or_default();
    let parts: Vec<&str> = day.split('-').collect();
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [y] if digits(y, 4) => Some(day.to_owned()),
        [y, m] if digits(y, 4) && digits(m, 2) && m.parse::<u8>().is_ok_and(|m| (1..=12).contains(&m)) => {
            Some(day.to_owned())
        }
        [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2) => crate::table::date::parse(day),
        _ => None,
    }
}

/// The number of a quantity with its sign, and its unit.
fn quantity(quantity: &Json) -> Option<(String, Option<String>)> {
    if quantity.get("modifierExtension").is_some() || quantity.get("extension").is_some() {
        return None;
    }
    let value = quantity.get("value")?.number()?;
    if value.contains(['e', 'E']) || value.len() > 20 {
        return None;
    }
    let sign = match quantity.get("comparator").map(Json::text) {
        None => "",
        Some(Some(sign @ ("<" | "<=" | ">=" | ">"))) => sign,
        Some(_) => return None,
    };
    Some((format!("{sign}{value}"), unit(quantity)?))
}

/// The unit as it is shown, if its code does not say something else; nothing given is fine.
fn unit(quantity: &Json) -> Option<Option<String>> {
    let get =
        |name| quantity.get(name).and_then(Json::text).map(tidy).filter(|t| !t.is_empty() && t.chars().count() <= 40);
    match (get("unit"), get("code")) {
        (Some(shown), Some(code)) => {
            let ucum = quantity.get("system").and_then(Json::text) == Some("http://unitsofmeasure.org");
            (!ucum || same_unit(&shown, &code)).then_some(Some(shown))
        }
        (Some(shown), None) => Some(Some(shown)),
        (None, Some(code)) => Some(Some(code)),
        (None, None) => Some(None),
    }
}

/// Whether a unit as shown and its UCUM code can be the same: signs apart, and a few spellings that are common.
fn same_unit(shown: &str, code: &str) -> bool {
    const SAME: [(&str, &str); 14] = [
        ("sec", "s"),
        ("secs", "s"),
        ("seconds", "s"),
        ("k/ul", "103/ul"),
        ("m/ul", "106/ul"),
        ("x103/ul", "103/ul"),
        ("x106/ul", "106/ul"),
        ("x10e3/ul", "103/ul"),
        ("beats/min", "/min"),
        ("breaths/min", "/min"),
        ("°c", "cel"),
        ("degc", "cel"),
        ("bpm", "/min"),
        ("mm/hr", "mm/h"),
    ];
    let plain = |text: &str| -> String {
        let text = crate::text::folded(text);
        text.chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, '/' | '%' | '°'))
            .map(|c| if c == 'μ' { 'u' } else { c })
            .collect()
    };
    let (shown, code) = (plain(shown), plain(code));
    shown == code || SAME.contains(&(shown.as_str(), code.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_that_its_code_contradicts_is_not_read() {
        for (shown, code) in [
            ("mg/dL", "mg/dL"),
            ("10^3/µL", "10*3/uL"),
            ("IU/L", "[IU]/L"),
            ("mm Hg", "mm[Hg]"),
            ("sec", "s"),
            ("µIU/mL", "u[IU]/mL"),
        ] {
            assert!(same_unit(shown, code), "{shown} {code}");
        }
        for (shown, code) in [("IU/mL", "u[IU]/mL"), ("mg/dL", "mmol/L"), ("g/dL", "g/L"), ("g", "mg")] {
            assert!(!same_unit(shown, code), "{shown} {code}");
        }
    }

    #[test]
    fn days_as_exact_as_given() {
        assert_eq!(day("2026-03-02T08:31:00+09:00").as_deref(), Some("2026-03-02"));
        assert_eq!(day("2026-03").as_deref(), Some("2026-03"));
        assert_eq!(day("2026").as_deref(), Some("2026"));
        assert_eq!(day("2026-02-30"), None);
        assert_eq!(day("02.03.2026"), None);
    }
}
