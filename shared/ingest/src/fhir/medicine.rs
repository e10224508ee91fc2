//! MedicationStatement and MedicationRequest: one medicine each.

use super::{Found, concept, day, must_be_understood, quantity};
use crate::json::Json;
use crate::reading::{Code, Proposed, ReadMedicine};
use crate::resident;
use crate::text::{bounded, tidy};

pub(super) fn read(resource: &Json, kind: &str, root: &Json) -> Found {
    let proposed = one(resource, kind, root).ok_or(1_u32)?;
    let row = [
        Some(&proposed.name),
        proposed.dose.as_ref(),
        proposed.frequency.as_ref(),
        proposed.duration.as_ref(),
        proposed.directions.as_ref(),
        proposed.date.as_ref(),
    ];
    let row: Vec<String> = row.into_iter().flatten().cloned().collect();
    Ok(vec![(String::new(), Proposed::Medicine(proposed), row.join(" | "))])
}

fn one(resource: &Json, kind: &str, root: &Json) -> Option<ReadMedicine> {
    let text = |name| resource.get(name).and_then(Json::text);
    // What was stopped, cancelled or never taken is not a medicine that the patient takes.
    let status = matches!(text("status"), Some("active" | "completed" | "intended"));
    let order = kind == "MedicationStatement"
        || matches!(
            text("intent"),
            Some("order" | "original-order" | "reflex-order" | "filler-order" | "instance-order" | "plan")
        );
    if !status || !order || must_be_understood(resource) || resource.get("doNotPerform") == Some(&Json::Bool(true)) {
        return None;
    }
    let (name, codes) = medication(resource, root)?;
    let dosages = resource
        .get(if kind == "MedicationStatement" { "dosage" } else { "dosageInstruction" })
        .map_or(&[][..], Json::list);
    if dosages.iter().any(must_be_understood) {
        return None;
    }
    let mut medicine = ReadMedicine { name, codes, ..ReadMedicine::default() };
    let words = |d: &Json| {
        ["text", "patientInstruction"]
            .iter()
            .find_map(|n| d.get(n).and_then(Json::text))
            .map(tidy)
            .filter(|t| !t.is_empty())
    };
    let directions: Vec<String> = dosages.iter().filter_map(words).collect();
    medicine.directions = bounded(directions.join("; "), 200).filter(|d| !resident::contains(d));
    // Several dosages (in the morning one, in the evening two) are no single dose.
    if let [dosage] = dosages {
        medicine.dose = dose(dosage);
        medicine.frequency = frequency(dosage);
        medicine.duration = dosage.at(&["timing", "repeat", "boundsDuration"]).and_then(amount);
    }
    medicine.duration =
        medicine.duration.or_else(|| resource.at(&["dispenseRequest", "expectedSupplyDuration"]).and_then(amount));
    medicine.date = text("authoredOn")
        .or_else(|| text("effectiveDateTime"))
        .or_else(|| resource.at(&["effectivePeriod", "start"]).and_then(Json::text))
        .and_then(day);
    Some(medicine)
}

fn amount(quantity_json: &Json) -> Option<String> {
    let (value, unit) = quantity(quantity_json)?;
    Some(match unit {
        Some(unit) => format!("{value} {unit}"),
        None => value,
    })
}

fn dose(dosage: &Json) -> Option<String> {
    let [rate] = dosage.get("doseAndRate")?.list() else { return None };
    rate.get("doseQuantity").and_then(amount)
}

/// `BID`, or times in a period: `3/d`, `1/2d`.
fn frequency(dosage: &Json) -> Option<String> {
    let timing = dosage.get("timing")?;
    if let Some(code) = timing.get("code") {
        let coding =
            code.get("coding").map_or(&[][..], Json::list).iter().find_map(|c| c.get("code").and_then(Json::text));
        return code
            .get("text")
            .and_then(Json::text)
            .or(coding)
            .map(tidy)
            .and_then(|t| bounded(t, 60))
            .filter(|t| !resident::contains(t));
    }
    let repeat = timing.get("repeat")?;
    // Ranges and conditions say more than times in a period can.
    if ["frequencyMax", "periodMax", "count", "countMax", "when", "dayOfWeek"].iter().any(|n| repeat.get(n).is_some()) {
        return None;
    }
    let frequency = repeat.get("frequency").and_then(Json::number)?;
    let period = repeat.get("period").and_then(Json::number)?;
    let unit = repeat
        .get("periodUnit")
        .and_then(Json::text)
        .filter(|u| matches!(*u, "s" | "min" | "h" | "d" | "wk" | "mo" | "a"))?;
    Some(if period == "1" { format!("{frequency}/{unit}") } else { format!("{frequency}/{period}{unit}") })
}

/// The medicine's name and codes: here, in a contained Medication, or in one of the Bundle.
fn medication(resource: &Json, root: &Json) -> Option<(String, Vec<Code>)> {
    if let Some(here) = resource.get("medicationCodeableConcept") {
        return if resource.get("medicationReference").is_some() { None } else { concept(here) };
    }
    let reference = resource.get("medicationReference")?;
    let target = reference.get("reference").and_then(Json::text);
    let is = |medication: &&Json| medication.get("resourceType").and_then(Json::text) == Some("Medication");
    let found = target.and_then(|target| match target.strip_prefix('#') {
        Some(id) => resource.get("contained")?.list().iter().find(|c| c.get("id").and_then(Json::text) == Some(id)),
        None => root.get("entry")?.list().iter().find_map(|entry| {
            let full = entry.get("fullUrl").and_then(Json::text);
            let own = entry.at(&["resource", "id"]).and_then(Json::text);
            let hit = full == Some(target) || own.is_some_and(|id| target == format!("Medication/{id}"));
            if hit { entry.get("resource") } else { None }
        }),
    });
    if let Some(medication) = found.filter(is) {
        return if must_be_understood(medication) { None } else { concept(medication.get("code")?) };
    }
    let display = bounded(tidy(reference.get("display").and_then(Json::text)?), 160)?;
    (!resident::contains(&display)).then_some((display, Vec::new()))
}
