//! The audit function: verifies and reviews the logs.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("audit");
    let env = Env::process();
    let config = ApiConfig::from_env("audit", &env)?;
    let state = medius_audit::State::from_env(&env)?;
    run(service(medius_audit::router().with_state(state), config, Arc::new(SystemClock))).await
}
