//! The referral function: letters.

use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Error, run, service, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("referral");
    let env = Env::process();
    let config = ApiConfig::from_env("referral", &env)?;
    let state = medius_referral::State::from_env(&env)?;
    // Fonts and templates are read while Lambda starts the function, not while a patient waits.
    medius_documents::warm();
    run(service(medius_referral::router().with_state(state), config, Arc::new(SystemClock))).await
}
