//! The records function: what patients bring from hospitals.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("records");
    let env = Env::process();
    let config = ApiConfig::from_env("records", &env)?;
    let state = medius_records::State::from_env(&env)?;
    run(service(medius_records::router().with_state(state), config, Arc::new(SystemClock))).await
}
