//! What of an intake may be handed on: the parts that the patient agreed to, and nothing else (PIPA Art. 16, 17: the
//! minimum, and only what was consented to).
//!
//! A letter is made from a [`Disclosure`], never from the intake. What was not agreed to is dropped where the disclosure
//! is made, so that no later mistake can print it: it is not there.

use crate::consent::{DataItem, Item};
use crate::health::{Allergy, Condition, Listing, Medication, Said, Story, Symptom, TestResult, Urgency};
use crate::intake::{CompleteIntake, limit};
use crate::person::{BirthDate, Country, Email, Language, PersonName, Phone, Sex};
use std::collections::BTreeSet;

/// A part of the patient's information: given, or left out without a trace of what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Section<T> {
    /// The patient agreed to hand it on.
    Given(T),
    /// The patient did not; whether there is anything in it is not told either.
    Withheld,
}

impl<T> Section<T> {
    /// Keeps the value where it was agreed to, drops it where it was not.
    fn of(agreed: bool, value: T) -> Self {
        if agreed { Self::Given(value) } else { Self::Withheld }
    }

    /// What is given.
    pub const fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Withheld => None,
        }
    }

    /// Whether it is given.
    pub const fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }
}

impl<T, const MAX: usize> Section<Listing<T, MAX>> {
    /// The entries of a list that is given; a withheld list has none to show.
    pub fn items(&self) -> &[T] {
        self.given().map_or(&[], Listing::items)
    }
}

/// Who the patient is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name as the patient writes it.
    pub name: PersonName,
    /// The name in Latin letters, where the first is in another script.
    pub name_romanised: Option<PersonName>,
    /// Birth date.
    pub birth_date: BirthDate,
    /// Administrative gender.
    pub sex: Sex,
}

/// How the patient is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Telephone.
    pub phone: Phone,
    /// Email.
    pub email: Email,
}

/// Where the patient lives and what they speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Residence {
    /// Country of residence.
    pub country: Country,
    /// Languages, the best one first.
    pub languages: Vec<Language>,
}

/// What the patient worries about and hopes for, as far as they said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerns {
    /// Worries.
    pub concerns: Option<Said<Story>>,
    /// Hopes.
    pub expectations: Option<Said<Story>>,
}

/// Parts without which there is no letter were not agreed to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not agreed to, but required: {}", codes(.items))]
pub struct MissingRequired {
    /// Those parts.
    pub items: Vec<DataItem>,
}

fn codes(items: &[DataItem]) -> String {
    items.iter().map(|i| i.code()).collect::<Vec<_>>().join(", ")
}

/// What may be handed on. Its fields are private: nothing can be put back into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    identity: Identity,
    contact: Section<Contact>,
    residence: Section<Residence>,
    reason: Said<Story>,
    urgency: Urgency,
    symptoms: Section<Listing<Symptom, { limit::SYMPTOMS }>>,
    history: Section<Listing<Condition, { limit::HISTORY }>>,
    allergies: Section<Listing<Allergy, { limit::ALLERGIES }>>,
    medications: Section<Listing<Medication, { limit::MEDICATIONS }>>,
    results: Section<Listing<TestResult, { limit::RESULTS }>>,
    concerns: Section<Concerns>,
}

impl Disclosure {
    /// Every part that can be handed on, in the order in which the items of consent name them.
    pub fn parts() -> impl Iterator<Item = DataItem> {
        [Item::P, Item::Ps].into_iter().flat_map(Item::data_items).copied()
    }

    /// Keeps of an intake what was agreed to; the rest is dropped here. Parts that no intake has (a guardian's contact) are
    /// never handed on and change nothing.
    ///
    /// # Errors
    /// [`MissingRequired`] with the parts that a letter cannot do without.
    pub fn of(intake: CompleteIntake, items: &BTreeSet<DataItem>) -> Result<Self, MissingRequired> {
        let required = [Item::P, Item::Ps].into_iter().flat_map(Item::required).copied();
        let missing: Vec<DataItem> = required.filter(|item| !items.contains(item)).collect();
        if !missing.is_empty() {
            return Err(MissingRequired { items: missing });
        }
        let agreed = |item| items.contains(&item);
        // Taken apart in full, so that a new field of the intake has to find its part here.
        let CompleteIntake {
            name,
            name_romanised,
            birth_date,
            sex,
            phone,
            email,
            country,
            languages,
            reason,
            urgency,
            symptoms,
            history,
            allergies,
            medications,
            results,
            concerns,
            expectations,
        } = intake;
        Ok(Self {
            identity: Identity { name, name_romanised, birth_date, sex },
            contact: Section::of(agreed(DataItem::Contact), Contact { phone, email }),
            residence: Section::of(agreed(DataItem::Residence), Residence { country, languages }),
            reason,
            urgency,
            symptoms: Section::of(agreed(DataItem::Symptoms), symptoms),
            history: Section::of(agreed(DataItem::History), history),
            allergies: Section::of(agreed(DataItem::Allergies), allergies),
            medications: Section::of(agreed(DataItem::Medications), medications),
            results: Section::of(agreed(DataItem::Results), results),
            concerns: Section::of(agreed(DataItem::Concerns), Concerns { concerns, expectations }),
        })
    }

    /// Whether a part is given.
    pub const fn gives(&self, item: DataItem) -> bool {
        match item {
            DataItem::Identity | DataItem::Reason => true,
            DataItem::Contact => self.contact.is_given(),
            DataItem::Residence => self.residence.is_given(),
            DataItem::Symptoms => self.symptoms.is_given(),
            DataItem::History => self.history.is_given(),
            DataItem::Allergies => self.allergies.is_given(),
            DataItem::Medications => self.medications.is_given(),
            DataItem::Results => self.results.is_given(),
            DataItem::Concerns => self.concerns.is_given(),
            DataItem::Guardian => false,
        }
    }

    /// The parts that are given: what a provision of this has to be covered by.
    pub fn items(&self) -> BTreeSet<DataItem> {
        Self::parts().filter(|item| self.gives(*item)).collect()
    }

    /// Who the patient is.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How the patient is reached.
    pub const fn contact(&self) -> &Section<Contact> {
        &self.contact
    }

    /// Where the patient lives and what they speak.
    pub const fn residence(&self) -> &Section<Residence> {
        &self.residence
    }

    /// Why the patient seeks care.
    pub const fn reason(&self) -> &Said<Story> {
        &self.reason
    }

    /// How soon.
    pub const fn urgency(&self) -> Urgency {
        self.urgency
    }

    /// Symptoms.
    pub const fn symptoms(&self) -> &Section<Listing<Symptom, { limit::SYMPTOMS }>> {
        &self.symptoms
    }

    /// Past and present illnesses.
    pub const fn history(&self) -> &Section<Listing<Condition, { limit::HISTORY }>> {
        &self.history
    }

    /// Allergies.
    pub const fn allergies(&self) -> &Section<Listing<Allergy, { limit::ALLERGIES }>> {
        &self.allergies
    }

    /// Medicines.
    pub const fn medications(&self) -> &Section<Listing<Medication, { limit::MEDICATIONS }>> {
        &self.medications
    }

    /// Test results.
    pub const fn results(&self) -> &Section<Listing<TestResult, { limit::RESULTS }>> {
        &self.results
    }

    /// Worries and hopes.
    pub const fn concerns(&self) -> &Section<Concerns> {
        &self.concerns
    }
}

#[cfg(test)]
mod tests;
