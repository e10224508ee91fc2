//! Institutions that a letter may go to: only those of the directory, only while their registration runs
//! (Foreign Patient Act Art. 6(2), 28).

use crate::case::Case;
use crate::clock::kst_day;
use crate::field::Invalid;
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

/// The id of the test institution. No random id is it: where those have their version there is a zero.
const SYNTHETIC: &str = "prv_7e570000000000000000000000000000";

/// Where its mails go: Amazon SES's mailbox simulator takes every mail, tells of its delivery, and shows it to nobody.
const SIMULATOR: &str = "success@simulator.amazonses.com";

impl Provider {
    /// The test institution, which stands in no directory: letters of test patients go there, and to nobody.
    ///
    /// # Errors
    /// Never: its values are constants, and a test makes one.
    pub fn synthetic() -> Result<Self, Invalid> {
        Ok(Self {
            id: SYNTHETIC.parse()?,
            name_ko: "시험용 기관 (실제 기관 아님)".to_owned(),
            name_en: "Test institution (not a real one)".to_owned(),
            department_ko: "시험".to_owned(),
            department_en: "Test".to_owned(),
            contact_email: Email::parse(SIMULATOR)?,
            registration_number: "TEST-000000".to_owned(),
            registration_expires_on: NaiveDate::MAX,
            active: true,
        })
    }

    /// Whether an id is the test institution's.
    pub fn is_synthetic(id: &ProviderId) -> bool {
        id.as_str() == SYNTHETIC
    }

    /// Whether a patient's letter may be sent there today.
    pub fn may_receive(&self, now: DateTime<Utc>) -> bool {
        !Self::is_synthetic(&self.id) && self.active && kst_day(now) <= self.registration_expires_on
    }

    /// Whether a letter of this case may be sent there today: a test patient's to the test institution alone, and nobody else's to it.
    pub fn takes(&self, case: &Case, now: DateTime<Utc>) -> bool {
        if case.synthetic { Self::is_synthetic(&self.id) } else { self.may_receive(now) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::id::Subject;

    #[test]
    fn test_patients_and_the_test_institution_meet_each_other_and_nobody_else() {
        let now = "2026-11-23T00:00:00Z".parse().unwrap();
        let test = Provider::synthetic().unwrap();
        let real = Provider {
            id: ProviderId::new(),
            registration_expires_on: NaiveDate::from_ymd_opt(2027, 1, 1).unwrap(),
            ..test.clone()
        };
        let (synthetic, patient) =
            (Case::synthetic(Subject::of("x"), false, now), Case::new(Subject::of("y"), false, now));
        assert!(test.takes(&synthetic, now) && real.takes(&patient, now));
        assert!(!test.takes(&patient, now) && !real.takes(&synthetic, now));
        assert!(real.may_receive(now) && !test.may_receive(now));
        let stopped = Provider { active: false, ..real };
        assert!(!stopped.takes(&patient, now) && !stopped.takes(&synthetic, now));
    }
}
