//! The form of the catalogue's entries: what is written in YAML, checked and embedded by the build, and read at run time.
//!
//! The build script reads this same file, so that nothing can be written that the engine does not know.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// An exact decimal, written as a quoted string: YAML would read `7.40` without quotes as a binary fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(pub Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Decimal::from_str_exact(&text).map(Self).map_err(|_| D::Error::custom("not an exact decimal"))
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// A conversion factor as a fraction, for example `18016/1000`; a plain decimal is a fraction over 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    /// Above the line; greater than 0.
    pub over: Decimal,
    /// Below the line; greater than 0.
    pub under: Decimal,
}

impl Fraction {
    /// The factor of the canonical unit.
    pub const ONE: Self = Self { over: Decimal::ONE, under: Decimal::ONE };
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.over, self.under)
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let (over, under) = text.split_once('/').unwrap_or((&text, "1"));
        let part = |part: &str| Decimal::from_str_exact(part.trim()).ok().filter(|d| *d > Decimal::ZERO);
        match (part(over), part(under)) {
            (Some(over), Some(under)) => Ok(Self { over, under }),
            _ => Err(D::Error::custom("not a fraction of two decimals greater than 0, for example 18016/1000")),
        }
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// Names as reports print them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aliases {
    /// Korean.
    #[serde(default)]
    pub ko: Vec<String>,
    /// English and abbreviations.
    #[serde(default)]
    pub en: Vec<String>,
}

/// One short sentence for patients, in both languages, with the source that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// Korean, at most 45 syllables.
    pub ko: String,
    /// English, at most grade 8.
    pub en: String,
    /// Id of the source.
    pub source: String,
}

/// Where sentences and limits come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Stable id.
    pub id: String,
    /// Title as its publisher gives it.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Year of the edition, where it has one.
    #[serde(default)]
    pub year: Option<u16>,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
    /// When and how the authors of the catalogue read it, or that they did not.
    pub checked: String,
}

/// Whether a named clinician has reviewed an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Review {
    /// Nobody has.
    Unreviewed,
    /// Somebody has.
    Reviewed {
        /// Who.
        by: String,
        /// In which role.
        role: String,
        /// When, as YYYY-MM-DD.
        date: String,
    },
}

impl Review {
    /// Whether a clinician stands behind the entry.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        match self {
            Self::Unreviewed => false,
            Self::Reviewed { .. } => true,
        }
    }
}

/// What the laboratory looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Specimen {
    Blood,
    Plasma,
    Serum,
    Urine,
    Stool,
    Body,
    Bone,
}

/// What kind of answer a test gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A number with a unit.
    Quantity,
    /// A word on a scale that rises: negative, trace, 1+, 2+.
    Ordinal,
    /// A word without an order.
    Qualitative,
}

/// A unit that is accepted; every other one is not judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// UCUM code, case-sensitive.
    pub ucum: String,
    /// Whether limits are written in it.
    #[serde(default)]
    pub canonical: bool,
    /// Canonical value = value × factor + offset.
    #[serde(default = "one")]
    pub factor: Fraction,
    /// See `factor`; only for scales with another zero (HbA1c: IFCC to NGSP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Exact>,
    /// Spellings; an empty one accepts a value without a unit and is allowed for unitless quantities only.
    pub spell: Vec<String>,
}

fn one() -> Fraction {
    Fraction::ONE
}

/// A word of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its stable name.
    pub is: String,
    /// How reports print it.
    pub spell: Vec<String>,
}

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

/// What is said about a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyteText {
    /// What is measured.
    pub measures: Sentence,
    /// What higher values can go with; for words, what a word outside the expected ones can go with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Sentence>,
    /// What lower values can go with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Sentence>,
    /// What commonly affects the value: at most three.
    #[serde(default)]
    pub affects: Vec<Sentence>,
    /// Questions to ask: one or two.
    pub ask: Vec<Sentence>,
}

/// A laboratory test or measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analyte {
    /// Stable id.
    pub id: String,
    /// Where a report lists it.
    pub group: String,
    /// What it is called.
    pub name: Name,
    /// Codes.
    pub codes: AnalyteCodes,
    /// Other names.
    pub aliases: Aliases,
    /// What was looked at.
    pub specimen: Specimen,
    /// What kind of answer it gives.
    pub kind: Kind,
    /// The closed list of its units.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// The words of its answers, from the lowest.
    #[serde(default)]
    pub scale: Vec<Step>,
    /// What can be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<Plausible>,
    /// Reference ranges; at most one holds for a person.
    #[serde(default)]
    pub ranges: Vec<Range>,
    /// Screening bands; at most one set holds for a person.
    #[serde(default)]
    pub screening: Vec<Screening>,
    /// Words of the scale that are within.
    #[serde(default)]
    pub expected: Vec<String>,
    /// Critical limits; each of them counts.
    #[serde(default)]
    pub critical: Vec<Critical>,
    /// What is said about it.
    pub text: AnalyteText,
    /// What to keep in mind with it.
    #[serde(default)]
    pub caveats: Vec<Sentence>,
    /// Who reviewed it.
    pub review: Review,
}

/// Codes of a test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyteCodes {
    /// LOINC.
    #[serde(default)]
    pub loinc: Vec<String>,
}

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

/// A sentence of the engine with places for facts: `{value}`. Its source is the source of the facts put in,
/// or the one named here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// Stable id.
    pub id: String,
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
    /// Id of the source, if the sentence says something of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// The whole catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// Sources, by id.
    pub sources: Vec<Source>,
    /// Sentences of the engine.
    pub phrases: Vec<Phrase>,
    /// Tests and measurements.
    pub analytes: Vec<Analyte>,
    /// Medicines.
    pub medicines: Vec<Medicine>,
    /// Interactions.
    pub interactions: Vec<Interaction>,
}
