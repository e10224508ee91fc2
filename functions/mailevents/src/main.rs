//! The mailevents function: what becomes of a mail after the mail service took it.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_http::{Env, telemetry};
use medius_mailevents::{MailEvents, handle};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("mailevents");
    let events = Arc::new(MailEvents::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let events = events.clone();
        async move { Box::pin(handle(&events, event.payload, &event.context)).await }
    }))
    .await
}
