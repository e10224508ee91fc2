//! The resources that are read: their required elements, bindings and invariants, and what of them is kept.

use super::reader::{Place, Reader};
use super::{Diagnosis, Finding, Medicine, Outcome, Planned, Section, Visit};
use medius_domain::field::Invalid;
use medius_domain::health::Phrase;
use medius_ingest::json::Json;

/// Who and where, and what only refers to the rest.
const BESIDE: [&str; 10] = [
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "RelatedPerson",
    "ServiceRequest",
    "Task",
    "Provenance",
    "Specimen",
];
/// Sections may lie in sections (R4); deeper than this no document of one visit goes.
const MOST_LEVELS: usize = 6;

/// What every resource says.
pub(super) fn read(reader: &mut Reader<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let entries = reader.root.get("entry").map_or(&[][..], Json::list);
    for (i, entry) in entries.iter().enumerate().take(super::MOST_ENTRIES) {
        let Some(json) = entry.get("resource") else { continue };
        let at = format!("/entry/{i}/resource");
        let of = Place { json, at: &at };
        match json.get("resourceType").and_then(Json::text) {
            Some("Composition") => composition(reader, of, &mut outcome),
            Some("DiagnosticReport") => report(reader, of, &mut outcome),
            Some("Observation") => outcome.results.extend(observation(reader, of)),
            Some("Condition") => outcome.diagnoses.extend(condition(reader, of)),
            Some("MedicationStatement") => outcome.medicines.extend(medicine(reader, of)),
            Some("Encounter") => outcome.visits.extend(encounter(reader, of)),
            Some("Appointment") => outcome.appointments.extend(appointment(reader, of)),
            Some(name) if BESIDE.contains(&name) => {}
            Some(_) => reader.refuse(&format!("{at}/resourceType"), Invalid::UnknownValue),
            None => reader.refuse(&format!("{at}/resourceType"), Invalid::Missing),
        }
    }
    outcome
}

/// A status of the binding; what was withdrawn is not imported.
fn status<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>, known: &[&str]) -> Option<&'a str> {
    let status = reader.code(of, "status", known)?;
    let withdrawn = matches!(status, "entered-in-error" | "cancelled" | "nullified");
    reader.unless(!withdrawn, &format!("{}/status", of.at), Invalid::Inconsistent);
    Some(status)
}

fn required(reader: &mut Reader<'_>, of: Place<'_, '_>, names: &[&str]) {
    for name in names {
        reader.unless(of.json.get(name).is_some(), &format!("{}/{name}", of.at), Invalid::Missing);
    }
}

fn composition<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>, outcome: &mut Outcome) {
    let status = status(reader, of, &["preliminary", "final", "amended", "entered-in-error"]);
    required(reader, of, &["type", "date", "author", "title"]);
    outcome.preliminary = status == Some("preliminary");
    outcome.title = reader.phrase(of, "title");
    outcome.written_on = reader.day(of, "date");
    for (i, author) in of.json.get("author").map_or(&[][..], Json::list).iter().enumerate() {
        let at = format!("{}/author/{i}", of.at);
        outcome.authors.extend(called(reader, author, &at));
    }
    sections(reader, of, outcome, 0);
}

/// The name of somebody or something that is referred to.
fn called<'a>(reader: &mut Reader<'a>, reference: &'a Json, at: &str) -> Option<Phrase> {
    let named = |json: &Json| {
        let name = json.get("name")?;
        name.text().or_else(|| name.list().first()?.get("text")?.text()).map(str::to_owned)
    };
    let target = reference.get("reference").and_then(Json::text).and_then(|url| reader.by_url.get(url).copied());
    let behind =
        target.and_then(|json| named(json).or_else(|| Some(json.at(&["practitioner", "display"])?.text()?.to_owned())));
    let name = reference.get("display").and_then(Json::text).map(str::to_owned).or(behind)?;
    reader.joined(&name, at)
}

fn sections<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>, outcome: &mut Outcome, level: usize) {
    if level > MOST_LEVELS {
        reader.refuse(of.at, Invalid::OutOfRange);
        return;
    }
    for (i, json) in of.json.get("section").map_or(&[][..], Json::list).iter().enumerate() {
        let at = format!("{}/section/{i}", of.at);
        let section = Place { json, at: &at };
        let has = |name| json.get(name).is_some();
        // cmp-1, cmp-2.
        reader.unless(has("text") || has("entry") || has("section"), &at, Invalid::Empty);
        reader.unless(!(has("emptyReason") && has("entry")), &format!("{at}/emptyReason"), Invalid::Inconsistent);
        let title = reader.phrase(section, "title");
        if let Some(text) = reader.narrative(section) {
            outcome.sections.push(Section { title, text });
        }
        sections(reader, section, outcome, level + 1);
    }
}

const REPORT: [&str; 10] = [
    "registered",
    "partial",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "appended",
    "cancelled",
    "entered-in-error",
    "unknown",
];

fn report<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>, outcome: &mut Outcome) {
    let status = status(reader, of, &REPORT);
    reader.concept(of, "code", true);
    outcome.preliminary |= matches!(status, Some("registered" | "partial" | "preliminary"));
    reader.day(of, "effectiveDateTime");
    reader.instant(of, "issued");
    outcome.conclusions.extend(reader.story(of, "conclusion"));
}

const OBSERVATION: [&str; 8] =
    ["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"];

fn observation<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>) -> Option<Finding> {
    status(reader, of, &OBSERVATION);
    let (name, _) = reader.concept(of, "code", true);
    let on = reader.day(of, "effectiveDateTime");
    let parts = of.json.get("component").map_or(&[][..], Json::list);
    let mut values = value(reader, of).into_iter().collect::<Vec<_>>();
    for (i, json) in parts.iter().enumerate() {
        let at = format!("{}/component/{i}", of.at);
        let part = Place { json, at: &at };
        let (name, _) = reader.concept(part, "code", true);
        let value = value(reader, part);
        values.extend(name.zip(value).map(|(name, value)| format!("{}: {value}", name.expose())));
    }
    let range = of.json.get("referenceRange").map_or(&[][..], Json::list).first().and_then(|json| {
        let at = format!("{}/referenceRange/0", of.at);
        range(reader, Place { json, at: &at })
    });
    // Without a value there is nothing to tell; that it is absent is a fact of the sender's system.
    if values.is_empty() {
        return None;
    }
    let value = reader.joined(&values.join("; "), of.at)?;
    Some(Finding { name: name?, value, range, on })
}

/// A value in one of the forms that are read; obs-6: none beside the reason why there is none.
fn value<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>) -> Option<String> {
    let forms =
        ["valueQuantity", "valueString", "valueCodeableConcept", "valueInteger", "valueBoolean", "valueDateTime"];
    let given: Vec<&str> = forms.into_iter().filter(|form| of.json.get(form).is_some()).collect();
    let absent = of.json.get("dataAbsentReason").is_some();
    reader.unless(given.is_empty() || !absent, &format!("{}/dataAbsentReason", of.at), Invalid::Inconsistent);
    reader.unless(given.len() <= 1, of.at, Invalid::Inconsistent);
    if let Json::Object(members) = of.json {
        let other = members.iter().find(|(n, _)| n.starts_with("value") && !forms.contains(&n.as_str()));
        reader.unless(other.is_none(), of.at, Invalid::UnknownValue);
    }
    let form = *given.first()?;
    let (json, at) = (of.json.get(form)?, format!("{}/{form}", of.at));
    let place = Place { json, at: &at };
    match (form, json) {
        ("valueQuantity", _) => reader.quantity(place),
        ("valueCodeableConcept", _) => reader.named(place).0.map(|name| name.expose().to_owned()),
        ("valueDateTime", _) => reader.day(of, form).map(|day| day.expose().to_owned()),
        ("valueString", Json::Text(text)) => Some(text.clone()),
        ("valueInteger", Json::Number(digits)) if !digits.contains(['.', 'e', 'E']) => Some(digits.clone()),
        ("valueBoolean", Json::Bool(yes)) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        (_, _) => {
            reader.refuse(&at, Invalid::Format);
            None
        }
    }
}

/// obs-3: a range says something.
fn range<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>) -> Option<Phrase> {
    if let Some(text) = reader.phrase(of, "text") {
        return Some(text);
    }
    let mut end = |name: &str| {
        let at = format!("{}/{name}", of.at);
        of.json.get(name).and_then(|json| reader.quantity(Place { json, at: &at }))
    };
    let text = match (end("low"), end("high")) {
        (Some(low), Some(high)) => format!("{low} – {high}"),
        (Some(low), None) => format!("≥ {low}"),
        (None, Some(high)) => format!("≤ {high}"),
        (None, None) => {
            reader.refuse(of.at, Invalid::Empty);
            return None;
        }
    };
    reader.joined(&text, of.at)
}

fn condition<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>) -> Option<Diagnosis> {
    required(reader, of, &["subject"]);
    let (name, code) = reader.concept(of, "code", true);
    let bound = |reader: &mut Reader<'a>, element: &str, known: &[&str]| -> Option<&'a str> {
        let coding = of.json.get(element)?.get("coding")?.list().first()?;
        let at = format!("{}/{element}/coding/0", of.at);
        reader.code(Place { json: coding, at: &at }, "code", known)
    };
    let verification = ["unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"];
    let certainty = bound(reader, "verificationStatus", &verification);
    let clinical = ["active", "recurrence", "relapse", "inactive", "remission", "resolved"];
    let standing = bound(reader, "clinicalStatus", &clinical);
    // con-5, con-4; and what was withdrawn is not imported.
    reader.unless(
        certainty != Some("entered-in-error"),
        &format!("{}/verificationStatus", of.at),
        Invalid::Inconsistent,
    );
    let over = matches!(standing, Some("inactive" | "remission" | "resolved"));
    let ended = of.json.get("abatementDateTime").is_some();
    reader.unless(!ended || over, &format!("{}/abatementDateTime", of.at), Invalid::Inconsistent);
    let since = reader.day(of, "onsetDateTime");
    let certainty = certainty.and_then(|word| Phrase::parse(word).ok());
    Some(Diagnosis { name: name?, code, certainty, since })
}

const MEDICATION: [&str; 8] =
    ["active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken"];

fn medicine<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>) -> Option<Medicine> {
    let status = status(reader, of, &MEDICATION);
    required(reader, of, &["subject"]);
    let (name, _) = reader.concept(of, "medicationCodeableConcept", true);
    reader.period(of, "effectivePeriod");
    let directions = of.json.get("dosage").map_or(&[][..], Json::list).first().and_then(|json| {
        let at = format!("{}/dosage/0", of.at);
        reader.phrase(Place { json, at: &at }, "text")
    });
    Some(Medicine { name: name?, status: Phrase::parse(status?).ok()?, directions })
}

const ENCOUNTER: [&str; 9] =
    ["planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error", "unknown"];

fn encounter<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>) -> Option<Visit> {
    status(reader, of, &ENCOUNTER);
    let (from, to) = reader.period(of, "period");
    let at = format!("{}/class", of.at);
    let Some(json) = of.json.get("class") else {
        reader.refuse(&at, Invalid::Missing);
        return None;
    };
    let class = Place { json, at: &at };
    let class = reader.phrase(class, "display").or_else(|| reader.phrase(class, "code"));
    reader.unless(class.is_some() || !reader.errors.is_empty(), &at, Invalid::Empty);
    Some(Visit { class: class?, from, to })
}

const APPOINTMENT: [&str; 10] = [
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
];

fn appointment<'a>(reader: &mut Reader<'a>, of: Place<'a, '_>) -> Option<Planned> {
    // A cancelled appointment is news, unlike a cancelled report.
    let status = reader.code(of, "status", &APPOINTMENT)?;
    reader.unless(status != "entered-in-error", &format!("{}/status", of.at), Invalid::Inconsistent);
    let people = of.json.get("participant").map_or(&[][..], Json::list);
    reader.unless(!people.is_empty(), &format!("{}/participant", of.at), Invalid::Missing);
    for (i, json) in people.iter().enumerate() {
        let at = format!("{}/participant/{i}", of.at);
        let person = Place { json, at: &at };
        reader.code(person, "status", &["accepted", "declined", "tentative", "needs-action"]);
        // app-1.
        reader.unless(json.get("type").is_some() || json.get("actor").is_some(), &at, Invalid::Empty);
    }
    let (start, end) = (reader.instant(of, "start"), reader.instant(of, "end"));
    // app-2, app-3, app-4.
    let (given_start, given_end) = (of.json.get("start").is_some(), of.json.get("end").is_some());
    reader.unless(given_start == given_end, &format!("{}/end", of.at), Invalid::Inconsistent);
    let open = matches!(status, "proposed" | "cancelled" | "waitlist");
    reader.unless(given_start || open, &format!("{}/start", of.at), Invalid::Missing);
    let reason = of.json.get("cancelationReason").is_some();
    let over = matches!(status, "cancelled" | "noshow");
    reader.unless(!reason || over, &format!("{}/cancelationReason", of.at), Invalid::Inconsistent);
    if let (Some(start), Some(end)) = (start, end) {
        reader.unless(start <= end, &format!("{}/end", of.at), Invalid::Inconsistent);
    }
    let about = reader.phrase(of, "description");
    Some(Planned { status: Phrase::parse(status).ok()?, start, end, about })
}
