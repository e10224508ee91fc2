//! What cannot work is said in one line before anything starts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::TcpListener;
use std::process::{Command, Output};

fn run(arguments: &[&str], path: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("run").arg("--once").args(arguments);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command.output().unwrap()
}

/// A failed exit and exactly one line, which says what is wrong.
fn one_line(output: &Output, wanted: &str) {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(!output.status.success());
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("error: ") && said.contains(wanted), "{said}");
}

#[test]
fn a_busy_port_is_named_with_the_option_that_changes_it() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    one_line(&run(&["--front-port", &port], None), &format!("port {port} cannot be used"));
    let output = run(&["--front-port", "0", "--port", &port], None);
    one_line(&output, "choose another with --port");
}

#[test]
fn a_missing_compiler_is_named() {
    let output = run(&["--front-port", "0", "--port", "0"], Some("/nowhere"));
    one_line(&output, "no C compiler");
}
