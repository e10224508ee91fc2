//! The members function: who of the staff may do what.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("members");
    let env = Env::process();
    let config = ApiConfig::from_env("members", &env)?;
    let state = medius_members::State::from_env(&env)?;
    run(service(medius_members::router().with_state(state), config, Arc::new(SystemClock))).await
}
