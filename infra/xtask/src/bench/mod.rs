//! `cargo xtask bench`: figures that documents quote come from here, and from nowhere else. Each run writes a table to the
//! terminal and JSON to target/bench.

mod explain;
mod functions;
mod process;
mod runtime;

use anyhow::Result;
use serde_json::Value;
use std::path::PathBuf;

use crate::{say, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// The explanation engine on report rows as hospitals print them; fails with any unsafe answer.
    Explain {
        /// A table of rows; unless given the one of the engine's tests.
        #[arg(long)]
        rows: Option<PathBuf>,
    },
    /// Start-up of release builds: CPU until the first request is asked for, memory, size; beside a function that does
    /// nothing, and beside Node and Python functions with the same four clients.
    Functions(functions::Options),
}

pub(crate) async fn run(options: Options) -> Result<()> {
    match options.what {
        What::Explain { rows } => explain::run(rows.as_ref()),
        What::Functions(options) => functions::run(options).await,
    }
}

/// Keeps figures for documents and scripts.
fn keep(name: &str, figures: &Value) -> Result<()> {
    let out = workspace::root().join("target/bench");
    std::fs::create_dir_all(&out)?;
    let file = out.join(format!("{name}.json"));
    std::fs::write(&file, serde_json::to_vec_pretty(figures)?)?;
    say::line(&format!("written to {}", file.display()));
    Ok(())
}

/// The value in the middle; the list must not be empty.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
