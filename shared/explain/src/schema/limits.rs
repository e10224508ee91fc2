//! Ranges, bands and critical limits, and whom they hold for.

use super::Exact;
use serde::{Deserialize, Serialize};

/// Limits between which a value can be believed, both included, in the canonical unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plausible {
    /// Least.
    pub min: Exact,
    /// Greatest.
    pub max: Exact,
}

/// Whom limits hold for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ForSex {
    #[default]
    Any,
    Female,
    Male,
}

/// Whether limits hold in pregnancy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ForPregnant {
    #[default]
    Any,
    No,
    Yes,
}

/// Ages in completed years: `from` included, `below` excluded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// From this birthday on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u16>,
    /// Until the day before this birthday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<u16>,
}

/// A reference range in the canonical unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Whom it holds for.
    #[serde(default)]
    pub sex: ForSex,
    /// Whom it holds for.
    #[serde(default)]
    pub age: Ages,
    /// Whom it holds for.
    #[serde(default)]
    pub pregnant: ForPregnant,
    /// Trimesters (1 to 3) that it holds for; all of them when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trimester: Vec<u8>,
    /// Lower limit, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Exact>,
    /// Lower limit, excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Exact>,
    /// Upper limit, excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Exact>,
    /// Upper limit, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Exact>,
    /// Id of the source.
    pub source: String,
}

/// The classes of the Korean national screening (건강검진 실시기준, annex 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// 정상 A.
    NormalA,
    /// 정상 B (경계).
    NormalB,
    /// 질환의심: the screening asks for another test; no diagnosis.
    Suspected,
}

/// A band of a screening: numbers, or words of the scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Its class.
    pub is: Class,
    /// Lower limit, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Exact>,
    /// Lower limit, excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Exact>,
    /// Upper limit, excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Exact>,
    /// Upper limit, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Exact>,
    /// Words of the scale that lie in the band.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// Bands of the national screening for some people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screening {
    /// Whom they hold for.
    #[serde(default)]
    pub sex: ForSex,
    /// Whom they hold for.
    #[serde(default)]
    pub age: Ages,
    /// Whom they hold for.
    #[serde(default)]
    pub pregnant: ForPregnant,
    /// From the lowest to the highest.
    pub bands: Vec<Band>,
    /// Id of the source.
    pub source: String,
}

/// A critical limit in the canonical unit; the limit itself is critical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Critical {
    /// This value and everything under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_or_below: Option<Exact>,
    /// This value and everything over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_or_above: Option<Exact>,
    /// Whom it holds for.
    #[serde(default)]
    pub age: Ages,
    /// Id of the source.
    pub source: String,
}
