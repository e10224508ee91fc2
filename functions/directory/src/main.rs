//! The directory function: institutions, kept by staff.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("directory");
    let env = Env::process();
    let config = ApiConfig::from_env("directory", &env)?;
    let state = medius_directory::State::from_env(&env)?;
    run(service(medius_directory::router().with_state(state), config, Arc::new(SystemClock))).await
}
