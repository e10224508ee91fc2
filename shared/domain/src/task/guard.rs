//! What has to be so beside the state before a step may be taken: the table names it, and here it is decided, as far as the Task
//! itself can say.

use super::{Party, Task, TaskRefusal};
use crate::clock::kst_day;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

/// What has to be so beside the state. That an institution acts at all rests on its link and the consents behind it, which are
/// asked whenever it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Nothing more.
    None,
    /// The day of the appointment, if there is one, has begun in Seoul.
    AppointmentDayReached,
    /// It was the other side that asked to cancel.
    OtherSideAsked,
    /// Its time is over ([`Task::ends_at`]).
    TimeOver,
    /// The consents for a letter to this institution are in force: [`crate::consent::gate`] decides, and the write is held to them.
    ConsentInForce,
    /// They are not any more: [`crate::consent::gate`] decides.
    ConsentGone,
    /// An institution that is named from the directory is another one and may receive patients' letters.
    ReceivingInstitution,
    /// The contact is a verified one of the same institution.
    VerifiedContact,
}

impl Task {
    /// Whether a guard lets somebody through now. What the Task does not hold is asked by whoever does.
    pub(super) fn guarded(&self, guard: Guard, by: Party, now: DateTime<Utc>) -> Result<(), TaskRefusal> {
        match guard {
            Guard::AppointmentDayReached => self.appointment_day_reached(now),
            Guard::OtherSideAsked if self.cancelling.is_some_and(|asked| asked.by == by) => {
                Err(TaskRefusal::OtherPartyNeeded)
            }
            Guard::TimeOver if self.ends_at().is_none_or(|end| now < end) => Err(TaskRefusal::TooEarly),
            Guard::OtherSideAsked
            | Guard::TimeOver
            | Guard::None
            | Guard::ConsentInForce
            | Guard::ConsentGone
            | Guard::ReceivingInstitution
            | Guard::VerifiedContact => Ok(()),
        }
    }

    /// The day of the appointment in Seoul. Where an earlier release kept only its end, the day of its last moment: that is its day, or
    /// for one that lasts over midnight the next.
    pub fn appointment_day(&self) -> Option<NaiveDate> {
        let last = |end: DateTime<Utc>| kst_day(end - TimeDelta::milliseconds(1));
        self.appointment_on.or_else(|| self.appointment_ends.map(last))
    }

    /// That the day of the appointment has begun in Seoul. Who is seen without an appointment comes on no day in particular.
    fn appointment_day_reached(&self, now: DateTime<Utc>) -> Result<(), TaskRefusal> {
        let ahead = self.appointment_day().is_some_and(|day| kst_day(now) < day);
        if ahead { Err(TaskRefusal::BeforeAppointment) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::health::Urgency;
    use crate::id::{CaseId, DeliveryId, LinkId, ProviderId, ReferralId, Subject};
    use crate::task::appointment::{AnswerText, Appointment, PlaceText};
    use crate::task::reason::OtherTimeReason;
    use crate::task::{Answer, PatientAnswer, Said, TaskAction, TaskState};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn accepted() -> Task {
        let now = at("2026-11-20T03:00:00Z");
        let (case, subject, to) = (CaseId::new(), Subject::of("x"), ProviderId::new());
        let task = Task::new(case, subject, to, Urgency::Soon, ReferralId::new(), now);
        let task = task.sent(DeliveryId::new(), LinkId::new(), now).unwrap();
        let step = |task: Task, action| task.apply(&Said::of(action), Party::Institution, now).unwrap();
        [TaskAction::Open, TaskAction::Accept].into_iter().fold(task, step)
    }

    fn proposed(task: &Task, again: bool, start: &str, hours: i64) -> Task {
        let (start, place) = (at(start), PlaceText::parse("3F").unwrap());
        let appointment = Appointment { start, end: start + TimeDelta::hours(hours), place, prepare: None };
        let answer = if again { Answer::Reschedule { appointment } } else { Answer::Schedule { appointment } };
        let now = task.updated_at;
        task.apply(&answer.said(now).unwrap(), Party::Institution, now).unwrap()
    }

    /// Whether attended and not attended can be said at a moment: both or neither, and neither is offered when it cannot be said.
    fn sayable(task: &Task, now: &str) -> bool {
        let now = at(now);
        let said = [TaskAction::Attended, TaskAction::NoShow].map(|action| {
            let done = task.apply(&Said::of(action), Party::Institution, now);
            let offered = task.available_actions(Party::Institution, now).contains(&action);
            assert_eq!(offered, done.is_ok(), "{action:?}");
            assert!(done.as_ref().err().is_none_or(|why| *why == TaskRefusal::BeforeAppointment));
            done.is_ok()
        });
        assert_eq!(said[0], said[1]);
        said[0]
    }

    #[test]
    fn whether_the_patient_came_is_sayable_from_midnight_in_seoul_of_the_day_of_the_appointment() {
        // 09:30 on the 27th in Seoul. Its midnight is 15:00 of the 26th in UTC.
        let task = proposed(&accepted(), false, "2026-11-27T00:30:00Z", 1);
        assert!(!sayable(&task, "2026-11-26T14:59:59.999Z"));
        assert!(sayable(&task, "2026-11-26T15:00:00Z"));
        // 08:30 on the 27th in Seoul is still the 26th in UTC: it is Seoul's day that counts.
        let early = proposed(&accepted(), false, "2026-11-26T23:30:00Z", 1);
        assert_eq!(early.appointment_day(), NaiveDate::from_ymd_opt(2026, 11, 27));
        assert!(!sayable(&early, "2026-11-26T14:59:59.999Z") && sayable(&early, "2026-11-26T15:00:00Z"));
        // One minute after midnight, and one before.
        let first = proposed(&accepted(), false, "2026-11-26T15:01:00Z", 1);
        assert!(!sayable(&first, "2026-11-26T14:59:00Z") && sayable(&first, "2026-11-26T15:00:00Z"));
        let last = proposed(&accepted(), false, "2026-11-27T14:59:00Z", 1);
        assert!(!sayable(&last, "2026-11-26T14:59:00Z") && sayable(&last, "2026-11-26T15:00:00Z"));
    }

    #[test]
    fn another_time_is_another_day_and_a_cancellation_that_is_refused_leaves_the_day() {
        let task = proposed(&accepted(), false, "2026-11-23T00:30:00Z", 1);
        let later = proposed(&task, true, "2026-11-27T00:30:00Z", 1);
        assert!(sayable(&task, "2026-11-23T00:00:00Z") && !sayable(&later, "2026-11-23T00:00:00Z"));
        let now = later.updated_at;
        let asked = later.apply(&Said::of(TaskAction::RequestCancel), Party::Patient, now).unwrap();
        let kept = asked.apply(&Said::of(TaskAction::RefuseCancel), Party::Institution, now).unwrap();
        assert_eq!(kept.state, TaskState::Scheduled);
        assert!(!sayable(&kept, "2026-11-26T14:59:59Z") && sayable(&kept, "2026-11-26T15:00:00Z"));
    }

    #[test]
    fn who_comes_without_an_appointment_was_seen_on_any_day() {
        let task = accepted();
        let came = task.apply(&Said::of(TaskAction::Attended), Party::Institution, task.updated_at).unwrap();
        assert_eq!(came.state, TaskState::Attended);
        // A time that the patient could not come at is no appointment any more.
        let proposed = proposed(&task, false, "2026-11-27T00:30:00Z", 1);
        let other =
            PatientAnswer::AskOtherTime { code: OtherTimeReason::Travel, text: AnswerText::parse("오후").unwrap() };
        let other = other.said().unwrap();
        let none = proposed.apply(&other, Party::Patient, proposed.updated_at).unwrap();
        assert_eq!(none.appointment_day(), None);
        assert!(none.available_actions(Party::Institution, none.updated_at).contains(&TaskAction::Attended));
    }

    #[test]
    fn a_task_of_an_earlier_release_goes_by_the_end_of_its_appointment() {
        let old = |start, hours| Task { appointment_on: None, ..proposed(&accepted(), false, start, hours) };
        let day = old("2026-11-27T00:30:00Z", 1);
        assert!(!sayable(&day, "2026-11-26T14:59:59Z") && sayable(&day, "2026-11-26T15:00:00Z"));
        // Until midnight sharp is still that day; over midnight it is the day of its end, which is never too early.
        assert_eq!(old("2026-11-27T14:00:00Z", 1).appointment_day(), NaiveDate::from_ymd_opt(2026, 11, 27));
        assert_eq!(old("2026-11-27T14:00:00Z", 2).appointment_day(), NaiveDate::from_ymd_opt(2026, 11, 28));
    }
}
