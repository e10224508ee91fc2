//! The probe: a release build of the project's own that measures inside its process (infra/bench/probe).

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tokio::process::Command;

use crate::{release_build, say};

/// Times that sealing may take of what the cipher alone takes (docs/performance.md).
const SEALING: f64 = 20.0;

/// The release build.
pub(super) async fn built() -> Result<PathBuf> {
    Ok(release_build::here(&["probe"]).await?.join("probe"))
}

/// What it says.
pub(super) async fn answer(probe: &Path, arguments: &[&str]) -> Result<Value> {
    answer_of(Command::new(probe).args(arguments)).await
}

/// The same, of a command that is made ready.
pub(super) async fn answer_of(command: &mut Command) -> Result<Value> {
    let output = command.output().await.context("the probe does not start")?;
    ensure!(output.status.success(), "probe: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("the probe gave no JSON")
}

/// Sealing of 4 KiB beside the bare cipher.
pub(super) async fn sealing() -> Result<()> {
    let figures = answer(&built().await?, &["sealing"]).await?;
    let figure = |name: &str| figures[name].as_f64().with_context(|| format!("no {name}"));
    let ratio = figure("seal_to_gcm")?;
    for (what, value) in [
        ("AES-256-GCM of 4 KiB, microseconds", figure("gcm_us")?),
        ("sealing", figure("seal_us")?),
        ("opening", figure("open_us")?),
        ("sealing to AES-256-GCM", ratio),
    ] {
        say::line(&format!("{what:<38}{value:.1}"));
    }
    super::keep("sealing", &figures)?;
    ensure!(ratio <= SEALING, "sealing is to take at most {SEALING} times what the cipher takes");
    Ok(())
}
