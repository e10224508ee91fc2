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

/// The function whose process runs with this access key: the local AWS gives each its own by its environment.
pub(super) fn function_of_key(key: &str) -> Option<String> {
    let wanted = format!("AWS_ACCESS_KEY_ID={key}");
    fs::read_dir("/proc").ok()?.flatten().find_map(|process| {
        let environment = fs::read(process.path().join("environ")).ok()?;
        let variables: Vec<_> = environment.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        let name =
            |variable: &std::borrow::Cow<'_, str>| Some(variable.strip_prefix("AWS_LAMBDA_FUNCTION_NAME=")?.to_owned());
        variables.iter().any(|variable| *variable == wanted).then(|| variables.iter().find_map(name)).flatten()
    })
}
