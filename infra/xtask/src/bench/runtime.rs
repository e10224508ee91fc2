//! Lambda's Runtime API as far as a start needs it: the moment at which a function asks for its first invocation is the end
//! of its start-up. No invocation is ever given.

use anyhow::{Context, Result, bail};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::Command;

use super::kernel::{cpu_ms, resident_mib};

/// Longest start that is waited for.
const LONGEST: Duration = Duration::from_secs(20);

/// One start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// Milliseconds of CPU from the beginning of the process to its first question.
    pub(super) cpu_ms: f64,
    /// Milliseconds on the clock.
    pub(super) wall_ms: f64,
    /// MiB of memory at that moment.
    pub(super) resident_mib: f64,
}

/// Starts a function and measures until it asks for work.
pub(super) async fn start(command: &mut Command) -> Result<Start> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    command.env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let begin = Instant::now();
    let mut child = command.spawn().context("the function does not start")?;
    let asked = async {
        let (mut socket, _) = listener.accept().await?;
        let mut head = [0_u8; 256];
        let read = socket.read(&mut head).await?;
        let wall_ms = begin.elapsed().as_secs_f64() * 1e3;
        let asked = head[..read].windows(15).any(|part| part == b"invocation/next");
        Ok::<_, std::io::Error>((asked, wall_ms, socket))
    };
    let (asked, wall_ms, _socket) = tokio::select! {
        asked = tokio::time::timeout(LONGEST, asked) => asked.context("it did not ask within 20 s")??,
        status = child.wait() => {
            let mut said = String::new();
            if let Some(mut errors) = child.stderr.take() {
                errors.read_to_string(&mut said).await?;
            }
            bail!("it ended ({}): {}", status?, said.lines().last().unwrap_or("without a word"));
        }
    };
    if !asked {
        bail!("it asked for something else first");
    }
    let pid = child.id().context("it ended")?;
    let start = Start { cpu_ms: cpu_ms(pid)?, wall_ms, resident_mib: resident_mib(pid)? };
    child.kill().await?;
    Ok(start)
}
