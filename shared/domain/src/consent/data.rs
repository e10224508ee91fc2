//! What a consent speaks about: the parts of a patient's information that can be agreed to, and so left out, one by one.

use super::Item;
use serde::{Deserialize, Serialize};

/// A part of the patient's information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataItem {
    /// Name, its romanised form, birth date, administrative gender.
    Identity,
    /// Telephone and email.
    Contact,
    /// Country of residence and languages.
    Residence,
    /// Why the patient seeks care, and how soon.
    Reason,
    /// Symptoms.
    Symptoms,
    /// Past and present illnesses.
    History,
    /// Allergies and intolerances.
    Allergies,
    /// Medicines.
    Medications,
    /// Test results.
    Results,
    /// What the patient worries about and hopes for.
    Concerns,
    /// A guardian's name and contact.
    Guardian,
}

const GENERAL: [DataItem; 3] = [DataItem::Identity, DataItem::Contact, DataItem::Residence];
const SENSITIVE: [DataItem; 7] = [
    DataItem::Reason,
    DataItem::Symptoms,
    DataItem::History,
    DataItem::Allergies,
    DataItem::Medications,
    DataItem::Results,
    DataItem::Concerns,
];

impl DataItem {
    /// Every part.
    pub const ALL: [Self; 11] = [
        Self::Identity,
        Self::Contact,
        Self::Residence,
        Self::Reason,
        Self::Symptoms,
        Self::History,
        Self::Allergies,
        Self::Medications,
        Self::Results,
        Self::Concerns,
        Self::Guardian,
    ];

    /// The code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Residence => "residence",
            Self::Reason => "reason",
            Self::Symptoms => "symptoms",
            Self::History => "history",
            Self::Allergies => "allergies",
            Self::Medications => "medications",
            Self::Results => "results",
            Self::Concerns => "concerns",
            Self::Guardian => "guardian",
        }
    }

    /// What it is called, in Korean and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Identity => ("성명, 생년월일, 성별", "name, birth date, sex"),
            Self::Contact => ("전화번호, 이메일", "telephone, email"),
            Self::Residence => ("거주 국가, 사용 언어", "country of residence, languages"),
            Self::Reason => ("의뢰 사유와 긴급도", "reason for seeking care, urgency"),
            Self::Symptoms => ("증상", "symptoms"),
            Self::History => ("과거력과 현재 질환", "past and present illnesses"),
            Self::Allergies => ("알레르기", "allergies"),
            Self::Medications => ("복용 약", "medicines"),
            Self::Results => ("검사 결과", "test results"),
            Self::Concerns => ("걱정과 기대", "concerns and expectations"),
            Self::Guardian => ("법정대리인의 성명과 연락처", "the guardian's name and contact"),
        }
    }
}

impl Item {
    /// What the item speaks about.
    pub const fn data_items(self) -> &'static [DataItem] {
        match self {
            Self::G1 | Self::P => &GENERAL,
            Self::S1 | Self::Ps => &SENSITIVE,
            Self::E1 => &[DataItem::Medications, DataItem::Results],
            Self::X1 => &DataItem::ALL,
            Self::K1 => &[DataItem::Guardian],
        }
    }

    /// Parts that cannot be left out of an agreement. Only provision can be narrowed: a letter needs to say who is
    /// referred and why, everything else is the patient's choice (PIPA Art. 16: the minimum).
    pub const fn required(self) -> &'static [DataItem] {
        match self {
            Self::P => &[DataItem::Identity],
            Self::Ps => &[DataItem::Reason],
            Self::G1 | Self::S1 | Self::E1 | Self::X1 | Self::K1 => self.data_items(),
        }
    }
}
