//! Brings a whole stack up: tools, local AWS, build, deploy, seed, front. `run` and `test` both start from here.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use medius_tests::{run_file::RunFile, signed::Aws};

use crate::{
    deploy, front, gaps,
    ministack::{MiniStack, REGION},
    preflight, run_json, seed,
    tools::Tools,
};

/// A stack that serves until this value is dropped.
pub(crate) struct Up {
    /// The local AWS.
    pub(crate) ministack: MiniStack,
    /// Names and addresses, as in `run.json`.
    pub(crate) run: RunFile,
    /// Path of `run.json`.
    pub(crate) run_file: PathBuf,
    _front: tokio::task::JoinHandle<()>,
    _lock: File,
}

/// Starts everything in the fresh folder `files`, the local AWS on `port` and users' address on `front`.
pub(crate) async fn up(files: &Path, port: u16, front: TcpListener) -> Result<Up> {
    up_behind(files, port, front, None).await
}

/// The same; with `seen_at` the functions reach the local AWS at that address, a proxy's.
pub(crate) async fn up_behind(files: &Path, port: u16, front: TcpListener, seen_at: Option<&str>) -> Result<Up> {
    preflight::check(Tools::missing()?).await?;
    let front_port = front.local_addr()?.port();
    let lock = fresh(files)?;
    let tools = Tools::ensure().await?;
    deploy::build(&tools, files).await?;
    let ministack = MiniStack::start_behind(&tools, port, files, seen_at).await?;
    let endpoint = ministack.endpoint().to_owned();
    deploy::deploy(&tools, &endpoint, files, front_port).await?;

    let aws = Aws::new(&endpoint, REGION, Aws::local_operator());
    let outputs = deploy::outputs(&aws).await?;
    let template = deploy::processed_template(&aws).await?;
    fs::write(files.join("template.json"), serde_json::to_string_pretty(&template)?)?;
    gaps::close(&aws, &template, &outputs).await?;
    let mut run = run_json::from_outputs(&outputs, &endpoint, front_port, files)?;
    let front = front::serve(front, &run.direct_api_url)?;
    seed::fill(&mut run).await?;
    let run_file = run_json::write(&run)?;
    Ok(Up { ministack, run, run_file, _front: front, _lock: lock })
}

/// Empties the folder of a run; two runs never share one.
fn fresh(files: &Path) -> Result<File> {
    let parent = files.parent().context("the folder of a run has a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let lock = File::create(files.with_extension("lock"))?;
    if lock.try_lock().is_err() {
        bail!("another cargo xtask is using {}", files.display());
    }
    if files.exists() {
        fs::remove_dir_all(files).with_context(|| format!("cannot empty {}", files.display()))?;
    }
    fs::create_dir_all(files)?;
    Ok(lock)
}
