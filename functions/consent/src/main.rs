//! The consent function: texts, decisions and withdrawal.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("consent");
    let env = Env::process();
    let config = ApiConfig::from_env("consent", &env)?;
    let state = medius_consent::State::from_env(&env)?;
    run(service(medius_consent::router().with_state(state), config, Arc::new(SystemClock))).await
}
