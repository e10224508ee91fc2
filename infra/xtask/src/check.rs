//! `cargo xtask check`: what can be said about the source without running it.

use std::path::Path;

use anyhow::{Result, bail};
use tokio::process::Command;

use crate::{
    process::{self, Group},
    say, template_checks, tools,
    tools::Tools,
    workspace,
};

pub(crate) async fn run() -> Result<()> {
    let python = Tools::ensure().await?;
    let deny = tools::cargo_tool("cargo-deny").await?;
    let machete = tools::cargo_tool("cargo-machete").await?;
    let mut failed = Vec::new();
    say::line("==> privacy policy (xtask policy-map)");
    if let Err(error) = crate::policy_map::run(&crate::policy_map::Options { check: true }) {
        say::error(&format!("{error:#}"));
        failed.push("privacy policy (xtask policy-map)");
    }
    say::line("==> pages that are made (xtask docs)");
    if let Err(error) = crate::docs::run(&crate::docs::Options { check: true }) {
        say::error(&format!("{error:#}"));
        failed.push("pages that are made (xtask docs)");
    }
    let mut sam = python.sam()?;
    sam.args(["validate", "--lint", "--region", crate::ministack::REGION]);
    let mut cfn_lint = python.cfn_lint()?;
    cfn_lint.arg("template.yaml");
    let steps = [
        ("format (cargo fmt)", cargo(&["fmt", "--all", "--check"])),
        ("template (sam validate --lint)", sam),
        ("template (cfn-lint)", cfn_lint),
        ("unused dependencies (cargo-machete)", tool(&machete, &[])),
        ("licences, bans, sources (cargo-deny)", tool(&deny, &["check", "licenses", "bans", "sources"])),
        ("lints (clippy)", cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    ];
    for (name, mut command) in steps {
        if let Err(error) = process::shown(name, &mut command).await {
            say::error(&format!("{error:#}"));
            failed.push(name);
        }
    }
    for (name, outcome) in template_checks::run().await? {
        if let Err(error) = outcome {
            say::error(&format!("{error:#}"));
            failed.push(name);
        }
    }
    if !advisories(&deny).await? {
        failed.push("advisories (cargo-deny)");
    }
    if failed.is_empty() { Ok(()) } else { bail!("these checks failed: {}", failed.join(", ")) }
}

/// Known vulnerabilities. The database is fetched; where it cannot be reached, that is said and no judgement is made.
async fn advisories(deny: &Path) -> Result<bool> {
    let mut fetch = tool(deny, &["fetch", "db"]);
    fetch.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    // No question to anybody at the terminal, and no long wait behind a closed network.
    fetch.env("GIT_TERMINAL_PROMPT", "0");
    let fetched = async { Group::spawn(&mut fetch)?.wait().await };
    match tokio::time::timeout(std::time::Duration::from_secs(60), fetched).await {
        Ok(Ok(status)) if status.success() => {}
        Ok(Ok(_) | Err(_)) | Err(_) => {
            say::line("==> advisories: the advisory database cannot be reached from here, so they were not checked");
            return Ok(true);
        }
    }
    let mut check = tool(deny, &["check", "--disable-fetch", "advisories"]);
    match process::shown("advisories (cargo-deny)", &mut check).await {
        Ok(()) => Ok(true),
        Err(error) => {
            say::error(&format!("{error:#}"));
            Ok(false)
        }
    }
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(workspace::root());
    command
}

fn tool(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root());
    command
}
