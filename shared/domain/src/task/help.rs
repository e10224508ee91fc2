//! Where a request does not go on by itself, so that a coordinator sees to it: why, and until which day.

use super::deadline::{Mark, Told};
use super::{Task, TaskAction, TaskState};
use crate::clock::business::business_day_after;
use crate::clock::kst_day;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Business days within which a coordinator sees to it. The number is ours: as with a patient's message, the next one.
const SEEN_TO_IN: u32 = 1;

/// Why a request needs a coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// One side asked to cancel, and the other has not answered.
    CancelRequested,
    /// The institution will not see the patient.
    Declined,
    /// The institution named another one, and the patient has not gone on there.
    Redirected,
    /// The patient did not come.
    NoShow,
    /// Nobody answered while the link lived.
    Expired,
    /// Its link is suspended: nobody gets in until it is made anew.
    LinkSuspended,
    /// An answer, an appointment or an outcome is missing, in spite of reminders.
    Overdue,
}

impl Need {
    /// Every need.
    pub const ALL: [Self; 7] = [
        Self::CancelRequested,
        Self::Declined,
        Self::Redirected,
        Self::NoShow,
        Self::Expired,
        Self::LinkSuspended,
        Self::Overdue,
    ];

    /// Whether it is gone once a coordinator has seen to it. A cancellation has to be answered, and a link to be made anew.
    const fn can_be_seen_to(self) -> bool {
        match self {
            Self::Declined | Self::Redirected | Self::NoShow | Self::Expired | Self::Overdue => true,
            Self::CancelRequested | Self::LinkSuspended => false,
        }
    }
}

/// Up to where a coordinator has seen to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenTo {
    /// The number of the newest step then.
    pub step: u32,
    /// What was told of its deadlines by then.
    #[serde(default)]
    pub told: BTreeSet<Mark>,
}

impl Task {
    /// Why it needs a coordinator now; empty where it goes on by itself.
    pub fn needs(&self) -> Vec<Need> {
        let by_state = match self.state {
            TaskState::CancelRequested => Some(Need::CancelRequested),
            TaskState::Declined => Some(Need::Declined),
            TaskState::Redirected if self.followed_by.is_none() => Some(Need::Redirected),
            TaskState::NoShow => Some(Need::NoShow),
            TaskState::Expired => Some(Need::Expired),
            TaskState::Draft
            | TaskState::Consented
            | TaskState::Generated
            | TaskState::Reviewed
            | TaskState::Sent
            | TaskState::Opened
            | TaskState::Acknowledged
            | TaskState::Accepted
            | TaskState::MoreInformation
            | TaskState::Redirected
            | TaskState::Scheduled
            | TaskState::Attended
            | TaskState::Cancelled
            | TaskState::OutcomeReturned
            | TaskState::Completed
            | TaskState::ConsentWithdrawn => None,
        };
        let by_state = by_state.filter(|need| !need.can_be_seen_to() || self.last_step() > self.seen_to_step());
        let suspended = self.suspended_at.filter(|_| !self.state.over()).map(|_| Need::LinkSuspended);
        let overdue = self.unseen_escalations().next().map(|_| Need::Overdue);
        by_state.into_iter().chain(suspended).chain(overdue).collect()
    }

    /// The day (Asia/Seoul) until which a coordinator should have seen to it; none where it needs nobody.
    pub fn needed_on(&self) -> Option<NaiveDate> {
        let since = |need: Need| match need {
            Need::CancelRequested => self.since(|step| step.action == TaskAction::RequestCancel),
            Need::Declined | Need::Redirected | Need::NoShow | Need::Expired => {
                self.since(|step| step.to == self.state)
            }
            Need::LinkSuspended => self.suspended_at,
            Need::Overdue => self.unseen_escalations().map(|(_, at)| at).min(),
        };
        let day = |at: DateTime<Utc>| business_day_after(kst_day(at), SEEN_TO_IN);
        self.needs().into_iter().filter_map(since).map(day).min()
    }

    /// What the coordinator was told of deadlines that are still missed, and has not seen to.
    fn unseen_escalations(&self) -> impl Iterator<Item = (Mark, DateTime<Utc>)> {
        let unseen = |mark: &Mark| {
            let seen = self.seen_to.as_ref().is_some_and(|seen| seen.told.contains(mark));
            mark.told() == Told::Coordinator && !mark.about_cancelling() && self.told.contains(mark) && !seen
        };
        self.owed().marks().into_iter().filter(move |(mark, _)| unseen(mark))
    }

    fn last_step(&self) -> u32 {
        self.steps.last().map_or(0, |step| step.n)
    }

    fn seen_to_step(&self) -> u32 {
        self.seen_to.as_ref().map_or(0, |seen| seen.step)
    }

    /// The Task after a coordinator has seen to what it needed; none where nothing of that is seen to by saying so. It stands where it
    /// stood.
    pub fn after_seeing_to(&self) -> Option<Self> {
        self.needs().into_iter().find(|need| need.can_be_seen_to())?;
        Some(Self { seen_to: Some(SeenTo { step: self.last_step(), told: self.told.clone() }), ..self.quietly() })
    }

    /// The Task after its link was suspended.
    #[must_use]
    pub fn with_link_suspended(&self, since: DateTime<Utc>) -> Self {
        Self { suspended_at: Some(since), ..self.quietly() }
    }

    /// The Task with a link that was made anew: nobody waits for that any more, and an answer is waited for while it lives.
    #[must_use]
    pub fn with_link_anew(&self, until: DateTime<Utc>) -> Self {
        Self { suspended_at: None, link_until: self.link_until.max(Some(until)), ..self.quietly() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::health::Urgency;
    use crate::id::{CaseId, DeliveryId, LinkId, ProviderId, ReferralId, Subject, TaskId};
    use crate::task::{Party, Said};
    use chrono::{TimeDelta, TimeZone};

    /// Opened on Monday 23 November 2026.
    fn opened() -> Task {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 3, 0, 0).unwrap();
        let (case, subject, to) = (CaseId::new(), Subject::of("x"), ProviderId::new());
        let task = Task::new(case, subject, to, Urgency::Soon, ReferralId::new(), now);
        let sent = task.sent(DeliveryId::new(), LinkId::new(), now).unwrap();
        sent.apply(&Said::of(TaskAction::Open), Party::Institution, now).unwrap()
    }

    fn day(d: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, 11, d)
    }

    fn institution(task: &Task, actions: &[TaskAction]) -> Task {
        let step = |task: Task, action: &TaskAction| {
            task.apply(&Said::of(*action), Party::Institution, task.updated_at).unwrap()
        };
        actions.iter().fold(task.clone(), step)
    }

    #[test]
    fn what_does_not_go_on_by_itself_needs_a_coordinator_until_seen_to() {
        use TaskAction as A;
        assert_eq!((opened().needs(), opened().needed_on(), opened().after_seeing_to()), (vec![], None, None));
        for (actions, need) in [
            (&[A::Decline][..], Need::Declined),
            (&[A::Redirect], Need::Redirected),
            (&[A::Accept, A::Schedule, A::NoShow], Need::NoShow),
        ] {
            let task = institution(&opened(), actions);
            assert_eq!((task.needs(), task.needed_on()), (vec![need], day(24)), "{need:?}");
            let seen = task.after_seeing_to().unwrap();
            assert!(seen.needs().is_empty() && seen.version == task.version && seen.revision() == task.revision() + 1);
        }
        let redirected = institution(&opened(), &[A::Redirect]);
        assert!(redirected.followed(TaskId::new(), redirected.updated_at).needs().is_empty());
    }

    #[test]
    fn a_no_show_after_another_needs_a_coordinator_again() {
        use TaskAction as A;
        let once = institution(&opened(), &[A::Accept, A::Schedule, A::NoShow]).after_seeing_to().unwrap();
        let twice = institution(&once, &[A::Schedule, A::NoShow]);
        assert_eq!(twice.needs(), [Need::NoShow]);
    }

    #[test]
    fn a_request_to_cancel_waits_for_an_answer_and_not_for_a_word() {
        let task = opened();
        let asked = task.apply(&Said::of(TaskAction::RequestCancel), Party::Patient, task.updated_at).unwrap();
        assert_eq!((asked.needs(), asked.needed_on()), (vec![Need::CancelRequested], day(24)));
        assert_eq!(asked.after_seeing_to(), None);
        // However long nobody answers, it does not end by itself, and who must answer and the coordinator are told.
        assert_eq!(asked.ends_at(), None);
        let late = asked.updated_at + TimeDelta::days(60);
        let reached = asked.owed().reached(&asked.told, late);
        assert_eq!(reached, [Mark::CancelHalf, Mark::CancelDue, Mark::CancelEscalated]);
        let told = asked.after_telling(&reached);
        assert_eq!((told.needs(), told.due_at()), (vec![Need::CancelRequested], None));
        let refused = told.apply(&Said::of(TaskAction::RefuseCancel), Party::Institution, late).unwrap();
        assert!(refused.needs().is_empty());
        // Asked for again, its time begins anew.
        let again = refused.apply(&Said::of(TaskAction::RequestCancel), Party::Patient, late).unwrap();
        assert!(again.told.iter().all(|mark| !mark.about_cancelling()));
    }

    #[test]
    fn a_missed_deadline_needs_a_coordinator_once_they_were_told_and_until_somebody_answers() {
        let task = opened();
        let told = task.after_telling(&[Mark::AcknowledgeHalf, Mark::AcknowledgeDue]);
        assert!(told.needs().is_empty());
        let told = told.after_telling(&[Mark::AcknowledgeEscalated]);
        assert_eq!(told.needs(), [Need::Overdue]);
        assert_eq!(told.version, task.version);
        let seen = told.after_seeing_to().unwrap();
        assert!(seen.needs().is_empty());
        assert_eq!(seen.after_telling(&[Mark::DecideEscalated]).needs(), [Need::Overdue]);
        assert!(institution(&told, &[TaskAction::Accept]).needs().is_empty());
    }

    #[test]
    fn a_suspended_link_waits_until_it_is_made_anew() {
        let task = opened();
        let suspended = task.with_link_suspended(task.updated_at);
        assert_eq!((suspended.needs(), suspended.needed_on()), (vec![Need::LinkSuspended], day(24)));
        assert_eq!(suspended.after_seeing_to(), None);
        let until = task.ends_at().unwrap() + TimeDelta::days(3);
        let anew = suspended.with_link_anew(until);
        assert!(anew.needs().is_empty());
        assert_eq!(anew.ends_at(), Some(until), "who has a link may answer");
        assert_eq!(
            anew.with_link_anew(task.updated_at).ends_at(),
            Some(until),
            "a colleague's shorter one ends nothing"
        );
        assert_eq!(suspended.version, task.version);
    }
}
