//! Figures of a benchmark: rows as hospitals print them with the answer that a person wrote down, held against the engine.
//!
//! The rows lie in `tests/bench/rows.tsv`; each is tried in every spelling in which its print differs. An unsafe answer is a judgement where none may be made, the wrong one, or a
//! critical value that is not seen; an abstention is a row that could have been judged and was not.

mod spelling;

use crate::catalogue::Catalogue;
use crate::input::{Input, Options, Person, Pregnancy, ResultRow, Sex};
use crate::judge::{Judgement, Place};
use crate::report::Explained;
use crate::said::Unsaid;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use spelling::{Printed, SPELLINGS};

/// Figures over all rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Rows of the data.
    pub rows: usize,
    /// Rows times the spellings in which their print differs. What follows is counted over these.
    pub tried: usize,
    /// Those whose entry, or none, is the right one.
    pub matched: usize,
    /// Those with a canonical value in the data, and those that were right.
    pub units: (usize, usize),
    /// Those with the right answer.
    pub judged: usize,
    /// Judgements that are wrong or may not be made; critical values not seen. Must be 0.
    pub unsafe_answers: usize,
    /// Those that could have been judged and were not.
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
    printed: Printed,
    heading: &'a str,
    flag: &'a str,
    person: Person,
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
        figures.rows += 1;
        for (how, spell) in SPELLINGS {
            let printed = spell(&row.printed);
            if how != SPELLINGS[0].0 && printed == row.printed {
                continue;
            }
            let input = row.input(printed).ok_or(Wrong::Line(at + 1))?;
            let report = crate::report(&input, catalogue, Options::default()).map_err(|e| Wrong::Unsaid(at + 1, e))?;
            let Some(result) = report.results.first() else { return Err(Wrong::Line(at + 1)) };
            figures.tried += 1;
            let cited = crate::verify::said(&report);
            figures.citations.0 += cited.len();
            figures.citations.1 += cited.iter().filter(|(_, said)| catalogue.source(said.source()).is_some()).count();
            figures.hold(&row, result, &format!("line {}, {how}", at + 1));
        }
    }
    Ok(figures)
}

impl Figures {
    /// Holds one answer against what a person wrote down.
    fn hold(&mut self, row: &Row<'_>, result: &Explained, place: &str) {
        let answer = answer(result);
        let found = result.analyte.as_deref().unwrap_or_default();
        let mut wrong: Vec<&str> = Vec::new();
        if found == row.analyte {
            self.matched += 1;
        } else {
            wrong.push("match");
        }
        if let Ok(expected) = Decimal::from_str_exact(row.canonical) {
            self.units.0 += 1;
            // A row that may not be judged has no canonical value to be right or wrong.
            if result.canonical.as_ref().is_some_and(|q| q.value == expected) {
                self.units.1 += 1;
            } else {
                wrong.push("unit");
            }
        }
        let abstains = |word: &str| matches!(word, "not-judged" | "not-matched" | "conflict");
        if answer == row.judgement || abstains(answer) && row.judgement == "not-judged" && answer == "not-matched" {
            self.judged += 1;
        } else if abstains(answer) && !abstains(row.judgement) && row.judgement != "critical" {
            self.abstained += 1;
            wrong.push("abstained");
        } else if abstains(answer) && abstains(row.judgement) {
            wrong.push("another reason");
        } else {
            self.unsafe_answers += 1;
            wrong.push("UNSAFE");
        }
        let expected = (row.analyte, row.canonical, row.judgement);
        self.misses.extend(wrong.iter().map(|what| format!("{place}: {what}: {expected:?} -> {found} {answer}")));
    }
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
    let own = |field: &&str| (*field).to_owned();
    let printed = Printed { name: own(name), value: own(value), unit: own(unit), range: own(range) };
    Some(Row { printed, heading, flag, person: who(person)?, analyte, canonical, judgement })
}

/// The day on which the rows are explained.
const fn as_of() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 11, 1)
}

impl Row<'_> {
    fn input(&self, printed: Printed) -> Option<Input> {
        let given = |field: &str| (!field.is_empty()).then(|| field.to_owned());
        Some(Input {
            as_of: as_of()?,
            person: self.person.clone(),
            results: vec![ResultRow {
                id: "1".to_owned(),
                heading: given(self.heading),
                unit: given(&printed.unit),
                range: given(&printed.range),
                flag: given(self.flag),
                name: printed.name,
                value: printed.value,
                ..ResultRow::default()
            }],
            medicines: Vec::new(),
        })
    }
}

/// `F45`, `M60`, `F30P`: sex, age, pregnant.
fn who(text: &str) -> Option<Person> {
    let sex = if text.starts_with('F') { Sex::Female } else { Sex::Male };
    let pregnant = text.ends_with('P');
    let age: i32 = text.trim_start_matches(['F', 'M']).trim_end_matches('P').parse().ok()?;
    use chrono::Datelike as _;
    let born = NaiveDate::from_ymd_opt(as_of()?.year() - age, 6, 1)?;
    let pregnancy = if pregnant { Pregnancy::Yes { trimester: None } } else { Pregnancy::No };
    Some(Person { sex: Some(sex), born: Some(born), pregnancy })
}
