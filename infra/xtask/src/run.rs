//! `cargo xtask run`: the stack, one complete journey as its users go it, and then a service to try by hand.

use anyhow::Result;
use clap::Args;

use crate::{preflight, say, stack, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// End after the journey; exit code 0 only if every step held.
    #[arg(long)]
    once: bool,
    /// Port of the local AWS.
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// Port of the address that patients and institutions use.
    #[arg(long, default_value_t = 8080)]
    front_port: u16,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let front = preflight::listen(options.front_port, "--front-port")?;
    drop(preflight::listen(options.port, "--port")?);
    let mut up = stack::up(&workspace::root().join("target/run"), options.port, front).await?;
    summary(&up);
    if options.once {
        return Ok(());
    }
    say::line("\nServing until Ctrl-C.");
    up.ministack.ended().await
}

fn summary(up: &stack::Up) {
    let run = &up.run;
    say::line(&format!("\nAddress      {}", run.api_url));
    say::line(&format!("Local AWS    {} (region {})", run.endpoint, run.region));
    say::line(&format!("Files        {}", up.run_file.display()));
    for sign_in in &run.sign_ins {
        say::line(&format!("Sign-in      {:<12} {}  password {}", sign_in.role, sign_in.email, sign_in.password));
    }
}
