//! Texts under their headings to a proposal, each checked to be of its heading's type. PDF and CSV share it.

use super::cell::{self, Value};
use super::date;
use super::heading::Role;
use crate::reading::{Code, Proposed, ReadMedicine, ReadResult};
use crate::resident;
use crate::text::{bounded, tidy};
use std::collections::BTreeMap;

/// The texts of one row by what their column holds.
#[derive(Debug)]
pub(crate) struct Record {
    texts: BTreeMap<Role, String>,
    /// A day for the whole row or the whole file.
    pub(crate) day: Option<String>,
    /// The table has a column for units or ranges, so that a number needs one beside it.
    pub(crate) strict: bool,
    /// The table has a column for units.
    pub(crate) units: bool,
}

impl Record {
    /// An empty row.
    pub(crate) fn new(strict: bool, day: Option<String>) -> Self {
        Self { texts: BTreeMap::new(), day, strict, units: false }
    }

    /// Puts a text under a role. Two texts under one role stand behind each other, as printed.
    pub(crate) fn put(&mut self, role: Role, text: &str) {
        let text = tidy(text);
        if text.is_empty() {
            return;
        }
        let place = self.texts.entry(role).or_default();
        if !place.is_empty() {
            place.push(' ');
        }
        place.push_str(&text);
    }

    fn get(&self, role: Role) -> Option<&str> {
        self.texts.get(&role).map(String::as_str).filter(|t| !matches!(*t, "-" | "." | "--" | "N/A" | "n/a"))
    }

    /// The result of the row; nothing if a cell is not of its type.
    pub(crate) fn result(&self) -> Option<Proposed> {
        let name = self.texts.get(&Role::Name)?;
        let Value { text: value, flag, unit, numeric } = cell::value(self.texts.get(&Role::Value)?)?;
        if !cell::is_name(name) || open(name) || joined(name) {
            return None;
        }
        let unit = match (self.get(Role::Unit), unit) {
            (Some(printed), None) => Some(cell::is_unit(printed).then(|| printed.to_owned())?),
            (Some(printed), Some(beside)) => Some((printed == beside).then_some(beside)?),
            (None, beside) => beside,
        };
        let range = self.range()?;
        // The unit's own room is empty and there is one in the range's or at an end of the name: it slipped.
        if self.units && unit.is_none() {
            let words: Vec<&str> = name.split(' ').collect();
            let ends =
                words.len() > 1 && [words.first(), words.last()].into_iter().flatten().any(|w| cell::is_sure_unit(w));
            if ends || range.as_ref().is_some_and(|r| r.split(' ').any(cell::is_unit)) {
                return None;
            }
        }
        let flag = match (self.flag()?, flag) {
            (Some(column), _) => Some(column),
            (None, beside) => beside,
        };
        // A number with nothing beside it where others have a unit or a range: a page number, a date of a form.
        if numeric && self.strict && unit.is_none() && range.is_none() {
            return None;
        }
        let proposed = ReadResult {
            name: name.clone(),
            codes: self.codes(),
            value,
            unit,
            range,
            flag,
            date: self.date()?,
            specimen: self.get(Role::Specimen).and_then(|s| bounded(s.to_owned(), 60)),
        };
        let clean = [
            Some(&proposed.name),
            Some(&proposed.value),
            proposed.range.as_ref(),
            proposed.flag.as_ref(),
            proposed.specimen.as_ref(),
            proposed.unit.as_ref(),
        ];
        let clean = clean.into_iter().flatten().all(|t| !resident::contains(t));
        clean.then_some(Proposed::Result(proposed))
    }

    /// The range as printed: nothing printed is fine, something that is no range is not.
    fn range(&self) -> Option<Option<String>> {
        if let (Some(low), Some(high)) = (self.get(Role::RangeLow), self.get(Role::RangeHigh)) {
            return (cell::is_number(low) && cell::is_number(high)).then(|| Some(format!("{low} - {high}")));
        }
        match self.get(Role::Range) {
            None => Some(None),
            Some(range) if cell::is_range(range) => Some(Some(range.to_owned())),
            // Words that are no range are left; numbers that are none stand in the wrong column.
            Some(range) if range.chars().any(char::is_numeric) => None,
            Some(_) => Some(None),
        }
    }

    fn flag(&self) -> Option<Option<String>> {
        match self.get(Role::Flag) {
            None => Some(None),
            Some(flag) if cell::is_flag(flag) => Some(Some(flag.to_owned())),
            Some(flag) if flag.chars().any(|c| c.is_ascii_digit()) || flag.split(' ').any(cell::is_unit) => None,
            Some(flag) => Some(bounded(flag.to_owned(), 20)),
        }
    }

    /// The row's own day, or the file's. A day that cannot be read makes the row have none, not the file's.
    fn date(&self) -> Option<Option<String>> {
        match self.get(Role::Date) {
            Some(printed) => Some(date::parse(printed)),
            None => Some(self.day.clone()),
        }
    }

    fn codes(&self) -> Vec<Code> {
        self.get(Role::Code)
            .filter(|c| cell::is_code(c) && !resident::contains(c))
            .map(|c| Code { system: None, code: c.to_owned() })
            .into_iter()
            .collect()
    }

    /// The medicine of the row; nothing if a cell is not of its type, or none of the numbers is there.
    pub(crate) fn medicine(&self, needs: &[Role]) -> Option<Proposed> {
        let name = self.texts.get(&Role::Name)?;
        let typed = |role: Role, fits: fn(&str) -> bool| match self.get(role) {
            None if needs.contains(&role) => None,
            None => Some(None),
            Some(text) => fits(text).then(|| Some(text.to_owned())),
        };
        let proposed = ReadMedicine {
            name: name.clone(),
            codes: self.codes(),
            dose: typed(Role::Dose, cell::is_dose)?,
            daily_dose: typed(Role::DailyDose, cell::is_dose)?,
            frequency: typed(Role::Times, cell::is_times)?,
            duration: typed(Role::Days, cell::is_days)?,
            directions: self
                .get(Role::Directions)
                .and_then(|d| bounded(d.to_owned(), 200))
                .filter(|d| d.chars().any(char::is_alphabetic)),
            date: self.date()?,
        };
        if !cell::is_name(name) || open(name) {
            return None;
        }
        let clean = [Some(&proposed.name), proposed.dose.as_ref(), proposed.directions.as_ref()];
        let clean = clean.into_iter().flatten().all(|t| !resident::contains(t));
        clean.then_some(Proposed::Medicine(proposed))
    }
}

/// A name that was cut: `Anti-HBs (B형간염`.
fn open(name: &str) -> bool {
    name.matches('(').count() > name.matches(')').count() || name.ends_with([',', '('])
}

/// A name with something in front or behind that is not part of it: a serial number, a code of the laboratory. `CA125` is a
/// name.
fn joined(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let [first, .., last] = words.as_slice() else { return false };
    let digits = |word: &str| word.bytes().rev().take_while(u8::is_ascii_digit).count();
    let code = |word: &str| {
        let letters = &word[..word.len() - digits(word)];
        let plain = (1..=3).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
        plain && letters != "CA" && digits(word) >= 3
    };
    let number = first.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    // `Vitamin B 12` and `CA 125` end with a number of their own; else it is a value whose heading is missing.
    let own = ["b", "ca", "factor", "type", "hpv", "cd", "제"];
    let before = words.get(words.len() - 2).map(|w| w.to_lowercase()).unwrap_or_default();
    let value = cell::is_number(last) && (last.contains('.') || !own.contains(&before.as_str()));
    number || code(first) || code(last) || value
}
