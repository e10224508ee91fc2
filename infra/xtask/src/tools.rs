//! The pinned tools, in the user's cache: made once per version, shared by every clone. A folder is made under another name
//! and renamed when complete, so a broken download is never taken for a tool.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::{preflight, process, say, workspace};

/// The Python tools that a stack needs.
pub(crate) struct Tools {
    ministack: PathBuf,
    sam: PathBuf,
}

impl Tools {
    /// Whether they would have to be downloaded first.
    pub(crate) fn missing() -> Result<bool> {
        Ok(!(environment("ministack", "ministack")?.1 && environment("sam", "aws-sam-cli")?.1))
    }

    /// Finds them, or makes them.
    pub(crate) async fn ensure() -> Result<Self> {
        let _lock = lock()?;
        Ok(Self {
            ministack: python_tools("ministack", "ministack").await?,
            sam: python_tools("sam", "aws-sam-cli").await?,
        })
    }

    /// Python of the local AWS.
    pub(crate) fn ministack_python(&self) -> PathBuf {
        self.ministack.join("bin/python")
    }

    /// `sam`, with cargo-lambda on its PATH and no talk to anybody.
    pub(crate) fn sam(&self) -> Result<Command> {
        let mut command = self.python(&["-m", "samcli"])?;
        command.env("SAM_CLI_TELEMETRY", "0");
        Ok(command)
    }

    /// `cargo lambda`, with Zig to link with, which is downloaded the first time; in the repository.
    pub(crate) async fn cargo_lambda(&self) -> Result<Command> {
        let zig = {
            let _lock = lock()?;
            python_tools("zig", "ziglang").await?
        };
        // It looks for the Python module ziglang with the Python that it finds first.
        let path = prepend_path([zig.join("bin"), self.scripts()])?;
        let mut command = Command::new(self.scripts().join("cargo-lambda"));
        command.arg("lambda").env("PATH", path).current_dir(workspace::root());
        Ok(command)
    }

    /// Folder of `cargo-lambda`.
    pub(crate) fn scripts(&self) -> PathBuf {
        self.sam.join("bin")
    }

    /// `cfn-lint`.
    pub(crate) fn cfn_lint(&self) -> Result<Command> {
        // The package is no module that can be run, so its entry point is called.
        self.python(&["-c", "import sys; from cfnlint.runner import main; sys.exit(main())"])
    }

    /// Not by a script: those of a renamed folder would look for their Python under its old name.
    fn python(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(self.sam.join("bin/python"));
        command.args(arguments).env("PATH", prepend_path([self.scripts()])?).current_dir(workspace::root());
        Ok(command)
    }
}

/// The Python tools that checks of the template need, and the runbook's commands.
pub(crate) struct Checks(PathBuf);

impl Checks {
    /// Finds them, or makes them.
    pub(crate) async fn ensure() -> Result<Self> {
        let _lock = lock()?;
        Ok(Self(python_tools("checks", "checkov").await?))
    }

    /// Their Python; `-m awscli` is the command line of AWS.
    pub(crate) fn python(&self) -> PathBuf {
        self.0.join("bin/python")
    }

    /// Their Python with arguments, in the repository.
    pub(crate) fn run(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.python());
        command.args(arguments).current_dir(workspace::root());
        command
    }
}

/// PATH with `folders` first.
pub(crate) fn prepend_path(folders: impl IntoIterator<Item = PathBuf>) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&path)))?)
}

/// A cargo tool of infra/local/cargo-tools.txt, made if absent.
pub(crate) async fn cargo_tool(name: &str) -> Result<PathBuf> {
    let _lock = lock()?;
    let pins = read_pins("cargo-tools.txt")?;
    let version = pins.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let version = version.with_context(|| format!("infra/local/cargo-tools.txt does not pin {name}"))?;
    let folder = workspace::tools_directory()?.join(format!("{name}-{version}"));
    let binary = folder.join("bin").join(name);
    if binary.exists() {
        return Ok(binary);
    }
    let partial = fresh_partial(&folder)?;
    let mut install = Command::new("cargo");
    // Unoptimised: they run for seconds, and building them is what takes time. Not in the repository, whose
    // configuration is not theirs.
    install.args(["install", "--debug", "--locked", "--root"]).arg(&partial).arg(format!("{name}@{version}"));
    install.env("CARGO_TARGET_DIR", partial.join("build")).env("CARGO_PROFILE_DEV_DEBUG", "0").current_dir(&partial);
    process::logged(&format!("{name} {version} (first time only)"), &mut install, &partial.join("install.log")).await?;
    fs::remove_dir_all(partial.join("build"))?;
    fs::rename(&partial, &folder)?;
    Ok(binary)
}

async fn python_tools(name: &str, main: &str) -> Result<PathBuf> {
    let (folder, complete) = environment(name, main)?;
    if complete {
        return Ok(folder);
    }
    let python = preflight::python().await?;
    say::line(&format!("    tools of infra/local/{name}.txt go to {}", folder.display()));
    let partial = fresh_partial(&folder)?;
    let log = partial.join("install.log");
    process::logged(
        &format!("{name}: Python environment"),
        Command::new(&python).args(["-m", "venv"]).arg(&partial),
        &log,
    )
    .await?;
    let mut pip = Command::new(partial.join("bin/python"));
    // The list is complete: with --no-deps nothing unpinned comes along.
    pip.args([
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        "-r",
    ]);
    pip.arg(workspace::root().join("infra/local").join(format!("{name}.txt")));
    process::logged(&format!("{name}: download (first time only)"), &mut pip, &log).await?;
    fs::write(partial.join("pins.txt"), read_pins(&format!("{name}.txt"))?)?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(&partial, &folder)?;
    Ok(folder)
}

/// Folder of a Python environment, and whether it holds exactly the pinned versions.
fn environment(name: &str, main: &str) -> Result<(PathBuf, bool)> {
    let pins = read_pins(&format!("{name}.txt"))?;
    let version = pins.lines().find_map(|line| line.strip_prefix(main)?.strip_prefix("=="));
    let version = version.with_context(|| format!("infra/local/{name}.txt does not pin {main}"))?;
    let folder = workspace::tools_directory()?.join(format!("{name}-{version}"));
    let complete = fs::read_to_string(folder.join("pins.txt")).is_ok_and(|made| made == pins)
        && folder.join("bin/python").exists();
    Ok((folder, complete))
}

fn read_pins(file: &str) -> Result<String> {
    let path = workspace::root().join("infra/local").join(file);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// An empty folder beside `folder`. The lock is held, so what stands there was left by a broken try.
fn fresh_partial(folder: &Path) -> Result<PathBuf> {
    let mut partial = folder.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
    Ok(partial)
}

/// Only one xtask installs at a time.
fn lock() -> Result<File> {
    let folder = workspace::tools_directory()?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = File::create(folder.join(".lock"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            say::line("    waiting for another xtask that installs tools");
            file.lock()?;
        }
        Err(fs::TryLockError::Error(error)) => bail!("cannot lock {}: {error}", folder.display()),
    }
    Ok(file)
}
