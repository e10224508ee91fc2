//! One result or medicine, each field as printed. Numbers stay text here: what they mean is the business of who judges.

use crate::clock::kst_day;
use crate::field::Invalid;
use crate::health::{PartialDate, Phrase};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// A test result.
    Result(ResultEntry),
    /// A medicine.
    Medicine(MedicineEntry),
}

/// A test result as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultEntry {
    /// The test's name.
    pub name: Phrase,
    /// The value: `7.4`, `<0.01`, `1+`, `음성`, `120/80`.
    pub value: Phrase,
    /// The unit, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Phrase>,
    /// The report's own reference range, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Phrase>,
    /// The report's own flag: `H`, `▲`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<Phrase>,
    /// The day of the sample; needed before the result may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// The specimen, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen: Option<Phrase>,
    /// A LOINC code beside the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<Phrase>,
    /// Who measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<Phrase>,
}

/// A medicine as printed; each number stands under the heading that it was printed under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedicineEntry {
    /// The medicine's name.
    pub name: Phrase,
    /// The dose each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<Phrase>,
    /// The dose of a whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_dose: Option<Phrase>,
    /// How often a day, or when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Phrase>,
    /// For how many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Phrase>,
    /// How it is taken, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directions: Option<Phrase>,
    /// The day of the prescription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
}

impl Entry {
    /// Whether it may be used: a result needs its day, and no day lies in the future (Asia/Seoul).
    ///
    /// # Errors
    /// The field and what is wrong with it.
    pub fn usable(&self, now: DateTime<Utc>) -> Result<(), (&'static str, Invalid)> {
        let date = match self {
            Self::Result(result) => Some(result.date.as_ref().ok_or(("date", Invalid::Missing))?),
            Self::Medicine(medicine) => medicine.date.as_ref(),
        };
        if date.is_some_and(|date| date.earliest() > kst_day(now)) {
            return Err(("date", Invalid::FutureDate));
        }
        Ok(())
    }
}
