//! Every command of infra/runbook.md is run, in the order of the page, against the local stack: a command that whoever is
//! woken copies must not be the second thing that fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use medius_domain::clock::{Clock, SystemClock, kst_day};
use medius_domain::id::Subject;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{PatientApp, fresh_key};
use serde_json::Value;

/// Python with the command line of AWS; `cargo xtask test` says where.
const PYTHON: &str = "MEDIUS_AWS_PYTHON";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A fenced block of commands: where it begins, its mark, and what it says.
struct Block {
    line: usize,
    mark: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let (mut found, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
    for (at, line) in page.lines().enumerate() {
        match open.as_mut() {
            Some(_) if line == "```" => found.extend(open.take()),
            Some(block) => block.text.extend([line, "\n"]),
            None => {
                if let Some(mark) = line.strip_prefix("```bash") {
                    open = Some(Block { line: at + 1, mark: mark.trim().to_owned(), text: String::new() });
                }
            }
        }
    }
    assert!(open.is_none(), "a block does not end");
    found
}

/// What an incident gives, and whoever signed in.
fn run(stack: &Stack, setup: &str, (mark, text): (&str, &str), given: &[(&str, String)]) -> Output {
    let files = root().join("target/runbook");
    std::fs::create_dir_all(&files).unwrap();
    // There is no `aws` on the PATH here: it is a module of that Python. What the local AWS does not know is only looked up.
    let known = if mark == "aws" { " --generate-cli-skeleton" } else { "" };
    let aws = format!("aws() {{ \"${PYTHON}\" -m awscli --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"{known}; }}");
    let script = format!("{aws}\n{setup}\n{text}");
    let run = stack.run();
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(files)
        .envs(given.iter().map(|(name, value)| (*name, value.as_str())))
        .envs([("AWS_ENDPOINT_URL", run.endpoint.as_str()), ("AWS_DEFAULT_REGION", &run.region)])
        .envs([("AWS_REGION", run.region.as_str()), ("STACK", &run.stack)])
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_SESSION_TOKEN", "")])
        .env_remove("AWS_PROFILE")
        .output()
        .expect("bash")
}

#[tokio::test]
async fn every_command_of_the_runbook_runs_against_the_stack() {
    assert!(std::env::var_os(PYTHON).is_some(), "{PYTHON} is not set: run cargo xtask test");
    let stack = Stack::load().unwrap();
    let address = format!("runbook-{}@patients.example", fresh_key());
    let tokens = stack.sign_in(&stack.new_patient(&address).await.unwrap()).await.unwrap();
    let case = PatientApp::new(&stack, &tokens).open_case().await.unwrap();
    let claims: Value = {
        let part = tokens.access.split('.').nth(1).unwrap();
        serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
    };
    let subject = Subject::of(claims["sub"].as_str().unwrap()).to_string();
    let ops = stack.staff_in("ops")[0].clone();
    let ops_token = stack.sign_in(&ops).await.unwrap().access;
    let officer = StaffApp::sign_in(&stack, "ops", 0).await.unwrap();
    let leaver = format!("leaver-{}@staff.example", fresh_key());
    let made = officer.post("/staff/v1/members", &serde_json::json!({ "email": leaver })).await.unwrap();
    let member = made.expect(201, "a member who leaves").unwrap().json()["subject"].as_str().unwrap().to_owned();
    let given = [
        ("CASE", case.clone()),
        ("SUBJECT", subject.clone()),
        ("DAY", kst_day(SystemClock.now()).to_string()),
        ("ACTOR", String::new()),
        ("MEMBER", member),
        ("NEW_COORDINATOR", format!("coordinator-{}@staff.example", fresh_key())),
        ("OPS_TOKEN", ops_token),
        ("API", stack.url("")),
        ("REQUEST_ID", "none".to_owned()),
        ("RUN_JSON", stack.run().files.join("run.json").display().to_string()),
    ];

    let page = std::fs::read_to_string(root().join("infra/runbook.md")).unwrap();
    let blocks = blocks(&page);
    let setup = &blocks.iter().find(|block| block.mark == "setup").expect("the page says what commands share").text;
    // Of another stack, from an earlier run.
    let _ = std::fs::remove_file(root().join("target/runbook/outputs.txt"));
    let mut failed = Vec::new();
    for block in &blocks {
        let output = run(&stack, setup, (&block.mark, &block.text), &given);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // Tests of the verifier break chains of this stack on purpose: that it names faults is then the right answer.
        let walked = block.text.contains("verify-chains") && out.contains("walked ") && err.contains(" faults");
        if !output.status.success() && !walked {
            failed.push(format!("infra/runbook.md:{}: {err}{out}", block.line));
        }
        // What the law asks for within 72 hours must really be found.
        let wanted = match block.mark.as_str() {
            "affected" => format!("CASE#{case}\t{subject}\t"),
            "address" => address.clone(),
            _ => continue,
        };
        if !out.contains(&wanted) {
            failed.push(format!("infra/runbook.md:{}: {wanted} is not found in {out}", block.line));
        }
    }
    // Locally nothing is reserved: other tests call as often as they like.
    let free = "for f in $FUNCTIONS; do aws lambda delete-function-concurrency --function-name \"$STACK-$f\"; done";
    assert!(run(&stack, setup, ("", free), &given).status.success());
    assert!(failed.is_empty(), "{} commands failed:\n{}", failed.len(), failed.join("\n"));
    assert!(blocks.len() > 40, "{} blocks", blocks.len());
    assert_eq!(blocks.iter().filter(|block| block.mark == "aws").count(), 1, "tried here, if the local AWS knows it");
}
