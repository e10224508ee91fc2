//! `cargo xtask run`: the stack, one complete journey as its users go it, and then a service to try by hand.

use anyhow::{Context, Result};
use clap::Args;
use medius_tests::{
    journey::{self, Journey},
    stack::Stack,
};

use crate::{preflight, run_json, say, say::Step, stack, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// End after the journey; exit code 0 only if every step held.
    #[arg(long)]
    once: bool,
    /// Port of the local AWS; 0 takes a free one.
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// Port of the address that patients and institutions use; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    front_port: u16,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let front = preflight::listen(options.front_port, "--front-port")?;
    let port = if options.port == 0 { preflight::free_port()? } else { options.port };
    drop(preflight::listen(port, "--port")?);
    let mut up = stack::up(&workspace::root().join("target/run"), port, front).await?;
    let outcome = go(&mut up).await;
    if options.once {
        let journey = outcome?;
        summary(&up, Some(&journey));
        return Ok(());
    }
    // Whoever runs this wants to look at what went wrong: the stack stays.
    if let Err(error) = &outcome {
        say::error(&format!("{error:#}"));
    }
    summary(&up, outcome.as_ref().ok());
    say::line("\nServing until Ctrl-C.");
    up.ministack.ended().await
}

/// The journey, step by step on the terminal and into `run.json`.
async fn go(up: &mut stack::Up) -> Result<Journey> {
    let step = Step::start("one complete journey over HTTP");
    let stack = Stack::from_run(up.run.clone());
    let mut report = |text: &str| say::line(&format!("    - {text}"));
    let journey = tokio::select! {
        journey = journey::run(&stack, &mut report) => journey.context("the journey stopped")?,
        ended = up.ministack.ended() => return Err(ended.err().unwrap_or_else(|| anyhow::anyhow!("the local AWS ended"))),
    };
    up.run.journey = Some(serde_json::to_value(&journey)?);
    run_json::write(&up.run)?;
    step.done("every step held");
    Ok(journey)
}

fn summary(up: &stack::Up, journey: Option<&Journey>) {
    let run = &up.run;
    let entry = |name: &str, value: &str| say::line(&format!("{name:<12} {value}"));
    say::line("");
    entry("Address", &run.api_url);
    entry("Local AWS", &format!("{} (region {})", run.endpoint, run.region));
    entry("Run file", &up.run_file.display().to_string());
    for sign_in in &run.sign_ins {
        entry("Sign-in", &format!("{} {} password {}", sign_in.role, sign_in.email, sign_in.password));
    }
    if let Some(journey) = journey {
        entry("Letter", &journey.letter_path.display().to_string());
        entry("Bundle", &journey.bundle_path.display().to_string());
        entry("Link", &journey.link);
        entry("Code", &journey.code);
    }
}
