//! Institutions that a letter may go to: only those of the directory, only while their registration runs
//! (Foreign Patient Act Art. 6(2), 28).

use crate::clock::kst_day;
use crate::id::ProviderId;
use crate::person::Email;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// An institution of the provider directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// Name in Korean.
    pub name_ko: String,
    /// Name in English.
    pub name_en: String,
    /// Department in Korean.
    pub department_ko: String,
    /// Department in English.
    pub department_en: String,
    /// The verified mailbox that links go to.
    pub contact_email: Email,
    /// Registration number for attracting foreign patients.
    pub registration_number: String,
    /// Last day of the registration (Asia/Seoul).
    pub registration_expires_on: NaiveDate,
    /// Whether the institution takes referrals at present.
    pub active: bool,
}

impl Provider {
    /// Whether a letter may be sent there today.
    pub fn may_receive(&self, now: DateTime<Utc>) -> bool {
        self.active && kst_day(now) <= self.registration_expires_on
    }
}
