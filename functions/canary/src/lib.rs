//! Whether the service works, seen as a patient sees it: every hour a test patient signs in, consents, tells a story, gets a letter,
//! has it delivered to the test institution and closes the case. The case is marked from its first moment (`Case::synthetic`):
//! it is destroyed a day after it was opened, by the same means as every other, and the canary looks whether the ones of before are.
//!
//! What an institution does behind its link is not part of it: the link comes by mail, and the mail goes to Amazon's mailbox
//! simulator, which shows it to nobody.

mod api;
mod journey;

use crate::api::Api;
use lambda_runtime::Context;
use medius_domain::clock::{Clock, SystemClock};
use medius_http::{Env, Error, telemetry};
use medius_store::{Aws, StoreError, SyntheticPool, Web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// How often a sign-in is tried, and how long is waited in between.
const SIGN_INS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Where the journey ended.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The service answered otherwise than it should; `code` is a problem's own code, which repeats nothing that was sent.
    #[error("{step}: the answer is {status} {code}")]
    Answer {
        /// What was tried.
        step: &'static str,
        /// The answer's status.
        status: u16,
        /// The problem's code; empty for none.
        code: String,
    },
    /// An answer lacks something, or is not what it should be.
    #[error("{step}: the answer is not as it should be")]
    Content {
        /// What was tried.
        step: &'static str,
    },
    /// It took too long.
    #[error("{step}: it took too long")]
    Late {
        /// What was waited for.
        step: &'static str,
    },
    /// The service or the user pool could not be reached.
    #[error("{step}: {error}")]
    Store {
        /// What was tried.
        step: &'static str,
        /// Why not.
        error: StoreError,
    },
}

/// What the schedule asks for.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Job {
    /// One whole journey.
    Journey {},
}

/// What a journey left behind: ids of a test patient's case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The case.
    pub case_id: String,
    /// Its delivery.
    pub delivery_id: String,
    /// The letter's number.
    pub document_number: String,
    /// Test cases of before that are not destroyed yet, as they should not be.
    pub waiting: usize,
}

/// The test patient's way to the service.
pub struct Canary {
    pool: SyntheticPool,
    web: Web,
    api_base: String,
    provider_base: String,
}

impl Canary {
    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing; the error names it.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let aws = Aws::from_env()?;
        let (pool, app) = (env.required("SYNTHETIC_POOL_ID")?, env.required("SYNTHETIC_CLIENT_ID")?);
        Ok(Self {
            pool: SyntheticPool::new(aws.user_pools(), pool, app),
            web: aws.web()?,
            api_base: env.required("API_BASE_URL")?,
            provider_base: env.required("PROVIDER_BASE_URL")?,
        })
    }

    /// Goes the journey once.
    ///
    /// # Errors
    /// [`Failure`], with the step at which the service did not do what it should.
    pub async fn journey(&self) -> Result<Report, Failure> {
        let token = self.sign_in().await?;
        let api = Api { web: &self.web, base: &self.api_base, token: Some(token) };
        let public = Api { web: &self.web, base: &self.provider_base, token: None };
        journey::go(&api, &public, SystemClock.now()).await
    }

    /// Signs in with a new password. Another journey at the same moment may have set its own in between: then once more.
    async fn sign_in(&self) -> Result<String, Failure> {
        let mut tries = 0;
        loop {
            // Twice 122 random bits, and each kind of character that the pool may ask for.
            let password = format!("Aa1-{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
            tries += 1;
            match self.pool.sign_in(&password).await {
                Ok(token) => return Ok(token),
                Err(error) if tries == SIGN_INS => return Err(Failure::Store { step: "sign in", error }),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

/// Serves one event.
///
/// # Errors
/// [`Failure`], or an event of another kind. The metric `JourneyPassed` is counted when there is none.
pub async fn handle(canary: &Canary, event: Value, context: &Context) -> Result<Report, Error> {
    let answer = scheduled(canary, event, context).await;
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn scheduled(canary: &Canary, event: Value, context: &Context) -> Result<Report, Error> {
    let Job::Journey {} = serde_json::from_value(event).map_err(|_| "an event of another kind")?;
    match canary.journey().await {
        Ok(report) => {
            telemetry::count("JourneyPassed");
            tracing::info!(case.id = report.case_id, delivery.id = report.delivery_id, "journey");
            Ok(report)
        }
        Err(failure) => {
            telemetry::count("JourneyFailed");
            tracing::error!(cause = %failure, "the journey did not come to its end");
            Err(failure.into())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::intake::{BasicDraft, Draft, HealthDraft};
    use serde_json::json;

    #[test]
    fn the_schedule_asks_for_a_journey_and_nothing_else() {
        let read = |event| serde_json::from_value::<Job>(event);
        assert_eq!(read(json!({"kind": "journey"})).unwrap(), Job::Journey {});
        for other in [json!({"kind": "clock"}), json!({"kind": "journey", "case": "x"}), json!({}), json!([])] {
            assert!(read(other.clone()).is_err(), "{other}");
        }
    }

    #[test]
    fn the_story_is_complete_and_nobodys() {
        let story: Value = serde_json::from_str(include_str!("story.json")).unwrap();
        let basic: BasicDraft = serde_json::from_value(story["basic"].clone()).unwrap();
        let health: HealthDraft = serde_json::from_value(story["health"].clone()).unwrap();
        assert!(Draft { basic: Some(basic), health: Some(health) }.complete().is_ok());
        assert!(story.to_string().contains("There is no such patient"));
    }

    #[test]
    fn a_failure_names_the_step_and_repeats_nothing() {
        let failure = Failure::Answer { step: "tell who", status: 422, code: "invalid-field".to_owned() };
        assert_eq!(failure.to_string(), "tell who: the answer is 422 invalid-field");
    }
}
