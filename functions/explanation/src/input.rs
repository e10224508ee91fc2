//! From a patient's story and confirmed records to what the engine reads: rows as printed, nothing rounded or tidied.

use crate::api::Pregnant;
use chrono::NaiveDate;
use medius_domain::consent::DataItem;
use medius_domain::health::{Comparator, Medication, Number, PartialDate, Quantity, ResultValue, TestResult};
use medius_domain::intake::Draft;
use medius_domain::person::Sex;
use medius_domain::record::{Entry, MedicineEntry, ResultEntry, Rows};
use medius_explain::{Input, MedicineRow, Person, Pregnancy, ResultRow};
use std::collections::BTreeSet;

/// Rows that one explanation takes: some twenty pages.
const MOST_ROWS: usize = 300;

/// Why there is nothing to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unexplained {
    /// Neither a result nor a medicine.
    Nothing,
    /// More rows than one explanation takes.
    TooMany,
}

/// What is explained: of the parts that the patient agreed to have explained, and no others.
pub(crate) fn input(
    draft: &Draft,
    records: &[Rows],
    agreed: &BTreeSet<DataItem>,
    pregnant: Option<Pregnant>,
    today: NaiveDate,
) -> Result<Input, Unexplained> {
    let (mut results, mut medicines) = (Vec::new(), Vec::new());
    if let Some(health) = &draft.health {
        results.extend(health.results.iter().flat_map(|list| list.items()).map(told_result));
        medicines.extend(health.medications.iter().flat_map(|list| list.items()).map(told_medicine));
    }
    for row in records.iter().flat_map(Rows::rows).filter(|row| row.standing.counts()) {
        match &row.entry {
            Entry::Result(entry) => results.push(printed_result(entry)),
            Entry::Medicine(entry) => medicines.push(printed_medicine(entry)),
        }
    }
    if !agreed.contains(&DataItem::Results) {
        results.clear();
    }
    if !agreed.contains(&DataItem::Medications) {
        medicines.clear();
    }
    match results.len() + medicines.len() {
        0 => return Err(Unexplained::Nothing),
        n if n > MOST_ROWS => return Err(Unexplained::TooMany),
        _ => {}
    }
    // The report calls rows by these names.
    (1..).zip(&mut results).for_each(|(n, row): (usize, &mut ResultRow)| row.id = format!("r{n}"));
    (1..).zip(&mut medicines).for_each(|(n, row): (usize, &mut MedicineRow)| row.id = format!("m{n}"));
    Ok(Input { as_of: today, person: person(draft, pregnant), results, medicines })
}

fn person(draft: &Draft, pregnant: Option<Pregnant>) -> Person {
    let basic = draft.basic.as_ref();
    let sex = basic.and_then(|basic| basic.sex).and_then(|sex| match sex {
        Sex::Female => Some(medius_explain::Sex::Female),
        Sex::Male => Some(medius_explain::Sex::Male),
        // Ranges exist for two; for everybody else those are used that hold for all.
        Sex::Other | Sex::Unknown => None,
    });
    let pregnancy = match pregnant {
        None => Pregnancy::Unknown,
        Some(Pregnant::No) => Pregnancy::No,
        Some(Pregnant::Yes) => Pregnancy::Yes { trimester: None },
    };
    Person { sex, born: basic.and_then(|basic| basic.birth_date).map(|born| born.expose()), pregnancy }
}

fn told_result(result: &TestResult) -> ResultRow {
    let row = ResultRow {
        name: result.name.text.expose().to_owned(),
        date: Some(result.collected_on.earliest()),
        ..ResultRow::default()
    };
    match &result.value {
        ResultValue::Text(text) => ResultRow { value: text.expose().to_owned(), ..row },
        ResultValue::Quantity(quantity) => ResultRow {
            value: bounded(quantity),
            unit: Some(quantity.unit.print().to_owned()),
            range: range(quantity),
            ..row
        },
    }
}

fn number(number: Number) -> String {
    number.expose().to_string()
}

fn bounded(quantity: &Quantity) -> String {
    let sign = match quantity.comparator {
        None => "",
        Some(Comparator::Less) => "<",
        Some(Comparator::LessOrEqual) => "<=",
        Some(Comparator::GreaterOrEqual) => ">=",
        Some(Comparator::Greater) => ">",
    };
    format!("{sign}{}", number(quantity.value))
}

fn range(quantity: &Quantity) -> Option<String> {
    match (quantity.low.map(number), quantity.high.map(number)) {
        (Some(low), Some(high)) => Some(format!("{low}~{high}")),
        (None, Some(high)) => Some(format!("<={high}")),
        (Some(low), None) => Some(format!(">={low}")),
        (None, None) => None,
    }
}

fn told_medicine(medicine: &Medication) -> MedicineRow {
    MedicineRow { name: medicine.name.text.expose().to_owned(), ..MedicineRow::default() }
}

fn day(date: Option<&PartialDate>) -> Option<NaiveDate> {
    date.map(PartialDate::earliest)
}

fn printed_result(entry: &ResultEntry) -> ResultRow {
    let text = |phrase: &Option<medius_domain::health::Phrase>| phrase.as_ref().map(|p| p.expose().to_owned());
    ResultRow {
        name: entry.name.expose().to_owned(),
        value: entry.value.expose().to_owned(),
        unit: text(&entry.unit),
        range: text(&entry.range),
        flag: text(&entry.flag),
        date: day(entry.date.as_ref()),
        heading: text(&entry.specimen),
        loinc: text(&entry.loinc),
        ..ResultRow::default()
    }
}

fn printed_medicine(entry: &MedicineEntry) -> MedicineRow {
    MedicineRow { name: entry.name.expose().to_owned(), ..MedicineRow::default() }
}
