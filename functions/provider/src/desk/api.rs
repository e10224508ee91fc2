//! The desk as programs see it: the same Task, in JSON.

use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::id::TaskId;
use medius_domain::task::{Note, Party, Step, Task, TaskAction, TaskState};
use medius_store::{Notes, newest_appointment};
use serde::Serialize;
use utoipa::ToSchema;

/// A referral as its institution sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = DeskTask)]
pub(crate) struct TaskView {
    /// Its id.
    #[schema(value_type = String)]
    pub(crate) id: TaskId,
    /// Where it stands.
    #[schema(value_type = String)]
    pub(crate) state: TaskState,
    /// Grows by one with each change; the `ETag`.
    pub(crate) version: u64,
    /// FHIR R4 `Task.status`.
    pub(crate) fhir_status: &'static str,
    /// BSeR 2.0 (ballot) business status, where it has one.
    pub(crate) business_status: Option<&'static str>,
    /// What the institution can do now.
    #[schema(value_type = Vec<String>)]
    pub(crate) available_actions: Vec<TaskAction>,
    /// Until when receipt should be confirmed.
    pub(crate) acknowledge_by: Option<DateTime<Utc>>,
    /// Until when it should be decided.
    pub(crate) decide_by: Option<DateTime<Utc>>,
    /// The newest appointment.
    pub(crate) appointment: Option<AppointmentView>,
    /// What happened, in order.
    pub(crate) steps: Vec<StepView>,
}

/// An appointment with its hour for both sides.
#[derive(Serialize, ToSchema)]
#[schema(as = DeskAppointment)]
pub(crate) struct AppointmentView {
    /// Start.
    pub(crate) start: DateTime<Utc>,
    /// End.
    pub(crate) end: DateTime<Utc>,
    /// The institution's time zone.
    pub(crate) zone: &'static str,
    /// The start there, to the minute.
    pub(crate) start_local: String,
    /// The end there.
    pub(crate) end_local: String,
    /// Where.
    pub(crate) place: String,
    /// How to prepare.
    pub(crate) prepare: Option<String>,
    /// Whether the patient agreed to it.
    pub(crate) confirmed: bool,
}

/// A step.
#[derive(Serialize, ToSchema)]
#[schema(as = DeskStep)]
pub(crate) struct StepView {
    /// Who, when, what and why, in codes.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) step: Step,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) said: Option<Note>,
}

impl TaskView {
    /// Of a Task at a moment, with what was said.
    pub(crate) fn new(task: &Task, notes: &Notes, now: DateTime<Utc>) -> Self {
        let view = newest_appointment(notes).map(|(_, at)| AppointmentView {
            start: at.start,
            end: at.end,
            zone: "Asia/Seoul",
            start_local: kst_minute(at.start),
            end_local: kst_minute(at.end),
            place: at.place.expose().to_owned(),
            prepare: at.prepare.as_ref().map(|text| text.expose().to_owned()),
            confirmed: task.appointment_confirmed,
        });
        let step = |step: &Step| StepView { step: step.clone(), said: notes.get(&step.n).cloned() };
        Self {
            id: task.id.clone(),
            state: task.state,
            version: task.version,
            fhir_status: task.state.fhir_status(),
            business_status: task.state.business_status(),
            available_actions: task.available_actions(Party::Institution, now),
            acknowledge_by: task.due.as_ref().map(|due| due.acknowledge_by),
            decide_by: task.due.as_ref().map(|due| due.decide_by),
            appointment: view,
            steps: task.steps.iter().map(step).collect(),
        }
    }
}

/// A contact of the same institution that gets a link of its own.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewColleague {
    /// The id of its entry in the directory.
    #[schema(value_type = String)]
    pub(crate) contact: medius_domain::id::ProviderId,
}
