//! Medicines and what happens between them.

use super::{Aliases, Name, Review, Sentence};
use serde::{Deserialize, Deserializer, Serialize};

/// Codes of a medicine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedicineCodes {
    /// HIRA ingredient codes, 9 characters.
    #[serde(default)]
    pub hira: Vec<String>,
    /// RxNorm.
    #[serde(default)]
    pub rxnorm: Vec<String>,
}

/// What is said about a medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedicineText {
    /// What it is taken for.
    #[serde(rename = "for")]
    pub purpose: Sentence,
    /// How it is taken.
    pub how: Sentence,
    /// What to look out for.
    pub cautions: Vec<Sentence>,
    /// Food and drink.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub food: Option<Sentence>,
    /// Pregnancy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pregnancy: Option<Sentence>,
}

/// One name or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Names(pub Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            None,
            One(String),
            Many(Vec<String>),
        }
        Ok(Self(match Either::deserialize(from)? {
            Either::None => Vec::new(),
            Either::One(name) => vec![name],
            Either::Many(names) => names,
        }))
    }
}

/// A medicine ingredient, or a fixed combination of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medicine {
    /// Stable id.
    pub id: String,
    /// Where a report lists it.
    pub group: String,
    /// What it is called.
    pub name: Name,
    /// Other names: ingredient and brands.
    pub aliases: Aliases,
    /// Codes.
    #[serde(default)]
    pub codes: MedicineCodes,
    /// Ingredients of a fixed combination.
    #[serde(default)]
    pub components: Vec<String>,
    /// Classes for duplicates and interactions.
    #[serde(default)]
    pub class: Names,
    /// What is said about it.
    pub text: MedicineText,
    /// Who reviewed it.
    pub review: Review,
}

/// One side of an interaction: an ingredient or a class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// Id of a medicine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingredient: Option<String>,
    /// Name of a class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

/// How much weight a notice gives to an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Usually not given together.
    Avoid,
    /// Given together with care.
    Caution,
}

/// A known interaction of two medicines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interaction {
    /// Stable id.
    pub id: String,
    /// The two sides.
    pub between: [Side; 2],
    /// Its weight.
    pub severity: Severity,
    /// What can happen.
    pub text: Sentence,
    /// What to ask.
    pub ask: Sentence,
    /// Who reviewed it.
    pub review: Review,
}
