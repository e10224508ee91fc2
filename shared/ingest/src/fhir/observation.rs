//! Observation: one result, or one for each component (blood pressure).

use super::{Found, concept, day, is_final, must_be_understood, quantity};
use crate::json::Json;
use crate::reading::{Proposed, ReadResult};
use crate::resident;
use crate::text::{bounded, tidy};

pub(super) fn read(resource: &Json) -> Found {
    if !is_final(resource) || must_be_understood(resource) {
        return Err(1);
    }
    let date = effective(resource);
    let specimen = resource
        .at(&["specimen", "display"])
        .and_then(Json::text)
        .map(tidy)
        .and_then(|s| bounded(s, 60))
        .filter(|s| !resident::contains(s));
    let mut found = Vec::new();
    let mut left_out = 0;
    let components = resource.get("component").map_or(&[][..], Json::list);
    let parts = components.iter().enumerate().map(|(at, part)| (format!("/component/{at}"), part));
    let own = has_value(resource).then(|| (String::new(), resource));
    for (pointer, part) in own.into_iter().chain(parts) {
        match one(part) {
            Some(result) => {
                let result = ReadResult { date: date.clone(), specimen: specimen.clone(), ..result };
                let row = [
                    Some(&result.name),
                    Some(&result.value),
                    result.unit.as_ref(),
                    result.range.as_ref(),
                    result.flag.as_ref(),
                    result.date.as_ref(),
                ];
                let row: Vec<&str> = row.into_iter().flatten().map(String::as_str).collect();
                found.push((pointer, Proposed::Result(result.clone()), row.join(" | ")));
            }
            None => left_out += 1,
        }
    }
    if found.is_empty() { Err(left_out.max(1)) } else { Ok(found) }
}

fn has_value(resource: &Json) -> bool {
    match resource {
        Json::Object(members) => members.iter().any(|(name, _)| name.starts_with("value")),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => false,
    }
}

/// An Observation or a component.
fn one(part: &Json) -> Option<ReadResult> {
    if must_be_understood(part) || part.get("dataAbsentReason").is_some() {
        return None;
    }
    let (name, codes) = concept(part.get("code")?)?;
    let (value, unit) = value(part)?;
    if resident::contains(&value) {
        return None;
    }
    let range = range(part, unit.as_ref()).filter(|r| !resident::contains(r));
    Some(ReadResult { name, codes, value, unit, range, flag: flag(part), ..ReadResult::default() })
}

/// The value; `value[x]` may be there once.
fn value(part: &Json) -> Option<(String, Option<String>)> {
    let Json::Object(members) = part else { return None };
    let values: Vec<&(String, Json)> =
        members.iter().filter(|(name, _)| name.starts_with("value") || name.starts_with("_value")).collect();
    let [(name, value)] = values.as_slice() else { return None };
    let words = |text: &str| bounded(tidy(text), 200).map(|t| (t, None));
    match name.as_str() {
        "valueQuantity" => quantity(value),
        "valueString" => words(value.text()?),
        "valueInteger" => Some((value.number()?.to_owned(), None)),
        "valueCodeableConcept" => concept(value).map(|(text, _)| (text, None)),
        "valueRange" => {
            let (low, unit) = quantity(value.get("low")?)?;
            let (high, other) = quantity(value.get("high")?)?;
            (unit == other).then(|| (format!("{low}-{high}"), unit))
        }
        "valueRatio" => {
            let (top, unit) = quantity(value.get("numerator")?)?;
            let (bottom, other) = quantity(value.get("denominator")?)?;
            (unit.is_none() && other.is_none()).then(|| (format!("{top}:{bottom}"), None))
        }
        // Times, periods, sampled curves, yes and no: not results as a sheet prints them.
        _ => None,
    }
}

/// The report's own range, if there is one and its unit is the value's.
fn range(part: &Json, unit: Option<&String>) -> Option<String> {
    let [range] = part.get("referenceRange")?.list() else { return None };
    if must_be_understood(range) {
        return None;
    }
    let bound = |name| match range.get(name) {
        None => Some(None),
        Some(bound) => {
            let (value, own) = quantity(bound)?;
            (own.is_none() || own.as_ref() == unit).then_some(Some(value))
        }
    };
    match (bound("low")?, bound("high")?) {
        (Some(low), Some(high)) => Some(format!("{low} - {high}")),
        (Some(low), None) => Some(format!(">= {low}")),
        (None, Some(high)) => Some(format!("<= {high}")),
        (None, None) => range.get("text").and_then(Json::text).map(tidy).and_then(|t| bounded(t, 160)),
    }
}

fn flag(part: &Json) -> Option<String> {
    let [interpretation] = part.get("interpretation")?.list() else { return None };
    let code = interpretation
        .get("coding")
        .map_or(&[][..], Json::list)
        .iter()
        .find_map(|c| c.get("code").and_then(Json::text));
    let text = code.or_else(|| interpretation.get("text").and_then(Json::text))?;
    bounded(tidy(text), 20).filter(|t| !resident::contains(t))
}

/// The day of the observation; a period of several days names none.
fn effective(resource: &Json) -> Option<String> {
    let text = |path: &[&str]| resource.at(path).and_then(Json::text).and_then(day);
    text(&["effectiveDateTime"]).or_else(|| text(&["effectiveInstant"])).or_else(|| {
        let (start, end) = (text(&["effectivePeriod", "start"])?, text(&["effectivePeriod", "end"])?);
        (start == end).then_some(start)
    })
}
