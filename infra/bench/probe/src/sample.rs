//! What is measured: the demo case's letter, and an explanation of a sheet and a list of medicines as patients bring them.

#[path = "../../../../shared/documents/tests/common/mod.rs"]
mod common;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, NaiveDate};
use medius_documents::explanation::{Explanation, render};
use medius_documents::{Letter, issue};
use medius_explain::{
    Catalogue, Input, Language, MedicineRow, Options, Person, Pregnancy, Report, ResultRow, Sex, report,
};

/// Name, value, unit and range as printed.
const RESULTS: [(&str, &str, &str, &str); 12] = [
    ("HbA1c", "8.1", "%", "4.0~5.6"),
    ("Glucose (fasting)", "162", "mg/dL", "70~99"),
    ("Creatinine", "0.82", "mg/dL", "0.5~1.1"),
    ("eGFR", "88", "mL/min/1.73m2", "> 60"),
    ("AST", "31", "U/L", "0~40"),
    ("ALT", "44", "U/L", "0~40"),
    ("LDL cholesterol", "131", "mg/dL", "0~130"),
    ("HDL cholesterol", "47", "mg/dL", "> 40"),
    ("Triglyceride", "171", "mg/dL", "0~150"),
    ("TSH", "2.1", "mIU/L", "0.4~4.0"),
    ("Na", "140", "mmol/L", "135~145"),
    ("K", "4.4", "mmol/L", "3.5~5.1"),
];
const MEDICINES: [&str; 3] = ["metformin 500mg", "amlodipine 5mg", "atorvastatin 10mg"];

/// The demo case's letter with its Bundle.
pub(crate) fn letter() -> Result<Letter> {
    Ok(issue(&common::disclosure(&common::demo()), &common::provider(), &common::issue_of())?)
}

/// The explanation's PDF, and what it says.
pub(crate) fn explanation() -> Result<(Vec<u8>, Report)> {
    let day = NaiveDate::from_ymd_opt(2026, 11, 20).context("a day")?;
    let row = |(name, value, unit, range): &(&str, &str, &str, &str)| ResultRow {
        id: (*name).to_owned(),
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        unit: Some((*unit).to_owned()),
        range: Some((*range).to_owned()),
        date: Some(day),
        ..ResultRow::default()
    };
    let medicine =
        |name: &&str| MedicineRow { id: (*name).to_owned(), name: (*name).to_owned(), ..MedicineRow::default() };
    let input = Input {
        as_of: day,
        person: Person { sex: Some(Sex::Female), born: NaiveDate::from_ymd_opt(1978, 4, 3), pregnancy: Pregnancy::No },
        results: RESULTS.iter().map(row).collect(),
        medicines: MEDICINES.iter().map(medicine).collect(),
    };
    let language = Language::Both;
    let options = Options { language, ..Options::default() };
    let report = report(&input, Catalogue::embedded(), options).map_err(|_| anyhow!("the engine refused"))?;
    let made_at = DateTime::from_timestamp(1_790_000_000, 0).context("a moment")?;
    let operator = common::issue_of().operator;
    let id = "exp_00000000000000000000000000000000";
    let (pdf, _) = render(&Explanation { report: &report, language, made_at, operator: &operator, id })?;
    Ok((pdf, report))
}
