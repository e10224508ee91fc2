//! The desk function: the work of coordinators and clinicians.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("desk");
    let env = Env::process();
    let config = ApiConfig::from_env("desk", &env)?;
    let state = medius_desk::State::from_env(&env)?;
    run(service(medius_desk::router().with_state(state), config, Arc::new(SystemClock))).await
}
