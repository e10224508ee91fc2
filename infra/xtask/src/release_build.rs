//! Release builds: for this machine by cargo itself, for arm64 by cargo-lambda, which links with Zig against the C library of
//! Lambda's runtime.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::{process, tools::Tools, workspace};

/// A kind of processor, by the name that the template's parameter `Architecture` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// What this project is tested on.
    #[value(name = "x86_64")]
    X86,
}

impl Architecture {
    /// This machine's; what is no arm64 is taken for the other.
    pub(crate) const HERE: Self = if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86 };

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86 => "x86_64",
        }
    }

    /// The target that it is for the compiler.
    pub(crate) const fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86 => "x86_64-unknown-linux-gnu",
        }
    }
}

/// Builds programs of the workspace for a kind of processor. Gives the folder that has each of them: as a file of its name, or in
/// a folder of its name as `bootstrap`.
///
/// # Errors
/// When the compiler cannot build for it here, or the build fails.
pub(crate) async fn build(architecture: Architecture, bins: &[&str]) -> Result<PathBuf> {
    match architecture {
        Architecture::X86 => {
            ensure!(
                Architecture::HERE == architecture,
                "x86_64 is built on such a machine only: sam build does it elsewhere"
            );
            here(bins).await
        }
        Architecture::Arm64 => arm64(bins).await,
    }
}

/// Builds for this machine, as AWS gets it where its processor is of the same kind.
pub(crate) async fn here(bins: &[&str]) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked"]).args(bins.iter().flat_map(|bin| ["--bin", bin]));
    process::shown("compile (cargo build --release)", cargo.current_dir(workspace::root())).await?;
    Ok(workspace::target_directory().await?.join("release"))
}

async fn arm64(bins: &[&str]) -> Result<PathBuf> {
    can_compile_for(Architecture::Arm64.target()).await?;
    let mut cargo = Tools::ensure().await?.cargo_lambda().await?;
    cargo.args(["build", "--release", "--locked", "--arm64"]).args(bins.iter().flat_map(|bin| ["--bin", bin]));
    process::shown("compile (cargo lambda build --release --arm64)", &mut cargo).await?;
    Ok(workspace::target_directory().await?.join("lambda"))
}

/// Said before anything is downloaded or compiled: cargo-lambda would try to install the target, which is the operator's to do.
async fn can_compile_for(target: &str) -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]).current_dir(workspace::root());
    let output = rustc.output().await.context("rustc")?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    ensure!(
        output.status.success() && Path::new(&folder).is_dir(),
        "this compiler has no {target}: rustup target add {target}"
    );
    Ok(())
}
