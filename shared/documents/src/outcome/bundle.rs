//! The Bundle as a whole: bounds, one patient, names that are unique and lead somewhere, nothing that must be understood and is
//! not, and no resident registration number anywhere (PIPA Art. 24-2).

use super::reader::Reader;
use super::{MOST_BYTES, MOST_DEPTH, MOST_ENTRIES};
use medius_domain::field::{FieldError, Invalid};
use medius_ingest::json::{self, Json};
use medius_ingest::{Refused, holds_resident_number};
use std::collections::BTreeSet;

/// The JSON, within its bounds.
pub(super) fn parse(bytes: &[u8]) -> Result<Json, FieldError> {
    if bytes.len() > MOST_BYTES {
        return Err(FieldError::new("", Invalid::TooLong));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| FieldError::new("", Invalid::Format))?;
    let root = json::parse(text, MOST_DEPTH).map_err(|why| {
        let why = if why == Refused::TooDeep { Invalid::OutOfRange } else { Invalid::Format };
        FieldError::new("", why)
    })?;
    if root.get("resourceType").and_then(Json::text) == Some("Bundle") {
        Ok(root)
    } else {
        Err(FieldError::new("/resourceType", Invalid::UnknownValue))
    }
}

/// Rules of the whole Bundle.
pub(super) fn check(reader: &mut Reader<'_>) {
    let root = reader.root;
    let document = match root.get("type").and_then(Json::text) {
        Some("document") => true,
        Some("collection") => false,
        Some(_) => {
            reader.refuse("/type", Invalid::UnknownValue);
            false
        }
        None => {
            reader.refuse("/type", Invalid::Missing);
            false
        }
    };
    let entries = root.get("entry").map_or(&[][..], Json::list);
    if entries.is_empty() {
        reader.refuse("/entry", Invalid::Missing);
        return;
    }
    if entries.len() > MOST_ENTRIES {
        reader.refuse("/entry", Invalid::TooLong);
        return;
    }
    if document {
        // bdl-9, bdl-10, bdl-11.
        let identified = ["system", "value"].iter().all(|name| root.at(&["identifier", name]).is_some());
        reader.unless(identified, "/identifier", Invalid::Missing);
        reader.unless(root.get("timestamp").is_some(), "/timestamp", Invalid::Missing);
        let first = entries[0].at(&["resource", "resourceType"]).and_then(Json::text);
        reader.unless(first == Some("Composition"), "/entry/0/resource/resourceType", Invalid::Inconsistent);
    }
    let mut urls = BTreeSet::new();
    for (i, entry) in entries.iter().enumerate() {
        let at = format!("/entry/{i}");
        match entry.get("fullUrl").map(Json::text) {
            // bdl-7; in a document every entry has a name.
            Some(Some(url)) => reader.unless(urls.insert(url), &format!("{at}/fullUrl"), Invalid::Duplicate),
            Some(None) => reader.refuse(&format!("{at}/fullUrl"), Invalid::Format),
            None => reader.unless(!document, &format!("{at}/fullUrl"), Invalid::Missing),
        }
        let resource = format!("{at}/resource");
        match entry.get("resource") {
            None => reader.refuse(&resource, Invalid::Missing),
            Some(json) => walk(reader, json, &resource, &mut Local::of(json)),
        }
    }
    one_patient(reader, entries);
}

/// Ids of the resources inside a resource.
struct Local<'a>(BTreeSet<&'a str>);

impl<'a> Local<'a> {
    fn of(resource: &'a Json) -> Self {
        let inside = resource.get("contained").map_or(&[][..], Json::list);
        Self(inside.iter().filter_map(|r| r.get("id")?.text()).collect())
    }
}

/// What no element may be or hold, wherever it lies.
fn walk(reader: &mut Reader<'_>, json: &Json, at: &str, local: &mut Local<'_>) {
    match json {
        Json::Object(members) => {
            reader.unless(!members.is_empty(), at, Invalid::Empty);
            for (name, value) in members {
                // A name of theirs may be anything; only those of FHIR's own form stand in a pointer.
                let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && name.len() <= 40;
                let at = if plain { format!("{at}/{name}") } else { at.to_owned() };
                match (name.as_str(), value.text()) {
                    // Whoever does not understand these must not go on (R4, 2.1.0.1).
                    ("modifierExtension" | "implicitRules", _) => reader.refuse(&at, Invalid::UnknownValue),
                    ("reference", Some(target)) => {
                        let found = target.strip_prefix('#').map_or_else(
                            || !target.starts_with("urn:uuid:") || reader.by_url.contains_key(target),
                            |id| id.is_empty() || local.0.contains(id),
                        );
                        reader.unless(found, &at, Invalid::Missing);
                    }
                    (_, _) => {}
                }
                walk(reader, value, &at, local);
            }
        }
        Json::List(items) => {
            reader.unless(!items.is_empty(), at, Invalid::Empty);
            for (i, item) in items.iter().enumerate() {
                walk(reader, item, &format!("{at}/{i}"), local);
            }
        }
        Json::Text(text) => {
            reader.unless(!text.trim().is_empty(), at, Invalid::Empty);
            // An address or a name of ours is no number of a person.
            let address = ["http://", "https://", "urn:"].iter().any(|start| text.starts_with(start));
            reader.unless(address || !holds_resident_number(text), at, Invalid::ResidentNumber);
        }
        Json::Number(digits) => {
            reader.unless(!holds_resident_number(digits), at, Invalid::ResidentNumber);
        }
        Json::Null | Json::Bool(_) => {}
    }
}

/// Records of two people in one Bundle: nothing here can tell which of them is the patient.
fn one_patient(reader: &mut Reader<'_>, entries: &[Json]) {
    let mut subjects = BTreeSet::new();
    let mut patients = 0;
    for (i, entry) in entries.iter().enumerate() {
        let Some(resource) = entry.get("resource") else { continue };
        if resource.get("resourceType").and_then(Json::text) == Some("Patient") {
            patients += 1;
            reader.unless(patients == 1, &format!("/entry/{i}/resource/resourceType"), Invalid::Inconsistent);
        }
        for name in ["subject", "patient"] {
            if let Some(target) = resource.at(&[name, "reference"]).and_then(Json::text) {
                // `Patient/1`, `https://…/Patient/1` and a `urn:uuid:` name one patient each.
                subjects.insert(target.rsplit('/').next().unwrap_or(target));
                let at = format!("/entry/{i}/resource/{name}/reference");
                reader.unless(subjects.len() == 1, &at, Invalid::Inconsistent);
            }
        }
    }
}
