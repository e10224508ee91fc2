//! The mailer function: the only one that may send.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use medius_http::{Env, telemetry};
use medius_mailer::{Event, Mailer, handle};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init("mailer");
    let mailer = Arc::new(Mailer::from_env(&Env::process())?);
    run(service_fn(move |event: LambdaEvent<Event>| {
        let mailer = mailer.clone();
        async move { Box::pin(handle(&mailer, event.payload, &event.context)).await }
    }))
    .await
}
