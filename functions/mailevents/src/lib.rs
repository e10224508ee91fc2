//! What becomes of a mail after the mail service took it: SES says over EventBridge that the institution's mail server took
//! the mail, delays it or refuses it, or that somebody marked it as spam. SES's "delivered" means that a server took it, not
//! that anybody read it. And it says that it took a mail itself: where the mailer did not hear that, the mail is not sent twice.
//!
//! A mail is known by its own opaque id, which it carries as a tag. The addresses and diagnoses that stand in the events are
//! not read. Events come at least once and in any order: each is recorded once, and none makes a link worse than it is.

mod note;
mod report;

pub use note::Outcome;
pub use report::{Report, Word};

use lambda_runtime::Context;
use medius_domain::clock::SystemClock;
use medius_http::{Env, Error, telemetry};
use medius_store::{Aws, Database, StoreError, Tables};
use serde_json::Value;
use std::sync::Arc;
use tracing::field::Empty;

/// Why an event could not be recorded now; EventBridge brings it again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No function may do this: a defect of the policy table.
    #[error("the policy table does not allow it")]
    Policy,
}

/// Records what becomes of mails.
pub struct MailEvents {
    db: Database,
}

impl MailEvents {
    /// With the given store.
    pub const fn new(db: Database) -> Self {
        Self { db }
    }

    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(_: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        Ok(Self::new(Database::new(aws.dynamodb(), Tables::from_env(), Arc::new(SystemClock))))
    }
}

/// Serves one event.
///
/// # Errors
/// What could not be recorded: the event comes again.
pub async fn handle(events: &MailEvents, event: Value, context: &Context) -> Result<(), Error> {
    let answer = Box::pin(serve(events, &event, context)).await;
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id, ordered_by = Empty, case.id = Empty, delivery.id = Empty))]
async fn serve(events: &MailEvents, event: &Value, context: &Context) -> Result<(), Error> {
    let Some(report) = Report::of(event) else {
        // Other events of the mail service, and mails that are not the outbox's.
        tracing::info!(outcome = "not-ours", "mail event");
        return Ok(());
    };
    match report.word {
        // The mailer counts what it sent.
        Word::Taken => {}
        Word::Delivered => telemetry::count("MailDelivered"),
        Word::Delayed => telemetry::count("MailDelayed"),
        Word::Bounced => telemetry::count("MailBounced"),
        Word::Complained => telemetry::count("MailComplained"),
    }
    let outcome = events.note(&report, &context.request_id).await.inspect_err(|error| {
        telemetry::count("MailEventFailed");
        tracing::error!(mail.id = %report.mail, cause = %error, "mail event failed");
    })?;
    tracing::info!(mail.id = %report.mail, word = ?report.word, outcome = outcome.as_str(), "mail event");
    Ok(())
}
