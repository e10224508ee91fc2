//! What an institution and a patient can say about a Task, as data: the pages' forms and the JSON both become one of these.
//!
//! The enums are tagged from outside for the sake of exact JSON pointers; on the wire the tag stands inside as `action`.

use super::action::TaskAction;
use super::appointment::{AnswerText, Appointment};
use super::estimate::Estimate;
use super::note::{Note, Outcome};
use super::reason::{
    CancelReason, DeclineReason, KeepReason, NoShowReason, OtherTimeReason, QuestionReason, Reason, RedirectReason,
};
use crate::field::{FieldError, Invalid};
use crate::id::{ProviderId, UploadId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Files that go along with an outcome at most.
pub const MOST_FILES: usize = 10;

/// What an institution says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "fields are named as their types say")]
pub enum Answer {
    /// "Received."
    Acknowledge {},
    /// Will see the patient.
    Accept {
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// Will not see the patient.
    Decline {
        code: DeclineReason,
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// Needs to know more first.
    AskMore { code: QuestionReason, text: AnswerText },
    /// Names another institution: one of the directory, or one in words.
    Redirect {
        code: RedirectReason,
        #[serde(default)]
        to: Option<ProviderId>,
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// Proposes an appointment.
    Schedule { appointment: Appointment },
    /// Proposes another time.
    Reschedule { appointment: Appointment },
    /// The patient was seen.
    Attended {},
    /// The patient did not come.
    NoShow {
        code: NoShowReason,
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// Asks to cancel.
    RequestCancel {
        code: CancelReason,
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// Agrees to cancel.
    ConfirmCancel {},
    /// Does not agree to cancel.
    RefuseCancel {
        code: KeepReason,
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// An outcome that is not the last word.
    InterimOutcome {
        text: AnswerText,
        #[serde(default)]
        files: Vec<UploadId>,
    },
    /// The outcome.
    FinalOutcome {
        text: AnswerText,
        #[serde(default)]
        files: Vec<UploadId>,
    },
    /// What is expected, and what it may cost.
    Estimate(Estimate),
}

/// What a patient says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "fields are named as their types say")]
pub enum PatientAnswer {
    /// Agrees to the time.
    ConfirmAppointment {},
    /// Asks for another time.
    AskOtherTime { code: OtherTimeReason, text: AnswerText },
    /// Ends it before it was sent.
    Cancel {},
    /// Asks to cancel.
    RequestCancel {
        code: CancelReason,
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// Agrees to cancel.
    ConfirmCancel {},
    /// Does not agree to cancel.
    RefuseCancel {
        code: KeepReason,
        #[serde(default)]
        text: Option<AnswerText>,
    },
    /// Has the outcome and closes the loop.
    Complete {},
}

/// An answer taken apart: the action for the table, the reason for the record, and what is sealed.
#[derive(Debug, Clone)]
pub struct Said {
    /// What is done.
    pub action: TaskAction,
    /// Why.
    pub reason: Option<Reason>,
    /// What is sealed; empty where nothing was said.
    pub note: Note,
}

impl Said {
    fn with(action: TaskAction, reason: Option<Reason>, text: Option<AnswerText>) -> Self {
        Self { action, reason, note: Note { text, ..Note::default() } }
    }
}

/// `other` without words says nothing.
fn worded(other: bool, text: Option<&AnswerText>) -> Result<(), FieldError> {
    if other && text.is_none() { Err(FieldError::new("/text", Invalid::Missing)) } else { Ok(()) }
}

impl Answer {
    /// Takes it apart after checking what the form alone cannot say.
    ///
    /// # Errors
    /// The field that is wrong: `/text` missing with `other`, `/appointment/…`, `/low`, `/high`, `/files`, `/to`.
    pub fn said(self, now: DateTime<Utc>) -> Result<Said, FieldError> {
        use TaskAction as A;
        Ok(match self {
            Self::Acknowledge {} => Said::of(A::Acknowledge),
            Self::Accept { text } => Said::with(A::Accept, None, text),
            Self::Decline { code, text } => {
                worded(code == DeclineReason::Other, text.as_ref())?;
                Said::with(A::Decline, Some(Reason::Decline(code)), text)
            }
            Self::AskMore { code, text } => Said::with(A::AskMore, Some(Reason::Question(code)), Some(text)),
            Self::Redirect { code, to, text } => {
                if to.is_none() && text.is_none() {
                    return Err(FieldError::new("/to", Invalid::Missing));
                }
                let said = Said::with(A::Redirect, Some(Reason::Redirect(code)), text);
                Said { note: Note { to, ..said.note }, ..said }
            }
            Self::Schedule { appointment } => scheduled(A::Schedule, appointment, now)?,
            Self::Reschedule { appointment } => scheduled(A::Reschedule, appointment, now)?,
            Self::Attended {} => Said::of(A::Attended),
            Self::NoShow { code, text } => {
                worded(code == NoShowReason::Other, text.as_ref())?;
                Said::with(A::NoShow, Some(Reason::NoShow(code)), text)
            }
            Self::RequestCancel { code, text } => cancel(code, text)?,
            Self::ConfirmCancel {} => Said::of(A::ConfirmCancel),
            Self::RefuseCancel { code, text } => keep(code, text)?,
            Self::InterimOutcome { text, files } => outcome(A::InterimOutcome, text, files)?,
            Self::FinalOutcome { text, files } => outcome(A::FinalOutcome, text, files)?,
            Self::Estimate(estimate) => {
                estimate.check()?;
                let note = Note { estimate: Some(estimate), ..Note::default() };
                Said { note, ..Said::of(A::Estimate) }
            }
        })
    }
}

impl PatientAnswer {
    /// Takes it apart after checking what the form alone cannot say.
    ///
    /// # Errors
    /// `/text` missing with `other`.
    pub fn said(self) -> Result<Said, FieldError> {
        use TaskAction as A;
        Ok(match self {
            Self::ConfirmAppointment {} => Said::of(A::ConfirmAppointment),
            Self::AskOtherTime { code, text } => Said::with(A::AskOtherTime, Some(Reason::OtherTime(code)), Some(text)),
            Self::Cancel {} => Said::of(A::Cancel),
            Self::RequestCancel { code, text } => cancel(code, text)?,
            Self::ConfirmCancel {} => Said::of(A::ConfirmCancel),
            Self::RefuseCancel { code, text } => keep(code, text)?,
            Self::Complete {} => Said::of(A::Complete),
        })
    }
}

fn cancel(code: CancelReason, text: Option<AnswerText>) -> Result<Said, FieldError> {
    worded(code == CancelReason::Other, text.as_ref())?;
    Ok(Said::with(TaskAction::RequestCancel, Some(Reason::Cancel(code)), text))
}

fn keep(code: KeepReason, text: Option<AnswerText>) -> Result<Said, FieldError> {
    worded(code == KeepReason::Other, text.as_ref())?;
    Ok(Said::with(TaskAction::RefuseCancel, Some(Reason::Keep(code)), text))
}

fn scheduled(action: TaskAction, appointment: Appointment, now: DateTime<Utc>) -> Result<Said, FieldError> {
    appointment.check(now)?;
    let note = Note { appointment: Some(appointment), ..Note::default() };
    Ok(Said { note, ..Said::of(action) })
}

fn outcome(action: TaskAction, text: AnswerText, files: Vec<UploadId>) -> Result<Said, FieldError> {
    let twice = files.iter().enumerate().any(|(i, id)| files[..i].contains(id));
    if files.len() > MOST_FILES || twice {
        return Err(FieldError::new("/files", Invalid::TooLong));
    }
    let note = Note { text: Some(text), outcome: Some(Outcome { files, bundle_sha256: None }), ..Note::default() };
    Ok(Said { note, ..Said::of(action) })
}
