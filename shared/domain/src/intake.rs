//! The patient's story as a draft that may have gaps, and as a complete intake that a letter can be made from.

use crate::clock::kst_day;
use crate::field::{FieldError, Invalid};
use crate::health::{
    Allergy, Condition, Listing, Medication, PartialDate, ResultValue, Said, Story, Symptom, TestResult, Urgency,
};
use crate::person::{BirthDate, Country, Email, Language, PersonName, Phone, Sex};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Below this age (full years, Asia/Seoul) a guardian must act (PIPA Art. 22-2).
pub const AGE_OF_CONSENT: i32 = 14;

/// Most entries of each list. Together with the letter's own resources they stay under 200 entries of a FHIR Bundle.
pub mod limit {
    /// Symptoms.
    pub const SYMPTOMS: usize = 20;
    /// Illnesses, operations, injuries.
    pub const HISTORY: usize = 25;
    /// Allergies and intolerances.
    pub const ALLERGIES: usize = 20;
    /// Medicines.
    pub const MEDICATIONS: usize = 40;
    /// Test results.
    pub const RESULTS: usize = 80;
    /// Languages.
    pub const LANGUAGES: usize = 5;
}

/// Basic information (policy clause P2, consent item G1). Every field may still be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasicDraft {
    /// The name as the patient writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The name in Latin letters, where the first is in another script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_romanised: Option<PersonName>,
    /// Birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<BirthDate>,
    /// Administrative gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Telephone in international form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Country of residence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Languages, the best one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
}

/// Health information (sensitive, consent item S1). Every field may still be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthDraft {
    /// Why the patient seeks care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Said<Story>>,
    /// How soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// Symptoms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symptoms: Option<Listing<Symptom, { limit::SYMPTOMS }>>,
    /// Past and present illnesses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Listing<Condition, { limit::HISTORY }>>,
    /// Allergies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allergies: Option<Listing<Allergy, { limit::ALLERGIES }>>,
    /// Medicines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medications: Option<Listing<Medication, { limit::MEDICATIONS }>>,
    /// Test results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<Listing<TestResult, { limit::RESULTS }>>,
    /// What the patient worries about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concerns: Option<Said<Story>>,
    /// What the patient hopes for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectations: Option<Said<Story>>,
}

/// Why basic information cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasicRefusal {
    /// Fields that break a rule.
    Fields(Vec<FieldError>),
    /// The patient is under 14: a guardian must act, nothing is stored.
    GuardianNeeded,
}

impl BasicDraft {
    /// The rules that need the clock or several fields; `minor` when the case was opened for a child, for whom a guardian has
    /// agreed to this.
    ///
    /// # Errors
    /// [`BasicRefusal`].
    pub fn check(&self, minor: bool, now: DateTime<Utc>) -> Result<(), BasicRefusal> {
        let mut errors = Vec::new();
        if let Some(birth) = self.birth_date {
            match birth.age(kst_day(now)) {
                Ok(age) if age < AGE_OF_CONSENT && !minor => return Err(BasicRefusal::GuardianNeeded),
                Ok(age) if age > 130 => errors.push(FieldError::new("/birth_date", Invalid::OutOfRange)),
                Ok(_) => {}
                Err(why) => errors.push(FieldError::new("/birth_date", why)),
            }
        }
        if self.languages.len() > limit::LANGUAGES {
            errors.push(FieldError::new("/languages", Invalid::TooLong));
        }
        for (i, language) in self.languages.iter().enumerate() {
            if self.languages[..i].contains(language) {
                errors.push(FieldError::new(format!("/languages/{i}"), Invalid::Duplicate));
            }
        }
        if let Some(roman) = &self.name_romanised
            && !roman.expose().chars().all(is_latin)
        {
            errors.push(FieldError::new("/name_romanised", Invalid::Format));
        }
        if errors.is_empty() { Ok(()) } else { Err(BasicRefusal::Fields(errors)) }
    }

    /// Pointers of what is still missing.
    fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut need = |there: bool, pointer| {
            if !there {
                missing.push(pointer);
            }
        };
        need(self.name.is_some(), "/basic/name");
        // A name in another script needs a spelling that a hospital abroad can type.
        let latin = self.name.as_ref().is_none_or(|n| n.expose().chars().all(is_latin));
        need(latin || self.name_romanised.is_some(), "/basic/name_romanised");
        need(self.birth_date.is_some(), "/basic/birth_date");
        need(self.sex.is_some(), "/basic/sex");
        need(self.phone.is_some(), "/basic/phone");
        need(self.email.is_some(), "/basic/email");
        need(self.country.is_some(), "/basic/country");
        need(!self.languages.is_empty(), "/basic/languages");
        missing
    }
}

/// Latin letters with any accents, and what stands between the parts of a name.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, ' ' | '-' | '\'' | '’' | '.' | ',')
        || (c.is_alphabetic() && matches!(u32::from(c), 0x00C0..=0x024F | 0x1E00..=0x1EFF))
        || matches!(u32::from(c), 0x0300..=0x036F)
}

impl HealthDraft {
    /// The rules that need the clock or several fields.
    ///
    /// # Errors
    /// Every field that breaks one.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Vec<FieldError>> {
        let today = kst_day(now);
        let mut errors = Vec::new();
        let mut past = |pointer: String, date: Option<&PartialDate>| {
            if date.is_some_and(|d| d.earliest() > today) {
                errors.push(FieldError::new(pointer, Invalid::FutureDate));
            }
        };
        for (i, s) in entries(self.symptoms.as_ref()).iter().enumerate() {
            past(format!("/symptoms/items/{i}/since"), s.since.as_ref());
        }
        for (i, c) in entries(self.history.as_ref()).iter().enumerate() {
            past(format!("/history/items/{i}/since"), c.since.as_ref());
        }
        for (i, m) in entries(self.medications.as_ref()).iter().enumerate() {
            past(format!("/medications/items/{i}/since"), m.since.as_ref());
        }
        for (i, r) in entries(self.results.as_ref()).iter().enumerate() {
            past(format!("/results/items/{i}/collected_on"), Some(&r.collected_on));
        }
        for (i, r) in entries(self.results.as_ref()).iter().enumerate() {
            if let ResultValue::Quantity(q) = &r.value
                && let (Some(low), Some(high)) = (q.low, q.high)
                && low > high
            {
                errors.push(FieldError::new(format!("/results/items/{i}/value/quantity/low"), Invalid::OutOfRange));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Pointers of what is still missing.
    fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut need = |there: bool, pointer| {
            if !there {
                missing.push(pointer);
            }
        };
        need(self.reason.is_some(), "/health/reason");
        need(self.urgency.is_some(), "/health/urgency");
        need(self.symptoms.is_some(), "/health/symptoms");
        need(self.history.is_some(), "/health/history");
        need(self.allergies.is_some(), "/health/allergies");
        need(self.medications.is_some(), "/health/medications");
        need(self.results.is_some(), "/health/results");
        missing
    }
}

fn entries<T, const MAX: usize>(list: Option<&Listing<T, MAX>>) -> &[T] {
    list.map_or(&[], |l| l.items())
}

/// A draft of both parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Basic information, once given.
    pub basic: Option<BasicDraft>,
    /// Health information, once given.
    pub health: Option<HealthDraft>,
}

/// Everything that a letter needs, with nothing missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteIntake {
    /// The name as the patient writes it.
    pub name: PersonName,
    /// The name in Latin letters, where the first is in another script.
    pub name_romanised: Option<PersonName>,
    /// Birth date.
    pub birth_date: BirthDate,
    /// Administrative gender.
    pub sex: Sex,
    /// Telephone.
    pub phone: Phone,
    /// Email.
    pub email: Email,
    /// Country of residence.
    pub country: Country,
    /// Languages, the best one first.
    pub languages: Vec<Language>,
    /// Why the patient seeks care.
    pub reason: Said<Story>,
    /// How soon.
    pub urgency: Urgency,
    /// Symptoms.
    pub symptoms: Listing<Symptom, { limit::SYMPTOMS }>,
    /// Past and present illnesses.
    pub history: Listing<Condition, { limit::HISTORY }>,
    /// Allergies.
    pub allergies: Listing<Allergy, { limit::ALLERGIES }>,
    /// Medicines.
    pub medications: Listing<Medication, { limit::MEDICATIONS }>,
    /// Test results.
    pub results: Listing<TestResult, { limit::RESULTS }>,
    /// What the patient worries about.
    pub concerns: Option<Said<Story>>,
    /// What the patient hopes for.
    pub expectations: Option<Said<Story>>,
}

impl Draft {
    /// Pointers of what is still missing, in the order of the form.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = self.basic.clone().unwrap_or_default().missing();
        missing.extend(self.health.clone().unwrap_or_default().missing());
        missing
    }

    /// The complete intake.
    ///
    /// # Errors
    /// The pointers of what is missing, as [`FieldError`]s with code `missing`.
    pub fn complete(&self) -> Result<CompleteIntake, Vec<FieldError>> {
        let missing = self.missing();
        let refuse = || self.missing().into_iter().map(|p| FieldError::new(p, Invalid::Missing)).collect::<Vec<_>>();
        if !missing.is_empty() {
            return Err(refuse());
        }
        let basic = self.basic.clone().ok_or_else(refuse)?;
        let health = self.health.clone().ok_or_else(refuse)?;
        Ok(CompleteIntake {
            name: basic.name.ok_or_else(refuse)?,
            name_romanised: basic.name_romanised,
            birth_date: basic.birth_date.ok_or_else(refuse)?,
            sex: basic.sex.ok_or_else(refuse)?,
            phone: basic.phone.ok_or_else(refuse)?,
            email: basic.email.ok_or_else(refuse)?,
            country: basic.country.ok_or_else(refuse)?,
            languages: basic.languages,
            reason: health.reason.ok_or_else(refuse)?,
            urgency: health.urgency.ok_or_else(refuse)?,
            symptoms: health.symptoms.ok_or_else(refuse)?,
            history: health.history.ok_or_else(refuse)?,
            allergies: health.allergies.ok_or_else(refuse)?,
            medications: health.medications.ok_or_else(refuse)?,
            results: health.results.ok_or_else(refuse)?,
            concerns: health.concerns,
            expectations: health.expectations,
        })
    }
}
