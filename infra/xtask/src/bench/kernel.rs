//! What the kernel says about a process.

use anyhow::{Context, Result};
use std::{collections::BTreeMap, fs};

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
    mib(pid, "VmRSS:")
}

/// The most MiB of memory that each living process of a function ever held, by the function's name; of the local AWS at this
/// address, because others may run beside it.
pub(crate) fn peaks_mib(endpoint: &str) -> Result<BTreeMap<String, f64>> {
    let of_this = format!("AWS_ENDPOINT_URL={endpoint}");
    let mut peaks = BTreeMap::new();
    for process in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        if !variables.clone().any(|variable| variable == of_this.as_bytes()) {
            continue;
        }
        let named = variables.find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="));
        // A process may end while the list is read.
        let (Some(name), Ok(peak)) = (named, mib(pid, "VmHWM:")) else { continue };
        let highest = peaks.entry(String::from_utf8_lossy(name).into_owned()).or_insert(peak);
        *highest = highest.max(peak);
    }
    Ok(peaks)
}

fn mib(pid: u32, field: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process ended")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).with_context(|| format!("no {field}"))?;
    let kib = line.split_whitespace().next().and_then(|n| n.parse::<f64>().ok());
    Ok(kib.with_context(|| format!("{field} is no number"))? / 1024.0)
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
