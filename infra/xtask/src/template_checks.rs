//! What others know of good templates: cfn-lint's rules for serverless ones, checkov, and rules of our own for cfn-guard. They look at
//! the template as production gets it. What we do otherwise stands in infra/guard/suppressions.toml with its reason, resource by
//! resource; a suppression that nothing needs any more fails the check, too.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;

use crate::{process, say, tools, tools::Checks, workspace};

const SUPPRESSIONS: &str = "infra/guard/suppressions.toml";

/// What a tool found at a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    rule: String,
    resource: String,
    text: String,
}

/// What we do otherwise, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suppression {
    /// `checkov` or `cfn-lint-serverless`.
    tool: String,
    /// The tool's rule.
    rule: String,
    /// Logical ids; one that begins with `*` stands for all that end so.
    resources: Vec<String>,
    /// Why it is right so.
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suppressions {
    suppression: Vec<Suppression>,
}

/// Runs all; each with its outcome.
pub(crate) async fn run() -> Result<Vec<(&'static str, Result<()>)>> {
    let root = workspace::root();
    let checks = Checks::ensure().await?;
    let guard = tools::cargo_tool("cfn-guard").await?;
    let files = root.join("target/check");
    fs::create_dir_all(&files)?;
    let expanded = files.join("template.json");
    let target = expanded.to_str().context("a path that is not UTF-8")?;
    process::shown(
        "template as production gets it",
        &mut checks.run(&["infra/local/expand_template.py", "template.yaml", target]),
    )
    .await?;
    let text = fs::read_to_string(root.join(SUPPRESSIONS)).context(SUPPRESSIONS)?;
    let all: Suppressions = toml::from_str(&text).context(SUPPRESSIONS)?;
    Ok(vec![
        ("template (cfn-lint-serverless)", serverless(&checks, &all.suppression).await),
        ("template (checkov)", checkov(&checks, target, &all.suppression).await),
        ("template (how versions get their traffic)", crate::rollout::check(&expanded)),
        ("template (cfn-guard)", own_rules(&guard, &root.join("infra/guard"), target).await),
    ])
}

async fn serverless(checks: &Checks, suppressions: &[Suppression]) -> Result<()> {
    const ENTRY: &str = "import sys; from cfnlint.runner import main; sys.exit(main())";
    say::line("==> template (cfn-lint-serverless)");
    let report = json(&mut checks.run(&[
        "-c",
        ENTRY,
        "-a",
        "cfn_lint_serverless.rules",
        "--format",
        "json",
        "--",
        "template.yaml",
    ]))
    .await?;
    let finding = |found: &Value| Finding {
        rule: found["Rule"]["Id"].as_str().unwrap_or_default().to_owned(),
        resource: found["Location"]["Path"][1].as_str().unwrap_or_default().to_owned(),
        text: found["Message"].as_str().unwrap_or_default().to_owned(),
    };
    judge("cfn-lint-serverless", report.as_array().into_iter().flatten().map(finding).collect(), suppressions)
}

async fn checkov(checks: &Checks, template: &str, suppressions: &[Suppression]) -> Result<()> {
    say::line("==> template (checkov)");
    let arguments = ["-m", "checkov.main", "-f", template, "--framework", "cloudformation", "--output", "json"];
    let mut command = checks.run(&arguments);
    command.args(["--skip-download", "--quiet"]);
    let report = json(&mut command).await?;
    ensure!(report["summary"]["passed"].as_u64() > Some(0), "checkov looked at nothing");
    let finding = |found: &Value| Finding {
        rule: found["check_id"].as_str().unwrap_or_default().to_owned(),
        // `AWS::KMS::Key.StorageKey`
        resource: found["resource"].as_str().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned(),
        text: found["check_name"].as_str().unwrap_or_default().to_owned(),
    };
    let failed = report["results"]["failed_checks"].as_array().context("checkov's report has another form")?;
    judge("checkov", failed.iter().map(finding).collect(), suppressions)
}

/// First that each rule finds what it is there to find, then the template.
async fn own_rules(guard: &Path, folder: &Path, template: &str) -> Result<()> {
    let mut rules: Vec<_> = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    rules.retain(|path| path.extension().is_some_and(|end| end == "guard"));
    rules.sort();
    ensure!(!rules.is_empty(), "{} holds no rules", folder.display());
    for rule in rules {
        let name = rule.file_stem().and_then(|stem| stem.to_str()).context("a file without a name")?.to_owned();
        let tests = folder.join("tests").join(format!("{name}_tests.yaml"));
        let mut tried = Command::new(guard);
        tried.args(["test", "--rules-file"]).arg(&rule).arg("--test-data").arg(&tests);
        quietly(&format!("the rules of {name}.guard find what they are for"), &mut tried).await?;
        let mut validated = Command::new(guard);
        validated.args(["validate", "--show-summary", "fail", "--data", template, "--rules"]).arg(&rule);
        process::shown(&format!("template (cfn-guard, {name})"), &mut validated).await?;
    }
    Ok(())
}

/// Fails with what nobody suppressed, and with suppressions that nothing needs.
fn judge(tool: &str, findings: Vec<Finding>, suppressions: &[Suppression]) -> Result<()> {
    let ours: Vec<_> = suppressions.iter().filter(|s| s.tool == tool).collect();
    let (mut wrong, mut needed) = (Vec::new(), vec![false; ours.len()]);
    for finding in findings {
        match ours.iter().position(|s| s.covers(&finding)) {
            Some(at) => needed.iter_mut().skip(at).take(1).for_each(|one| *one = true),
            None => wrong.push(format!("{} {}: {}", finding.rule, finding.resource, finding.text)),
        }
    }
    for (suppression, needed) in ours.iter().zip(needed) {
        if !needed {
            wrong.push(format!("{SUPPRESSIONS}: nothing needs {} {:?}", suppression.rule, suppression.resources));
        }
        if suppression.reason.split_whitespace().count() < 4 {
            wrong.push(format!("{SUPPRESSIONS}: {} has no reason", suppression.rule));
        }
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{tool}:\n  {}", wrong.join("\n  ")) }
}

impl Suppression {
    fn covers(&self, finding: &Finding) -> bool {
        let named = |name: &String| match name.strip_prefix('*') {
            Some(end) => finding.resource.ends_with(end),
            None => *name == finding.resource,
        };
        self.rule == finding.rule && self.resources.iter().any(named)
    }
}

/// A tool's report; that it found something is no failure of the tool.
async fn json(command: &mut Command) -> Result<Value> {
    let output = command.output().await?;
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("no report: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Runs a command and shows what it wrote only when it fails.
async fn quietly(name: &str, command: &mut Command) -> Result<()> {
    let output = command.output().await?;
    ensure!(output.status.success(), "{name}:\n{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str, resource: &str) -> Finding {
        Finding { rule: rule.into(), resource: resource.into(), text: "text".into() }
    }

    fn suppression(resources: &[&str], reason: &str) -> Suppression {
        let resources = resources.iter().map(|name| (*name).to_owned()).collect();
        Suppression { tool: "checkov".into(), rule: "R1".into(), resources, reason: reason.into() }
    }

    #[test]
    fn what_nobody_suppressed_and_what_nothing_needs_both_fail() {
        let good = [suppression(&["*Function"], "because of a good reason")];
        assert!(judge("checkov", vec![finding("R1", "MailerFunction")], &good).is_ok());
        assert!(judge("checkov", vec![finding("R1", "Bucket")], &good).is_err());
        assert!(judge("checkov", vec![finding("R2", "MailerFunction")], &good).is_err());
        assert!(judge("checkov", Vec::new(), &good).is_err(), "stale");
        let empty = [suppression(&["Bucket"], "so what")];
        assert!(judge("checkov", vec![finding("R1", "Bucket")], &empty).is_err(), "no reason");
        assert!(judge("cfn-lint-serverless", Vec::new(), &good).is_ok(), "another tool's");
    }
}
