//! `cargo xtask test`: a stack of its own on free ports, every test of the workspace against it, and nothing left.

use anyhow::Result;
use clap::Args;
use medius_tests::stack::RUN_FILE_VARIABLE;
use tokio::process::Command;

use crate::{preflight, process, stack, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// Arguments for `cargo test`, for example a test's name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    preflight::browser().await?;
    let front = preflight::listen(0, "")?;
    let up = stack::up(&workspace::root().join("target/test-run"), preflight::free_port()?, front).await?;
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--workspace"]).args(&options.arguments).current_dir(workspace::root());
    cargo.env(RUN_FILE_VARIABLE, &up.run_file);
    process::shown("cargo test --workspace", &mut cargo).await
}
