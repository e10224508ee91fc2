//! `cargo xtask test`: a stack of its own on free ports, every test of the workspace against it, and nothing left.

use anyhow::{Context, Result};
use clap::Args;
use medius_tests::stack::RUN_FILE_VARIABLE;
use tokio::process::Command;

use crate::{memory, preflight, process, stack, tools::Checks, used, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// Arguments for `cargo test`, for example a test's name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    preflight::browser().await?;
    let front = preflight::listen(0, "")?;
    // A part of the tests uses a part of the permissions: it adds to what was used and says nothing of the rest.
    let all = options.arguments.is_empty();
    if all {
        used::forget()?;
    }
    let up = stack::up(&workspace::root().join("target/test-run"), preflight::free_port()?, front).await?;
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--workspace"]).args(&options.arguments).current_dir(workspace::root());
    // The runbook's commands are those of the command line of AWS.
    cargo.env(RUN_FILE_VARIABLE, &up.run_file).env("MEDIUS_AWS_PYTHON", Checks::ensure().await?.python());
    process::shown("cargo test --workspace", &mut cargo).await?;
    // Only the whole says what is too much.
    if all {
        memory::check(&up.run, &workspace::root().join("target/test-run/template.json"))?;
        used_permissions()
    } else {
        Ok(())
    }
}

/// The permissions that nothing used in the run before; that run's files are still there.
pub(crate) fn used_permissions() -> Result<()> {
    let files = workspace::root().join("target/test-run");
    let run = files.join("run.json");
    let text = std::fs::read_to_string(&run).with_context(|| format!("{}: cargo xtask test first", run.display()))?;
    used::check(&serde_json::from_str(&text)?, &files.join("template.json"))
}
