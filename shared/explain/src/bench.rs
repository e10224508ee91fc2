//! Figures of a benchmark: rows as hospitals print them with the answer that a person wrote down, held against the engine.
//!
//! The rows lie in `tests/bench/rows.tsv`. An unsafe answer is a judgement where none may be made, the wrong one, or a
//! critical value that is not seen; an abstention is a row that could have been judged and was not.

use crate::catalogue::Catalogue;
use crate::input::{Input, Options, Person, Pregnancy, ResultRow, Sex};
use crate::judge::{Judgement, Place};
use crate::report::Explained;
use crate::said::Unsaid;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

/// Figures over all rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Rows.
    pub rows: usize,
    /// Rows whose entry, or none, is the right one.
    pub matched: usize,
    /// Rows with a canonical value in the data, and those that were right.
    pub units: (usize, usize),
    /// Rows with the right answer.
    pub judged: usize,
    /// Judgements that are wrong or may not be made; critical values not seen. Must be 0.
    pub unsafe_answers: usize,
    /// Rows that could have been judged and were not.
    pub abstained: usize,
    /// Sentences, and those with a source of the catalogue.
    pub citations: (usize, usize),
    /// Line numbers with what was wrong; no values of patients are in the data.
    pub misses: Vec<String>,
}

/// Why rows cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// A line is not of the form.
    #[error("line {0}: not a row of the benchmark")]
    Line(usize),
    /// The report was not made.
    #[error("line {0}: {1}")]
    Unsaid(usize, Unsaid),
}

struct Row<'a> {
    input: Input,
    analyte: &'a str,
    canonical: &'a str,
    judgement: &'a str,
}

/// Runs the rows of a table: heading, name, value, unit, range, flag, person, entry, canonical value, judgement, with tabs
/// between; lines that start with `#` are comments.
///
/// # Errors
/// [`Wrong`] with the line.
pub fn run(table: &str, catalogue: &Catalogue) -> Result<Figures, Wrong> {
    let mut figures = Figures::default();
    for (at, line) in table.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let row = parse(line).ok_or(Wrong::Line(at + 1))?;
        let report = crate::report(&row.input, catalogue, Options::default()).map_err(|e| Wrong::Unsaid(at + 1, e))?;
        figures.rows += 1;
        let cited = crate::verify::said(&report);
        figures.citations.0 += cited.len();
        figures.citations.1 += cited.iter().filter(|(_, said)| catalogue.source(said.source()).is_some()).count();
        let Some(result) = report.results.first() else { return Err(Wrong::Line(at + 1)) };
        let answer = answer(result);
        let mut miss = |what: &str| {
            figures.misses.push(format!(
                "line {}: {what}: {line} -> {} {answer}",
                at + 1,
                result.analyte.as_deref().unwrap_or("-")
            ))
        };
        if result.analyte.as_deref().unwrap_or_default() == row.analyte {
            figures.matched += 1;
        } else {
            miss("match");
        }
        if let Ok(expected) = Decimal::from_str_exact(row.canonical) {
            figures.units.0 += 1;
            // A row that may not be judged has no canonical value to be right or wrong.
            if result.canonical.as_ref().is_some_and(|q| q.value == expected) {
                figures.units.1 += 1;
            } else {
                miss("unit");
            }
        }
        let abstains = |word: &str| matches!(word, "not-judged" | "not-matched" | "conflict");
        if answer == row.judgement || abstains(answer) && row.judgement == "not-judged" && answer == "not-matched" {
            figures.judged += 1;
        } else if abstains(answer) && !abstains(row.judgement) && row.judgement != "critical" {
            figures.abstained += 1;
            miss("abstained");
        } else if abstains(answer) && abstains(row.judgement) {
            miss("another reason");
        } else {
            figures.unsafe_answers += 1;
            miss("UNSAFE");
        }
    }
    Ok(figures)
}

fn answer(result: &Explained) -> &'static str {
    if result.critical {
        return "critical";
    }
    match result.judgement {
        Judgement::Judged(Place::Low) => "low",
        Judgement::Judged(Place::Within) => "within",
        Judgement::Judged(Place::High) => "high",
        Judgement::Judged(Place::Outside) => "outside",
        Judgement::NotJudged(_) if result.analyte.is_none() => "not-matched",
        Judgement::NotJudged(_) => "not-judged",
        Judgement::Conflict => "conflict",
    }
}

fn parse(line: &str) -> Option<Row<'_>> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [heading, name, value, unit, range, flag, person, analyte, canonical, judgement] = fields.as_slice() else {
        return None;
    };
    let given = |field: &str| (!field.is_empty()).then(|| field.to_owned());
    let as_of = NaiveDate::from_ymd_opt(2026, 11, 1)?;
    Some(Row {
        input: Input {
            as_of,
            person: who(person, as_of)?,
            results: vec![ResultRow {
                id: "1".to_owned(),
                name: (*name).to_owned(),
                value: (*value).to_owned(),
                heading: given(heading),
                unit: given(unit),
                range: given(range),
                flag: given(flag),
                ..ResultRow::default()
            }],
            medicines: Vec::new(),
        },
        analyte,
        canonical,
        judgement,
    })
}

/// `F45`, `M60`, `F30P`: sex, age, pregnant.
fn who(text: &str, as_of: NaiveDate) -> Option<Person> {
    let sex = if text.starts_with('F') { Sex::Female } else { Sex::Male };
    let pregnant = text.ends_with('P');
    let age: i32 = text.trim_start_matches(['F', 'M']).trim_end_matches('P').parse().ok()?;
    use chrono::Datelike as _;
    let born = NaiveDate::from_ymd_opt(as_of.year() - age, 6, 1)?;
    let pregnancy = if pregnant { Pregnancy::Yes { trimester: None } } else { Pregnancy::No };
    Some(Person { sex: Some(sex), born: Some(born), pregnancy })
}
