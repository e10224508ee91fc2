//! Checks a Bundle against FHIR R4: cardinality, types, required bindings, and the invariants that a letter can break.
//!
//! It works on plain JSON, so that it sees what a receiver sees and not what our types believe. Elements that no letter uses
//! are unknown to it and refused.

pub(crate) mod dates;
mod rules;
mod schema;
pub(crate) mod ucum;
pub(crate) mod xhtml;

use schema::{Element, Kind, Max};
use serde_json::{Map, Value};

/// Most entries of a Bundle that receivers are known to take in one piece.
pub(super) const MOST_ENTRIES: usize = 200;

/// A rule that a Bundle breaks, and where; never with the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The key of FHIR's invariant (`bdl-7`), or one of `cardinality`, `unknown-element`, `type`, `binding`, `date`,
    /// `empty`, `ucum`, `unresolved`, `entries`.
    pub rule: &'static str,
    /// JSON pointer into the Bundle.
    pub pointer: String,
}

/// What a check found so far.
#[derive(Default)]
struct Breaches(Vec<Breach>);

impl Breaches {
    fn add(&mut self, rule: &'static str, pointer: &str) {
        self.0.push(Breach { rule, pointer: pointer.to_owned() });
    }

    fn unless(&mut self, holds: bool, rule: &'static str, pointer: &str) {
        if !holds {
            self.add(rule, pointer);
        }
    }
}

/// Checks a document Bundle.
///
/// # Errors
/// Every rule that it breaks, with its place.
pub fn validate(bundle: &Value) -> Result<(), Vec<Breach>> {
    let mut out = Breaches::default();
    no_empties(bundle, "", &mut out);
    object("Bundle", bundle, "", &mut out);
    rules::bundle(bundle, &mut out);
    if out.0.is_empty() { Ok(()) } else { Err(out.0) }
}

/// Checks a resource that stands by itself, such as a Task.
///
/// # Errors
/// Every rule that it breaks, with its place.
pub fn validate_resource(resource: &Value) -> Result<(), Vec<Breach>> {
    let mut out = Breaches::default();
    no_empties(resource, "", &mut out);
    one(&Kind::Resource, resource, "", &mut out);
    if out.0.is_empty() { Ok(()) } else { Err(out.0) }
}

/// FHIR forbids empty strings, arrays and objects, and null outside of arrays of primitives.
fn no_empties(value: &Value, at: &str, out: &mut Breaches) {
    match value {
        Value::Null => out.add("empty", at),
        Value::String(s) => out.unless(!s.trim().is_empty(), "empty", at),
        Value::Array(items) => {
            out.unless(!items.is_empty(), "empty", at);
            items.iter().enumerate().for_each(|(i, v)| no_empties(v, &format!("{at}/{i}"), out));
        }
        Value::Object(map) => {
            out.unless(!map.is_empty(), "empty", at);
            map.iter().for_each(|(k, v)| no_empties(v, &format!("{at}/{k}"), out));
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Checks an object of a type, and then that type's invariants.
fn object(type_name: &str, value: &Value, at: &str, out: &mut Breaches) {
    let (Some(map), Some(elements)) = (value.as_object(), schema::of(type_name)) else {
        out.add("type", at);
        return;
    };
    for name in map.keys() {
        let known = name == "resourceType"
            || elements.iter().any(|e| e.name == name)
            || name.strip_prefix('_').is_some_and(|n| elements.iter().any(|e| e.name == n && e.kind.is_primitive()));
        out.unless(known, "unknown-element", &format!("{at}/{name}"));
    }
    for e in elements {
        element(e, map, at, out);
    }
    rules::of_type(type_name, value, at, out);
}

fn element(e: &Element, map: &Map<String, Value>, at: &str, out: &mut Breaches) {
    let at = format!("{at}/{}", e.name);
    if let Some(extended) = map.get(&format!("_{}", e.name)) {
        object("Element", extended, &at, out);
    }
    let Some(found) = map.get(e.name) else {
        out.unless(!e.required, "cardinality", &at);
        return;
    };
    match (e.max, found) {
        (Max::Many, Value::Array(items)) => {
            items.iter().enumerate().for_each(|(i, v)| one(&e.kind, v, &format!("{at}/{i}"), out));
        }
        (Max::Many, _) | (Max::One, Value::Array(_)) => out.add("cardinality", &at),
        (Max::One, single) => one(&e.kind, single, &at, out),
    }
}

fn one(kind: &Kind, value: &Value, at: &str, out: &mut Breaches) {
    let text = value.as_str();
    match kind {
        Kind::Text | Kind::Uri => out.unless(text.is_some(), "type", at),
        Kind::Bool => out.unless(value.is_boolean(), "type", at),
        Kind::Unsigned => out.unless(value.is_u64(), "type", at),
        Kind::Decimal => out.unless(value.is_number(), "type", at),
        Kind::Code(codes) => out.unless(text.is_some_and(|t| codes.contains(&t)), "binding", at),
        Kind::Date => out.unless(text.is_some_and(dates::is_date), "date", at),
        Kind::DateTime => out.unless(text.is_some_and(dates::is_date_time), "date", at),
        Kind::Instant => out.unless(text.is_some_and(dates::is_instant), "date", at),
        Kind::Xhtml => rules::narrative(text.unwrap_or_default(), at, out),
        Kind::Type(name) => object(name, value, at, out),
        Kind::Concept(system, codes) => {
            object("CodeableConcept", value, at, out);
            let bound = value["coding"].as_array().is_some_and(|codings| {
                codings.iter().any(|c| {
                    c["system"].as_str() == Some(system) && c["code"].as_str().is_some_and(|code| codes.contains(&code))
                })
            });
            out.unless(bound, "binding", at);
        }
        Kind::Resource => match value["resourceType"].as_str() {
            Some(name) if schema::is_resource(name) => object(name, value, at, out),
            Some(_) | None => out.add("type", at),
        },
    }
}
