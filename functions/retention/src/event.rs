//! What wakes the function: the schedules, and the streams of tables.

use crate::run::Run;
use crate::stream::stream;
use crate::{Failure, Retention};
use lambda_runtime::Context;
use medius_domain::clock::{Clock, SystemClock};
use medius_http::{Error, telemetry};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// Time that one case may need: what does not fit into this run is the next one's.
const PER_CASE: Duration = Duration::from_secs(10);

/// What a schedule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Job {
    /// Everything: what became due, what is unfinished, what is idle.
    Daily {},
    /// What is unfinished, and what became due since.
    Continue {},
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Destructions that were entered.
    pub entered: u64,
    /// Destructions that went as far as they can now.
    pub advanced: u64,
    /// Destructions that failed; the next run tries them again.
    pub failed: u64,
    /// Destructions that are late.
    pub overdue: u64,
    /// Open cases that were looked at.
    pub looked_at: u64,
    /// Cases whose end moved, and everything about them with it.
    pub retimed: u64,
    /// Copies that nobody can fetch any more and that were removed.
    pub copies: u64,
    /// Requests and inquiries whose files were removed at their end.
    pub files: u64,
    /// Patients' requests that were completed.
    pub completed: u64,
    /// Whether everything was looked at before the time was over.
    pub complete: bool,
    /// Items of the stream that have to be brought again.
    pub batch_item_failures: Vec<Value>,
}

impl Report {
    /// With what another part of the same run did.
    pub(crate) fn add(&mut self, part: Self) {
        let Self { entered, advanced, failed, overdue, looked_at, retimed, copies, files, completed, complete, .. } =
            part;
        self.entered += entered;
        self.advanced += advanced;
        self.failed += failed;
        self.overdue += overdue;
        self.looked_at += looked_at;
        self.retimed += retimed;
        self.copies += copies;
        self.files += files;
        self.completed += completed;
        self.complete &= complete;
        self.batch_item_failures.extend(part.batch_item_failures);
    }

    /// Of a part in which nothing has happened yet.
    pub(crate) fn begun() -> Self {
        Self { complete: true, ..Self::default() }
    }
}

/// Until when a run may begin something new.
pub(crate) struct Deadline(std::time::SystemTime);

impl Deadline {
    #[cfg(test)]
    pub(crate) const fn at(end: std::time::SystemTime) -> Self {
        Self(end)
    }

    pub(crate) fn of(context: &Context) -> Self {
        Self(context.deadline())
    }

    pub(crate) fn is_near(&self) -> bool {
        self.0.duration_since(SystemClock.now().into()).unwrap_or_default() < PER_CASE
    }
}

/// Serves one event.
///
/// # Errors
/// Lists that could not be read, or an event of another kind. A single case's failure is counted and left to the next run.
pub async fn handle(retention: &Retention, event: Value, context: &Context) -> Result<Report, Error> {
    let answer = match event.get("Records") {
        Some(records) => Ok(Box::pin(stream(retention, records, context)).await),
        None => Box::pin(scheduled(retention, event, context)).await,
    };
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn scheduled(retention: &Retention, event: Value, context: &Context) -> Result<Report, Error> {
    let job: Job = serde_json::from_value(event).map_err(|_| "an event of another kind")?;
    let run = Run { retention, deadline: Deadline::of(context), request_id: &context.request_id };
    let mut report = Report::begun();
    // What was begun goes first: a destruction that is under way must not wait behind new ones.
    Box::pin(run.unfinished(&mut report)).await?;
    Box::pin(run.due(&mut report)).await?;
    Box::pin(run.unfinished(&mut report)).await?;
    Box::pin(run.requests(&mut report)).await?;
    // Before the sweeps: however much there is to sweep, who is to be told of their case's end is told.
    match job {
        Job::Daily {} => Box::pin(run.idle(&mut report)).await?,
        Job::Continue {} => {}
    }
    Box::pin(run.sweeps(&mut report)).await?;
    let Report { entered, advanced, failed, overdue, looked_at, complete, .. } = report;
    tracing::info!(entered, advanced, failed, overdue, looked_at, complete, "retention");
    Ok(report)
}

pub(crate) fn failed(report: &mut Report, error: &Failure) {
    report.failed += 1;
    telemetry::count("DestructionFailed");
    tracing::error!(cause = %error, "left to the next run");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schedules_ask_for_a_day_or_for_the_rest() {
        let read = |event| serde_json::from_value::<Job>(event);
        assert_eq!(read(json!({"kind": "daily"})).unwrap(), Job::Daily {});
        assert_eq!(read(json!({"kind": "continue"})).unwrap(), Job::Continue {});
        for other in [json!({"kind": "sweep"}), json!({"kind": "daily", "day": 1}), json!({}), json!([])] {
            assert!(read(other.clone()).is_err(), "{other}");
        }
    }
}
