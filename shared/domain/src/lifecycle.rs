//! When a service is completed, how long everything is kept after that, and what suspends or holds it (policy clause P3;
//! PIPA Art. 21, 37).

use crate::access::{Event, Purpose};
use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{ProviderId, Subject};
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Why a service counts as completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The patient closed the case.
    PatientClosed,
    /// The institution's outcome was handed to the patient.
    OutcomeReturned,
    /// The referral was cancelled.
    Cancelled,
    /// Nothing happened for 90 days.
    Idle,
}

/// The end of a service, set once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// When.
    pub completed_at: DateTime<Utc>,
    /// Why.
    pub cause: Cause,
    /// Until when everything is kept.
    pub retention_until: DateTime<Utc>,
}

impl Completion {
    /// A service that ends now. Everything is kept until the end of the day in Seoul one year later; a year after
    /// 29 February ends on 28 February (Civil Act Art. 160(3): the last day of the month where the day is missing).
    pub fn new(cause: Cause, now: DateTime<Utc>) -> Self {
        let day = kst_day(now);
        let last = day.checked_add_months(Months::new(12)).unwrap_or(day);
        Self { completed_at: now, cause, retention_until: end_of_kst_day(last) }
    }
}

/// Why destruction waits although its time has come (Art. 21(1) proviso).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldGround {
    /// A request about the patient's rights is open.
    RightsRequest,
    /// A dispute or a lawsuit.
    Dispute,
    /// An order of an authority.
    Order,
}

/// A hold that the data protection officer put on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub ground: HoldGround,
    /// Who put it.
    pub by: Subject,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The day (Asia/Seoul) on which it is looked at again; it ends with that day unless it is renewed.
    pub review_on: NaiveDate,
}

/// What a suspension covers (Art. 37(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SuspensionScope {
    /// Every use of the case.
    All,
    /// One purpose.
    Purpose {
        /// Which.
        purpose: Purpose,
    },
    /// One institution.
    Recipient {
        /// Which.
        recipient: ProviderId,
    },
}

/// The patient's wish that processing stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// What stops.
    pub scope: SuspensionScope,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Suspension {
    /// Whether it stops an event. The patient's own rights go on, and so do the oversight and the administration that the
    /// law asks for: without them nobody could end the suspension or prove it.
    pub fn covers(&self, event: &Event, recipient: Option<&ProviderId>) -> bool {
        match event.purpose {
            Purpose::PatientRights | Purpose::Oversight | Purpose::Administration => return false,
            Purpose::ReferralLetter | Purpose::Provision | Purpose::Explanation | Purpose::Inquiry => {}
        }
        match &self.scope {
            SuspensionScope::All => true,
            SuspensionScope::Purpose { purpose } => event.purpose == *purpose,
            SuspensionScope::Recipient { recipient: suspended } => recipient == Some(suspended),
        }
    }
}
