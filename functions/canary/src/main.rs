//! The canary function: a test patient's journey, again and again.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_canary::{Canary, handle};
use medius_http::{Env, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("canary");
    let canary = Arc::new(Canary::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let canary = canary.clone();
        async move { Box::pin(handle(&canary, event.payload, &event.context)).await }
    }))
    .await
}
