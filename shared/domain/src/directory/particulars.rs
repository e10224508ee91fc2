//! What staff may set about an institution, and the note of a call, each with its form.

use super::Refusal;
use crate::clock::kst_day;
use crate::field::Invalid;
use crate::id::ProviderId;
use crate::person::{Email, Phone, iso_date};
use crate::provider::Provider;
use crate::text::{Lines, check};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A name of an institution or department: one line, at most 120 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// A registration number for attracting foreign patients: groups of capital letters and digits joined by single hyphens,
/// 4 to 32 characters, at least one digit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegistrationNumber(String);

/// A calendar day, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub NaiveDate);

impl TryFrom<String> for Label {
    type Error = Invalid;
    fn try_from(raw: String) -> Result<Self, Invalid> {
        check(&raw, 120, Lines::One).map(Self)
    }
}

impl TryFrom<String> for RegistrationNumber {
    type Error = Invalid;
    fn try_from(raw: String) -> Result<Self, Invalid> {
        let group = |g: &str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let ok = (4..=32).contains(&raw.len()) && raw.split('-').all(group) && raw.bytes().any(|b| b.is_ascii_digit());
        if ok { Ok(Self(raw)) } else { Err(Invalid::Format) }
    }
}

impl TryFrom<String> for Day {
    type Error = Invalid;
    fn try_from(raw: String) -> Result<Self, Invalid> {
        iso_date(&raw).map(Self)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl From<RegistrationNumber> for String {
    fn from(number: RegistrationNumber) -> Self {
        number.0
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.format("%Y-%m-%d").to_string()
    }
}

/// Everything that staff may set about an institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// Name in Korean.
    pub name_ko: Label,
    /// Name in English.
    pub name_en: Label,
    /// Department in Korean.
    pub department_ko: Label,
    /// Department in English.
    pub department_en: Label,
    /// The mailbox that links go to.
    pub contact_email: Email,
    /// Registration number.
    pub registration_number: RegistrationNumber,
    /// Last day of the registration (Asia/Seoul).
    pub registration_expires_on: Day,
    /// Whether it takes referrals.
    pub active: bool,
}

/// A field of [`Particulars`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `name_ko`.
    NameKo,
    /// `name_en`.
    NameEn,
    /// `department_ko`.
    DepartmentKo,
    /// `department_en`.
    DepartmentEn,
    /// `contact_email`.
    ContactEmail,
    /// `registration_number`.
    RegistrationNumber,
    /// `registration_expires_on`.
    RegistrationExpiresOn,
    /// `active`.
    Active,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 8] = [
        Self::NameKo,
        Self::NameEn,
        Self::DepartmentKo,
        Self::DepartmentEn,
        Self::ContactEmail,
        Self::RegistrationNumber,
        Self::RegistrationExpiresOn,
        Self::Active,
    ];

    pub(super) fn differs(self, before: &Provider, after: &Provider) -> bool {
        match self {
            Self::NameKo => before.name_ko != after.name_ko,
            Self::NameEn => before.name_en != after.name_en,
            Self::DepartmentKo => before.department_ko != after.department_ko,
            Self::DepartmentEn => before.department_en != after.department_en,
            Self::ContactEmail => before.contact_email != after.contact_email,
            Self::RegistrationNumber => before.registration_number != after.registration_number,
            Self::RegistrationExpiresOn => before.registration_expires_on != after.registration_expires_on,
            Self::Active => before.active != after.active,
        }
    }

    /// Whether a wrong value lets the wrong people read, or sends a letter to somebody who may not have it.
    pub(super) const fn needs_a_call(self) -> bool {
        match self {
            Self::ContactEmail | Self::RegistrationNumber | Self::RegistrationExpiresOn => true,
            Self::NameKo | Self::NameEn | Self::DepartmentKo | Self::DepartmentEn | Self::Active => false,
        }
    }
}

impl Particulars {
    /// The institution as it would be.
    pub fn provider(&self, id: &ProviderId) -> Provider {
        let Self { name_ko, name_en, department_ko, department_en, contact_email, .. } = self.clone();
        Provider {
            id: id.clone(),
            name_ko: name_ko.into(),
            name_en: name_en.into(),
            department_ko: department_ko.into(),
            department_en: department_en.into(),
            contact_email,
            registration_number: self.registration_number.clone().into(),
            registration_expires_on: self.registration_expires_on.0,
            active: self.active,
        }
    }
}

/// Where the number that was called came from: never from the message that asks for the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberSource {
    /// The public record of registered institutions.
    RegistrationRecord,
    /// The institution's own website.
    Website,
    /// A contact that was verified before.
    KnownContact,
}

/// Whom the caller spoke to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpokenTo {
    /// The switchboard or reception.
    Reception,
    /// The office for international patients.
    InternationalOffice,
    /// The department itself.
    Department,
    /// Administration.
    Administration,
    /// The institution's privacy officer.
    PrivacyOfficer,
}

/// That somebody called the institution back at a number they looked up themselves. Coded: no name of a person is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// Where the number came from.
    pub number_from: NumberSource,
    /// The institution's number that was called.
    pub number: Phone,
    /// When (Asia/Seoul).
    pub called_on: Day,
    /// Whom they spoke to.
    pub spoken_to_role: SpokenTo,
}

impl CallBack {
    /// Checks the day: not after today, and where it confirms a proposal not before that was made.
    pub(super) fn check(&self, since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.called_on.0 > kst_day(now) {
            return Err(Refusal::CallBack(Invalid::FutureDate));
        }
        if since.is_some_and(|at| self.called_on.0 < kst_day(at)) {
            return Err(Refusal::CallBack(Invalid::OutOfRange));
        }
        Ok(())
    }
}
