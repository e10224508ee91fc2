//! When a service is completed, how long everything is kept after that, and what suspends or holds it (policy clause P3;
//! PIPA Art. 21, 37).

use crate::access::{Event, Purpose};
use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{ProviderId, Subject};
use chrono::{DateTime, Days, Months, NaiveDate, Utc};
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
    /// A dispute or a lawsuit.
    Dispute,
    /// An order of an authority.
    Order,
}

/// The statute by which a held case must be kept. A closed list: words of somebody's own could name a person or a court
/// case, and would stand in a record that others read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldStatute {
    /// Records about complaints and disputes of consumers.
    ECommerceRecords,
    /// The duty to produce documents in a lawsuit.
    CivilProcedure,
    /// A warrant or an order of seizure.
    CriminalProcedure,
    /// An order of the authority that oversees data protection.
    PersonalInformationProtection,
}

impl HoldStatute {
    /// Every statute.
    pub const ALL: [Self; 4] =
        [Self::ECommerceRecords, Self::CivilProcedure, Self::CriminalProcedure, Self::PersonalInformationProtection];

    /// Whether it can be behind a ground.
    pub const fn fits(self, ground: HoldGround) -> bool {
        match self {
            Self::ECommerceRecords | Self::CivilProcedure => matches!(ground, HoldGround::Dispute),
            Self::CriminalProcedure | Self::PersonalInformationProtection => matches!(ground, HoldGround::Order),
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ECommerceRecords => "E-Commerce Act Enforcement Decree (Republic of Korea), Article 6",
            Self::CivilProcedure => "Civil Procedure Act (Republic of Korea), Article 344",
            Self::CriminalProcedure => "Criminal Procedure Act (Republic of Korea), Article 215",
            Self::PersonalInformationProtection => {
                "Personal Information Protection Act (Republic of Korea), Article 63"
            }
        }
    }
}

/// A hold that the data protection officer put on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub ground: HoldGround,
    /// By which statute.
    pub statute: HoldStatute,
    /// Who put it.
    pub by: Subject,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The day (Asia/Seoul) on which it is looked at again; it ends with that day unless it is renewed.
    pub review_on: NaiveDate,
}

/// Days ahead that a hold may be reviewed at the latest: nobody holds a case and forgets it.
pub const MOST_HOLD_DAYS: u64 = 366;

impl Hold {
    /// When it ends unless it is renewed.
    pub fn ends_at(&self) -> DateTime<Utc> {
        end_of_kst_day(self.review_on)
    }

    /// Whether a day of review is ahead and near enough.
    pub fn may_be_reviewed_on(day: NaiveDate, now: DateTime<Utc>) -> bool {
        let today = kst_day(now);
        day > today && today.checked_add_days(Days::new(MOST_HOLD_DAYS)).is_some_and(|last| day <= last)
    }
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
