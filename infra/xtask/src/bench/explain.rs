//! The explanation engine, measured against rows with written-down answers.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use medius_explain::{Catalogue, bench};
use serde_json::json;

use crate::{say, workspace};

pub(super) fn run(rows: Option<&PathBuf>) -> Result<()> {
    let own = workspace::root().join("shared/explain/tests/bench/rows.tsv");
    let path = rows.unwrap_or(&own);
    let table = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let catalogue = Catalogue::embedded();
    let start = Instant::now();
    let figures = bench::run(&table, catalogue)?;
    let each = start.elapsed().as_secs_f64() * 1e6 / figures.tried.max(1) as f64;
    let share = |part: usize, of: usize| format!("{part} of {of}");
    let entries = catalogue.entries();
    for (what, figure) in [
        ("entries", format!("{} tests, {} medicines", entries.analytes.len(), entries.medicines.len())),
        ("rows", figures.rows.to_string()),
        ("rows in their spellings", figures.tried.to_string()),
        ("name matched as expected", share(figures.matched, figures.tried)),
        ("converted exactly", share(figures.units.1, figures.units.0)),
        ("judged as expected", share(figures.judged, figures.tried)),
        ("abstained though it could be judged", figures.abstained.to_string()),
        ("unsafe answers", figures.unsafe_answers.to_string()),
        ("sentences with a source", share(figures.citations.1, figures.citations.0)),
        ("microseconds a row, this build", format!("{each:.0}")),
    ] {
        say::line(&format!("{what:<38}{figure}"));
    }
    let whole = json!({"figures": figures, "microseconds_per_row": each, "debug_build": cfg!(debug_assertions),
        "analytes": entries.analytes.len(), "medicines": entries.medicines.len()});
    super::keep("explain", &whole)?;
    for miss in &figures.misses {
        say::line(miss);
    }
    if figures.unsafe_answers > 0 {
        bail!("{} unsafe answers", figures.unsafe_answers);
    }
    Ok(())
}
