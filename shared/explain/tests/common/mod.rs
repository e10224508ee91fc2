//! People and rows for the tests of entries.

#![allow(dead_code, reason = "each test file uses a part")]

use chrono::NaiveDate;
use medius_explain::report::{Explained, Report};
use medius_explain::schema::{Ages, Analyte, ForPregnant, ForSex, Unit};
use medius_explain::{Catalogue, Input, Options, Person, Pregnancy, ResultRow, Sex, report};
use rust_decimal::Decimal;

pub(crate) fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 1).unwrap()
}

/// A person whom limits hold for.
pub(crate) fn person(sex: ForSex, age: Ages, pregnant: ForPregnant, trimester: Option<u8>) -> Person {
    let years = age.from.unwrap_or_else(|| age.below.map_or(40, |below| 40.min(below - 1)));
    let years = if age.below.is_none() { years.max(30) } else { years };
    let pregnancy = match pregnant {
        ForPregnant::Yes => Pregnancy::Yes { trimester },
        ForPregnant::Any | ForPregnant::No => Pregnancy::No,
    };
    let sex = match (sex, pregnant) {
        (ForSex::Male, _) => Sex::Male,
        (ForSex::Any | ForSex::Female, _) => Sex::Female,
    };
    Person { sex: Some(sex), born: NaiveDate::from_ymd_opt(2026 - i32::from(years), 6, 1), pregnancy }
}

pub(crate) fn make(person: Person, rows: Vec<ResultRow>) -> Report {
    let input = Input { as_of: as_of(), person, results: rows, medicines: Vec::new() };
    report(&input, Catalogue::embedded(), Options::default()).unwrap()
}

pub(crate) fn row(analyte: &Analyte, value: &str, unit: Option<&str>) -> ResultRow {
    ResultRow {
        id: "1".to_owned(),
        name: analyte.name.ko.clone(),
        value: value.to_owned(),
        unit: unit.map(ToOwned::to_owned),
        specimen: Some(analyte.specimen),
        ..ResultRow::default()
    }
}

pub(crate) fn explain(analyte: &Analyte, value: Decimal, person: Person) -> Explained {
    let unit = canonical(analyte);
    let spelled = unit.spell.iter().find(|s| !s.is_empty()).map(String::as_str);
    make(person, vec![row(analyte, &value.to_string(), spelled)]).results.remove(0)
}

pub(crate) fn analytes() -> &'static [Analyte] {
    &Catalogue::embedded().entries().analytes
}

pub(crate) fn canonical(analyte: &Analyte) -> &Unit {
    analyte.units.iter().find(|unit| unit.canonical).unwrap()
}

pub(crate) fn believable(analyte: &Analyte, value: Decimal) -> bool {
    analyte.plausible.is_some_and(|p| p.min.0 <= value && value <= p.max.0)
}

/// A limit and one last digit to each side.
pub(crate) fn around(limit: Decimal) -> [Decimal; 3] {
    let digit = Decimal::new(1, limit.scale().max(1));
    [limit - digit, limit, limit + digit]
}
