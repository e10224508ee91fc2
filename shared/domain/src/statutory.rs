//! Records that a statute wants kept although everything else about a person is destroyed (policy clause P3; PIPA Art. 21(3)):
//! apart from all other data, with their own end, and with no more in them than the statute asks for.
//!
//! There is one kind: complaints and disputes of consumers. Contracts and payments (five years) and advertising (six months)
//! would be others; the service sells nothing and advertises nothing, so there is nothing of that kind to keep.

use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{InquiryId, Subject};
use crate::inquiry::{Inquiry, InquiryState, Thread, Topic};
use crate::lifecycle::HoldStatute;
use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What kind of record a statute wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What a consumer complained about, and how it was dealt with.
    Complaint,
}

impl Kind {
    /// The kind of record that a topic calls for; none where its patient may have everything destroyed.
    pub const fn of(topic: Topic) -> Option<Self> {
        match topic {
            Topic::Complaint => Some(Self::Complaint),
            Topic::Service | Topic::Referral | Topic::Technical | Topic::Privacy => None,
        }
    }

    /// The statute.
    pub const fn statute(self) -> HoldStatute {
        match self {
            Self::Complaint => HoldStatute::ECommerceRecords,
        }
    }

    /// Months that it is kept: three years for complaints and disputes (E-Commerce Act Enforcement Decree Art. 6(1)4).
    pub const fn months(self) -> u32 {
        match self {
            Self::Complaint => 36,
        }
    }
}

/// A record that is kept by statute, without what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatutoryRecord {
    /// The inquiry that it was.
    pub id: InquiryId,
    /// Whose it is, as a pseudonym.
    pub subject: Subject,
    /// Of what kind.
    pub kind: Kind,
    /// The day (Asia/Seoul) on which it was said.
    pub said_on: NaiveDate,
    /// Whether staff have answered everything that was said.
    pub answered: bool,
    /// The day (Asia/Seoul) on which its patient closed it.
    pub closed_on: Option<NaiveDate>,
    /// The day (Asia/Seoul) from which its term runs: when it was closed, or counts as closed.
    pub runs_from: NaiveDate,
}

impl StatutoryRecord {
    /// The record of an inquiry as it stands; none where no statute asks for one, or where a visitor has not shown yet that the
    /// mailbox is theirs: until then nobody has complained.
    pub fn of(inquiry: &Inquiry) -> Option<Self> {
        let kind = Kind::of(inquiry.topic).filter(|_| inquiry.state != InquiryState::Unconfirmed)?;
        Some(Self {
            id: inquiry.id.clone(),
            subject: inquiry.subject.clone(),
            kind,
            said_on: kst_day(inquiry.created_at),
            answered: inquiry.state == InquiryState::Answered,
            closed_on: inquiry.closed_at.map(kst_day),
            runs_from: inquiry.ends_on(),
        })
    }

    /// When it is destroyed: at the end of a day in Seoul.
    pub fn expires_at(&self) -> DateTime<Utc> {
        let last = self.runs_from.checked_add_months(Months::new(self.kind.months()));
        end_of_kst_day(last.unwrap_or(self.runs_from))
    }

    /// The last day (Asia/Seoul) on which it is kept, as things stand.
    pub fn kept_until(&self) -> NaiveDate {
        kst_day(self.expires_at() - TimeDelta::seconds(1))
    }
}

/// What was written and answered, as the record keeps it: the words, and nothing that came with them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Said(Thread);

impl From<Thread> for Said {
    fn from(thread: Thread) -> Self {
        Self(thread)
    }
}

impl Said {
    /// The words, in their order.
    pub const fn thread(&self) -> &Thread {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::inquiry::Step;
    use chrono::TimeZone;

    fn complaint() -> Inquiry {
        Inquiry::new(Subject::of("x"), Topic::Complaint, None, Utc.with_ymd_and_hms(2027, 11, 30, 15, 0, 0).unwrap())
    }

    #[test]
    fn a_record_outlives_its_inquiry_by_the_term_of_its_statute() {
        let open = complaint();
        // The first of December has begun in Seoul; ninety days later it is the 29th of February.
        assert_eq!(open.expires_at(), Utc.with_ymd_and_hms(2029, 2, 28, 15, 0, 0).unwrap());
        let record = StatutoryRecord::of(&open).unwrap();
        assert_eq!(record.expires_at(), Utc.with_ymd_and_hms(2031, 2, 28, 15, 0, 0).unwrap());
        assert_eq!(record.kept_until(), NaiveDate::from_ymd_opt(2031, 2, 28).unwrap());
        assert_eq!((record.closed_on, record.answered), (None, false));

        let answered = open.after(Step::Answer, open.created_at).unwrap();
        assert!(StatutoryRecord::of(&answered).unwrap().answered);
        let closed = answered.after(Step::Close, open.created_at).unwrap();
        let record = StatutoryRecord::of(&closed).unwrap();
        let day = NaiveDate::from_ymd_opt(2027, 12, 1).unwrap();
        assert_eq!((record.said_on, record.closed_on, record.runs_from), (day, Some(day), day));
        assert_eq!(record.kept_until(), NaiveDate::from_ymd_opt(2030, 12, 1).unwrap());
        assert!(record.expires_at() > closed.expires_at());
    }

    #[test]
    fn only_a_complaint_leaves_a_record_and_only_once_somebody_has_made_it() {
        for topic in Topic::ALL {
            let inquiry = Inquiry { topic, ..complaint() };
            assert_eq!(StatutoryRecord::of(&inquiry).is_some(), topic == Topic::Complaint, "{topic:?}");
            let unconfirmed = Inquiry { state: InquiryState::Unconfirmed, ..inquiry };
            assert_eq!(StatutoryRecord::of(&unconfirmed), None);
        }
    }
}
