//! The first call of AWS beside later ones: what making a connection with TLS costs a function. A service of our own stands for
//! AWS, with certificates like those of AWS; the functions' own client asks it.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use super::{median, probe};
use crate::{say, tools::Tools};

/// Processes that are measured.
const STARTS: u32 = 15;
/// Milliseconds of CPU that the first call may take beyond a later one (docs/performance.md).
const MOST: f64 = 8.0;

pub(super) async fn run() -> Result<()> {
    let probe = probe::built().await?;
    let folder = super::copied("tls")?;
    let root = folder.join("root.pem");
    let mut python = Command::new(Tools::ensure().await?.ministack_python());
    python.arg(folder.join("serve.py")).arg(&root).stdout(Stdio::piped()).kill_on_drop(true);
    let mut service = python.spawn().context("the service does not start")?;
    let said = service.stdout.take().context("it has no output")?;
    let port = BufReader::new(said).lines().next_line().await?.context("the service ended")?;
    let mut all = Vec::new();
    for _ in 0..STARTS {
        let mut command = Command::new(&probe);
        command.arg("connection").env("AWS_ENDPOINT_URL", format!("https://127.0.0.1:{port}"));
        command.env("SSL_CERT_FILE", &root).env("AWS_REGION", "ap-northeast-2");
        command.env("AWS_ACCESS_KEY_ID", "bench").env("AWS_SECRET_ACCESS_KEY", "bench");
        all.push(probe::answer_of(&mut command).await?);
    }
    service.kill().await?;
    let of = |name: &str| median(all.iter().filter_map(|one| one[name].as_f64()).collect());
    let names = ["first_cpu_ms", "warm_cpu_ms", "first_wall_ms", "warm_wall_ms"];
    let [first_cpu, warm_cpu, first_wall, warm_wall] = names.map(of);
    say::line("call of AWS over TLS       CPU ms  wall ms");
    say::line(&format!("first, with its connection {first_cpu:>6.2} {first_wall:>8.2}"));
    say::line(&format!("later, on the same one     {warm_cpu:>6.2} {warm_wall:>8.2}"));
    super::keep(
        "connection",
        &json!({ "starts": STARTS, "first_cpu_ms": first_cpu, "warm_cpu_ms": warm_cpu,
        "first_wall_ms": first_wall, "warm_wall_ms": warm_wall }),
    )?;
    ensure!(first_cpu - warm_cpu <= MOST, "the first call is to take at most {MOST} ms more than a later one");
    Ok(())
}
