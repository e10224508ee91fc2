//! The last gate: every sentence has a source of the catalogue, and every number in it stands in the row it speaks of, in
//! its entry, or is one of the few that are recomputed here from them.

use crate::catalogue::Catalogue;
use crate::egfr;
use crate::input::{Input, ResultRow};
use crate::judge::to_canonical;
use crate::read::value;
use crate::report::Report;
use crate::said::{Said, Unsaid};
use rust_decimal::Decimal;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// What a sentence speaks of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of<'a> {
    /// One result.
    Result(&'a str, Option<&'a str>),
    /// Several rows.
    All,
}

/// Every sentence of a report with what it speaks of.
pub(crate) fn said(report: &Report) -> Vec<(Of<'_>, &Said)> {
    let mut all = Vec::new();
    for result in &report.results {
        let of = Of::Result(&result.row, result.analyte.as_deref());
        let lists = [&result.lies, &result.affects, &result.ask, &result.caveats];
        let single =
            result.measures.iter().chain(&result.can_go_with).chain(result.screening.as_ref().map(|s| &s.said));
        all.extend(single.chain(lists.into_iter().flatten()).map(|said| (of, said)));
    }
    let critical = report.critical.iter().flat_map(|c| &c.said);
    let rates =
        report.filtration.iter().flat_map(|f| std::iter::once(&f.said).chain(f.screening.as_ref().map(|s| &s.said)));
    let trends = report.trends.iter().map(|t| &t.said);
    let medicines = report
        .medicines
        .iter()
        .flat_map(|m| m.purpose.iter().chain(&m.how).chain(&m.cautions).chain(&m.food).chain(&m.pregnancy));
    let between =
        report.duplicates.iter().flat_map(|d| &d.said).chain(report.interactions.iter().flat_map(|i| &i.said));
    let rest = report.not_judged.iter().flat_map(|n| &n.said).chain(&report.notes);
    all.extend(
        critical.chain(rates).chain(trends).chain(medicines).chain(between).chain(rest).map(|said| (Of::All, said)),
    );
    all
}

/// Checks a report against what it was made of.
///
/// # Errors
/// [`Unsaid::NoSource`] or [`Unsaid::StrayNumber`].
pub(crate) fn verify(report: &Report, input: &Input, catalogue: &Catalogue) -> Result<(), Unsaid> {
    let held = catalogue.numbers();
    let everything = OnceCell::new();
    for (of, said) in said(report) {
        if catalogue.source(said.source()).is_none() {
            return Err(Unsaid::NoSource);
        }
        let known = |number: &Decimal| match of {
            Of::Result(id, analyte) => {
                let mut rows = input.results.iter().filter(|row| row.id == id);
                analyte.is_some_and(|id| held.analyte(id).any(|n| n == number))
                    || rows.any(|row| printed(row).contains(number))
            }
            Of::All => everything.get_or_init(|| all(input, report, catalogue)).contains(number),
        };
        for text in said.ko().into_iter().chain(said.en()) {
            if !numbers(text).all(|number| held.phrases.contains(&number) || known(&number)) {
                return Err(Unsaid::StrayNumber);
            }
        }
    }
    Ok(())
}

/// Numbers of a text: runs of digits with at most one point between them.
pub(crate) fn numbers(text: &str) -> impl Iterator<Item = Decimal> + use<> {
    let runs: Vec<&str> = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).collect();
    let parts = runs.into_iter().flat_map(|run| {
        let run = run.trim_matches('.');
        // `1.2.3` is three numbers, not one.
        if run.matches('.').count() > 1 { run.split('.').collect::<Vec<_>>() } else { vec![run] }
    });
    let found: Vec<Decimal> =
        parts.filter_map(|run| Decimal::from_str_exact(run).ok()).map(|d| d.normalize()).collect();
    found.into_iter()
}

/// Numbers that a row prints.
fn printed(row: &ResultRow) -> Vec<Decimal> {
    let fields = [Some(&row.name), Some(&row.value), row.unit.as_ref(), row.range.as_ref(), row.flag.as_ref()];
    let mut found: Vec<Decimal> = fields.into_iter().flatten().flat_map(|field| numbers(field)).collect();
    found.extend(row.date.iter().flat_map(|date| numbers(&date.to_string())));
    found
}

/// Numbers of the whole input, of the entries in use, and those computed from them: canonical values, ages and rates.
fn all(input: &Input, report: &Report, catalogue: &Catalogue) -> BTreeSet<Decimal> {
    let held = catalogue.numbers();
    let mut known: BTreeSet<Decimal> = input.results.iter().flat_map(printed).collect();
    known.extend(input.medicines.iter().flat_map(|row| numbers(&row.name)));
    for (row, explained) in input.results.iter().zip(&report.results) {
        let Some(analyte) = explained.analyte.as_deref().and_then(|id| catalogue.analyte(id)) else { continue };
        known.extend(held.analyte(&analyte.id));
        let values =
            analyte.units.iter().filter_map(|unit| to_canonical(unit, value::quantity(&row.value)?.interval.exact()?));
        let age = input.person.age(row.date.unwrap_or(input.as_of));
        for value in values {
            known.extend([value.normalize(), crate::compose::readable(value)]);
            if let (Some(age), Some(sex)) = (age, input.person.sex) {
                known.extend([Some(Decimal::from(age)), egfr::ckd_epi_2021(value, age, sex)].into_iter().flatten());
            }
        }
    }
    // The unit of a filtration rate has a number of its own.
    known.extend(report.filtration.iter().flat_map(|rate| numbers(&rate.rate.unit)));
    let medicines = report.medicines.iter().filter_map(|m| catalogue.medicine(m.medicine.as_deref()?));
    for medicine in medicines {
        let ids = std::iter::once(&medicine.id).chain(&medicine.components);
        known.extend(ids.flat_map(|id| held.medicine(id)));
    }
    known.extend(report.interactions.iter().flat_map(|met| held.interaction(&met.interaction)));
    known
}

#[cfg(test)]
mod tests;
