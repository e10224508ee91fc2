//! The letter and the explanation beside WeasyPrint and Chromium on the same content. All figures are milliseconds of CPU: of a
//! whole process that makes one document, and of one more document in a process that has made one.

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use std::path::Path;
use tokio::process::Command;

use super::probe;
use crate::{preflight, say, workspace};

/// Documents after the first in a process.
const MORE: u32 = 20;
/// The letter is to be made at least so many times faster than WeasyPrint makes it (docs/performance.md).
const FASTER: f64 = 4.0;

#[derive(clap::Args)]
pub(super) struct Options {
    /// Processes of each.
    #[arg(long, default_value_t = 7)]
    starts: u32,
}

#[derive(Debug, Serialize)]
struct Figures {
    document: &'static str,
    maker: &'static str,
    process_cpu_ms: f64,
    warm_cpu_ms: Option<f64>,
}

pub(super) async fn run(options: Options) -> Result<()> {
    let folder = super::copied("pages")?;
    let probe = probe::built().await?;
    probe::answer(&probe, &["pages", path(&folder)?]).await?;
    let python = super::python_environment(&folder).await?;
    let browser = ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| preflight::which(name));
    let browser = browser.context("no Chromium on this machine")?;
    let script = folder.join("measure.py");
    let starts = options.starts.to_string();
    let mut all = Vec::new();
    for document in ["letter", "explanation"] {
        let page = folder.join(format!("{document}.html"));
        let more = MORE.to_string();
        let warm = probe::answer(&probe, &[document, "--more", &more]).await?;
        let own = measured(&python, &script, &["command", &starts, path(&probe)?, document]).await?;
        all.push(figures(document, "medius", &own, &warm)?);
        let other = measured(&python, &script, &["weasyprint", path(&page)?, &starts, &more]).await?;
        all.push(figures(document, "weasyprint", &other, &other)?);
        let pdf = format!("--print-to-pdf={}", path(&folder.join(format!("{document}.chromium.pdf")))?);
        let address = format!("file://{}", path(&page)?);
        let command = [path(&browser)?, "--headless", "--no-sandbox", "--disable-gpu", &pdf, &address];
        let printed = measured(&python, &script, &[&["command", &starts], &command[..]].concat()).await?;
        all.push(figures(document, "chromium", &printed, &Value::Null)?);
    }
    table(&all);
    super::keep("documents", &json!({ "starts": options.starts, "more": MORE, "documents": all }))?;
    let of = |maker: &str| all.iter().find(|f| f.document == "letter" && f.maker == maker);
    let (own, other) = (of("medius").context("no letter")?, of("weasyprint").context("no page")?);
    let ratios = [
        other.process_cpu_ms / own.process_cpu_ms,
        other.warm_cpu_ms.unwrap_or(f64::NAN) / own.warm_cpu_ms.unwrap_or(f64::NAN),
    ];
    say::line(&format!(
        "letter: {:.1} times faster than WeasyPrint as a process, {:.1} times warm",
        ratios[0], ratios[1]
    ));
    ensure!(ratios[0] >= FASTER, "a letter is to be {FASTER} times faster than WeasyPrint");
    Ok(())
}

fn figures(document: &'static str, maker: &'static str, process: &Value, warm: &Value) -> Result<Figures> {
    let process_cpu_ms = process["process_cpu_ms"].as_f64().context("no figure of the processes")?;
    Ok(Figures { document, maker, process_cpu_ms, warm_cpu_ms: warm["warm_cpu_ms"].as_f64() })
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}

async fn measured(python: &Path, script: &Path, arguments: &[&str]) -> Result<Value> {
    let mut command = Command::new(python);
    let output = command.arg(script).args(arguments).current_dir(workspace::root()).output().await?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("measure.py gave no JSON")
}

fn table(all: &[Figures]) {
    say::line("document     maker        process CPU ms  warm CPU ms");
    for f in all {
        let warm = f.warm_cpu_ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}"));
        say::line(&format!("{:<12} {:<12} {:>14.1} {:>12}", f.document, f.maker, f.process_cpu_ms, warm));
    }
}
