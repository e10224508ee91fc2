//! The request that a letter belongs to: a new Task, or one that is under way at the same institution.

use chrono::{DateTime, Utc};
use medius_domain::case::Case;
use medius_domain::health::Urgency;
use medius_domain::id::{CaseId, ProviderId, TaskId};
use medius_domain::task::{Task, TaskState};
use medius_http::Problem;
use medius_store::{Change, Database, ReferralRecord, StoreError};

/// What the case has of requests to an institution.
pub(crate) struct Requests {
    /// The one that is under way there.
    open: Option<Task>,
    /// One that was answered with the name of another institution, and was not followed yet.
    redirected: Option<Task>,
}

impl Requests {
    /// Of a case, with an eye on an institution.
    pub(crate) async fn read(db: &Database, case: &CaseId, recipient: &ProviderId) -> Result<Self, StoreError> {
        let tasks = db.tasks(case).await?;
        // An outcome that is told closes nothing yet, but a letter after it is a new request.
        let open = |t: &&Task| t.provider_id == *recipient && !t.state.over() && t.state != TaskState::OutcomeReturned;
        let waits =
            |t: &&Task| t.provider_id != *recipient && t.state == TaskState::Redirected && t.followed_by.is_none();
        Ok(Self { open: tasks.iter().find(open).cloned(), redirected: tasks.iter().find(waits).cloned() })
    }

    /// Puts a letter into its request, in the letter's own change.
    ///
    /// # Errors
    /// 409 `action-not-available` where the request at the institution is about to be cancelled, `task-full` after too many
    /// steps.
    pub(crate) fn with_letter(
        &self,
        change: &mut Change,
        case: &Case,
        letter: &ReferralRecord,
        urgency: Urgency,
        now: DateTime<Utc>,
    ) -> Result<TaskId, Problem> {
        if let Some(open) = &self.open {
            let next = open.with_letter(letter.id.clone(), now)?;
            change.update_task(&next, case.expires_at)?;
            change.tell(&next, [], now)?;
            return Ok(next.id);
        }
        let (case_id, subject) = (case.id.clone(), case.subject.clone());
        let mut task = Task::new(case_id, subject, letter.recipient.clone(), urgency, letter.id.clone(), now);
        if let Some(before) = &self.redirected {
            task.follows = Some(before.id.clone());
            change.update_task(&before.followed(task.id.clone(), now), case.expires_at)?;
        }
        change.create_task(&task, case.expires_at)?;
        change.tell(&task, [], now)?;
        Ok(task.id)
    }
}
