//! Who the patient is, as a letter shows it: the head of the page, and what of it may be left out.

use super::{Label, Part, redacted};
use crate::names;
use chrono::{DateTime, Utc};
use medius_domain::clock::{kst_day, years_between};
use medius_domain::disclosure::{Contact, Disclosure, Residence};
use medius_domain::person::Sex;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientView {
    /// The name as the patient writes it.
    pub name: String,
    /// In Latin letters, where the first is in another script.
    pub name_romanised: Option<String>,
    /// ISO 8601 date.
    pub birth_date: String,
    /// Full years on the day of issue.
    pub age: String,
    /// Administrative gender.
    pub sex: Label,
    /// How they are reached.
    pub contact: Part<ContactView>,
    /// Where they live and what they speak.
    pub residence: Part<ResidenceView>,
}

/// How the patient is reached.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// Telephone.
    pub phone: String,
    /// Email.
    pub email: String,
}

/// Where the patient lives and what they speak.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidenceView {
    /// Country of residence.
    pub country: Label,
    /// Languages, the best one first.
    pub languages: Vec<Label>,
}

redacted!(PatientView, ContactView, ResidenceView);

/// Who the patient is on the day of issue.
pub(super) fn patient(disclosure: &Disclosure, at: DateTime<Utc>) -> PatientView {
    let who = disclosure.identity();
    let born = who.birth_date.expose();
    PatientView {
        name: who.name.expose().to_owned(),
        name_romanised: who.name_romanised.as_ref().map(|n| n.expose().to_owned()),
        birth_date: born.to_string(),
        age: years_between(born, kst_day(at)).to_string(),
        sex: sex(who.sex),
        contact: Part::new(disclosure.contact(), contact),
        residence: Part::new(disclosure.residence(), residence),
    }
}

fn contact(contact: &Contact) -> ContactView {
    ContactView { phone: contact.phone.expose().to_owned(), email: contact.email.expose().to_owned() }
}

fn residence(residence: &Residence) -> ResidenceView {
    ResidenceView {
        country: names::country(&residence.country),
        languages: residence.languages.iter().map(names::language).collect(),
    }
}

fn sex(sex: Sex) -> Label {
    match sex {
        Sex::Female => Label::new("여성", "Female"),
        Sex::Male => Label::new("남성", "Male"),
        Sex::Other => Label::new("기타", "Other"),
        Sex::Unknown => Label::new("밝히지 않음", "Not told"),
    }
}
