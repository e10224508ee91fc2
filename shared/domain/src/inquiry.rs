//! Inquiries: what a patient asks the service, about a case or about none, and what is answered (policy clause P7; PIPA
//! Art. 15(1)4: what the person asked for). What is about personal data goes to the data protection officer (Art. 31).
//!
//! A thread has its own term: one year after it was closed. Who says nothing for ninety days has closed it. What a statute wants
//! of a complaint for longer is a record apart (`crate::statutory`).

mod thread;
mod visitor;

pub use thread::{Thread, Written};
pub use visitor::{AnswerTo, Visitor};

use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{CaseId, InquiryId, Subject};
use crate::policy::Role;
use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What an inquiry is about, as the patient says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// How the service works.
    Service,
    /// A letter or its delivery.
    Referral,
    /// Something does not work.
    Technical,
    /// A complaint or a dispute.
    Complaint,
    /// Personal data and the rights about it.
    Privacy,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 5] = [Self::Service, Self::Referral, Self::Technical, Self::Complaint, Self::Privacy];

    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Referral => "referral",
            Self::Technical => "technical",
            Self::Complaint => "complaint",
            Self::Privacy => "privacy",
        }
    }

    /// Whose it is to answer: for everybody else of the staff it is as if it were not there.
    pub const fn answered_by(self) -> Role {
        match self {
            Self::Service | Self::Referral | Self::Technical | Self::Complaint => Role::Coordinator,
            Self::Privacy => Role::Dpo,
        }
    }
}

/// Where an inquiry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InquiryState {
    /// A visitor's, who has not shown yet that the mailbox is theirs: staff do not see it.
    Unconfirmed,
    /// It waits for staff.
    Open,
    /// It was answered; the patient may ask on or close it.
    Answered,
    /// The patient closed it. Nothing is added any more.
    Closed,
}

impl InquiryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Unconfirmed, Self::Open, Self::Answered, Self::Closed];

    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The state after a step; none where the step cannot be.
    pub const fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Open | Self::Answered, Step::Ask) => Some(Self::Open),
            (Self::Open | Self::Answered, Step::Answer) => Some(Self::Answered),
            (Self::Open | Self::Answered, Step::Close) => Some(Self::Closed),
            (Self::Unconfirmed, Step::Confirm) => Some(Self::Open),
            (Self::Unconfirmed, Step::Ask | Step::Answer | Step::Close)
            | (Self::Closed, Step::Ask | Step::Answer | Step::Close)
            | (Self::Open | Self::Answered | Self::Closed, Step::Confirm) => None,
        }
    }
}

/// What happens to an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The visitor shows that the mailbox is theirs.
    Confirm,
    /// The patient writes.
    Ask,
    /// Staff write.
    Answer,
    /// The patient closes it.
    Close,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 4] = [Self::Confirm, Self::Ask, Self::Answer, Self::Close];
}

/// How content the patient was, from 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Satisfaction(u8);

impl TryFrom<u8> for Satisfaction {
    type Error = crate::field::Invalid;
    fn try_from(n: u8) -> Result<Self, Self::Error> {
        if (1..=5).contains(&n) { Ok(Self(n)) } else { Err(crate::field::Invalid::OutOfRange) }
    }
}

impl From<Satisfaction> for u8 {
    fn from(satisfaction: Satisfaction) -> Self {
        satisfaction.0
    }
}

/// Hours after which what no visitor confirmed is gone.
const UNCONFIRMED_HOURS: i64 = 24;
/// Idle days after which a thread counts as closed.
const IDLE_DAYS: u64 = 90;
/// Months that a thread is kept after it was closed: as long as a case.
const KEPT_MONTHS: u32 = 12;

/// An inquiry without anything that was written in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// Its id.
    pub id: InquiryId,
    /// Whose it is, as a pseudonym.
    pub subject: Subject,
    /// What it is about.
    pub topic: Topic,
    /// The case that it is about, if any.
    pub case_id: Option<CaseId>,
    /// Where it stands.
    pub state: InquiryState,
    /// Who of the staff looks after it.
    pub assignee: Option<Subject>,
    /// What the patient said of it when they closed it.
    pub satisfaction: Option<Satisfaction>,
    /// Grows by one with each change; the ETag.
    pub version: u64,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who asks without a sign-in; none for a patient who signed in.
    #[serde(default)]
    pub visitor: Option<Visitor>,
}

impl Inquiry {
    /// A new inquiry.
    pub fn new(subject: Subject, topic: Topic, case_id: Option<CaseId>, now: DateTime<Utc>) -> Self {
        Self {
            id: InquiryId::new(),
            subject,
            topic,
            case_id,
            state: InquiryState::Open,
            assignee: None,
            satisfaction: None,
            version: 1,
            created_at: now,
            updated_at: now,
            closed_at: None,
            visitor: None,
        }
    }

    /// The inquiry after a step; none where it cannot be.
    pub fn after(&self, step: Step, now: DateTime<Utc>) -> Option<Self> {
        let state = self.state.after(step)?;
        let closed_at = matches!(state, InquiryState::Closed).then_some(now);
        Some(Self { state, closed_at, version: self.version + 1, updated_at: now, ..self.clone() })
    }

    /// The inquiry with somebody who looks after it, or with nobody.
    #[must_use]
    pub fn assigned(&self, assignee: Option<Subject>, now: DateTime<Utc>) -> Self {
        Self { assignee, version: self.version + 1, updated_at: now, ..self.clone() }
    }

    /// The day (Asia/Seoul) on which it was closed, or counts as closed.
    pub fn ends_on(&self) -> NaiveDate {
        match self.closed_at {
            Some(at) => kst_day(at),
            None => {
                let day = kst_day(self.updated_at);
                day.checked_add_days(Days::new(IDLE_DAYS)).unwrap_or(day)
            }
        }
    }

    /// When all of it is destroyed: its term after it was closed, or would count as closed, at the end of that day in Seoul.
    pub fn expires_at(&self) -> DateTime<Utc> {
        if self.state == InquiryState::Unconfirmed {
            return self.created_at + TimeDelta::hours(UNCONFIRMED_HOURS);
        }
        let day = self.ends_on();
        end_of_kst_day(day.checked_add_months(Months::new(KEPT_MONTHS)).unwrap_or(day))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::message::MessageText;
    use chrono::TimeZone;

    fn inquiry(topic: Topic) -> Inquiry {
        Inquiry::new(Subject::of("x"), topic, None, Utc.with_ymd_and_hms(2027, 11, 30, 15, 0, 0).unwrap())
    }

    #[test]
    fn a_closed_inquiry_stays_closed_and_everything_else_can_go_on() {
        for state in InquiryState::ALL {
            for step in Step::ALL {
                let goes_on = match state {
                    InquiryState::Unconfirmed => step == Step::Confirm,
                    InquiryState::Open | InquiryState::Answered => step != Step::Confirm,
                    InquiryState::Closed => false,
                };
                assert_eq!(state.after(step).is_some(), goes_on, "{state:?} {step:?}");
            }
        }
        let open = inquiry(Topic::Service);
        let now = open.created_at;
        let answered = open.after(Step::Answer, now).unwrap();
        assert_eq!((answered.state, answered.version), (InquiryState::Answered, 2));
        assert_eq!(answered.after(Step::Ask, now).unwrap().state, InquiryState::Open);
        let closed = answered.after(Step::Close, now).unwrap();
        assert_eq!((closed.closed_at, closed.after(Step::Ask, now)), (Some(now), None));
    }

    #[test]
    fn every_inquiry_is_kept_a_year_to_the_end_of_the_day_in_seoul() {
        for topic in Topic::ALL {
            let open = inquiry(topic);
            // The first of December has begun in Seoul; ninety days later it is the 29th of February.
            let idle = Utc.with_ymd_and_hms(2029, 2, 28, 15, 0, 0).unwrap();
            assert_eq!(open.expires_at(), idle, "{topic:?}");
            let closed = open.after(Step::Close, open.created_at).unwrap();
            assert_eq!(closed.expires_at(), Utc.with_ymd_and_hms(2028, 12, 1, 15, 0, 0).unwrap());
        }
    }

    #[test]
    fn only_privacy_is_the_officers_and_nobody_else_answers() {
        for topic in Topic::ALL {
            assert_eq!(topic.answered_by() == Role::Dpo, topic == Topic::Privacy);
            assert!(matches!(topic.answered_by(), Role::Coordinator | Role::Dpo));
        }
    }

    #[test]
    fn a_thread_is_full_before_an_item_is_and_does_not_print() {
        let text = MessageText::parse(&"가".repeat(MessageText::MAX)).unwrap();
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let mut thread = Thread::default();
        while let Some(next) = thread.clone().with(Role::Patient, text.clone(), now) {
            thread = next;
        }
        assert!(thread.texts().len() > 20);
        assert!(serde_json::to_vec(&thread).unwrap().len() < 350 * 1024);
        assert!(!format!("{thread:?}").contains('가'));
        for (n, fits) in [(0, false), (1, true), (5, true), (6, false)] {
            assert_eq!(Satisfaction::try_from(n).is_ok(), fits);
        }
    }
}
