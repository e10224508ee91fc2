//! What a step brings about beside the state that it leads to: the table names it, and here the Task's own part of it is done. What
//! lies outside of the Task (links, mails, the case) is done by whoever writes it, who asks [`Step::effect`].

use super::deadline::{Due, Mark};
use super::table::{Party, rule};
use super::{Cancelling, Said, Step, Task};
use crate::clock::kst_day;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What a step brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing: the step and its words are kept.
    None,
    /// A letter, or a signed one, is the Task's newest.
    LetterJoins,
    /// The newest letter goes out with a link of its own, deadlines begin anew, and the links of older letters end.
    LetterGoesOut,
    /// The link says that the letter was received.
    LinkAcknowledged,
    /// The link says that the institution does not take the referral. It is readable until its own end, and never made anew.
    LinkDeclined,
    /// A time is proposed: nobody has agreed to it yet, and its outcome is asked for after it.
    AppointmentProposed,
    /// The time is agreed on.
    AppointmentConfirmed,
    /// There is no appointment any more.
    AppointmentDropped,
    /// The other side is asked whether it is cancelled, with a deadline.
    CancelAsked,
    /// What was asked for is not any more.
    CancelDropped,
    /// It is called off: its links end, and with the last Task of the case the service.
    CalledOff,
    /// The outcome is told: the patient has two weeks to read it. A later one is added to those before it, which stay.
    OutcomeTold,
    /// Another person of the institution gets a link.
    ColleagueInvited,
    /// The loop is closed; its link has its own end, and with the last Task of the case the service ends.
    LoopClosed,
    /// A consent is gone: its links end at once.
    ConsentGone,
}

impl Step {
    /// What it brought about. None for a step that an earlier release wrote and this table does not have.
    pub fn effect(&self) -> Effect {
        rule(self.from, self.action, self.by).map_or(Effect::None, |row| row.effect)
    }
}

impl Task {
    /// The Task's own part of an effect, after the step was added to it.
    pub(super) fn bring_about(
        &mut self,
        effect: Effect,
        said: &Said,
        (by, before): (Party, &Self),
        now: DateTime<Utc>,
    ) {
        match effect {
            Effect::LetterGoesOut => {
                self.sent_at = Some(now);
                self.due = Some(Due::of(self.urgency, now));
                self.told.clear();
                (self.suspended_at, self.seen_to) = (None, None);
            }
            Effect::AppointmentProposed => {
                let at = said.note.appointment.as_ref();
                self.appointment_on = at.map(|at| kst_day(at.start));
                self.appointment_ends = at.map(|at| at.end);
                self.appointment_confirmed = false;
                self.begin_anew(Mark::about_outcome);
            }
            Effect::AppointmentConfirmed => self.appointment_confirmed = true,
            Effect::AppointmentDropped => {
                (self.appointment_on, self.appointment_ends) = (None, None);
                self.appointment_confirmed = false;
                self.begin_anew(Mark::about_proposing);
            }
            Effect::CancelAsked => {
                self.cancelling = Some(Cancelling { by, before: before.state });
                self.begin_anew(Mark::about_cancelling);
            }
            // What was asked for stands no longer than the Task stands there.
            Effect::CancelDropped | Effect::CalledOff | Effect::ConsentGone => self.cancelling = None,
            // The letters and the links themselves are added by whoever makes them; what the rest brings about lies outside.
            Effect::None
            | Effect::LetterJoins
            | Effect::LinkAcknowledged
            | Effect::LinkDeclined
            | Effect::OutcomeTold
            | Effect::ColleagueInvited
            | Effect::LoopClosed => {}
        }
    }

    /// Such reminders are told again when their time comes again, and seen to again.
    fn begin_anew(&mut self, which: fn(Mark) -> bool) {
        self.told.retain(|mark| !which(*mark));
        if let Some(seen) = &mut self.seen_to {
            seen.told.retain(|mark| !which(*mark));
        }
    }
}
