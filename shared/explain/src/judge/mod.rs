//! What can be said of one row: read it, hold it against its ranges, and say so openly when that is not safe.

mod person;
mod quantity;
mod word;

pub(crate) use quantity::{band_of, to_canonical};

use crate::catalogue::{Catalogue, usable};
use crate::input::{Person, Pregnancy, ResultRow, Unreviewed, redacted};
use crate::interval::Interval;
use crate::matching::{self, Found};
use crate::schema::{Analyte, Class, Kind};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use std::fmt;

/// For how many days back a pregnancy and its trimester are taken as known.
const CURRENT_DAYS: i64 = 14;

/// Where a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Below the range.
    Low,
    /// Within the range, or one of the expected words.
    Within,
    /// Above the range.
    High,
    /// Another word than the expected ones.
    Outside,
}

/// Why a row is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// No entry has this name.
    UnknownName,
    /// Code and name stand for two entries.
    CodeAndNameDiffer,
    /// There is no unit.
    UnitMissing,
    /// The unit is not in the entry's closed list.
    UnitUnknown,
    /// Two different units are printed, or the range has another one.
    UnitsDiffer,
    /// The value cannot be read for certain.
    ValueUnreadable,
    /// The value cannot be believed.
    Implausible,
    /// The printed range cannot be one of this test in this unit.
    RangeUnlikely,
    /// Only a bound is known, and it leaves both answers open.
    BoundOpen,
    /// The value lies between the last digits of the printed range.
    BetweenDigits,
    /// Neither the report nor the catalogue has a range.
    NoReference,
    /// The range depends on the sex.
    SexUnknown,
    /// The range depends on the age.
    AgeUnknown,
    /// The range depends on a pregnancy or its trimester.
    PregnancyUnknown,
    /// Nobody has reviewed the entry, and such entries are blocked.
    NotReviewed,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 15] = [
        Self::UnknownName,
        Self::CodeAndNameDiffer,
        Self::UnitMissing,
        Self::UnitUnknown,
        Self::UnitsDiffer,
        Self::ValueUnreadable,
        Self::Implausible,
        Self::RangeUnlikely,
        Self::BoundOpen,
        Self::BetweenDigits,
        Self::NoReference,
        Self::SexUnknown,
        Self::AgeUnknown,
        Self::PregnancyUnknown,
        Self::NotReviewed,
    ];

    /// Id of the sentence that tells it.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::UnknownName => "not-judged-unknown-name",
            Self::CodeAndNameDiffer => "not-judged-code-and-name-differ",
            Self::UnitMissing => "not-judged-unit-missing",
            Self::UnitUnknown => "not-judged-unit-unknown",
            Self::UnitsDiffer => "not-judged-units-differ",
            Self::ValueUnreadable => "not-judged-value-unreadable",
            Self::Implausible => "not-judged-implausible",
            Self::RangeUnlikely => "not-judged-range-unlikely",
            Self::BoundOpen => "not-judged-bound-open",
            Self::BetweenDigits => "not-judged-between-digits",
            Self::NoReference => "not-judged-no-reference",
            Self::SexUnknown => "not-judged-sex-unknown",
            Self::AgeUnknown => "not-judged-age-unknown",
            Self::PregnancyUnknown => "not-judged-pregnancy-unknown",
            Self::NotReviewed => "not-judged-not-reviewed",
        }
    }
}

/// The answer for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "of")]
pub enum Judgement {
    /// It lies here.
    Judged(Place),
    /// It is not judged.
    NotJudged(Reason),
    /// The printed mark disagrees with the range.
    Conflict,
}

/// Whose range was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "whose", content = "source")]
pub enum Whose {
    /// The report's own.
    Report,
    /// A cited one; id of its source.
    Cited(String),
}

/// A range that was used.
#[derive(Clone, PartialEq, Eq)]
pub struct Used {
    /// Whose it is.
    pub whose: Whose,
    /// As it is shown.
    pub shown: String,
    /// In numbers: in the printed unit for the report's own, else canonical.
    pub interval: Option<Interval>,
    /// The same in the canonical unit.
    pub canonical: Option<Interval>,
}

/// A critical limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// The limit, canonical.
    #[serde(with = "rust_decimal::serde::str")]
    pub limit: Decimal,
    /// Whether the value is at or above it; else at or below.
    pub above: bool,
}

/// All that was found out about a row.
#[derive(Clone)]
pub struct Verdict<'a> {
    /// The entry.
    pub analyte: Option<&'a Analyte>,
    /// The value in the printed unit.
    pub value: Option<Interval>,
    /// UCUM code of the printed unit.
    pub unit: Option<&'a str>,
    /// The value in the canonical unit.
    pub canonical: Option<Interval>,
    /// Whether the value was read and converted without a doubt.
    pub certain: bool,
    /// The word of the scale.
    pub word: Option<&'a str>,
    /// The mark, from its column or beside the value.
    pub flag: Option<String>,
    /// The range that the judgement rests on.
    pub used: Option<Used>,
    /// The answer.
    pub judgement: Judgement,
    /// The critical limit that was reached, with its source.
    pub critical: Option<(Reached, &'a str)>,
    /// Class of the national screening, with its source.
    pub screening: Option<(Class, &'a str)>,
}

redacted!(Used, Verdict<'_>);

impl<'a> Verdict<'a> {
    const fn not(analyte: Option<&'a Analyte>, reason: Reason) -> Self {
        Self {
            analyte,
            value: None,
            unit: None,
            canonical: None,
            certain: false,
            word: None,
            flag: None,
            used: None,
            judgement: Judgement::NotJudged(reason),
            critical: None,
            screening: None,
        }
    }
}

/// Judges one row.
#[must_use]
pub fn row<'a>(
    catalogue: &'a Catalogue,
    row: &ResultRow,
    person: &Person,
    as_of: NaiveDate,
    unreviewed: Unreviewed,
) -> Verdict<'a> {
    let analyte = match matching::find(catalogue, row) {
        Found::Entry(analyte) => analyte,
        Found::Differ => return Verdict::not(None, Reason::CodeAndNameDiffer),
        Found::Nothing => return Verdict::not(None, Reason::UnknownName),
    };
    let on = row.date.unwrap_or(as_of);
    // A pregnancy of today says nothing of a result from before.
    let pregnancy = match person.pregnancy {
        Pregnancy::Yes { .. } if (as_of - on).num_days() > CURRENT_DAYS => Pregnancy::Unknown,
        known @ (Pregnancy::Yes { .. } | Pregnancy::No | Pregnancy::Unknown) => known,
    };
    let about = person::About { sex: person.sex, age: person.age(on), pregnancy };
    let verdict = match analyte.kind {
        Kind::Quantity => quantity::judge(analyte, row, about),
        Kind::Ordinal | Kind::Qualitative => word::judge(analyte, row, about),
    };
    if usable(&analyte.review, unreviewed) {
        Verdict { certain: verdict.canonical.is_some(), ..verdict }
    } else {
        // Nothing of the entry is told, but that help is needed now: its limit is a cited one, and silence may cost a life.
        let (critical, certain) = (verdict.critical, verdict.canonical.is_some());
        Verdict { critical, certain, ..Verdict::not(Some(analyte), Reason::NotReviewed) }
    }
}
