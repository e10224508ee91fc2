//! The local AWS as a child process. It gets a bare environment, because the functions inherit it: what they know comes from
//! the template and their role, nothing else.

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::{process::Group, say::Step, tools::Tools, workspace};

/// Region of the local stack.
pub(crate) const REGION: &str = "ap-northeast-2";

/// The running local AWS; it ends with this value.
pub(crate) struct MiniStack {
    group: Group,
    endpoint: String,
}

impl MiniStack {
    /// Starts it on `port` with an empty state under `files`.
    pub(crate) async fn start(tools: &Tools, port: u16, files: &Path) -> Result<Self> {
        Self::start_behind(tools, port, files, None).await
    }

    /// The same; with `seen_at` functions are told that address instead of its own, and what DynamoDB counts is written to
    /// `meter.jsonl` in `files`.
    pub(crate) async fn start_behind(tools: &Tools, port: u16, files: &Path, seen_at: Option<&str>) -> Result<Self> {
        let step = Step::start("local AWS (MiniStack, IAM enforced)");
        let endpoint = format!("http://127.0.0.1:{port}");
        let temporary = files.join("tmp");
        fs::create_dir_all(&temporary)?;
        let log = files.join("ministack.log");
        let output = File::create(&log)?;
        let mut command = Command::new(tools.ministack_python());
        command.arg(workspace::root().join("infra/local/start_ministack.py")).current_dir(&temporary).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([
            ("LANG", "C.UTF-8"),
            ("PYTHONUNBUFFERED", "1"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("BIND_HOST", "127.0.0.1"),
            ("MINISTACK_REGION", REGION),
            ("AUTH", "true"),
            ("SFTP_ENABLED", "0"),
            ("IOT_MTLS_ENABLED", "0"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_ENDPOINT_URL", seen_at.unwrap_or(&endpoint)),
        ]);
        command.env("MEDIUS_USED_ACTIONS", crate::used::file());
        if seen_at.is_some() {
            command.env("MEDIUS_METER", files.join("meter.jsonl"));
        }
        command.env("GATEWAY_PORT", port.to_string()).env("TMPDIR", &temporary).env("HOME", &temporary);
        let mut stack = Self { group: Group::spawn(command.stdout(output.try_clone()?).stderr(output))?, endpoint };
        stack.until_ready().await.with_context(|| format!("its log is {}", log.display()))?;
        step.done(&stack.endpoint);
        Ok(stack)
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Resolves when the process ends, which it should not.
    pub(crate) async fn ended(&mut self) -> Result<()> {
        let status = self.group.wait().await?;
        bail!("the local AWS ended by itself ({status})")
    }

    async fn until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        let health = format!("{}/_ministack/health", self.endpoint);
        while start.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.group.ended() {
                bail!("the local AWS ended at its start ({status})");
            }
            if crate::front::status_of(&health).await == Some(200) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the local AWS was not ready within 60 s")
    }
}
