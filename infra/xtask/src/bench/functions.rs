//! Start-up and first call of functions: release builds against one that does nothing, and against the same start in Node and
//! Python.

use anyhow::{Context, Result, bail, ensure};
use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tokio::process::Command;

use super::{median, runtime};
use crate::run_json::FUNCTIONS;
use crate::{process, release_build, say, workspace};

#[derive(clap::Args)]
pub(super) struct Options {
    /// A function to measure; may be given several times. All unless given.
    #[arg(long = "function")]
    functions: Vec<String>,
    /// Starts of each.
    #[arg(long, default_value_t = 15)]
    starts: u32,
    /// The deployed template after its transform, for the names of the environment's variables.
    #[arg(long)]
    template: Option<PathBuf>,
    /// Folder of binaries that are built already, `hello` among them; built anew unless given.
    #[arg(long)]
    from: Option<PathBuf>,
    /// Leave Node and Python out: their packages come from the registries.
    #[arg(long)]
    only_rust: bool,
}

/// The floor.
const HELLO: &str = "hello";

/// What was measured of one function.
#[derive(Debug, Serialize)]
struct Figures {
    name: String,
    cpu_ms: f64,
    wall_ms: f64,
    resident_mib: f64,
    first_call_ms: f64,
    warm_call_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    gzip_mb: Option<f64>,
}

pub(super) async fn run(options: Options) -> Result<()> {
    let wanted = |name: &str| options.functions.is_empty() || options.functions.iter().any(|f| f == name);
    let names: Vec<&(&str, &str)> = FUNCTIONS.iter().filter(|(name, _)| wanted(name)).collect();
    if let Some(unknown) = options.functions.iter().find(|f| !FUNCTIONS.iter().any(|(name, _)| name == f)) {
        bail!("there is no function {unknown}");
    }
    let template = template(options.template.as_deref())?;
    let folder = match options.from {
        Some(folder) => folder,
        None => {
            let bins: Vec<&str> = [HELLO].into_iter().chain(names.iter().map(|(name, _)| *name)).collect();
            release_build::here(&bins).await?
        }
    };
    let mut all = vec![rust(&folder, HELLO, &[], options.starts).await?];
    for (name, id) in names {
        let variables = variables(&template, id)?;
        all.push(rust(&folder, name, &variables, options.starts).await?);
    }
    if !options.only_rust {
        all.extend(node(options.starts).await?);
        all.push(python(options.starts).await?);
    }
    table(&all);
    super::keep("functions", &json!({ "starts": options.starts, "functions": all }))?;
    let over = over(&all);
    ensure!(over.is_empty(), "more than is to be held:\n{}", over.join("\n"));
    Ok(())
}

/// Times `hello` that a start and its memory may take.
const TIMES_HELLO: f64 = 3.0;
/// The part of bundled Node's start that a start may take.
const PART_OF_NODE: f64 = 1.0 / 30.0;
/// MB, packed, that a function without the letter engine may be.
const PACKED_MB: f64 = 4.5;
/// The functions with the letter engine.
const WITH_ENGINE: [&str; 3] = ["referral", "explanation", "clinician"];

/// What is not held, in words.
fn over(all: &[Figures]) -> Vec<String> {
    let named = |name: &str| all.iter().find(|f| f.name == name);
    let mut over = Vec::new();
    for f in all.iter().filter(|f| FUNCTIONS.iter().any(|(name, _)| *name == f.name)) {
        let mut hold = |what: &str, is: f64, most: f64| {
            if is > most {
                over.push(format!("{} {what}: {is:.2} of {most:.2}", f.name));
            }
        };
        if let Some(hello) = named(HELLO) {
            hold("start, ms", f.cpu_ms, hello.cpu_ms * TIMES_HELLO);
            hold("memory, MiB", f.resident_mib, hello.resident_mib * TIMES_HELLO);
        }
        if let Some(node) = named("node (bundled)") {
            hold("start beside Node, ms", f.cpu_ms, node.cpu_ms * PART_OF_NODE);
        }
        if !WITH_ENGINE.contains(&f.name.as_str()) {
            hold("packed, MB", f.gzip_mb.unwrap_or_default(), PACKED_MB);
        }
    }
    over
}

fn template(given: Option<&Path>) -> Result<Value> {
    let target = workspace::root().join("target");
    let usual = [target.join("run/template.json"), target.join("test-run/template.json")];
    let found = given.into_iter().chain(usual.iter().map(PathBuf::as_path)).find(|path| path.exists());
    let path = found.context("no deployed template: `cargo xtask run --once` makes one, or name it with --template")?;
    serde_json::from_slice(&fs::read(path)?).with_context(|| format!("{} is no JSON", path.display()))
}

/// The environment that a function gets, with made-up values where the deployment has the name of a resource.
fn variables(template: &Value, id: &str) -> Result<Vec<(String, String)>> {
    let function = &template["Resources"][format!("{id}Function")]["Properties"]["Environment"]["Variables"];
    let function = function.as_object().with_context(|| format!("the template has no environment of {id}"))?;
    let made_up = |name: &str| match name {
        name if name.contains("URL") => "https://bench.example".to_owned(),
        name if name.contains("MAILBOX") => "bench@bench.example".to_owned(),
        _ => "bench".to_owned(),
    };
    let value = |name: &String, value: &Value| value.as_str().map_or_else(|| made_up(name), ToOwned::to_owned);
    Ok(function
        .iter()
        .map(|(name, v)| {
            (name.clone(), Some(value(name, v)).filter(|v| !v.is_empty()).unwrap_or_else(|| made_up(name)))
        })
        .collect())
}

async fn rust(folder: &Path, name: &str, variables: &[(String, String)], starts: u32) -> Result<Figures> {
    let binary = folder.join(name);
    let command = || {
        let mut command = Command::new(&binary);
        command.env_clear().envs(lambda()).envs(variables.iter().map(|(n, v)| (n, v)));
        command
    };
    let mut figures = measure(name, starts, command).await?;
    figures.gzip_mb = Some(gzip_mb(&binary).await?);
    Ok(figures)
}

/// No AWS is there: what is measured of a call is the function's own.
const NOBODY: &str = "http://127.0.0.1:1";

/// A request of the API for a path that is nowhere: it goes through all that stands before a route. Functions that are called by
/// other things than the API refuse it.
fn event() -> Result<Bytes> {
    let event = json!({
        "resource": "/{proxy+}", "path": "/nowhere", "httpMethod": "GET", "headers": { "host": "bench.example" },
        "multiValueHeaders": { "host": ["bench.example"] }, "queryStringParameters": null,
        "multiValueQueryStringParameters": null, "pathParameters": null, "stageVariables": null, "body": null,
        "isBase64Encoded": false,
        "requestContext": {
            "accountId": "000000000000", "apiId": "bench", "resourceId": "bench", "resourcePath": "/{proxy+}",
            "httpMethod": "GET", "path": "/nowhere", "stage": "bench", "requestId": "bench", "protocol": "HTTP/1.1",
            "identity": { "sourceIp": "192.0.2.1" },
        },
    });
    Ok(serde_json::to_vec(&event)?.into())
}

/// What Lambda sets for every function.
fn lambda() -> [(&'static str, &'static str); 6] {
    [
        ("AWS_REGION", "ap-northeast-2"),
        ("AWS_ACCESS_KEY_ID", "bench"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ]
}

async fn measure(name: &str, starts: u32, command: impl Fn() -> Command) -> Result<Figures> {
    let (mut all, mut first, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..starts.max(1) {
        all.push(runtime::start(&mut command()).await.with_context(|| name.to_owned())?);
        let calls = runtime::calls(command().env("AWS_ENDPOINT_URL", NOBODY), &event()?).await;
        let calls = calls.with_context(|| format!("calls of {name}"))?;
        first.push(calls.first_ms);
        warm.push(calls.warm_ms);
    }
    Ok(Figures {
        name: name.to_owned(),
        cpu_ms: median(all.iter().map(|s| s.cpu_ms).collect()),
        wall_ms: median(all.iter().map(|s| s.wall_ms).collect()),
        resident_mib: median(all.iter().map(|s| s.resident_mib).collect()),
        first_call_ms: median(first),
        warm_call_ms: median(warm),
        gzip_mb: None,
    })
}

async fn gzip_mb(binary: &Path) -> Result<f64> {
    let output = Command::new("gzip").args(["-9", "--stdout"]).arg(binary).output().await.context("gzip")?;
    Ok(output.stdout.len() as f64 / 1e6)
}

/// With its packages as they are, and bundled into one file.
async fn node(starts: u32) -> Result<[Figures; 2]> {
    let folder = super::copied("node")?;
    let npm = &mut Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    process::logged("npm install", npm, &folder.join("npm.log")).await?;
    let esbuild = &mut Command::new("npx");
    esbuild.args(["esbuild", "index.mjs", "--bundle", "--minify", "--platform=node", "--format=cjs"]);
    esbuild.arg("--outfile=bundle.cjs").current_dir(&folder);
    process::logged("esbuild", esbuild, &folder.join("esbuild.log")).await?;
    let start = |file: &'static str| {
        let folder = folder.clone();
        move || {
            let mut command = Command::new("node");
            command.arg(folder.join(file)).envs(lambda());
            command
        }
    };
    Ok([
        measure("node (bundled)", starts, start("bundle.cjs")).await?,
        measure("node", starts, start("index.mjs")).await?,
    ])
}

async fn python(starts: u32) -> Result<Figures> {
    let folder = super::copied("python")?;
    let interpreter = super::python_environment(&folder).await?;
    measure("python", starts, || {
        let mut command = Command::new(&interpreter);
        command.arg(folder.join("index.py")).envs(lambda());
        command
    })
    .await
}

fn table(all: &[Figures]) {
    let floor = all.first();
    say::line("process          start ms  x hello   wall ms  RSS MiB  x hello  first call ms  later ms  gzip MB");
    for f in all {
        let ratio = |of: fn(&Figures) -> f64| floor.map_or(f64::NAN, |floor| of(f) / of(floor));
        say::line(&format!(
            "{:<16} {:>8.2} {:>8.1} {:>9.1} {:>8.1} {:>8.1} {:>14.2} {:>9.2} {:>8}",
            f.name,
            f.cpu_ms,
            ratio(|f| f.cpu_ms),
            f.wall_ms,
            f.resident_mib,
            ratio(|f| f.resident_mib),
            f.first_call_ms,
            f.warm_call_ms,
            f.gzip_mb.map_or_else(|| "-".to_owned(), |mb| format!("{mb:.2}")),
        ));
    }
}
