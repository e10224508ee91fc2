//! The explanation function: what results and medicines mean, in plain words.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("explanation");
    let env = Env::process();
    let config = ApiConfig::from_env("explanation", &env)?;
    let state = medius_explanation::State::from_env(&env)?;
    // Catalogue, fonts and templates are read while Lambda starts the function, not while a patient waits.
    medius_explanation::warm();
    run(service(medius_explanation::router().with_state(state), config, Arc::new(SystemClock))).await
}
