//! Requests to institutions as coordinators see them: where each stands and what happened, never what was said.

use crate::api::{Assigned, Whose};
use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::access::AccessReason;
use medius_domain::clock::kst_day;
use medius_domain::field::Invalid;
use medius_domain::id::{CaseId, ProviderId, Subject, TaskId};
use medius_domain::task::help::Need;
use medius_domain::task::{Party, Reason, Step, Task, TaskAction, TaskState};
use medius_store::{Needed, NeededAfter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which requests are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskListParams {
    /// The last day (Asia/Seoul) on which one may be due; two weeks ahead unless said.
    pub due_by: Option<NaiveDate>,
    /// Whose cases: `me`, `none` or `any`; `any` unless said.
    #[param(value_type = Option<String>)]
    pub assignee: Option<Whose>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<After>,
}

/// Where a page goes on: an opaque text of the page before.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct After(pub NeededAfter);

impl TryFrom<String> for After {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        let mut parts = s.splitn(3, '.');
        let mut part = || parts.next().ok_or(Invalid::Format);
        let due_on = part()?.parse().map_err(|_| Invalid::Format)?;
        let (case, task) = (part()?.parse()?, part()?.parse()?);
        Ok(Self(NeededAfter { due_on, case, task }))
    }
}

impl From<NeededAfter> for After {
    fn from(after: NeededAfter) -> Self {
        Self(after)
    }
}

impl std::fmt::Display for After {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let NeededAfter { due_on, case, task } = &self.0;
        write!(f, "{due_on}.{case}.{task}")
    }
}

/// A request that needs a coordinator. Nothing in it says who the patient is, or why they are one.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkTaskItem {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// The request.
    #[schema(value_type = String)]
    pub task_id: TaskId,
    /// Why it needs somebody: `cancel_requested`, `declined`, `redirected`, `no_show`, `expired`, `link_suspended`, `overdue`.
    #[schema(value_type = Vec<String>)]
    pub needs: Vec<Need>,
    /// The day (Asia/Seoul) until which somebody should have seen to it.
    pub due_on: NaiveDate,
    /// Whether that day is past.
    pub overdue: bool,
    /// Whom the case is assigned to.
    pub assigned: Assigned,
    /// When the request changed last.
    pub updated_at: DateTime<Utc>,
    /// Version of the request, for `If-Match`.
    pub version: u64,
}

impl WorkTaskItem {
    /// As the asker sees it at a moment.
    pub fn new(needed: &Needed, asker: &Subject, now: DateTime<Utc>) -> Self {
        let Needed { task, waiting, due_on } = needed;
        Self {
            case_id: task.case_id.clone(),
            task_id: task.id.clone(),
            needs: task.needs(),
            due_on: *due_on,
            overdue: *due_on < kst_day(now),
            assigned: Assigned::of(&waiting.assignment, asker),
            updated_at: task.updated_at,
            version: task.version,
        }
    }
}

/// Requests that need a coordinator.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkTasks {
    /// The requests, the most urgent first, at most 50. A page can hold fewer, or none, although there is a next one.
    pub items: Vec<WorkTaskItem>,
    /// Where the next page goes on, as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What a coordinator does about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkAction {
    /// Confirms that it is cancelled, in the place of the side that does not answer.
    ConfirmCancel,
    /// Has seen to what it needed, as by a telephone call: it leaves the work list, and stands where it stood.
    SeeTo,
}

impl WorkAction {
    /// Every action.
    pub const ALL: [Self; 2] = [Self::ConfirmCancel, Self::SeeTo];

    /// The row of the transition table, where it is one.
    pub const fn of_table(self) -> Option<TaskAction> {
        match self {
            Self::ConfirmCancel => Some(TaskAction::ConfirmCancel),
            Self::SeeTo => None,
        }
    }

    /// The code, as in JSON and in the access log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConfirmCancel => "confirm_cancel",
            Self::SeeTo => "see_to",
        }
    }

    /// What may be done about a Task now.
    pub fn available(task: &Task, now: DateTime<Utc>) -> Vec<Self> {
        let may = |action: &Self| match action.of_table() {
            Some(action) => task.may(action, Party::Coordinator, now).is_ok(),
            None => task.after_seeing_to().is_some(),
        };
        Self::ALL.into_iter().filter(may).collect()
    }
}

/// Something that a coordinator does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkActionRequest {
    /// What.
    pub action: WorkAction,
    /// Code of the reason; needed for a case that is not assigned to who asks.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub reason: Option<AccessReason>,
}

/// A request after something was done about it: ids, states and times only.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkTaskState {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TaskId,
    /// Where it stands.
    #[schema(value_type = String)]
    pub state: TaskState,
    /// Its version, for `If-Match`.
    pub version: u64,
    /// What a coordinator may do now.
    pub available_actions: Vec<WorkAction>,
    /// Why it needs a coordinator; empty where it goes on by itself.
    #[schema(value_type = Vec<String>)]
    pub needs: Vec<Need>,
}

impl WorkTaskState {
    /// Of a Task at a moment.
    pub fn new(task: &Task, now: DateTime<Utc>) -> Self {
        let (id, state, version) = (task.id.clone(), task.state, task.version);
        Self { id, state, version, available_actions: WorkAction::available(task, now), needs: task.needs() }
    }
}

/// Something that happened, without what was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkStep {
    /// When.
    pub at: DateTime<Utc>,
    /// As what somebody did it.
    #[schema(value_type = String)]
    pub by: Party,
    /// What was done.
    #[schema(value_type = String)]
    pub action: TaskAction,
    /// Where the request stood then.
    #[schema(value_type = String)]
    pub to: TaskState,
    /// Why: a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Whether something was said with it. What, the patient and the institution read; no row of the policy table lets staff.
    pub noted: bool,
}

impl From<&Step> for WorkStep {
    fn from(step: &Step) -> Self {
        let Step { at, by, action, to, reason, noted, .. } = *step;
        Self { at, by, action, to, reason: reason.map(Reason::code), noted }
    }
}

/// A request as a coordinator sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkTask {
    /// Where it stands.
    #[serde(flatten)]
    pub now: WorkTaskState,
    /// The institution.
    #[schema(value_type = String)]
    pub recipient: ProviderId,
    /// The day (Asia/Seoul) until which a coordinator should have seen to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// What happened, in order.
    pub steps: Vec<WorkStep>,
}

impl WorkTask {
    /// Of a Task at a moment.
    pub fn new(task: &Task, now: DateTime<Utc>) -> Self {
        let steps = task.steps.iter().map(WorkStep::from).collect();
        Self {
            now: WorkTaskState::new(task, now),
            recipient: task.provider_id.clone(),
            due_on: task.needed_on(),
            steps,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::task::table::TABLE;

    #[test]
    fn every_row_of_the_table_that_is_a_coordinators_can_be_asked_for() {
        let rows = TABLE.iter().filter(|row| row.by.contains(&Party::Coordinator));
        for row in rows {
            assert!(WorkAction::ALL.iter().any(|action| action.of_table() == Some(row.action)), "{:?}", row.action);
        }
        for action in WorkAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.code());
        }
    }

    #[test]
    fn a_page_goes_on_after_what_it_named_and_after_nothing_else() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let after = After(NeededAfter { due_on: day, case: CaseId::new(), task: TaskId::new() });
        assert_eq!(After::try_from(after.to_string()).unwrap(), after);
        for wrong in ["", "2026-11-24", "2026-11-24.cas_x.tsk_y", "yesterday.a.b"] {
            assert!(After::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
