//! Sign-ins, as Cognito reports them: an attempt before the password is looked at, a sign-in after it was right. It reports
//! no failure: an attempt that no sign-in follows is one.
//!
//! Where the log cannot be written, staff cannot sign in: who is not seen may not look (Safety Measures Standard Art. 8). A
//! patient can: the standard leaves data subjects out, and a fault of ours must not keep them from their own data (PIPA
//! Art. 35). It is counted then, and an alarm watches the counter.

use crate::{Journal, NAME};
use medius_domain::access::{Action, Event, Object, Purpose, Scope};
use medius_domain::id::Subject;
use medius_domain::policy::{On, Thing, permit};
use medius_http::{Error, telemetry};
use medius_store::{Change, Place, StoreError};
use serde_json::Value;
use std::time::Duration;

/// Cognito waits five seconds for its answer, then the sign-in fails, whatever we would have said.
const PATIENCE: Duration = Duration::from_millis(3500);

/// Who signs in where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pool {
    Patients,
    Staff,
}

impl Pool {
    /// By the name that the function was called by: the last part of the ARN.
    pub(crate) fn of(invoked_arn: &str) -> Option<Self> {
        match invoked_arn.rsplit(':').next() {
            Some("patients") => Some(Self::Patients),
            Some("staff") => Some(Self::Staff),
            Some(_) | None => None,
        }
    }

    const fn part(self) -> &'static str {
        match self {
            Self::Patients => "patient",
            Self::Staff => "staff",
        }
    }
}

/// How far the sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Attempt,
    Success,
}

impl Step {
    /// By what Cognito says; none for another event.
    pub(crate) fn of(event: &Value) -> Option<Self> {
        match event["triggerSource"].as_str() {
            Some("PreAuthentication_Authentication") => Some(Self::Attempt),
            Some("PostAuthentication_Authentication") => Some(Self::Success),
            Some(_) | None => None,
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::Attempt => Action::SignInAttempt,
            Self::Success => Action::SignIn,
        }
    }
}

/// Who it is, as a pseudonym. Whoever is in no pool has none, and cannot get in.
fn subject(event: &Value) -> Option<Subject> {
    event.pointer("/request/userAttributes/sub").and_then(Value::as_str).filter(|sub| !sub.is_empty()).map(Subject::of)
}

impl Journal {
    /// Writes a step down.
    ///
    /// # Errors
    /// For staff, when it could not be written. Cognito shows the text to who signs in.
    #[tracing::instrument(skip_all, fields(request_id = %request_id))]
    pub(crate) async fn sign_in(&self, pool: Pool, step: Step, event: &Value, request_id: &str) -> Result<(), Error> {
        let Some(subject) = subject(event) else {
            telemetry::count("SignInOfNobody");
            return Ok(());
        };
        let cause = match tokio::time::timeout(PATIENCE, self.write(pool, step, &subject, request_id)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        telemetry::count("SignInUnlogged");
        tracing::error!(cause = %cause, pool = pool.part(), "a sign-in could not be written down");
        match pool {
            Pool::Patients => Ok(()),
            Pool::Staff => Err("The sign-in could not be recorded. Please try again.".into()),
        }
    }

    async fn write(&self, pool: Pool, step: Step, subject: &Subject, request_id: &str) -> Result<(), StoreError> {
        let event = Event::of_function(
            NAME,
            step.action(),
            Object::part(Thing::SignIn, pool.part()),
            Purpose::Administration,
            Some(request_id),
        );
        let scope = Scope::SignIns(subject.clone());
        let leave = permit(event, &On::Service(&scope)).map_err(|_| StoreError::Corrupt { place: "policy table" })?;
        let snapshot = self.db.read([Place::LogHead(scope)]).await?;
        self.db.commit(Change::new(leave, self.db.now()), &snapshot).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_name_it_is_called_by_tells_the_pool() {
        let arn = "arn:aws:lambda:ap-northeast-2:123456789012:function:medius-journal";
        assert_eq!(Pool::of(&format!("{arn}:patients")), Some(Pool::Patients));
        assert_eq!(Pool::of(&format!("{arn}:staff")), Some(Pool::Staff));
        for other in [arn, "", "arn:aws:lambda:ap-northeast-2:123456789012:function:staff:live"] {
            assert_eq!(Pool::of(other), None, "{other}");
        }
    }

    #[test]
    fn a_step_and_a_pseudonym_are_read_and_nothing_else() {
        let event = json!({"version": "1", "triggerSource": "PreAuthentication_Authentication", "userPoolId": "x",
            "userName": "8e5a0d1c", "callerContext": {"clientId": "y"}, "response": {},
            "request": {"userAttributes": {"sub": "8e5a0d1c-7f35-4b0b-9c3e-2f1d0a9b8c7d", "email": "a@b.example"}}});
        assert_eq!(Step::of(&event), Some(Step::Attempt));
        assert_eq!(subject(&event), Some(Subject::of("8e5a0d1c-7f35-4b0b-9c3e-2f1d0a9b8c7d")));
        // With existence errors hidden, Cognito calls for names that are in no pool, too.
        let nobody = json!({"triggerSource": "PreAuthentication_Authentication", "request": {"userNotFound": true,
            "userAttributes": {}}});
        assert_eq!(subject(&nobody), None);
        for other in [json!({"kind": "daily_head"}), json!({"triggerSource": "PreSignUp_SignUp"}), json!(null)] {
            assert_eq!(Step::of(&other), None);
        }
    }
}
