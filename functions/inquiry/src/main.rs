//! The inquiry function: what patients ask and staff answer.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("inquiry");
    let env = Env::process();
    let config = ApiConfig::from_env("inquiry", &env)?;
    let state = medius_inquiry::State::from_env(&env)?;
    run(service(medius_inquiry::router().with_state(state), config, Arc::new(SystemClock))).await
}
