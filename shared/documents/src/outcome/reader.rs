//! Reading one element after another; what is wrong is collected with its place.

use super::{Code, narrative};
use crate::fhir::validate::{dates, ucum};
use chrono::{DateTime, Utc};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::health::{PartialDate, Phrase, Story};
use medius_ingest::json::Json;
use std::collections::HashMap;

/// Most errors of one answer: whoever mends a Bundle does not need more at a time.
const MOST_ERRORS: usize = 100;

pub(super) struct Reader<'a> {
    pub(super) root: &'a Json,
    pub(super) errors: Vec<FieldError>,
    /// Resources by their `fullUrl`.
    pub(super) by_url: HashMap<&'a str, &'a Json>,
}

/// A resource with its place.
#[derive(Clone, Copy)]
pub(super) struct Place<'a, 'p> {
    pub(super) json: &'a Json,
    pub(super) at: &'p str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Json) -> Self {
        let entries = root.get("entry").map_or(&[][..], Json::list);
        let by_url = entries.iter().filter_map(|e| Some((e.get("fullUrl")?.text()?, e.get("resource")?))).collect();
        Self { root, errors: Vec::new(), by_url }
    }

    pub(super) fn refuse(&mut self, at: &str, why: Invalid) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(FieldError::new(at, why));
        }
    }

    pub(super) fn unless(&mut self, holds: bool, at: &str, why: Invalid) {
        if !holds {
            self.refuse(at, why);
        }
    }

    pub(super) fn finish<T>(self, read: T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() { Ok(read) } else { Err(self.errors) }
    }

    /// A code of a required binding.
    pub(super) fn code(&mut self, of: Place<'a, '_>, name: &str, known: &[&str]) -> Option<&'a str> {
        let at = format!("{}/{name}", of.at);
        match of.json.get(name).map(Json::text) {
            None => self.refuse(&at, Invalid::Missing),
            Some(Some(code)) if known.contains(&code) => return Some(code),
            Some(_) => self.refuse(&at, Invalid::UnknownValue),
        }
        None
    }

    /// A short text.
    pub(super) fn phrase(&mut self, of: Place<'a, '_>, name: &str) -> Option<Phrase> {
        let value = of.json.get(name)?;
        self.parsed(value, &format!("{}/{name}", of.at), Phrase::parse)
    }

    /// A long text.
    pub(super) fn story(&mut self, of: Place<'a, '_>, name: &str) -> Option<Story> {
        let value = of.json.get(name)?;
        self.parsed(value, &format!("{}/{name}", of.at), Story::parse)
    }

    fn parsed<T>(&mut self, value: &Json, at: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        match value.text().ok_or(Invalid::Format).and_then(parse) {
            Ok(parsed) => Some(parsed),
            Err(why) => {
                self.refuse(at, why);
                None
            }
        }
    }

    /// What is put together from several elements is checked at the place of the first.
    pub(super) fn joined(&mut self, text: &str, at: &str) -> Option<Phrase> {
        self.parsed(&Json::Text(text.to_owned()), at, Phrase::parse)
    }

    /// The day of a `date`, `dateTime` or `instant`.
    pub(super) fn day(&mut self, of: Place<'a, '_>, name: &str) -> Option<PartialDate> {
        let value = of.json.get(name)?;
        self.parsed(value, &format!("{}/{name}", of.at), |text| {
            if !dates::is_date_time(text) {
                return Err(Invalid::ImpossibleDate);
            }
            PartialDate::parse(text.get(..10).unwrap_or(text))
        })
    }

    /// A moment.
    pub(super) fn instant(&mut self, of: Place<'a, '_>, name: &str) -> Option<DateTime<Utc>> {
        let value = of.json.get(name)?;
        self.parsed(value, &format!("{}/{name}", of.at), |text| {
            if !dates::is_instant(text) {
                return Err(Invalid::ImpossibleDate);
            }
            DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| Invalid::ImpossibleDate)
        })
    }

    /// per-1: an end is not before its start. A shorter date means its whole span: compared is what both of them say.
    pub(super) fn period(&mut self, of: Place<'a, '_>, name: &str) -> (Option<PartialDate>, Option<PartialDate>) {
        let Some(json) = of.json.get(name) else { return (None, None) };
        let at = format!("{}/{name}", of.at);
        let place = Place { json, at: &at };
        let (from, to) = (self.day(place, "start"), self.day(place, "end"));
        if let (Some(from), Some(to)) = (&from, &to) {
            let common = from.expose().len().min(to.expose().len());
            self.unless(from.expose().get(..common) <= to.expose().get(..common), &at, Invalid::Inconsistent);
        }
        (from, to)
    }

    /// What a concept is called: its text, or the display of its first coding, or its code.
    pub(super) fn concept(&mut self, of: Place<'a, '_>, name: &str, required: bool) -> (Option<Phrase>, Option<Code>) {
        let at = format!("{}/{name}", of.at);
        let Some(json) = of.json.get(name) else {
            self.unless(!required, &at, Invalid::Missing);
            return (None, None);
        };
        self.named(Place { json, at: &at })
    }

    /// The same for the concept itself.
    pub(super) fn named(&mut self, concept: Place<'a, '_>) -> (Option<Phrase>, Option<Code>) {
        let code = concept.json.get("coding").map_or(&[][..], Json::list).first();
        let at = format!("{}/coding/0", concept.at);
        let coding = code.map(|json| Place { json, at: &at });
        let code = coding.and_then(|coding| {
            let code = self.phrase(coding, "code")?;
            Some(Code { system: self.phrase(coding, "system"), version: self.phrase(coding, "version"), code })
        });
        let text = self.phrase(concept, "text");
        let name = text.or_else(|| coding.and_then(|coding| self.phrase(coding, "display")));
        let name = name.or_else(|| code.as_ref().map(|code| code.code.clone()));
        if name.is_none() && self.errors.is_empty() {
            self.refuse(concept.at, Invalid::Empty);
        }
        (name, code)
    }

    /// A measured amount as it is printed: comparator, digits as they were given, unit.
    pub(super) fn quantity(&mut self, of: Place<'a, '_>) -> Option<String> {
        let json = of.json;
        let comparator = match json.get("comparator") {
            None => "",
            Some(_) => self.code(of, "comparator", &["<", "<=", ">=", ">"])?,
        };
        let Some(value) = json.get("value") else {
            self.refuse(&format!("{}/value", of.at), Invalid::Missing);
            return None;
        };
        let Some(digits) = value.number() else {
            self.refuse(&format!("{}/value", of.at), Invalid::Format);
            return None;
        };
        let (system, code) = (json.get("system").and_then(Json::text), json.get("code").and_then(Json::text));
        // qty-3: a code is nothing without its system.
        self.unless(code.is_none() || system.is_some(), &format!("{}/system", of.at), Invalid::Missing);
        let is_ucum = system == Some("http://unitsofmeasure.org");
        self.unless(!is_ucum || code.is_some_and(ucum::parses), &format!("{}/code", of.at), Invalid::Format);
        let unit = json.get("unit").and_then(Json::text).or(code).unwrap_or_default();
        Some(format!("{comparator} {digits} {unit}").trim().to_owned())
    }

    /// Narrative as plain text (txt-1, txt-2).
    pub(super) fn narrative(&mut self, of: Place<'a, '_>) -> Option<Story> {
        let json = of.json.get("text")?;
        let at = format!("{}/text/div", of.at);
        let Some(div) = json.get("div").and_then(Json::text) else {
            self.refuse(&at, Invalid::Missing);
            return None;
        };
        let Some(text) = narrative::plain(div) else {
            self.refuse(&at, Invalid::Format);
            return None;
        };
        self.parsed(&Json::Text(text), &at, Story::parse)
    }
}
