//! What people read is true: tests that the threat model names are there, pages that are linked are there, and every command of
//! the documents is tried, or it is said what tries it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGES: [&str; 9] = [
    "README.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/api.md",
    "docs/privacy.md",
    "docs/threat-model.md",
    "docs/operations.md",
    "docs/performance.md",
    "docs/contributing.md",
];

/// How a command of a document is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// Here, as it stands.
    Here,
    /// Here, with `--help`: that it exists with these options. It would build, deploy or run for minutes; what is named runs it.
    Elsewhere(&'static str),
    /// Needs an account of AWS; what is named holds that its parts are right.
    OnAws(&'static str),
}

/// Every command that a document may give.
const COMMANDS: [(&str, Tried); 37] = [
    ("cargo xtask run", Tried::Elsewhere("cargo xtask upgrade runs it for the previous release")),
    ("cargo xtask run --once", Tried::Elsewhere("the journey is tests/tests/journey.rs")),
    ("cargo xtask test", Tried::Elsewhere(".ci/run, which runs this test")),
    ("cargo xtask test --test journey", Tried::Elsewhere(".ci/run, which runs this test")),
    ("cargo xtask check", Tried::Elsewhere(".ci/run")),
    ("cargo xtask upgrade", Tried::Elsewhere("by hand before a release: it compiles the release before")),
    ("cargo xtask openapi", Tried::Elsewhere("tests/tests/openapi.rs holds the file")),
    ("cargo xtask policy", Tried::Here),
    ("cargo xtask policy-map", Tried::Elsewhere("cargo xtask check")),
    ("cargo xtask docs", Tried::Elsewhere("cargo xtask check")),
    ("cargo xtask used-permissions", Tried::Elsewhere("after all tests")),
    ("cargo xtask release", Tried::Elsewhere("its unit tests; the binaries are built before it")),
    ("cargo xtask release --build arm64", Tried::Elsewhere("by hand: it makes release builds of every function")),
    ("cargo xtask release --build x86_64", Tried::Elsewhere("by hand: it makes release builds of every function")),
    ("cargo xtask verify-chains", Tried::Elsewhere("tests/tests/audit")),
    ("cargo xtask verify-receipt FILE --keys JWKS", Tried::Elsewhere("infra/xtask/tests/verify.rs")),
    ("cargo xtask age", Tried::Elsewhere("tests/tests/destruction/tools.rs")),
    ("cargo xtask restore", Tried::Elsewhere("tests/tests/destruction/tools.rs")),
    ("cargo xtask demo retention", Tried::Elsewhere("tests/tests/destruction/tools.rs")),
    ("cargo xtask bench explain", Tried::Elsewhere("tests/tests/runbook.rs")),
    ("cargo xtask bench functions", Tried::Elsewhere("by hand: it makes release builds")),
    ("cargo xtask bench connection", Tried::Elsewhere("by hand: it makes release builds")),
    ("cargo xtask bench documents", Tried::Elsewhere("by hand: it makes release builds")),
    ("cargo xtask bench calls", Tried::Elsewhere("by hand: it makes a stack of its own")),
    ("cargo xtask bench cost", Tried::Elsewhere("by hand: it makes a stack of its own")),
    ("cargo xtask bench refusals", Tried::Elsewhere("by hand: it makes a stack of its own")),
    ("cargo xtask bench load", Tried::Elsewhere("by hand: it makes a stack of its own")),
    ("cargo xtask bench sealing", Tried::Elsewhere("by hand: it makes release builds")),
    (".ci/run", Tried::Elsewhere("CI")),
    ("cargo metadata", Tried::Elsewhere("tests/tests/architecture.rs")),
    ("cargo deny check advisories", Tried::Elsewhere("cargo xtask check, where the database can be reached")),
    ("sam deploy", Tried::Elsewhere("every stack of cargo xtask test is deployed by it")),
    ("sam build", Tried::Elsewhere("every stack of cargo xtask test is laid out by it")),
    (
        "cargo xtask release --package .aws-sam/build",
        Tried::Elsewhere("by hand: it makes archives of every function (infra/xtask/src/release.rs)"),
    ),
    ("sam deploy --guided --config-env prod", Tried::OnAws("tests/tests/template/operation.rs")),
    (
        "python3.11 -m pip install aws-sam-cli cargo-lambda ziglang",
        Tried::Elsewhere("infra/local/sam.txt, which every stack is made with"),
    ),
    (
        "aws cloudtrail describe-trails --query 'trailList[].Name' --output text",
        Tried::Elsewhere("tests/tests/runbook.rs"),
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The tool itself, beside this test's folder: to build it once more would wait for whoever builds.
fn xtask() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("xtask")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Commands of a page: lines of its fenced blocks, and what stands in backquotes in its text.
fn commands(page: &str) -> BTreeSet<String> {
    let starts = ["cargo xtask ", "cargo deny ", "cargo metadata", "sam ", "aws ", "python3", ".ci/", "target/debug/"];
    let is_command = |text: &&str| starts.iter().any(|start| text.starts_with(start));
    let (mut found, mut fenced) = (BTreeSet::new(), false);
    for line in page.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            let bare = line.split(" #").next().unwrap().trim();
            found.extend(Some(bare).filter(is_command).map(str::to_owned));
        } else {
            found.extend(line.split('`').skip(1).step_by(2).filter(is_command).map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_command_of_the_documents_is_tried() {
    let mut used = BTreeSet::new();
    for page in PAGES {
        for command in commands(&read(page)) {
            let row = COMMANDS.iter().find(|(known, _)| *known == command);
            assert!(row.is_some(), "{page}: nothing tries `{command}`");
            used.insert(command);
        }
    }
    for (command, tried) in COMMANDS {
        assert!(used.contains(command), "no page gives `{command}`");
        let Some(rest) = command.strip_prefix("cargo xtask ") else { continue };
        let mut words: Vec<&str> = rest.split(' ').collect();
        match (tried, words[0]) {
            (Tried::Here, _) => words.push("--check"),
            // What follows `test` is cargo's own.
            (_, "test") => words.truncate(1),
            (Tried::Elsewhere(_) | Tried::OnAws(_), _) => {}
        }
        if tried != Tried::Here {
            words.push("--help");
        }
        let mut xtask = Command::new(xtask());
        xtask.args(&words).current_dir(root());
        let output = xtask.output().expect("cargo xtask test made it");
        assert!(output.status.success(), "`{command}`: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_threat_names_tests_that_are_there() {
    let page = read("docs/threat-model.md");
    let kinds = [
        "spoofing",
        "tampering",
        "repudiation",
        "information disclosure",
        "denial of service",
        "elevation of privilege",
    ];
    for kind in kinds {
        let rows: Vec<_> = page.lines().filter(|line| line.starts_with(&format!("| {kind} |"))).collect();
        assert!(rows.len() >= 3, "{kind}: {} threats", rows.len());
        for row in rows {
            let tests: Vec<_> = row.split('`').skip(1).step_by(2).collect();
            assert!(!tests.is_empty(), "no test: {row}");
            for test in tests {
                let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{test} is no test: {row}"));
                let source = read(file);
                let at = source.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{test} is not there"));
                let before = source[..at].trim_end().lines().rev().take(4).collect::<Vec<_>>().join("\n");
                let is_test = before.contains("#[test]") || before.contains("#[tokio::test");
                assert!(is_test && !before.contains("#[ignore"), "{test} is no test that runs");
            }
        }
    }
}

#[test]
fn every_page_that_is_linked_is_there() {
    for page in PAGES {
        let folder = root().join(page).parent().unwrap().to_owned();
        for link in read(page).split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if !link.starts_with("http") {
                let file = link.split('#').next().unwrap();
                assert!(folder.join(file).exists(), "{page}: {link}");
            }
        }
    }
    for linked in ["infra/runbook.md", "NOTICE.md", "LICENSE", "docs/threat-model.md"] {
        assert!(read("README.md").contains(&format!("({linked})")), "README.md does not lead to {linked}");
    }
}
