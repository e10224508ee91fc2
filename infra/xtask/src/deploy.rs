//! `sam build` and `sam deploy` against the local AWS: the template that AWS gets, with the parameters of this machine.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use medius_tests::signed::{Aws, xml_text};
use tokio::process::Command;

use crate::{
    host_build,
    ministack::REGION,
    process,
    release_build::Architecture,
    run_json::FUNCTIONS,
    say::Step,
    tools::{Tools, prepend_path},
    workspace,
};

/// Name of the stack in samconfig.toml's environment `local`.
pub(crate) const STACK: &str = "medius-local";
/// Value of the parameter `Stage`.
pub(crate) const STAGE: &str = "local";
/// The address that the local mailer sends from.
pub(crate) const SENDER: &str = "no-reply@medius.example";

/// Compiles the functions: cargo itself for its progress, then `sam build` to lay them out.
pub(crate) async fn build(tools: &Tools, files: &Path) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.arg("build").current_dir(workspace::root());
    for (function, _) in FUNCTIONS {
        cargo.args(["--bin", function]);
    }
    process::shown("compile (cargo build)", &mut cargo).await?;

    let mut sam = tools.sam()?;
    let hooks = files.join("bin");
    host_build::hook(&mut sam, &hooks)?;
    let path = prepend_path([tools.scripts(), hooks])?;
    // Debug mode is cargo's dev profile: what is deployed here is what the tests are built with.
    sam.env("PATH", path).env("SAM_BUILD_MODE", "debug");
    sam.args(["build", "--parameter-overrides", &architecture(), "--build-dir"]);
    sam.arg(files.join("sam"));
    process::logged("sam build", &mut sam, &files.join("sam-build.log")).await
}

/// Deploys to the local AWS; the front on `front_port` stands for the provider host.
pub(crate) async fn deploy(tools: &Tools, endpoint: &str, files: &Path, front_port: u16) -> Result<()> {
    let mut sam = tools.sam()?;
    local_credentials(&mut sam, endpoint);
    sam.args(["deploy", "--config-env", "local", "--template-file"]).arg(files.join("sam/template.yaml"));
    sam.arg("--config-file").arg(workspace::root().join("samconfig.toml"));
    sam.arg("--parameter-overrides").args([
        format!("Stage={STAGE}"),
        architecture(),
        format!("Sender={SENDER}"),
        format!("ProviderHost=localhost:{front_port}"),
        "OperatorName=\"Medius (demo)\"".to_owned(),
        "OperatorPhone=\"+82 2 0000 0000\"".to_owned(),
        "OperatorRegistrationNumber=LOCAL-DEMO-000000".to_owned(),
        "DpoMailbox=dpo@staff.example".to_owned(),
        "CoordinatorMailbox=desk@staff.example".to_owned(),
    ]);
    process::logged("sam deploy", &mut sam, &files.join("sam-deploy.log")).await
}

/// The stack's outputs.
pub(crate) async fn outputs(aws: &Aws) -> Result<BTreeMap<String, String>> {
    let form = [("Action", "DescribeStacks"), ("Version", "2010-05-15"), ("StackName", STACK)];
    let xml = aws.query("cloudformation", &form).await?;
    let pairs = xml.split("<OutputKey>").skip(1).filter_map(|part| {
        let (key, rest) = part.split_once("</OutputKey>")?;
        Some((key.to_owned(), xml_text(rest, "OutputValue")?))
    });
    Ok(pairs.collect())
}

/// The deployed template after its transform, as JSON beside the run file.
pub(crate) async fn processed_template(aws: &Aws) -> Result<serde_json::Value> {
    let step = Step::start("read back the deployed template");
    let form =
        [("Action", "GetTemplate"), ("Version", "2010-05-15"), ("StackName", STACK), ("TemplateStage", "Processed")];
    let xml = aws.query("cloudformation", &form).await?;
    let body = xml_text(&xml, "TemplateBody").context("GetTemplate gave no template")?;
    let template = serde_json::from_str(&body).context("the processed template is no JSON")?;
    step.done("");
    Ok(template)
}

/// Signs with the local administrator's keys and goes nowhere but to `endpoint`.
pub(crate) fn local_credentials(command: &mut Command, endpoint: &str) {
    command.envs([
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
    ]);
    for inherited in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        command.env_remove(inherited);
    }
}

/// The parameter that says what the functions are built for: this machine.
fn architecture() -> String {
    format!("Architecture={}", Architecture::HERE.name())
}
