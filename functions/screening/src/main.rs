//! The screening function: the only one that reads files from outside before they are checked.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_http::{Env, telemetry};
use medius_screening::{Screening, handle};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("screening");
    let screening = Arc::new(Screening::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let screening = screening.clone();
        async move { Box::pin(handle(&screening, event.payload, &event.context)).await }
    }))
    .await
}
