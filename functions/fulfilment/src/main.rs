//! The fulfilment function: what was agreed to about a patient's rights is carried out.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_fulfilment::{Fulfilment, handle};
use medius_http::{Env, telemetry};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("fulfilment");
    let fulfilment = Arc::new(Fulfilment::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let fulfilment = fulfilment.clone();
        async move { Box::pin(handle(&fulfilment, event.payload, &event.context)).await }
    }))
    .await
}
