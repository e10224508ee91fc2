//! Child processes that cannot outlive their step: each has its own process group, which ends with the guard, also when the
//! step is interrupted or panics.

use std::{
    fs::File,
    path::Path,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use crate::say::Step;

/// A running process with everything it started.
pub(crate) struct Group {
    child: Child,
    group: Option<Pid>,
}

impl Group {
    /// Starts `command` in a group of its own and without standard input.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        let child = child.with_context(|| format!("cannot start {program}"))?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { child, group })
    }

    /// Waits for the process itself; what it left running ends with the guard.
    pub(crate) async fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    /// Whether it has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(group) = self.group else { return };
        // An error means that no process of the group is left.
        if kill_process_group(group, Signal::TERM).is_err() {
            return;
        }
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(4) && self.ended().is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.start_kill();
    }
}

/// Runs `command` to its end with its output in `log`, saying every ten seconds that it still runs.
pub(crate) async fn logged(name: &str, command: &mut Command, log: &Path) -> Result<()> {
    let step = Step::start(name);
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut group = Group::spawn(command.stdout(file.try_clone()?).stderr(file))?;
    let status = loop {
        match tokio::time::timeout(Duration::from_secs(10), group.wait()).await {
            Ok(status) => break status?,
            Err(_elapsed) => step.progress(""),
        }
    };
    if !status.success() {
        bail!("{name} failed ({status}): {}; all of it is in {}", reason(log), log.display());
    }
    step.done("");
    Ok(())
}

/// Runs `command` with its output on the terminal.
pub(crate) async fn shown(name: &str, command: &mut Command) -> Result<()> {
    let step = Step::start(name);
    let status = Group::spawn(command)?.wait().await?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    step.done("");
    Ok(())
}

/// The line of a log that most likely says why: a full disk first, then the last line that names an error.
fn reason(log: &Path) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let of = |needle: &str| lines.iter().rev().find(|line| line.to_lowercase().contains(needle)).copied();
    let line = of("no space left").or_else(|| of("error")).or_else(|| lines.last().copied());
    line.unwrap_or("it said nothing").chars().take(300).collect()
}
