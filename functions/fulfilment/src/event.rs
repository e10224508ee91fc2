//! What wakes the function: the stream of the requests' table, which brings what was just agreed to, and a schedule for
//! everything that is agreed to and not carried out.

use crate::{Fulfilment, Progress};
use lambda_runtime::Context;
use medius_domain::clock::{Clock, SystemClock};
use medius_domain::id::RightId;
use medius_domain::rights::State;
use medius_http::{Error, telemetry};
use medius_store::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// Time that one request may need: what does not fit into this run is the next one's.
const PER_REQUEST: Duration = Duration::from_secs(60);

/// What a schedule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Job {
    /// What is agreed to and not carried out.
    Continue {},
    /// What time alone does to requests.
    Clock {},
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Requests that were carried out.
    pub done: u64,
    /// Requests that failed; the next run tries them again.
    pub failed: u64,
    /// Requests that were closed because nobody showed who asks.
    pub closed: u64,
    /// Missed days of which the officer was told.
    pub reminded: u64,
    /// Closed requests that nothing says any more whose they were.
    pub hidden: u64,
    /// Whether everything was looked at before the time was over.
    pub complete: bool,
    /// Items of the stream that have to be brought again.
    pub batch_item_failures: Vec<Value>,
}

/// Until when a run may begin something new.
struct Deadline(std::time::SystemTime);

impl Deadline {
    fn is_near(&self) -> bool {
        self.0.duration_since(SystemClock.now().into()).unwrap_or_default() < PER_REQUEST
    }
}

/// Serves one event.
///
/// # Errors
/// A list that could not be read, or an event of another kind. A single request's failure is counted and tried again.
pub async fn handle(fulfilment: &Fulfilment, event: Value, context: &Context) -> Result<Report, Error> {
    let answer = match event.get("Records") {
        Some(records) => Ok(Box::pin(stream(fulfilment, records, &context.request_id)).await),
        None => Box::pin(scheduled(fulfilment, event, context)).await,
    };
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn scheduled(fulfilment: &Fulfilment, event: Value, context: &Context) -> Result<Report, Error> {
    let job: Job = serde_json::from_value(event).map_err(|_| "an event of another kind")?;
    let mut report = Report { complete: true, ..Report::default() };
    match job {
        Job::Continue {} => Box::pin(unfinished(fulfilment, context, &mut report)).await?,
        Job::Clock {} => {
            let ticked = Box::pin(fulfilment.tick(&context.request_id)).await?;
            // What an alarm watches, and a figure that is there even when it is none.
            telemetry::measure("RightsDue", ticked.late as f64);
            (report.closed, report.reminded, report.hidden) = (ticked.closed, ticked.reminded, ticked.hidden);
        }
    }
    let Report { done, failed, complete, .. } = report;
    tracing::info!(done, failed, complete, "fulfilment");
    Ok(report)
}

async fn unfinished(fulfilment: &Fulfilment, context: &Context, report: &mut Report) -> Result<(), Error> {
    let deadline = Deadline(context.deadline());
    for request in fulfilment.db.rights_under_way(&[State::Executing, State::ExecutionFailed]).await? {
        if deadline.is_near() {
            report.complete = false;
            return Ok(());
        }
        if !one(fulfilment, &request.id, report, &context.request_id).await {
            // Counted and logged already; what cannot even be noted is tried again with the next run.
            if let Err(error) = fulfilment.note_failure(&request.id, &context.request_id).await {
                tracing::error!(right.id = %request.id, cause = %error, "a failure could not be noted");
            }
        }
    }
    Ok(())
}

/// Carries one request out, counts what became of it, and logs a failure: once, here.
async fn one(fulfilment: &Fulfilment, id: &RightId, report: &mut Report, request_id: &str) -> bool {
    match Box::pin(fulfilment.advance(id, request_id)).await {
        Ok(Progress::Done) => {
            telemetry::count("RightCarriedOut");
            report.done += 1;
            true
        }
        Ok(Progress::InOtherHands) => true,
        Err(error) => {
            telemetry::count("RightFailed");
            report.failed += 1;
            tracing::error!(right.id = %id, cause = %error, "a request could not be carried out");
            false
        }
    }
}

/// The request that a record of the stream says is to be carried out; none for every other record.
fn executing(record: &Value) -> Option<RightId> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    if text("/dynamodb/NewImage/state/S") != Some(State::Executing.code()) {
        return None;
    }
    Place::right_of_key(text("/dynamodb/Keys/pk/S")?)
}

#[tracing::instrument(skip_all, fields(request_id))]
async fn stream(fulfilment: &Fulfilment, records: &Value, request_id: &str) -> Report {
    let mut report = Report { complete: true, ..Report::default() };
    for record in records.as_array().into_iter().flatten() {
        let Some(id) = executing(record) else { continue };
        if !one(fulfilment, &id, &mut report, request_id).await {
            let id = record.pointer("/dynamodb/SequenceNumber").cloned().unwrap_or_default();
            report.batch_item_failures.push(serde_json::json!({ "itemIdentifier": id }));
        }
    }
    report
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schedule_asks_for_what_is_left() {
        let read = |event| serde_json::from_value::<Job>(event);
        assert_eq!(read(json!({"kind": "continue"})).unwrap(), Job::Continue {});
        assert_eq!(read(json!({"kind": "clock"})).unwrap(), Job::Clock {});
        for other in [json!({"kind": "sweep"}), json!({"kind": "continue", "day": 1}), json!({}), json!([])] {
            assert!(read(other.clone()).is_err(), "{other}");
        }
    }

    #[test]
    fn only_requests_that_are_to_be_carried_out_are_taken_from_the_stream() {
        let id = RightId::new();
        let record = json!({"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "7",
            "Keys": {"pk": {"S": format!("RIGHT#{id}")}, "sk": {"S": "RIGHT"}},
            "NewImage": {"state": {"S": "EXECUTING"}, "rev": {"N": "4"}}}});
        assert_eq!(executing(&record), Some(id));
        for (pointer, other) in [
            ("/dynamodb/NewImage/state/S", json!("IN_REVIEW")),
            ("/dynamodb/NewImage", Value::Null),
            ("/dynamodb/Keys/pk/S", json!("CASE#1")),
        ] {
            let mut record = record.clone();
            *record.pointer_mut(pointer).unwrap() = other;
            assert_eq!(executing(&record), None, "{pointer}");
        }
    }
}
