//! What institutions owe and patients wait for: reminders at half of the time and at its end, then the coordinator; the outcome
//! asked for after an appointment; requests that nobody answered while their link lived; outcomes that a patient has had for
//! two weeks.
//!
//! It wakes on a schedule and can be run as often as one likes: what was told is remembered in the Task, in the transaction that
//! orders the mail.

mod turn;

pub use turn::Turn;

use lambda_runtime::Context;
use medius_domain::clock::{Clock, SystemClock};
use medius_http::{Env, Error, telemetry};
use medius_store::{Aws, Database, StoreError, Tables};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Time that one Task may need: what does not fit into this run is the next one's.
const PER_TASK: Duration = Duration::from_secs(5);
/// Tasks read at once.
const PAGE: i32 = 100;

/// Why a Task's turn failed; the next run comes in a quarter of an hour.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No function may do this: a defect of the policy table.
    #[error("the policy table does not allow it")]
    Policy,
}

/// What the schedule asks for.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Job {
    /// Whatever is due.
    Clock {},
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Tasks of which somebody was reminded.
    pub reminded: u64,
    /// Tasks that ended because nobody answered.
    pub expired: u64,
    /// Tasks that ended because the patient has the outcome.
    pub completed: u64,
    /// Tasks about which there was nothing to tell any more.
    pub settled: u64,
    /// Tasks whose turn failed.
    pub failed: u64,
    /// Whether everything that is due was looked at.
    pub complete: bool,
}

/// Keeps the deadlines.
pub struct Deadlines {
    db: Database,
}

impl Deadlines {
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
/// A list that could not be read, or an event of another kind. A single Task's failure is counted and left to the next run.
pub async fn handle(deadlines: &Deadlines, event: Value, context: &Context) -> Result<Report, Error> {
    let answer = Box::pin(serve(deadlines, event, context)).await;
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn serve(deadlines: &Deadlines, event: Value, context: &Context) -> Result<Report, Error> {
    let Job::Clock {} = serde_json::from_value(event).map_err(|_| "an event of another kind")?;
    let near = || context.deadline().duration_since(SystemClock.now().into()).unwrap_or_default() < PER_TASK;
    let mut report = Report { complete: true, ..Report::default() };
    loop {
        let now = deadlines.db.now();
        let due = deadlines.db.due_tasks(now, PAGE).await?;
        let mut moved = false;
        for task in &due {
            if near() {
                report.complete = false;
                break;
            }
            match deadlines.turn(&task.case_id, &task.id, &context.request_id).await {
                Ok(Turn::Reminded) => report.reminded += 1,
                Ok(Turn::Expired) => report.expired += 1,
                Ok(Turn::Completed) => report.completed += 1,
                Ok(Turn::Settled) => report.settled += 1,
                Ok(Turn::Later) => continue,
                Err(error) => {
                    report.failed += 1;
                    telemetry::count("DeadlineFailed");
                    tracing::error!(task.id = %task.id, cause = %error, "a deadline was left to the next run");
                    continue;
                }
            }
            moved = true;
        }
        // What had its turn is not due any more. Where nothing moved, the rest waits for something else than this run.
        if !moved || !report.complete || due.len() < PAGE.unsigned_abs() as usize {
            break;
        }
    }
    let Report { reminded, expired, completed, settled, failed, complete } = report;
    tracing::info!(reminded, expired, completed, settled, failed, complete, "deadlines");
    Ok(report)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schedule_asks_for_one_thing() {
        assert_eq!(serde_json::from_value::<Job>(json!({"kind": "clock"})).unwrap(), Job::Clock {});
        for other in [json!({"kind": "daily"}), json!({"kind": "clock", "x": 1}), json!({}), json!([])] {
            assert!(serde_json::from_value::<Job>(other).is_err());
        }
    }
}
