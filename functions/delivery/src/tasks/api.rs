//! What patients see of a Task and can say about it.

use chrono::{DateTime, Utc};
use medius_domain::calendar::{TIME_ZONE, of_task};
use medius_domain::clock::kst_minute;
use medius_domain::id::{DeliveryId, ProviderId, ReferralId, TaskId};
use medius_domain::task::appointment::Appointment;
use medius_domain::task::deadline::Due;
use medius_domain::task::{Note, Party, Reason, Step, Task, TaskAction, TaskState};
use serde::Serialize;
use utoipa::ToSchema;

/// A Task: what was asked of one institution, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct TaskView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TaskId,
    /// The institution.
    #[schema(value_type = String)]
    pub recipient: ProviderId,
    /// Where it stands.
    #[schema(value_type = String)]
    pub state: TaskState,
    /// The same in FHIR's words (R4 `Task.status`).
    pub fhir_status: &'static str,
    /// The same in BSeR's words (2.0 ballot), where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_status: Option<&'static str>,
    /// Its version, for `If-Match`.
    pub version: u64,
    /// What the patient may do now.
    #[schema(value_type = Vec<String>)]
    pub available_actions: Vec<TaskAction>,
    /// The letters, the newest last.
    #[schema(value_type = Vec<String>)]
    pub letters: Vec<ReferralId>,
    /// The newest delivery.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<DeliveryId>,
    /// The Task that it goes on from.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<TaskId>,
    /// The Task that goes on from it.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followed_by: Option<TaskId>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Until when the institution should answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueView>,
    /// Whether the patient agreed to the time of the appointment.
    pub appointment_confirmed: bool,
    /// The newest appointment; in a list of Tasks it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<AppointmentView>,
    /// What happened, in order; in a list of Tasks it is left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepView>,
}

/// Until when an institution should answer: ends of business days in Seoul.
#[derive(Serialize, ToSchema)]
pub struct DueView {
    /// To say that it received the letter.
    pub acknowledge_by: DateTime<Utc>,
    /// To decide.
    pub decide_by: DateTime<Utc>,
}

impl From<Due> for DueView {
    fn from(due: Due) -> Self {
        Self { acknowledge_by: due.acknowledge_by, decide_by: due.decide_by }
    }
}

/// An appointment in the time of the place where it is.
#[derive(Serialize, ToSchema)]
pub struct AppointmentView {
    /// When it begins there, `YYYY-MM-DD HH:MM`.
    pub starts_there: String,
    /// When it ends there.
    pub ends_there: String,
    /// The zone of both, by its name in the IANA database.
    pub time_zone: &'static str,
    /// A calendar file (RFC 5545) for the patient's own calendar, while the appointment is to be kept in mind or taken out of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

impl AppointmentView {
    /// Of a Task's newest appointment.
    pub(super) fn new(task: &Task, at: &Appointment) -> Self {
        Self {
            starts_there: kst_minute(at.start),
            ends_there: kst_minute(at.end),
            time_zone: TIME_ZONE,
            calendar: of_task(task, at, "진료 예약 · Appointment", ""),
        }
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub struct StepView {
    /// When.
    pub at: DateTime<Utc>,
    /// As what somebody did it.
    #[schema(value_type = String)]
    pub by: Party,
    /// What was done.
    #[schema(value_type = String)]
    pub action: TaskAction,
    /// Where the Task stood then.
    #[schema(value_type = String)]
    pub to: TaskState,
    /// Why: a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What was said: `text`, `to`, `appointment`, `estimate`, `outcome`, whichever there is.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

impl StepView {
    pub(super) fn new(step: &Step, note: Option<Note>) -> Self {
        let Step { at, by, action, to, reason, .. } = *step;
        Self { at, by, action, to, reason: reason.map(Reason::code), note }
    }
}

impl TaskView {
    /// The view at a moment, without what happened.
    pub fn new(task: &Task, now: DateTime<Utc>) -> Self {
        Self {
            id: task.id.clone(),
            recipient: task.provider_id.clone(),
            state: task.state,
            fhir_status: task.state.fhir_status(),
            business_status: task.state.business_status(),
            version: task.version,
            available_actions: task.available_actions(Party::Patient, now),
            letters: task.letters.clone(),
            delivery_id: task.delivery_id.clone(),
            follows: task.follows.clone(),
            followed_by: task.followed_by.clone(),
            created_at: task.created_at,
            updated_at: task.updated_at,
            due: task.due.map(DueView::from),
            appointment_confirmed: task.appointment_confirmed,
            appointment: None,
            steps: Vec::new(),
        }
    }
}

/// The Tasks of a case.
#[derive(Serialize, ToSchema)]
pub struct TaskList {
    /// Where the case stands before there is a Task: `DRAFT` or `CONSENTED`.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<TaskState>,
    /// The Tasks, the newest first.
    pub items: Vec<TaskView>,
}
