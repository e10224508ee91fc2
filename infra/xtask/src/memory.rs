//! Memory, measured: the most that each function's processes held while every test ran, beside what the template gives it. Lambda
//! ends a function that takes more.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use medius_tests::run_file::RunFile;
use serde_json::Value;

use crate::{bench::kernel::peaks_mib, run_json::FUNCTIONS, say};

/// Prints the peaks of a stack that still runs. A local build takes somewhat more than a release.
///
/// # Errors
/// When a function took more than the template gives it, or no process of any is there.
pub(crate) fn check(run: &RunFile, template: &Path) -> Result<()> {
    let template: Value = serde_json::from_slice(&fs::read(template)?).context("the template is no JSON")?;
    let peaks = peaks_mib(&run.endpoint)?;
    let (mut over, mut measured) = (Vec::new(), 0_usize);
    say::line("function      MiB at most  of");
    for (function, id) in FUNCTIONS {
        let given = template["Resources"][format!("{id}Function")]["Properties"]["MemorySize"].as_f64();
        let given = given.with_context(|| format!("the template gives {id} no memory"))?;
        let name = &run.functions.get(function).with_context(|| format!("run.json has no {function}"))?.name;
        // The local AWS ends a process that it has not needed for a while, and a replacement may not have been needed since.
        let Some(peak) = peaks.get(name) else {
            say::line(&format!("{function:<12} {:>12} {given:>5}", "ended"));
            continue;
        };
        measured += 1;
        say::line(&format!("{function:<12} {peak:>12.0} {given:>5}"));
        if *peak > given {
            over.push(function);
        }
    }
    ensure!(measured > 0, "no function's process is there");
    ensure!(over.is_empty(), "more memory than the template gives: {}", over.join(", "));
    Ok(())
}
