//! What the kernel says about a process.

use anyhow::{Context, Result};
use std::fs;

/// Milliseconds of CPU that all threads of a process have used.
pub(super) fn cpu_ms(pid: u32) -> Result<f64> {
    let mut nanoseconds = 0_u64;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("the process ended")? {
        // A thread may end while the list is read; what it used is then lost, which is the honest lower figure.
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        let used = text.split_whitespace().next().and_then(|n| n.parse::<u64>().ok());
        nanoseconds += used.context("schedstat has another form")?;
    }
    Ok(nanoseconds as f64 / 1e6)
}

/// MiB of memory that a process holds.
pub(super) fn resident_mib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process ended")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib = line.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()).context("VmRSS is no number")?;
    Ok(kib / 1024.0)
}
