//! What wakes the function: the schedules, and the stream of the cases' table, which says what its expiry removed before us
//! and whose end has moved, so that everything else about the case follows.

use crate::{Failure, Progress, Retention, idle};
use chrono::TimeDelta;
use lambda_runtime::Context;
use medius_domain::clock::{Clock, SystemClock};
use medius_domain::destruction::{Ground, Ledger, Step, TELL_HOURS};
use medius_domain::id::{CaseId, Subject};
use medius_http::{Error, telemetry};
use medius_store::{Cursor, Place};
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
    /// Whether everything was looked at before the time was over.
    pub complete: bool,
    /// Items of the stream that have to be brought again.
    pub batch_item_failures: Vec<Value>,
}

/// Until when a run may begin something new.
struct Deadline(std::time::SystemTime);

impl Deadline {
    fn is_near(&self) -> bool {
        self.0.duration_since(SystemClock.now().into()).unwrap_or_default() < PER_CASE
    }
}

/// Serves one event.
///
/// # Errors
/// Lists that could not be read, or an event of another kind. A single case's failure is counted and left to the next run.
pub async fn handle(retention: &Retention, event: Value, context: &Context) -> Result<Report, Error> {
    let answer = match event.get("Records") {
        Some(records) => Ok(Box::pin(stream(retention, records, &context.request_id)).await),
        None => Box::pin(scheduled(retention, event, context)).await,
    };
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn scheduled(retention: &Retention, event: Value, context: &Context) -> Result<Report, Error> {
    let job: Job = serde_json::from_value(event).map_err(|_| "an event of another kind")?;
    let run = Run { retention, deadline: Deadline(context.deadline()), request_id: &context.request_id };
    let mut report = Report { complete: true, ..Report::default() };
    // What was begun goes first: a destruction that is under way must not wait behind new ones.
    Box::pin(run.unfinished(&mut report)).await?;
    Box::pin(run.due(&mut report)).await?;
    Box::pin(run.unfinished(&mut report)).await?;
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

fn failed(report: &mut Report, error: &Failure) {
    report.failed += 1;
    telemetry::count("DestructionFailed");
    tracing::error!(cause = %error, "left to the next run");
}

/// A case in the stream that was changed.
struct Changed {
    case: CaseId,
    /// Its end before, in seconds.
    end: i64,
}

impl Changed {
    fn of(record: &Value) -> Option<Self> {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
        if text("/eventName") != Some("MODIFY") || text("/dynamodb/Keys/sk/S") != Some("CASE") {
            return None;
        }
        let case = Place::case_of_key(text("/dynamodb/Keys/pk/S")?)?;
        Some(Self { case, end: text("/dynamodb/OldImage/expires_at/N")?.parse().ok()? })
    }
}

/// A case in the stream that the table's own expiry removed.
struct Removed {
    case: CaseId,
    subject: Subject,
}

impl Removed {
    /// Of a record that says that the table's own expiry removed a case; none for every other record.
    fn of(record: &Value) -> Option<Self> {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
        let by_expiry = text("/eventName") == Some("REMOVE")
            && text("/userIdentity/type") == Some("Service")
            && text("/userIdentity/principalId") == Some("dynamodb.amazonaws.com");
        if !by_expiry || text("/dynamodb/Keys/sk/S") != Some("CASE") {
            return None;
        }
        let case = Place::case_of_key(text("/dynamodb/Keys/pk/S")?)?;
        Some(Self { case, subject: text("/dynamodb/OldImage/subject/S")?.parse().ok()? })
    }
}

impl Retention {
    /// Does what follows from a record of the stream.
    async fn follow(&self, record: &Value, report: &mut Report, request_id: &str) -> Result<(), Failure> {
        if let Some(removed) = Removed::of(record) {
            let (ground, now) = (Ground::RetentionEnded, self.db.now());
            // The steps follow with the next schedule: the rest of the case is past its end, too, and cannot be read.
            self.enter(&removed.case, &removed.subject, ground, now, request_id).await?;
            report.entered += 1;
        }
        if let Some(changed) = Changed::of(record) {
            // As it is now, not as it was when the record was written: of two records the later may come first.
            let case = self.db.case_to_destroy(&changed.case).await?;
            if let Some(case) = case.filter(|case| case.expires_at.timestamp() != changed.end) {
                self.db.retime(&case.id, case.expires_at).await?;
                report.retimed += 1;
            }
        }
        Ok(())
    }
}

#[tracing::instrument(skip_all, fields(request_id))]
async fn stream(retention: &Retention, records: &Value, request_id: &str) -> Report {
    let mut report = Report { complete: true, ..Report::default() };
    for record in records.as_array().into_iter().flatten() {
        if let Err(error) = Box::pin(retention.follow(record, &mut report, request_id)).await {
            failed(&mut report, &error);
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
    fn the_schedules_ask_for_a_day_or_for_the_rest() {
        let read = |event| serde_json::from_value::<Job>(event);
        assert_eq!(read(json!({"kind": "daily"})).unwrap(), Job::Daily {});
        assert_eq!(read(json!({"kind": "continue"})).unwrap(), Job::Continue {});
        for other in [json!({"kind": "sweep"}), json!({"kind": "daily", "day": 1}), json!({}), json!([])] {
            assert!(read(other.clone()).is_err(), "{other}");
        }
    }

    #[test]
    fn only_what_the_table_s_own_expiry_removed_counts_and_only_cases() {
        let (case, subject) = (CaseId::new(), Subject::of("x"));
        let record = json!({"eventName": "REMOVE",
            "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
            "dynamodb": {"SequenceNumber": "7", "Keys": {"pk": {"S": format!("CASE#{case}")}, "sk": {"S": "CASE"}},
                "OldImage": {"subject": {"S": subject.as_str()}}}});
        let removed = Removed::of(&record).unwrap();
        assert_eq!((removed.case, removed.subject), (case, subject));
        for (pointer, other) in [
            ("/eventName", json!("MODIFY")),
            ("/userIdentity", Value::Null),
            ("/userIdentity/principalId", json!("somebody")),
            ("/dynamodb/Keys/sk/S", json!("INTAKE")),
            ("/dynamodb/Keys/pk/S", json!("DOCUMENT#1")),
        ] {
            let mut record = record.clone();
            *record.pointer_mut(pointer).unwrap() = other;
            assert!(Removed::of(&record).is_none(), "{pointer}");
        }
    }

    #[test]
    fn a_changed_case_is_known_by_its_end_before() {
        let case = CaseId::new();
        let record = json!({"eventName": "MODIFY", "dynamodb": {"Keys": {"pk": {"S": format!("CASE#{case}")},
            "sk": {"S": "CASE"}}, "OldImage": {"expires_at": {"N": "1800000000"}}}});
        let changed = Changed::of(&record).unwrap();
        assert_eq!((changed.case, changed.end), (case, 1_800_000_000));
        for (pointer, other) in [("/eventName", json!("REMOVE")), ("/dynamodb/Keys/sk/S", json!("INTAKE"))] {
            let mut record = record.clone();
            *record.pointer_mut(pointer).unwrap() = other;
            assert!(Changed::of(&record).is_none(), "{pointer}");
        }
    }
}
