//! How the service reaches a patient, and a child's guardian: kept apart from the story, under a key of its own, so that the
//! function that sends mail can open this and nothing else.

use crate::clock::{birthday, start_of_kst_day};
use crate::consent::TextLanguage;
use crate::intake::AGE_OF_CONSENT;
use crate::person::{BirthDate, Email, Language, PersonName, Phone};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a guardian is to the child (Civil Act Art. 909, 928: parents, else an appointed guardian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relationship {
    /// Mother or father.
    Parent,
    /// Appointed by a court or by will.
    LegalGuardian,
}

/// A child's guardian. Only name and contact may be taken from the child before the guardian agreed (PIPA Art. 22-2(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardian {
    /// Name.
    pub name: PersonName,
    /// The mailbox that the one-time code goes to.
    pub email: Email,
    /// Telephone, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// What they are to the child.
    pub relationship: Relationship,
    /// The language of mails to them.
    pub language: TextLanguage,
}

/// Where mails go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// The patient's mailbox, once told.
    pub email: Option<Email>,
    /// The language of mails to the patient.
    pub language: TextLanguage,
    /// The guardian, once named.
    pub guardian: Option<Guardian>,
    /// Grows with each new mailbox of a guardian: a code to the one before verifies nobody.
    pub guardian_rev: u32,
    /// The first moment of the 14th birthday in Seoul, once the birth date of a child is told.
    pub of_age_at: Option<DateTime<Utc>>,
}

impl Default for ContactCard {
    fn default() -> Self {
        Self { email: None, language: TextLanguage::En, guardian: None, guardian_rev: 0, of_age_at: None }
    }
}

impl ContactCard {
    /// The card after basic information was given.
    #[must_use]
    pub fn with_basic(
        mut self,
        minor: bool,
        email: Option<&Email>,
        languages: &[Language],
        birth: Option<BirthDate>,
    ) -> Self {
        self.email = email.cloned();
        // Mails are written in Korean and English; whoever does not name Korean gets English.
        let korean = languages.iter().any(|l| l.expose() == "ko");
        self.language = if korean { TextLanguage::Ko } else { TextLanguage::En };
        self.of_age_at = birth.filter(|_| minor).map(of_age_at);
        self
    }
}

/// The first moment of the day on which a person is 14, in Asia/Seoul.
pub fn of_age_at(birth: BirthDate) -> DateTime<Utc> {
    start_of_kst_day(birthday(birth.expose(), AGE_OF_CONSENT))
}
