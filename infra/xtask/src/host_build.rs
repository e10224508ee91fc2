//! cargo-lambda always names a target, even the host's own, and cargo keeps such artifacts apart from those of `cargo build`
//! and `cargo test`: every heavy crate would be compiled twice. Its documented hook lets another subcommand build. This one
//! drops the target and puts the binary where cargo-lambda looks for it.

use std::{ffi::OsString, fs, os::unix::fs::symlink, path::Path};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::{process::Group, workspace};

/// Name of the cargo subcommand: `cargo medius-host-build`.
const SUBCOMMAND: &str = "medius-host-build";

/// Lets `sam build` on this `command` use the hook; `folder` gets the subcommand and must be on its PATH.
pub(crate) fn hook(command: &mut Command, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let link = folder.join(format!("cargo-{SUBCOMMAND}"));
    let _ = fs::remove_file(&link);
    symlink(std::env::current_exe()?, &link).with_context(|| format!("cannot link {}", link.display()))?;
    command.env("CARGO_LAMBDA_COMPILER", "cargo").env("CARGO_LAMBDA_COMPILER_SUBCOMMAND", SUBCOMMAND);
    Ok(())
}

/// The command line as clap should see it: cargo calls us `cargo-medius-host-build medius-host-build …`.
pub(crate) fn as_subcommand(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if let Some(second) = arguments.get_mut(1)
        && *second == SUBCOMMAND
    {
        *second = OsString::from("host-build");
    }
    arguments
}

/// `cargo build` with `arguments`, less `--target`.
pub(crate) async fn run(arguments: &[String]) -> Result<()> {
    let after = |option: &str| arguments.iter().skip_while(|argument| *argument != option).nth(1);
    let (Some(target), Some(binary)) = (after("--target"), after("--bin")) else {
        bail!("cargo-lambda gave no --target or no --bin: {arguments:?}");
    };
    let kept = arguments.iter().filter(|argument| *argument != "--target" && *argument != target);
    let mut cargo = Command::new("cargo");
    cargo.arg("build").args(kept);
    let status = Group::spawn(&mut cargo)?.wait().await?;
    if !status.success() {
        bail!("cargo build --bin {binary} failed ({status})");
    }
    let profile = if arguments.iter().any(|argument| argument == "--release") { "release" } else { "debug" };
    let directory = workspace::target_directory().await?;
    let place = directory.join(target).join(profile);
    fs::create_dir_all(&place)?;
    let expected = place.join(binary);
    let _ = fs::remove_file(&expected);
    let built = directory.join(profile).join(binary);
    fs::hard_link(&built, &expected)
        .with_context(|| format!("cannot put {} to {}", built.display(), expected.display()))?;
    Ok(())
}
