//! The rules of the source that the compiler does not know: who may import whom, one clock, short mains, reasons.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What each of our crates may import of our crates.
fn may_import(name: &str) -> &'static [&'static str] {
    match name {
        "medius-domain" | "medius-ingest" | "medius-explain" | "medius-test-features" | "medius-hello" => &[],
        "medius-store" => &["medius-domain"],
        // A report of the engine is one of the things that are set.
        "medius-documents" => &["medius-domain", "medius-explain", "medius-ingest"],
        // Refusals of the store become problems in one place, shared/http/src/store.
        "medius-http" => &["medius-domain", "medius-store"],
        "medius-intake" | "medius-consent" | "medius-referral" | "medius-delivery" | "medius-provider"
        | "medius-mailer" | "medius-mailevents" | "medius-deadlines" | "medius-canary" | "medius-desk"
        | "medius-clinician" | "medius-directory" | "medius-members" | "medius-audit" | "medius-rights"
        | "medius-journal" | "medius-inquiry" | "medius-retention" | "medius-fulfilment" => {
            &["medius-domain", "medius-store", "medius-http", "medius-documents"]
        }
        "medius-explanation" => &["medius-domain", "medius-store", "medius-http", "medius-documents", "medius-explain"],
        // They open what patients bring.
        "medius-screening" | "medius-records" => &["medius-domain", "medius-store", "medius-http", "medius-ingest"],
        // A user of the service: it knows addresses and ids.
        "medius-tests" => &["medius-domain"],
        // It measures what is slow: typesetting and sealing.
        "medius-probe" => &["medius-domain", "medius-store", "medius-documents", "medius-explain"],
        // It measures the engine.
        "xtask" => &["medius-tests", "medius-domain", "medius-store", "medius-explain"],
        _ => panic!("{name} is new: say here what it may import"),
    }
}

/// Crates that speak HTTP or Lambda.
fn is_http(name: &str) -> bool {
    const NAMES: [&str; 9] =
        ["axum", "http", "hyper", "hyper-util", "reqwest", "tower", "tower-http", "utoipa", "utoipa-axum"];
    NAMES.contains(&name) || name.starts_with("lambda_") || name == "aws_lambda_events"
}

/// Crates of the AWS SDK; `aws-lc-rs` is a cryptographic library.
fn is_aws_sdk(name: &str) -> bool {
    ["aws-sdk-", "aws-smithy-", "aws-config", "aws-types", "aws-credential-types", "aws-sigv4"]
        .iter()
        .any(|start| name.starts_with(start))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).current_dir(root()).output().expect("cargo");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Our crates with what they depend on: name, and whether only tests do.
fn crates() -> BTreeMap<String, Vec<(String, bool)>> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"])).unwrap();
    let dependency = |d: &Value| (d["name"].as_str().unwrap().to_owned(), d["kind"] == "dev");
    let package = |p: &Value| {
        let dependencies = p["dependencies"].as_array().unwrap().iter().map(dependency).collect();
        (p["name"].as_str().unwrap().to_owned(), dependencies)
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

/// Source files of a folder, with their text before the first test module.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.push((path, code));
            }
        }
    }
    found
}

/// What is deployed, without its tests and examples.
fn deployed() -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for group in ["shared", "functions"] {
        for member in std::fs::read_dir(root().join(group)).unwrap() {
            let member = member.unwrap().file_name().into_string().unwrap();
            all.extend(sources(&format!("{group}/{member}/src")));
        }
    }
    assert!(all.len() > 60, "only {} files found", all.len());
    all
}

#[test]
fn crates_import_only_what_their_layer_may() {
    for (name, dependencies) in crates() {
        let allowed = may_import(&name);
        for (dependency, only_tests) in dependencies {
            let ours = dependency.starts_with("medius-") || dependency == "xtask";
            if ours && !only_tests {
                assert!(allowed.contains(&dependency.as_str()), "{name} may not import {dependency}");
            }
            let touches_aws = ["medius-store", "medius-tests", "xtask"].contains(&name.as_str());
            // A test may hold the credentials of the local AWS; the adapters stay the store's in any case.
            let plain = only_tests && ["aws-types", "aws-credential-types"].contains(&dependency.as_str());
            if is_aws_sdk(&dependency) && !plain {
                assert!(touches_aws, "{name} imports {dependency}: AWS is behind medius-store");
            }
            if is_http(&dependency) && !only_tests {
                let knows_none =
                    ["medius-domain", "medius-store", "medius-documents", "medius-ingest", "medius-explain"]
                        .contains(&name.as_str());
                assert!(!knows_none, "{name} imports {dependency}: it may know nothing of HTTP");
            }
        }
    }
}

#[test]
fn the_domain_brings_no_aws_and_no_http_along() {
    let tree = cargo(&["tree", "--offline", "-p", "medius-domain", "-e", "normal", "--prefix", "none"]);
    let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains("chrono"), "cargo tree says something else now");
    let wrong: Vec<_> = names.iter().filter(|name| is_http(name) || is_aws_sdk(name)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_dependency_says_why_and_is_used() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let list = manifest.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let used: BTreeSet<String> = crates().into_values().flatten().map(|(name, _)| name).collect();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let name = line.split([' ', '=']).next().unwrap();
        assert!(used.contains(name), "Cargo.toml: no crate uses {name}");
        let reason = line.rsplit_once('#').map(|(_, reason)| reason.trim()).unwrap_or_default();
        assert!(name.starts_with("medius-") || reason.len() > 3, "Cargo.toml: {name} has no reason beside it");
    }
}

#[test]
fn mains_only_wire() {
    let mains: Vec<_> = deployed().into_iter().filter(|(path, _)| path.ends_with("src/main.rs")).collect();
    assert_eq!(mains.len(), 22);
    for (path, code) in mains {
        assert!(code.lines().count() <= 30, "{}: what is in it belongs into the library", path.display());
    }
}

/// JSON that is stored sealed goes through `seal_form` and `open_form`, so that it has a number and its older forms stay readable.
#[test]
fn the_store_writes_and_reads_json_in_numbered_forms_only() {
    // The head of a day's log is signed and read by others: it is no record of the store.
    let apart = ["forms.rs", "heads.rs"];
    let mut seen = BTreeSet::new();
    for (path, code) in sources("shared/store/src") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let json = ["serde_json::to_", "serde_json::from_"].iter().any(|call| code.contains(call));
        assert!(!json || apart.contains(&name.as_str()), "{}: JSON without a form", path.display());
        if json {
            seen.insert(name);
        }
    }
    assert_eq!(seen, apart.map(ToOwned::to_owned).into());
}

#[test]
fn the_time_comes_from_one_clock() {
    for (path, code) in deployed() {
        for call in ["Utc::now(", "Local::now(", "SystemTime::now("] {
            let allowed = path.ends_with("shared/domain/src/clock.rs");
            assert!(allowed || !code.contains(call), "{}: {call}) outside the clock", path.display());
        }
    }
}

#[test]
fn deployed_code_prints_nothing_but_its_log() {
    for (path, code) in deployed() {
        for call in ["println!(", "print!(", "dbg!("] {
            assert!(!code.contains(call), "{}: {call}…)", path.display());
        }
    }
}
