//! Verdicts put into words: sentences of the catalogue, in a fixed order, critical values alone and first.

mod medicine;
mod results;
mod series;

pub(crate) use series::readable;

use crate::catalogue::Catalogue;
use crate::input::{Input, Options};
use crate::judge;
use crate::report::Report;
use crate::said::{Said, Speaker, Unsaid};
use crate::verify;
use std::collections::BTreeSet;

/// Id of the source of what a report itself prints.
pub(crate) const YOUR_REPORT: &str = "your-report";

/// Makes the report.
///
/// # Errors
/// [`Unsaid`] if a sentence has no source or a number of unknown origin: then nothing is shown at all.
pub fn report(input: &Input, catalogue: &Catalogue, options: Options) -> Result<Report, Unsaid> {
    let input = &series::split_pressures(input, catalogue);
    let speaker = Speaker { catalogue, language: options.language };
    let verdicts: Vec<_> = input
        .results
        .iter()
        .map(|row| judge::row(catalogue, row, &input.person, input.as_of, options.unreviewed))
        .collect();
    let rows = || input.results.iter().zip(&verdicts);
    let mut report = Report {
        critical: results::critical(speaker, input, &verdicts)?,
        results: rows().map(|(row, verdict)| results::explained(speaker, row, verdict)).collect::<Result<_, _>>()?,
        filtration: series::filtration(speaker, input, &verdicts)?,
        trends: series::trends(speaker, input, &verdicts)?,
        medicines: Vec::new(),
        duplicates: Vec::new(),
        interactions: Vec::new(),
        not_judged: rows()
            .filter_map(|(row, verdict)| results::not_judged(speaker, row, verdict).transpose())
            .collect::<Result<_, _>>()?,
        notes: vec![speaker.phrase("note-explains", &[], YOUR_REPORT)?],
        sources: Vec::new(),
        unreviewed: false,
    };
    medicine::add(speaker, input, options.unreviewed, &mut report)?;
    let results = report.results.iter().any(|r| r.measures.is_some() && !r.reviewed);
    let medicines = report.medicines.iter().any(|m| m.purpose.is_some() && !m.reviewed);
    report.unreviewed = results || medicines || report.interactions.iter().any(|i| !i.reviewed);
    if report.unreviewed {
        report.notes.push(speaker.phrase("note-unreviewed", &[], YOUR_REPORT)?);
    }
    let mut used: BTreeSet<&str> = verify::said(&report).into_iter().map(|(_, said)| Said::source(said)).collect();
    used.extend(report.results.iter().filter_map(|r| r.range.as_ref()).map(|range| range.source.as_str()));
    used.extend(report.critical.iter().map(|c| c.source.as_str()));
    report.sources =
        used.into_iter().map(|id| catalogue.source(id).cloned().ok_or(Unsaid::NoSource)).collect::<Result<_, _>>()?;
    verify::verify(&report, input, catalogue)?;
    Ok(report)
}
