//! What wakes the journal: the schedule after the end of a day, and Cognito around a sign-in.

use crate::Journal;
use crate::sign_in::{Pool, Step};
use chrono::NaiveDate;
use lambda_runtime::Context;
use medius_http::{Error, telemetry};
use serde::Deserialize;
use serde_json::Value;

/// From the schedule, or from an operator who runs a day again.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Job {
    /// Sign the head of a day, and of the days before it that have none.
    DailyHead {
        /// The day in Asia/Seoul; without it the day before.
        #[serde(default)]
        day: Option<NaiveDate>,
    },
}

/// Serves one event. Cognito takes its event back as the permission to go on; an error is its refusal.
///
/// # Errors
/// A day that could not be sealed, a sign-in of staff that could not be written down, or an event of another kind.
pub async fn handle(journal: &Journal, event: Value, context: &Context) -> Result<Value, Error> {
    let answer = match Step::of(&event) {
        Some(step) => match Pool::of(&context.invoked_function_arn) {
            Some(pool) => journal.sign_in(pool, step, &event, &context.request_id).await.map(|()| event),
            None => Err("called by no pool's name".into()),
        },
        None => daily_head(journal, event, context).await,
    };
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn daily_head(journal: &Journal, event: Value, context: &Context) -> Result<Value, Error> {
    let Job::DailyHead { day } = serde_json::from_value(event).map_err(|_| "an event of another kind")?;
    match journal.seal(day, &context.request_id).await {
        Ok(sealed) => {
            for day in &sealed {
                tracing::info!(day = %day.day, entries = day.entries, "sealed");
            }
            Ok(serde_json::json!({ "sealed": sealed }))
        }
        Err(error) => {
            telemetry::count(error.metric());
            tracing::error!(cause = %error, "a day could not be sealed");
            Err(error.into())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schedule_asks_for_yesterday_and_an_operator_for_any_day() {
        let read = |event| serde_json::from_value::<Job>(event);
        let Job::DailyHead { day } = read(json!({"kind": "daily_head"})).unwrap();
        assert_eq!(day, None);
        let Job::DailyHead { day } = read(json!({"kind": "daily_head", "day": "2026-11-20"})).unwrap();
        assert_eq!(day, NaiveDate::from_ymd_opt(2026, 11, 20));
        for other in [json!({"kind": "sweep"}), json!({"kind": "daily_head", "day": "yesterday"}), json!({}), json!([])]
        {
            assert!(read(other.clone()).is_err(), "{other}");
        }
    }
}
