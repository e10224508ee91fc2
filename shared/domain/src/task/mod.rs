//! A Task: one request of one patient to one institution, from its letter to its end (FHIR Task, BSeR 2.0). A newer letter to the
//! same institution stays in the same Task; going on at another institution makes a new one.

pub mod action;
pub mod answer;
pub mod appointment;
pub mod deadline;
pub mod effect;
pub mod estimate;
pub mod guard;
pub mod help;
pub mod note;
pub mod reason;
pub mod state;
pub mod table;
pub mod telling;
#[cfg(test)]
mod tests;

pub use action::TaskAction;
pub use answer::{Answer, PatientAnswer, Said};
pub use effect::Effect;
pub use guard::Guard;
pub use note::Note;
pub use reason::Reason;
pub use state::TaskState;
pub use table::Party;

use crate::health::Urgency;
use crate::id::{CaseId, DeliveryId, LinkId, ProviderId, ReferralId, Subject, TaskId};
use crate::link::Link;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use deadline::{Due, Mark, Owed};
use help::SeenTo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use table::{Row, To, rule};

/// Steps that a Task takes at most; what is said after that is a new Task's.
pub const MOST_STEPS: usize = 200;

/// Days after which a patient who says nothing is taken to have read the outcome.
const OUTCOME_READ_DAYS: i64 = 14;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn none(n: &u64) -> bool {
    *n == 0
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number, from 1; the sealed note of the step has the same.
    pub n: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// As what somebody did it.
    pub by: Party,
    /// What was done.
    pub action: TaskAction,
    /// Where the Task stood before.
    pub from: TaskState,
    /// Where it stood then.
    pub to: TaskState,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether something was said with it that is sealed.
    #[serde(default)]
    pub noted: bool,
}

/// A Task as the store keeps it: no words, no appointment, nothing about health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The case.
    pub case_id: CaseId,
    /// Whose request, as a pseudonym.
    pub subject: Subject,
    /// The institution that is asked.
    pub provider_id: ProviderId,
    /// Where it stands.
    pub state: TaskState,
    /// Grows by one with each change that somebody can see: what an answer is checked against.
    pub version: u64,
    /// Grows by one with each change that nobody sees, as when a reminder was told: an answer that is being typed meanwhile
    /// stays one to what stands there.
    #[serde(default, skip_serializing_if = "none")]
    pub quiet: u64,
    /// How soon the patient needs to be seen.
    pub urgency: Urgency,
    /// The letters, the newest last.
    pub letters: Vec<ReferralId>,
    /// The newest delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<DeliveryId>,
    /// Links by which the institution reaches it, the newest last.
    #[serde(default)]
    pub links: Vec<LinkId>,
    /// The Task that it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<TaskId>,
    /// The Task that goes on from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed_by: Option<TaskId>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// When the newest letter was sent: deadlines count from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// Until when a link to it lives that was made anew since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_until: Option<DateTime<Utc>>,
    /// Until when the institution should answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// The day of the appointment in Seoul, outside the seal: before it nobody can say whether the patient came. A Task of an
    /// earlier release has none and goes by [`Task::appointment_day`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment_on: Option<NaiveDate>,
    /// Until when the appointment lasts, outside the seal, so that its outcome can be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment_ends: Option<DateTime<Utc>>,
    /// Whether the patient agreed to the time.
    #[serde(default)]
    pub appointment_confirmed: bool,
    /// Reminders that were told since they could last be told.
    #[serde(default)]
    pub told: BTreeSet<Mark>,
    /// Since when its link is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<DateTime<Utc>>,
    /// What a coordinator has seen to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_to: Option<SeenTo>,
    /// Where it stood when cancelling was asked for, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelling: Option<Cancelling>,
    /// What happened, in order.
    pub steps: Vec<Step>,
}

/// A cancellation that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelling {
    /// Who asked.
    pub by: Party,
    /// Where the Task stood.
    pub before: TaskState,
}

/// Why an action is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskRefusal {
    /// It is not theirs to take, or the Task does not stand where it begins.
    Impossible,
    /// Who asked to cancel cannot be who agrees.
    OtherPartyNeeded,
    /// The day of the appointment has not begun in Seoul.
    BeforeAppointment,
    /// Its time is not over.
    TooEarly,
    /// There were too many steps.
    TooMany,
}

impl TaskRefusal {
    /// The code, as in the problem's `reason`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Impossible => "action-not-available",
            Self::OtherPartyNeeded => "other-party-needed",
            Self::BeforeAppointment => "before-appointment",
            Self::TooEarly => "too-early",
            Self::TooMany => "task-full",
        }
    }
}

impl Task {
    /// A new Task with its first letter.
    pub fn new(
        case_id: CaseId,
        subject: Subject,
        provider_id: ProviderId,
        urgency: Urgency,
        letter: ReferralId,
        now: DateTime<Utc>,
    ) -> Self {
        let first = Step {
            n: 1,
            at: now,
            by: Party::Patient,
            action: TaskAction::Generate,
            from: TaskState::Consented,
            to: TaskState::Generated,
            reason: None,
            noted: false,
        };
        Self {
            id: TaskId::new(),
            case_id,
            subject,
            provider_id,
            state: TaskState::Generated,
            version: 1,
            quiet: 0,
            urgency,
            letters: vec![letter],
            delivery_id: None,
            links: vec![],
            follows: None,
            followed_by: None,
            created_at: now,
            updated_at: now,
            sent_at: None,
            link_until: None,
            due: None,
            appointment_on: None,
            appointment_ends: None,
            appointment_confirmed: false,
            told: BTreeSet::new(),
            suspended_at: None,
            seen_to: None,
            cancelling: None,
            steps: vec![first],
        }
    }

    /// The row of the table by which somebody may do something now.
    ///
    /// # Errors
    /// [`TaskRefusal`].
    pub fn may(&self, action: TaskAction, by: Party, now: DateTime<Utc>) -> Result<&'static Row, TaskRefusal> {
        let row = rule(self.state, action, by).ok_or(TaskRefusal::Impossible)?;
        self.guarded(row.guard, by, now)?;
        if self.steps.len() >= MOST_STEPS && !matches!(row.to, To::State(state) if state.over()) {
            return Err(TaskRefusal::TooMany);
        }
        Ok(row)
    }

    /// What somebody may do now, in the table's order.
    pub fn available_actions(&self, by: Party, now: DateTime<Utc>) -> Vec<TaskAction> {
        TaskAction::ALL.iter().copied().filter(|action| self.may(*action, by, now).is_ok()).collect()
    }

    /// The Task after an action.
    ///
    /// # Errors
    /// [`TaskRefusal`].
    pub fn apply(&self, said: &Said, by: Party, now: DateTime<Utc>) -> Result<Self, TaskRefusal> {
        let row = self.may(said.action, by, now)?;
        let state = match row.to {
            To::State(state) => state,
            To::Same => self.state,
            To::Before => self.cancelling.map_or(TaskState::Accepted, |c| c.before),
        };
        let mut next = self.clone();
        next.steps.push(Step {
            n: u32::try_from(self.steps.len() + 1).unwrap_or(u32::MAX),
            at: now,
            by,
            action: said.action,
            from: self.state,
            to: state,
            reason: said.reason,
            noted: !said.note.is_empty(),
        });
        next.state = state;
        next.version += 1;
        next.updated_at = now;
        next.bring_about(row.effect, said, (by, self), now);
        Ok(next)
    }

    /// The Task with another letter that is not sent yet.
    ///
    /// # Errors
    /// [`TaskRefusal`].
    pub fn with_letter(&self, letter: ReferralId, now: DateTime<Utc>) -> Result<Self, TaskRefusal> {
        let mut next = self.apply(&Said::of(TaskAction::Generate), Party::Patient, now)?;
        next.letters.push(letter);
        Ok(next)
    }

    /// The Task after its newest letter was sent: for the first time, in answer to a question, or in the place of another.
    ///
    /// # Errors
    /// [`TaskRefusal`].
    pub fn sent(&self, delivery: DeliveryId, link: LinkId, now: DateTime<Utc>) -> Result<Self, TaskRefusal> {
        let action = [TaskAction::Send, TaskAction::AnswerMore, TaskAction::Renew]
            .into_iter()
            .find(|action| self.may(*action, Party::Patient, now).is_ok())
            .ok_or(TaskRefusal::Impossible)?;
        let mut next = self.apply(&Said::of(action), Party::Patient, now)?;
        next.delivery_id = Some(delivery);
        next.links.push(link);
        next.link_until = None;
        Ok(next)
    }

    /// Whether a link leads to it: one that its letter was sent by, or one that a colleague was sent.
    pub fn owns(&self, link: &Link) -> bool {
        link.task_id.as_ref() == Some(&self.id) || self.links.contains(&link.id)
    }

    /// The Task in which another goes on.
    #[must_use]
    pub fn followed(&self, by: TaskId, now: DateTime<Utc>) -> Self {
        Self { followed_by: Some(by), version: self.version + 1, updated_at: now, ..self.clone() }
    }

    /// The Task after reminders were told: it stands where it stood, in the version that everybody knows.
    #[must_use]
    pub fn after_telling(&self, marks: &[Mark]) -> Self {
        let mut next = self.quietly();
        next.told.extend(marks);
        next
    }

    /// The next revision without anything that anybody sees.
    fn quietly(&self) -> Self {
        Self { quiet: self.quiet + 1, ..self.clone() }
    }

    /// Grows by one with every change, seen or not: each write is decided on the one before.
    pub const fn revision(&self) -> u64 {
        self.version + self.quiet
    }

    /// What is owed now, by the institution or by who is named.
    pub fn owed(&self) -> Owed {
        let urgency = self.urgency;
        match (self.state, self.sent_at) {
            (TaskState::Sent | TaskState::Opened, Some(sent_at)) => Owed::Acknowledgement { urgency, sent_at },
            (TaskState::Acknowledged, Some(sent_at)) => Owed::Decision { urgency, sent_at },
            (TaskState::Accepted, sent_at) => {
                let since = self.since(|step| step.to == TaskState::Accepted && step.from != step.to).max(sent_at);
                since.map_or(Owed::Nothing, |since| Owed::Appointment { urgency, since })
            }
            (TaskState::MoreInformation, _) => {
                let since = self.since(|step| step.to == TaskState::MoreInformation && step.from != step.to);
                since.map_or(Owed::Nothing, |since| Owed::PatientAnswer { urgency, since })
            }
            (TaskState::Scheduled | TaskState::Attended, _) => {
                self.appointment_ends.map_or(Owed::Nothing, |since| Owed::Outcome { since })
            }
            (TaskState::CancelRequested, _) => {
                let asked = self.since(|step| step.action == TaskAction::RequestCancel);
                asked.map_or(Owed::Nothing, |since| Owed::CancelAnswer { since })
            }
            _ => Owed::Nothing,
        }
    }

    /// When the newest such step was taken.
    fn since(&self, which: impl Fn(&Step) -> bool) -> Option<DateTime<Utc>> {
        self.steps.iter().rev().find(|step| which(step)).map(|step| step.at)
    }

    /// When it ends by itself: a request that nobody decided about with the life of its link, an outcome that the patient has had
    /// for so many days.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            TaskState::Sent | TaskState::Opened | TaskState::Acknowledged => {
                self.sent_at.map(Link::expiry).max(self.link_until)
            }
            TaskState::OutcomeReturned => {
                let told = self.since(|step| step.action == TaskAction::FinalOutcome)?;
                Some(told + TimeDelta::days(OUTCOME_READ_DAYS))
            }
            TaskState::Draft
            | TaskState::Consented
            | TaskState::Generated
            | TaskState::Reviewed
            | TaskState::Accepted
            | TaskState::MoreInformation
            | TaskState::Declined
            | TaskState::Redirected
            | TaskState::Scheduled
            | TaskState::Attended
            | TaskState::NoShow
            | TaskState::CancelRequested
            | TaskState::Cancelled
            | TaskState::Completed
            | TaskState::Expired
            | TaskState::ConsentWithdrawn => None,
        }
    }

    /// The Task after its time, if that is over.
    pub fn ended_by_time(&self, now: DateTime<Utc>) -> Option<Self> {
        let ends = [TaskAction::Expire, TaskAction::Complete];
        ends.into_iter().find_map(|action| self.apply(&Said::of(action), Party::Service, now).ok())
    }

    /// When the clock has something to do about it next.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.owed().next_at(&self.told).into_iter().chain(self.ends_at()).min()
    }
}

impl Said {
    /// An action without words.
    pub fn of(action: TaskAction) -> Self {
        Self { action, reason: None, note: Note::default() }
    }
}
