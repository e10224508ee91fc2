//! The retention function: what is past its time is destroyed, and proven to be.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_http::{Env, telemetry};
use medius_retention::{Retention, handle};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("retention");
    let retention = Arc::new(Retention::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let retention = retention.clone();
        async move { Box::pin(handle(&retention, event.payload, &event.context)).await }
    }))
    .await
}
