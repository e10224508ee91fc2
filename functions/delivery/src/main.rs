//! The delivery function: links to institutions.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("delivery");
    let env = Env::process();
    let config = ApiConfig::from_env("delivery", &env)?;
    let state = medius_delivery::State::from_env(&env)?;
    run(service(medius_delivery::router().with_state(state), config, Arc::new(SystemClock))).await
}
