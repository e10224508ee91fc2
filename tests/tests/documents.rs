//! What people read is true: tests that the threat model names are there, pages that are linked are there, and every command of
//! the documents has a row that says what runs it: a test, CI, or somebody by hand. One of `cargo xtask` is held against the tool
//! here, by `--help` if not as it stands; of other tools nothing is called. `infra/runbook.md` has a test of its own.

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
    /// Here, if it is one of `cargo xtask`, with `--help`: that it exists with these options. It would build, deploy or run for
    /// minutes; what is named runs it.
    Elsewhere(&'static str),
    /// Needs an account of AWS; what is named holds that its parts are right.
    OnAws(&'static str),
}

/// Every command that a document may give.
const COMMANDS: [(&str, Tried); 40] = [
    ("cargo xtask run", Tried::Elsewhere(".ci/run, with --once; that it keeps serving, by hand")),
    ("cargo xtask run --once", Tried::Elsewhere(".ci/run, after all tests")),
    ("cargo xtask test", Tried::Elsewhere(".ci/run, which runs this test")),
    ("cargo xtask test --test journey", Tried::Elsewhere(".ci/run, which runs this test")),
    (
        "MEDIUS_DUE_CASES=10000 cargo xtask test --test destruction two_hundred -- --nocapture",
        Tried::Elsewhere("by hand: it takes its time; .ci/run runs the test with 200"),
    ),
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
    ("cargo xtask verify-certificate", Tried::Elsewhere("tests/tests/destruction/tools.rs")),
    ("cargo xtask age", Tried::Elsewhere("tests/tests/destruction/tools.rs")),
    ("cargo xtask restore", Tried::Elsewhere("tests/tests/runbook.rs")),
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
    ("rustup target add aarch64-unknown-linux-gnu", Tried::Elsewhere("by hand, where there is rustup")),
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

/// The subcommands of `cargo xtask`, as it lists them.
fn subcommands() -> BTreeSet<String> {
    let output = Command::new(xtask()).arg("--help").output().expect("cargo xtask test made it");
    let help = String::from_utf8(output.stdout).unwrap();
    let (_, list) = help.split_once("Commands:\n").expect("a list of commands");
    list.lines().map_while(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// A command without the variables that it begins with: `NAME=value cargo …`.
fn without_variables(command: &str) -> &str {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    match command.split_once(' ') {
        Some((word, rest)) if word.split_once('=').is_some_and(|(name, _)| is_name(name)) => without_variables(rest),
        Some(_) | None => command,
    }
}

fn is_command(text: &str) -> bool {
    let starts = [
        "cargo xtask ",
        "cargo deny ",
        "cargo metadata",
        "rustup ",
        "sam ",
        "aws ",
        "python3",
        ".ci/",
        "target/debug/",
    ];
    starts.iter().any(|start| without_variables(text).starts_with(start))
}

/// What stands in backquotes, if it is a command. Of `cargo xtask` the subcommand alone will do (`bench load`), but for one
/// plain word such as `run` or `test`, which may mean something else.
fn quoted(text: &str, subcommands: &BTreeSet<String>) -> Option<String> {
    let word = text.split(' ').next().unwrap_or_default();
    if is_command(text) {
        Some(text.to_owned())
    } else if subcommands.contains(word) && (word != text || word.contains('-')) {
        Some(format!("cargo xtask {text}"))
    } else {
        None
    }
}

/// Commands of a page: lines of its fenced blocks, and what stands in backquotes in its text.
fn commands(page: &str, subcommands: &BTreeSet<String>) -> BTreeSet<String> {
    let (mut found, mut fenced) = (BTreeSet::new(), false);
    for line in page.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            let bare = line.split(" #").next().unwrap().trim();
            found.extend(is_command(bare).then(|| bare.to_owned()));
        } else {
            found.extend(line.split('`').skip(1).step_by(2).filter_map(|text| quoted(text, subcommands)));
        }
    }
    found
}

#[test]
fn a_command_is_found_however_a_page_gives_it() {
    let page = "`A_B=1 cargo xtask test x`, `bench load`, `verify-receipt FILE`, `verify-certificate`, `test`, `a=b`, `rows`\n\
                ```bash\nC=2 D=3 sam build # says why\nrustup target add x\nbench load --seconds 30\n```\n`.ci/run`";
    let found = commands(page, &subcommands());
    let wanted = [
        ".ci/run",
        "A_B=1 cargo xtask test x",
        "C=2 D=3 sam build",
        "cargo xtask bench load",
        "cargo xtask verify-certificate",
        "cargo xtask verify-receipt FILE",
        "rustup target add x",
    ];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
}

#[test]
fn every_command_of_the_documents_has_a_row_that_says_what_runs_it() {
    let (mut used, subcommands) = (BTreeSet::new(), subcommands());
    for page in PAGES {
        for command in commands(&read(page), &subcommands) {
            let row = COMMANDS.iter().find(|(known, _)| *known == command);
            assert!(row.is_some(), "{page}: no row says what runs `{command}`");
            used.insert(command);
        }
    }
    for (command, tried) in COMMANDS {
        assert!(used.contains(command), "no page gives `{command}`");
        let Some(rest) = without_variables(command).strip_prefix("cargo xtask ") else { continue };
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
