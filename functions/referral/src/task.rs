//! The request that a letter belongs to: a first letter to an institution begins a Task, a newer one joins the Task that is
//! still open there (a correction, or the answer to what the institution asked).

use chrono::{DateTime, Utc};
use medius_domain::case::Case;
use medius_domain::health::Urgency;
use medius_domain::id::{CaseId, ProviderId, TaskId};
use medius_domain::task::{Party, Task, TaskAction};
use medius_http::Problem;
use medius_store::{Change, Database, ReferralRecord};

/// What is asked of an institution already.
pub(crate) struct Requests {
    open: Option<Task>,
}

impl Requests {
    /// The open Task of a case to an institution that takes another letter, if there is one.
    pub(crate) async fn read(db: &Database, case: &CaseId, to: &ProviderId) -> Result<Self, Problem> {
        let takes = |task: &Task| task.provider_id == *to && task.may(TaskAction::Generate, Party::Patient).is_ok();
        Ok(Self { open: db.tasks(case).await?.into_iter().find(takes) })
    }

    /// Writes the Task with the letter; another change of it in between makes the commit fail.
    pub(crate) fn with_letter(
        &self,
        change: &mut Change,
        case: &Case,
        letter: &ReferralRecord,
        urgency: Urgency,
        now: DateTime<Utc>,
    ) -> Result<TaskId, Problem> {
        let Some(open) = &self.open else {
            let (case_id, subject, to) = (case.id.clone(), case.subject.clone(), letter.recipient.clone());
            let task = Task::new(case_id, subject, to, urgency, letter.id.clone(), now);
            change.create_task(&task, case.expires_at)?;
            return Ok(task.id);
        };
        let next = open.with_letter(letter.id.clone(), now).map_err(|_| Problem::conflict("not-now"))?;
        change.update_task(&next, case.expires_at)?;
        Ok(next.id)
    }
}
