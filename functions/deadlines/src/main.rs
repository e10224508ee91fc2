//! The deadlines function: what institutions owe, and who is reminded of it.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_deadlines::{Deadlines, handle};
use medius_http::{Env, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("deadlines");
    let deadlines = Arc::new(Deadlines::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let deadlines = deadlines.clone();
        async move { Box::pin(handle(&deadlines, event.payload, &event.context)).await }
    }))
    .await
}
