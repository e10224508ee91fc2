//! The intake function: cases and the patient's story.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("intake");
    let env = Env::process();
    let config = ApiConfig::from_env("intake", &env)?;
    let state = medius_intake::State::from_env(&env)?;
    run(service(medius_intake::router().with_state(state), config, Arc::new(SystemClock))).await
}
