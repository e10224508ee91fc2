//! Least privilege, computed: the local AWS notes which statement of which role let a function through, and what a role may do
//! beyond that is too much. It counts only after every test has run.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use medius_tests::run_file::RunFile;
use serde_json::Value;

use crate::{run_json::FUNCTIONS, say, workspace};

/// What Lambda does for a function with its role, past the function's code, and the local AWS without asking IAM; and what no two
/// runs make the same use of.
const BY_LAMBDA: [(&str, &str); 10] = [
    ("logs:CreateLogStream", "Lambda writes the function's output"),
    ("logs:PutLogEvents", "Lambda writes the function's output"),
    ("xray:PutTraceSegments", "Lambda writes the traces of Tracing: Active"),
    ("xray:PutTelemetryRecords", "Lambda writes the traces of Tracing: Active"),
    ("dynamodb:DescribeStream", "Lambda reads the stream for the event source"),
    ("dynamodb:GetRecords", "Lambda reads the stream for the event source"),
    ("dynamodb:GetShardIterator", "Lambda reads the stream for the event source"),
    ("dynamodb:ListStreams", "Lambda reads the stream for the event source"),
    ("sqs:SendMessage", "Lambda puts what failed into the function's queue"),
    (
        "dynamodb:ConditionCheckItem",
        "which items are only checked depends on what else moves at that moment, and it reads nothing",
    ),
];

/// What only time, a large bucket or AWS itself brings about, so that no test sees a deployed function use it: role, statement,
/// action, and what needs it. What has a test runs in the test's process, with an injected clock.
const NOT_ON_THE_STACK: [(&str, &str, &str, &str); 5] = [
    (
        "RetentionRole",
        "Cases",
        "dynamodb:PutItem",
        "cases that lay idle for 90 days are closed (functions/retention/src/idle.rs)",
    ),
    (
        "RetentionRole",
        "Outbox",
        "dynamodb:DeleteItem",
        "mails that wait while their case is destroyed (shared/store/src/destroy.rs)",
    ),
    (
        "RetentionRole",
        "Documents",
        "s3:AbortMultipartUpload",
        "uploads that were never finished (shared/store/src/destroy/objects.rs)",
    ),
    (
        "ScreeningRole",
        "HandoffSweep",
        "s3:DeleteObject",
        "copies older than five minutes (shared/store/src/handoff.rs)",
    ),
    ("AuditRole", "LogHeadsList", "s3:ListBucket", "S3 says that a head is missing only to who may list"),
];

/// Where the local AWS notes what was used.
pub(crate) fn file() -> PathBuf {
    workspace::root().join("target/used-actions.txt")
}

/// Forgets what earlier runs used.
pub(crate) fn forget() -> Result<()> {
    match fs::remove_file(file()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("used-actions.txt"),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Fails with what no function made use of.
pub(crate) fn check(run: &RunFile, template: &Path) -> Result<()> {
    let text = fs::read_to_string(template).with_context(|| format!("{}", template.display()))?;
    let template: Value = serde_json::from_str(&text)?;
    let noted = fs::read_to_string(file()).context("the local AWS noted nothing")?;
    let used: BTreeSet<&str> = noted.lines().collect();
    let (mut spare, mut granted) = (Vec::new(), Vec::new());
    let excused = NOT_ON_THE_STACK.map(|(role, sid, action, _)| format!("{role} {sid} {action}"));
    for (short, id) in FUNCTIONS {
        let entry = run.functions.get(short).with_context(|| format!("no function {short}"))?;
        let name = entry.role_arn.rsplit('/').next().unwrap_or_default();
        // Each deployment gives it another suffix.
        let role = name.rsplit_once('-').map_or(name, |(role, _)| role);
        let policies = template["Resources"][format!("{id}Role")]["Properties"]["Policies"].as_array();
        for statement in policies.into_iter().flatten().flat_map(statements) {
            let sid = statement["Sid"].as_str().unwrap_or_default();
            for action in actions(statement).filter(|action| BY_LAMBDA.iter().all(|(lambda, _)| lambda != action)) {
                let grant = format!("{id}Role {sid} {action}");
                if !excused.contains(&grant) && !used.contains(format!("{role} {sid} {action}").as_str()) {
                    spare.push(grant.clone());
                }
                granted.push(grant);
            }
        }
    }
    // A line of the list that nothing needs any more would excuse whatever gets its name next.
    if let Some(stale) = excused.iter().find(|excused| !granted.contains(excused)) {
        bail!("{stale} needs no excuse: no role has it any more");
    }
    if !spare.is_empty() {
        bail!("{} permissions that no code path used in all tests:\n  {}", spare.len(), spare.join("\n  "));
    }
    say::line(&format!(
        "least privilege: each of {} permissions of the roles was used, or is listed with its reason",
        granted.len()
    ));
    Ok(())
}

fn statements(policy: &Value) -> impl Iterator<Item = &Value> {
    policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten()
}

fn actions(statement: &Value) -> impl Iterator<Item = &str> {
    let one = statement["Action"].as_str().into_iter();
    one.chain(statement["Action"].as_array().into_iter().flatten().filter_map(Value::as_str))
}
