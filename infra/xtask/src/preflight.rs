//! What must be true before anything long starts. Each failure is one line that says what to do.

use std::{net::TcpListener, path::PathBuf, process::Stdio};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::{say, workspace};

/// Free space in MiB that a first start may need: tools 0.7 GiB, compiled crates 4 GiB.
const FIRST_START_MIB: u64 = 6 * 1024;
/// Free space in MiB for a start with everything at hand.
const LATER_START_MIB: u64 = 1024;

/// Finds the tools that cannot be downloaded, and space for the rest.
pub(crate) async fn check(first_start: bool) -> Result<()> {
    if which("cc").is_none() {
        bail!("no C compiler: `cc` is not on PATH (Debian: apt-get install gcc libc6-dev)");
    }
    let needed = if first_start { FIRST_START_MIB } else { LATER_START_MIB };
    let tools = workspace::tools_directory()?;
    let existing = tools.ancestors().find(|path| path.exists()).unwrap_or(workspace::root()).to_owned();
    for place in [workspace::root().to_owned(), existing] {
        let stats = rustix::fs::statvfs(&place).with_context(|| format!("free space of {}", place.display()))?;
        let free = stats.f_bavail.saturating_mul(stats.f_frsize) / (1024 * 1024);
        if free < needed {
            bail!("the disk of {} has {free} MiB left; this start needs about {needed} MiB", place.display());
        }
    }
    Ok(())
}

/// Python 3.11 or newer.
pub(crate) async fn python() -> Result<PathBuf> {
    for name in ["python3.11", "python3"] {
        let Some(path) = which(name) else { continue };
        let probe = "import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 11) else 1)";
        let mut command = Command::new(&path);
        let status = command.args(["-c", probe]).stderr(Stdio::null()).stdin(Stdio::null()).status().await;
        if status.is_ok_and(|status| status.success()) {
            return Ok(path);
        }
    }
    bail!("no Python 3.11 with venv (Debian: apt-get install python3.11-venv)")
}

/// The port, kept for us: a listener on `port` of this machine only.
pub(crate) fn listen(port: u16, option: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", port));
    let listener = listener
        .map_err(|error| anyhow::anyhow!("port {port} cannot be used ({error}); choose another with {option}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The first executable of that name on PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

fn is_executable(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The browser of the page tests. As root on Debian it is installed, elsewhere the command is said.
pub(crate) async fn browser() -> Result<()> {
    if which("chromium").is_some() && which("chromedriver").is_some() {
        return Ok(());
    }
    let command = "apt-get install --no-install-recommends chromium chromium-driver";
    if !rustix::process::geteuid().is_root() || which("apt-get").is_none() {
        bail!("the page tests need Chromium and its driver: {command}");
    }
    say::line("==> Chromium and its driver (apt-get)");
    for arguments in
        [vec!["update", "-qq"], vec!["install", "-y", "-qq", "--no-install-recommends", "chromium", "chromium-driver"]]
    {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments).stdout(Stdio::null());
        if !crate::process::Group::spawn(&mut apt)?.wait().await?.success() {
            bail!("apt-get could not install Chromium; try: {command}");
        }
    }
    Ok(())
}
