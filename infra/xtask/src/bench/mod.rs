//! `cargo xtask bench`: figures that documents quote come from here, and from nowhere else. Each run writes a table to the
//! terminal and JSON to target/bench.

mod calls;
mod connection;
mod cost;
mod documents;
mod explain;
mod functions;
pub(crate) mod kernel;
mod load;
mod probe;
mod refusals;
mod runtime;
mod tap;

use anyhow::Result;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tokio::process::Command;

use crate::{preflight, process, say, workspace};

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
    /// Release builds: CPU until the first request is asked for, of the first call and of later ones, memory, size; beside a
    /// function that does nothing, and beside Node and Python functions with the same four clients.
    Functions(functions::Options),
    /// The letter and the explanation beside WeasyPrint and Chromium on the same content.
    Documents(documents::Options),
    /// Sealing of 4 KiB beside the bare cipher.
    Sealing,
    /// The first call of AWS with its connection beside later ones; fails above 8 ms of CPU between them.
    Connection,
    /// AWS calls per request, counted by a proxy between the functions and the local AWS; fails when a request needs more round
    /// trips than are to be held.
    Calls,
    /// What a thousand referrals cost: requests of AWS that whole journeys make, by a dated price list; beside it what a month costs
    /// without any.
    Cost(cost::Options),
    /// Refusals at a link: fails when words, headers or times tell one kind from another.
    Refusals,
    /// The main requests with many patients at once on the local stack.
    Load(load::Options),
}

pub(crate) async fn run(options: Options) -> Result<()> {
    match options.what {
        What::Explain { rows } => explain::run(rows.as_ref()),
        What::Functions(options) => functions::run(options).await,
        What::Documents(options) => documents::run(options).await,
        What::Sealing => probe::sealing().await,
        What::Connection => connection::run().await,
        What::Calls => calls::run().await,
        What::Cost(options) => cost::run(options).await,
        What::Refusals => refusals::run().await,
        What::Load(options) => load::run(options).await,
    }
}

/// A folder under target with a copy of one of infra/bench.
fn copied(name: &str) -> Result<PathBuf> {
    let to = workspace::root().join("target/bench").join(name);
    fs::create_dir_all(&to)?;
    for file in fs::read_dir(workspace::root().join("infra/bench").join(name))? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(to)
}

/// The interpreter of an environment in `folder` with what its requirements.txt names.
async fn python_environment(folder: &Path) -> Result<PathBuf> {
    let interpreter = folder.join("env/bin/python");
    if !interpreter.exists() {
        let venv = &mut Command::new(preflight::python().await?);
        venv.args(["-m", "venv"]).arg(folder.join("env"));
        process::logged("Python environment", venv, &folder.join("venv.log")).await?;
    }
    let pip = &mut Command::new(&interpreter);
    pip.args(["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-r", "requirements.txt"]);
    process::logged("pip install", pip.current_dir(folder), &folder.join("pip.log")).await?;
    Ok(interpreter)
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
