//! What wakes the mailer: new mails from the outbox's stream, and a schedule that finds what the stream lost or a crash
//! left behind.
//!
//! The events are read by the few fields that are used; whatever else stands in them cannot make reading fail.

use crate::Mailer;
use crate::error::MailError;
use crate::send::Outcome;
use chrono::TimeDelta;
use lambda_runtime::Context;
use medius_domain::clock::{Clock, SystemClock};
use medius_domain::id::MailId;
use medius_http::{Error, telemetry};
use medius_store::{MailStatus, Place};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tracing::field::Empty;

/// Seconds after which a mail that still waits is the sweeper's.
const WAITED: i64 = 30;
/// Time that one mail may need: the operation time-out of the slowest call, and its record.
const PER_MAIL: Duration = Duration::from_secs(4);

/// An event.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// From the outbox's stream.
    Stream {
        /// The new items, in order.
        #[serde(rename = "Records")]
        records: Vec<Record>,
    },
    /// From the schedule.
    Schedule {
        /// What to do.
        kind: Job,
    },
}

/// What the schedule asks for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Send what was left behind.
    Sweep,
}

/// An item of the stream.
#[derive(Debug, Deserialize)]
pub struct Record {
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(rename = "Keys")]
    keys: Keys,
    #[serde(rename = "SequenceNumber")]
    sequence_number: String,
}

#[derive(Debug, Deserialize)]
struct Keys {
    pk: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    s: String,
}

/// Which items the stream has to bring again.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// The failed items.
    pub batch_item_failures: Vec<BatchFailure>,
}

/// An item to be brought again.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFailure {
    /// Its sequence number.
    pub item_identifier: String,
}

/// Serves one event.
///
/// # Errors
/// A sweep that could not read the outbox, or left a mail behind: counted as an error of the function.
pub async fn handle(mailer: &Mailer, event: Event, context: &Context) -> Result<BatchAnswer, Error> {
    let request_id = context.request_id.as_str();
    let answer = match event {
        Event::Stream { records } => Ok(stream(mailer, &records, request_id).await),
        Event::Schedule { kind: Job::Sweep } => sweep(mailer, context).await.map(|()| BatchAnswer::default()),
    };
    telemetry::flush();
    Ok(answer?)
}

#[tracing::instrument(skip_all, fields(request_id))]
async fn stream(mailer: &Mailer, records: &[Record], request_id: &str) -> BatchAnswer {
    let mut answer = BatchAnswer::default();
    for Record { dynamodb } in records {
        let sent = match Place::mail_of_key(&dynamodb.keys.pk.s) {
            Some(mail) => deliver(mailer, &mail, request_id).await.is_ok(),
            None => {
                // Comes back until it lies in the queue of failures, where somebody looks at it.
                tracing::error!("a key of the outbox is not a mail's");
                false
            }
        };
        if !sent {
            let item_identifier = dynamodb.sequence_number.clone();
            answer.batch_item_failures.push(BatchFailure { item_identifier });
        }
    }
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn sweep(mailer: &Mailer, context: &Context) -> Result<(), MailError> {
    let before = mailer.db.now() - TimeDelta::seconds(WAITED);
    let waiting = mailer.db.mails(MailStatus::Pending, before).await?;
    let stuck = mailer.db.mails(MailStatus::Sending, before).await?;
    let (mut first_error, mut oldest_left) = (None, None);
    for mail in waiting.iter().chain(&stuck) {
        // What does not fit into this run is the next one's.
        let in_time = context.deadline().duration_since(SystemClock.now().into()).unwrap_or_default() >= PER_MAIL;
        let mut left = !in_time;
        if in_time && let Err(error) = deliver(mailer, &mail.id, &context.request_id).await {
            first_error.get_or_insert(error);
            left = true;
        }
        if left {
            let oldest = oldest_left.get_or_insert(mail.created_at);
            *oldest = mail.created_at.min(*oldest);
        }
    }
    // Seconds that the oldest mail has waited which still waits; an alarm watches it.
    let age = oldest_left.map_or(0, |since| (mailer.db.now() - since).num_seconds());
    telemetry::measure("OutboxAge", age as f64);
    first_error.map_or(Ok(()), Err)
}

/// Delivers a mail, counts what became of it, and logs a failure: once, here. The lines say which request ordered it.
#[tracing::instrument(name = "mail", skip_all, fields(request_id, ordered_by = Empty, case.id = Empty, delivery.id = Empty))]
async fn deliver(mailer: &Mailer, mail: &MailId, request_id: &str) -> Result<(), MailError> {
    // On the heap: the calls of four clients, one within the other, would make one type too deep for the compiler.
    match Box::pin(mailer.deliver(mail, request_id)).await {
        Ok(outcome) => {
            match outcome {
                Outcome::Sent => telemetry::count("MailSent"),
                Outcome::Dropped => telemetry::count("MailDropped"),
                Outcome::InOtherHands | Outcome::Settled => {}
            }
            tracing::info!(mail.id = %mail, outcome = outcome.as_str(), "mail");
            Ok(())
        }
        Err(error) => {
            telemetry::count("MailFailed");
            tracing::error!(mail.id = %mail, cause = %error, "mail failed");
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stream_record_is_read_whatever_else_it_holds() {
        let mail = MailId::new();
        let event = json!({"Records": [{"eventID": "1", "eventName": "INSERT", "dynamodb": {
            "Keys": {"pk": {"S": format!("MAIL#{mail}")}, "sk": {"S": "MAIL"}}, "NewImage": {"x": {"N": "1"}},
            "SequenceNumber": "000017", "StreamViewType": "NEW_IMAGE"}}]});
        let Event::Stream { records } = serde_json::from_value(event).unwrap() else { panic!("not a stream") };
        assert_eq!(Place::mail_of_key(&records[0].dynamodb.keys.pk.s), Some(mail));
        assert_eq!(records[0].dynamodb.sequence_number, "000017");
        assert_eq!(Place::mail_of_key("CASE#x"), None);
    }

    #[test]
    fn the_schedule_asks_for_a_sweep_and_the_answer_is_a_batch_s() {
        let event = serde_json::from_value(json!({"kind": "sweep"})).unwrap();
        assert!(matches!(event, Event::Schedule { kind: Job::Sweep }));
        let failure = BatchFailure { item_identifier: "000017".to_owned() };
        let answer = BatchAnswer { batch_item_failures: vec![failure] };
        let expected = json!({"batchItemFailures": [{"itemIdentifier": "000017"}]});
        assert_eq!(serde_json::to_value(answer).unwrap(), expected);
    }
}
