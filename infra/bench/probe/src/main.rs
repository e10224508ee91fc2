//! What `cargo xtask bench` measures in a release build of its own: one letter or explanation as a process, and sealing beside
//! the bare cipher. Writes JSON to standard output.
#![expect(clippy::print_stdout, reason = "its output is its answer")]

mod connection;
mod page;
mod sample;
mod sealing;

use anyhow::Result;
use clap::{Parser, Subcommand};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The demo case's letter: the first in this process, and then more.
    Letter {
        /// How many more.
        #[arg(long, default_value_t = 0)]
        more: u32,
        /// Where the last PDF is put.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// An explanation of ordinary records, likewise.
    Explanation {
        /// How many more.
        #[arg(long, default_value_t = 0)]
        more: u32,
        /// Where the last PDF is put.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// The same content as web pages, for other typesetters: letter.html and explanation.html.
    Pages {
        /// Folder to write to.
        folder: PathBuf,
    },
    /// Sealing and opening of 4 KiB, and AES-256-GCM alone.
    Sealing,
    /// The first call of AWS and later ones, with the service that the environment names.
    Connection,
}

fn main() -> Result<()> {
    let answer = match Arguments::parse().what {
        What::Letter { more, out } => repeated(more, out, || Ok(sample::letter()?.pdf))?,
        What::Explanation { more, out } => repeated(more, out, || Ok(sample::explanation()?.0))?,
        What::Pages { folder } => {
            std::fs::create_dir_all(&folder)?;
            let letter = serde_json::to_value(&sample::letter()?.view)?;
            std::fs::write(folder.join("letter.html"), page::of("진료의뢰서 Referral letter", &letter))?;
            let explanation = serde_json::to_value(sample::explanation()?.1)?;
            std::fs::write(folder.join("explanation.html"), page::of("설명 Explanation", &explanation))?;
            json!({ "pages": 2 })
        }
        What::Sealing => sealing::measure()?,
        What::Connection => connection::measure()?,
    };
    println!("{answer}");
    Ok(())
}

/// Milliseconds of CPU that this process has used since it began.
fn cpu_ms() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 * 1e3 + used.tv_nsec as f64 / 1e6
}

/// The value in the middle; none of none.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn repeated(more: u32, out: Option<PathBuf>, make: impl Fn() -> Result<Vec<u8>>) -> Result<Value> {
    let mut pdf = make()?;
    let first = cpu_ms();
    let mut each = Vec::new();
    for _ in 0..more {
        let before = cpu_ms();
        pdf = make()?;
        each.push(cpu_ms() - before);
    }
    if let Some(out) = out {
        std::fs::write(out, &pdf)?;
    }
    Ok(json!({ "first_cpu_ms": first, "warm_cpu_ms": median(each), "bytes": pdf.len() }))
}
