//! `cargo xtask openapi`: writes `infra/openapi.json` from the functions' own routes.
//!
//! The test that holds the file equal to the code writes it when asked to, so that the description has one maker and this
//! tool need not contain every function.

use anyhow::Result;
use tokio::process::Command;

use crate::{process, workspace};

/// Asks the test to write the file instead of comparing it.
const WRITE: &str = "MEDIUS_WRITE_OPENAPI";

pub(crate) async fn run() -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--quiet", "--workspace", "--test", "openapi"]).current_dir(workspace::root()).env(WRITE, "1");
    process::shown("infra/openapi.json from the code", &mut cargo).await?;
    // The page is made of it.
    crate::docs::run(&crate::docs::Options { check: false })
}
