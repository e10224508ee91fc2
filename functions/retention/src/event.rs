//! What wakes the function: the schedules, and the streams of tables.

use crate::stream::stream;
use crate::{Failure, Progress, Retention, idle};
use chrono::TimeDelta;
use lambda_runtime::Context;
use medius_domain::clock::{Clock, SystemClock};
use medius_domain::destruction::{Ground, Ledger, Step, TELL_HOURS};
use medius_http::{Error, telemetry};
use medius_store::Cursor;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// Time that one case may need: what does not fit into this run is the next one's.
const PER_CASE: Duration = Duration::from_secs(10);
/// Days before an open case's end at which it can be idle: a year, and the notice before.
const IDLE_AHEAD_DAYS: i64 = 381;

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
    /// Destructions that were entered or found by their cases.
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

/// Until when a run may begin something new.
pub(crate) struct Deadline(std::time::SystemTime);

impl Deadline {
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
    let mut report = Report { complete: true, ..Report::default() };
    // What was begun goes first: a destruction that is under way must not wait behind new ones.
    Box::pin(run.unfinished(&mut report)).await?;
    Box::pin(run.due(&mut report)).await?;
    Box::pin(run.unfinished(&mut report)).await?;
    Box::pin(run.requests(&mut report)).await?;
    report.copies = retention.destroyer.sweep_copies().await?;
    report.files = retention.destroyer.sweep_files().await?;
    match job {
        Job::Daily {} => Box::pin(run.idle(&mut report)).await?,
        Job::Continue {} => {}
    }
    let Report { entered, advanced, failed, overdue, looked_at, complete, .. } = report;
    tracing::info!(entered, advanced, failed, overdue, looked_at, complete, "retention");
    Ok(report)
}

struct Run<'a> {
    retention: &'a Retention,
    deadline: Deadline,
    request_id: &'a str,
}

impl Run<'_> {
    /// Enters what became due: open cases at their end, closed ones a day before, so that the patient can be told.
    async fn due(&self, report: &mut Report) -> Result<(), Error> {
        let now = self.retention.db.now();
        for (lifecycle, until) in [("closed", now + TimeDelta::hours(TELL_HOURS)), ("open", now)] {
            let mut from: Option<Cursor> = None;
            loop {
                let page = self.retention.db.due_cases(lifecycle, until, from).await?;
                for case in &page.items {
                    if self.deadline.is_near() {
                        report.complete = false;
                        return Ok(());
                    }
                    let (ground, due_at) = (Ground::RetentionEnded, case.destroy_at());
                    let entered = self.retention.enter(&case.id, &case.subject, ground, due_at, self.request_id).await;
                    report.entered += 1;
                    if let Err(error) = entered {
                        failed(report, &error);
                    }
                }
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Goes on with everything that has something to do, the nearest to its end first.
    async fn unfinished(&self, report: &mut Report) -> Result<(), Error> {
        for step in Step::ALL.into_iter().rev() {
            let mut from: Option<Cursor> = None;
            loop {
                let page = self.retention.db.due_ledgers(step, self.retention.db.now(), from).await?;
                for ledger in page.items {
                    if self.deadline.is_near() {
                        report.complete = false;
                        return Ok(());
                    }
                    self.advance(ledger, report).await;
                }
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn advance(&self, ledger: Ledger, report: &mut Report) {
        if ledger.is_late(self.retention.db.now()) {
            telemetry::count("OverdueDestruction");
            report.overdue += 1;
        }
        let id = ledger.id.clone();
        match self.retention.advance(ledger, self.request_id, &mut |_: Step| false).await {
            Ok(Progress::Finished | Progress::Waiting | Progress::InOtherHands | Progress::Stopped) => {
                report.advanced += 1;
            }
            Err(error) => {
                tracing::error!(destruction.id = %id, cause = %error, "a destruction failed");
                failed(report, &error);
            }
        }
    }

    /// Patients' requests whose destructions are done: what a crash left between the two.
    async fn requests(&self, report: &mut Report) -> Result<(), Error> {
        for request in self.retention.deletions_under_way().await? {
            if self.deadline.is_near() {
                report.complete = false;
                return Ok(());
            }
            match self.retention.finish(&request, self.request_id).await {
                Ok(done) => report.completed += u64::from(done),
                Err(error) => failed(report, &error),
            }
        }
        Ok(())
    }

    /// Open cases in which nothing happens.
    async fn idle(&self, report: &mut Report) -> Result<(), Error> {
        let until = self.retention.db.now() + TimeDelta::days(IDLE_AHEAD_DAYS);
        let until = until.min(idle::idle_until(until, 0));
        let mut from: Option<Cursor> = None;
        loop {
            let page = self.retention.db.due_cases("open", until, from).await?;
            for case in &page.items {
                if self.deadline.is_near() {
                    report.complete = false;
                    return Ok(());
                }
                report.looked_at += 1;
                if let Err(error) = self.retention.look_at_open(case, self.request_id).await {
                    failed(report, &error);
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(());
            }
        }
    }
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
