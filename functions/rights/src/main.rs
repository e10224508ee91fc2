//! The rights function: what patients ask about their information, and how it is decided.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("rights");
    let env = Env::process();
    let config = ApiConfig::from_env("rights", &env)?;
    let state = medius_rights::State::from_env(&env)?;
    run(service(medius_rights::router().with_state(state), config, Arc::new(SystemClock))).await
}
