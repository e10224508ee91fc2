//! The provider function: the public side of a link.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("provider");
    let env = Env::process();
    let config = ApiConfig::from_env("provider", &env)?;
    let state = medius_provider::State::from_env(&env)?;
    run(service(medius_provider::router().with_state(state), config, Arc::new(SystemClock))).await
}
