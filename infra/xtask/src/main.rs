//! `cargo xtask`: the two commands that people and CI use (`run`, `test`), and the checks that keep the source clean.
//! It starts the local AWS, deploys the same template that AWS gets, and leaves nothing behind when it ends.

mod bench;
mod chains;
mod check;
mod deploy;
mod docs;
mod front;
mod gaps;
mod host_build;
mod memory;
mod ministack;
mod openapi;
mod package;
mod policy;
mod policy_map;
mod preflight;
mod process;
mod release;
mod release_build;
mod retention;
mod rollout;
mod run;
mod run_json;
mod say;
mod seed;
mod stack;
mod template_checks;
mod test;
mod tools;
mod upgrade;
mod used;
mod verify;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Runs, tests and checks Medius on this machine")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the local stack, goes the whole journey once and keeps serving until Ctrl-C.
    Run(run::Options),
    /// Starts a stack on free ports and runs every test of the workspace against it.
    Test(test::Options),
    /// Formatting, lints, licences, unused dependencies and the template.
    Check,
    /// Writes infra/openapi.json from the functions' routes.
    Openapi,
    /// Writes the README's table of who may do what from the policy's rows.
    Policy(policy::Options),
    /// Writes the pages of docs/ that are made: the API and privacy.
    Docs(docs::Options),
    /// Holds the privacy policy's sentences against code and tests, and writes infra/policy-map.md.
    PolicyMap(policy_map::Options),
    /// Verifies a consent receipt with the operator's public keys, offline.
    VerifyReceipt(verify::Options),
    /// Verifies a certificate of destruction with the operator's public keys, offline.
    VerifyCertificate(retention::CertificateOptions),
    /// Makes a case of the local stack older.
    Age(retention::AgeOptions),
    /// Applies the ledger of destructions to restored tables, before anybody uses them.
    Restore(retention::RestoreOptions),
    /// Shows on the running local stack how a case ends.
    Demo(retention::DemoOptions),
    /// Walks all chains of consents and of the access log, and all signed heads, and finds what was tampered with.
    VerifyChains(chains::Options),
    /// Deploys this tree over the previous release with its data in place, and proves that everything is read as before.
    Upgrade(upgrade::Options),
    /// Measures, and writes figures to target/bench.
    Bench(bench::Options),
    /// Makes archives of built functions that are the same for the same binaries, and the bill of materials with licences.
    Release(release::Options),
    /// Holds the roles of the template against what functions made use of in the last run of all tests.
    UsedPermissions,
    /// Builds for this machine on behalf of cargo-lambda.
    #[command(hide = true)]
    HostBuild {
        /// Arguments of `cargo build`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

// One thread: the local AWS asks the kernel to end it with the thread that started it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse_from(host_build::as_subcommand(std::env::args_os()));
    let work = async {
        match cli.command {
            Command::Run(options) => run::run(options).await,
            Command::Test(options) => test::run(options).await,
            Command::Check => check::run().await,
            Command::Openapi => openapi::run().await,
            Command::Policy(options) => policy::run(&options),
            Command::Docs(options) => docs::run(&options),
            Command::PolicyMap(options) => policy_map::run(&options),
            Command::VerifyReceipt(options) => verify::receipt(&options),
            Command::VerifyCertificate(options) => retention::certificate(&options),
            Command::Age(options) => retention::age(&options).await,
            Command::Restore(options) => retention::restore(&options).await,
            Command::Demo(options) => retention::demo(&options).await,
            Command::VerifyChains(options) => chains::run(&options).await,
            Command::Upgrade(options) => upgrade::run(options).await,
            Command::Bench(options) => bench::run(options).await,
            Command::Release(options) => release::run(&options).await,
            Command::UsedPermissions => test::used_permissions(),
            Command::HostBuild { arguments } => host_build::run(&arguments).await,
        }
    };
    // When a signal wins, dropping `work` ends every process it started.
    tokio::select! {
        outcome = work => match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                say::error(&format!("{error:#}"));
                ExitCode::FAILURE
            }
        },
        () = interrupted() => {
            say::line("interrupted");
            ExitCode::from(130)
        }
    }
}

/// Resolves when somebody asks the process to end.
async fn interrupted() {
    let (Ok(mut int), Ok(mut term), Ok(mut hup)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = int.recv() => {}
        _ = term.recv() => {}
        _ = hup.recv() => {}
    }
}
