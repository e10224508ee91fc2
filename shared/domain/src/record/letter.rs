//! From a row that the patient confirmed to what a letter has. What cannot be said exactly is said as it was printed.

use super::{Entry, MedicineEntry, Origin, ResultEntry, Row, Rows};
use crate::field::Invalid;
use crate::health::{
    Comparator, Dose, Listing, Medication, Number, Phrase, Quantity, ResultValue, Said, Source, TestResult,
};
use crate::intake::CompleteIntake;
use crate::unit::Unit;
use unicode_normalization::UnicodeNormalization;

impl Rows {
    /// The rows that may be used, as a letter has them.
    pub fn for_letter(&self, origin: &Origin) -> (Vec<TestResult>, Vec<Medication>) {
        let (mut results, mut medicines) = (Vec::new(), Vec::new());
        for row in self.rows().iter().filter(|row| row.standing.counts()) {
            let source = source(row, origin);
            match &row.entry {
                Entry::Result(entry) => results.extend(result(entry, source)),
                Entry::Medicine(entry) => medicines.push(medicine(entry, source)),
            }
        }
        (results, medicines)
    }
}

impl CompleteIntake {
    /// The intake with what the records say, each value once: what the patient typed into the story as well is the story's.
    ///
    /// # Errors
    /// [`Invalid::TooLong`] when a letter cannot hold all of it.
    pub fn with_records(mut self, results: Vec<TestResult>, medicines: Vec<Medication>) -> Result<Self, Invalid> {
        let same = |a: &TestResult, b: &TestResult| {
            (&a.name, &a.value, &a.collected_on) == (&b.name, &b.value, &b.collected_on)
        };
        self.results = joined(&self.results, results, same)?;
        let same =
            |a: &Medication, b: &Medication| (&a.name, &a.dose, &a.directions) == (&b.name, &b.dose, &b.directions);
        self.medications = joined(&self.medications, medicines, same)?;
        Ok(self)
    }
}

fn joined<T: Clone, const MAX: usize>(
    told: &Listing<T, MAX>,
    more: Vec<T>,
    same: impl Fn(&T, &T) -> bool,
) -> Result<Listing<T, MAX>, Invalid> {
    let mut all = told.items().to_vec();
    for one in more {
        if !all.iter().any(|other| same(other, &one)) {
            all.push(one);
        }
    }
    if all.is_empty() { Ok(told.clone()) } else { Listing::listed(all) }
}

fn source(row: &Row, origin: &Origin) -> Source {
    origin.source(row.original.as_ref().map(|read| &read.place))
}

fn said(text: Phrase) -> Said<Phrase> {
    Said { text, ko: None }
}

/// A result without its day is not used.
fn result(entry: &ResultEntry, source: Source) -> Option<TestResult> {
    let value = match quantity(entry) {
        Some(quantity) => ResultValue::Quantity(quantity),
        None => ResultValue::Text(in_words(entry)),
    };
    Some(TestResult {
        name: said(entry.name.clone()),
        value,
        collected_on: entry.date.clone()?,
        laboratory: entry.laboratory.clone(),
        source: Some(source),
    })
}

/// The value as printed, with its unit and range where both fit.
fn in_words(entry: &ResultEntry) -> Phrase {
    let mut text = entry.value.expose().to_owned();
    if let Some(unit) = &entry.unit {
        text = format!("{text} {}", unit.expose());
    }
    if let Some(range) = &entry.range {
        text = format!("{text} ({})", range.expose());
    }
    Phrase::parse(&text).unwrap_or_else(|_| entry.value.clone())
}

/// A number with a unit that is known for sure.
fn quantity(entry: &ResultEntry) -> Option<Quantity> {
    let (comparator, value) = number(entry.value.expose())?;
    let unit = unit(entry.unit.as_ref().map_or("", |unit| unit.expose()))?;
    let (low, high) = match &entry.range {
        None => (None, None),
        // A range that is not understood is said in words, with the value.
        Some(range) => bounds(range.expose())?,
    };
    Some(Quantity { value, comparator, unit, low, high })
}

fn folded(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).map(|c| if c == 'μ' { 'µ' } else { c }).collect()
}

fn number(text: &str) -> Option<(Option<Comparator>, Number)> {
    let text = folded(text);
    let signs = [
        ("<=", Comparator::LessOrEqual),
        (">=", Comparator::GreaterOrEqual),
        ("≤", Comparator::LessOrEqual),
        ("≥", Comparator::GreaterOrEqual),
        ("<", Comparator::Less),
        (">", Comparator::Greater),
    ];
    let found = signs.iter().find_map(|(sign, means)| Some((*means, text.strip_prefix(sign)?)));
    let (comparator, digits) = found.map_or((None, text.as_str()), |(means, rest)| (Some(means), rest));
    Some((comparator, Number::parse(digits).ok()?))
}

/// A unit by one of its spellings, if no other unit is spelled so.
fn unit(text: &str) -> Option<Unit> {
    let wanted = spelling(text);
    if wanted.is_empty() {
        // A number without a unit: what it counts is not known.
        return None;
    }
    let mut fits = Unit::all().filter(|unit| spelling(unit.print()) == wanted || spelling(unit.code()) == wanted);
    let found = fits.next()?;
    fits.next().is_none().then_some(found)
}

/// One form of the spellings of a unit: small letters, `10^3` and `x10³` as `10*3`, `mcg` as `µg`.
fn spelling(text: &str) -> String {
    let text = folded(text).to_lowercase();
    let text = text.replace(['×', '^'], "").replace("10*", "10").replace("mcg", "µg");
    let text = text.strip_prefix("x10").map_or_else(|| text.clone(), |rest| format!("10{rest}"));
    text.replace("/ul", "/µl")
}

/// Lower and upper end of a range that says both, or one.
fn bounds(text: &str) -> Option<(Option<Number>, Option<Number>)> {
    let text = folded(text).replace(['~', '–', '—', '∼'], "-").replace('−', "-");
    if let Some((low, high)) = text.split_once('-').filter(|(low, _)| !low.is_empty()) {
        return Some((Some(Number::parse(low).ok()?), Some(Number::parse(high).ok()?)));
    }
    // `<100` says nothing about 100 itself, and a letter has no such end: it stays in words.
    match number(&text)? {
        (Some(Comparator::LessOrEqual), high) => Some((None, Some(high))),
        (Some(Comparator::GreaterOrEqual), low) => Some((Some(low), None)),
        (Some(Comparator::Less | Comparator::Greater) | None, _) => None,
    }
}

fn medicine(entry: &MedicineEntry, source: Source) -> Medication {
    let dose = entry.dose.as_ref().and_then(|dose| Dose::parse(dose.expose()).ok());
    let headed = [
        // A dose that is too long for its own field is said with the rest.
        ("dose", "1회 투약량", entry.dose.as_ref().filter(|_| dose.is_none())),
        ("per day", "1일 투약량", entry.daily_dose.as_ref()),
        ("times a day", "1일 투여횟수", entry.frequency.as_ref()),
        ("days", "총 투약일수", entry.duration.as_ref()),
    ];
    let join = |korean: bool| {
        let parts = headed.iter().filter_map(|(en, ko, value)| {
            Some(format!("{}: {}", if korean { ko } else { en }, value.as_ref()?.expose()))
        });
        let directions = entry.directions.iter().map(|directions| directions.expose().to_owned());
        let date = entry.date.iter().map(|date| {
            let heading = if korean { "처방일" } else { "prescribed on" };
            format!("{heading}: {}", date.expose())
        });
        let all: Vec<String> = parts.chain(directions).chain(date).collect();
        Phrase::parse(&all.join("; ")).ok()
    };
    let directions = match (join(false), join(true)) {
        (Some(text), ko) => Some(Said { text, ko }),
        (None, _) => entry.directions.clone().map(said),
    };
    Medication { name: said(entry.name.clone()), dose, directions, since: None, source: Some(source) }
}
