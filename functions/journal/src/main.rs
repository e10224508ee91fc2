//! The journal function: the signed heads of the access log, and sign-ins in it.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_http::{Env, telemetry};
use medius_journal::{Journal, handle};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("journal");
    let journal = Arc::new(Journal::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let journal = journal.clone();
        async move { Box::pin(handle(&journal, event.payload, &event.context)).await }
    }))
    .await
}
