//! The catalogue at run time: the entries that the build has checked, found by code, name and id.

use crate::fold;
use crate::input::Unreviewed;
use crate::schema::{Analyte, Entries, Medicine, Phrase, Review, Source};
use crate::verify::numbers;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

static EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/catalogue.json"));

/// Entries with their indexes.
#[derive(Debug, Clone)]
pub struct Catalogue {
    entries: Entries,
    analyte_ids: BTreeMap<String, usize>,
    analyte_names: BTreeMap<String, usize>,
    loinc: BTreeMap<String, usize>,
    medicine_ids: BTreeMap<String, usize>,
    medicine_names: BTreeMap<String, usize>,
    hira: BTreeMap<String, usize>,
    phrases: BTreeMap<String, usize>,
    sources: BTreeMap<String, usize>,
    numbers: OnceLock<Numbers>,
}

/// Numbers that entries hold, for the last check of a report.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    pub(crate) phrases: BTreeSet<Decimal>,
    analytes: BTreeMap<String, BTreeSet<Decimal>>,
    medicines: BTreeMap<String, BTreeSet<Decimal>>,
    interactions: BTreeMap<String, BTreeSet<Decimal>>,
}

impl Catalogue {
    /// The catalogue of this build.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
            #[expect(
                clippy::expect_used,
                reason = "cannot fail: the build wrote it from the same types, and tests read it"
            )]
            let entries = serde_json::from_str(EMBEDDED).expect("the embedded catalogue");
            Catalogue::new(entries)
        });
        &CATALOGUE
    }

    /// The catalogue of this build as it is embedded: what its hash is made of.
    #[must_use]
    pub const fn embedded_json() -> &'static str {
        EMBEDDED
    }

    /// Indexes entries that the build's checks have passed.
    #[must_use]
    pub fn new(entries: Entries) -> Self {
        let mut all = Self {
            analyte_ids: index(entries.analytes.iter().map(|a| vec![a.id.clone()])),
            analyte_names: index(entries.analytes.iter().map(|a| {
                let names = [&a.name.ko, &a.name.en].into_iter().chain(&a.aliases.ko).chain(&a.aliases.en);
                names.map(|n| fold::name(n)).collect()
            })),
            loinc: index(entries.analytes.iter().map(|a| a.codes.loinc.clone())),
            medicine_ids: index(entries.medicines.iter().map(|m| vec![m.id.clone()])),
            medicine_names: index(entries.medicines.iter().map(|m| {
                let names = [&m.name.ko, &m.name.en].into_iter().chain(&m.aliases.ko).chain(&m.aliases.en);
                names.map(|n| fold::medicine(n)).collect()
            })),
            hira: index(entries.medicines.iter().map(|m| m.codes.hira.iter().map(|c| c.to_uppercase()).collect())),
            phrases: index(entries.phrases.iter().map(|p| vec![p.id.clone()])),
            sources: index(entries.sources.iter().map(|s| vec![s.id.clone()])),
            entries: Entries::default(),
            numbers: OnceLock::new(),
        };
        all.entries = entries;
        all
    }

    /// All entries.
    #[must_use]
    pub const fn entries(&self) -> &Entries {
        &self.entries
    }

    /// An analyte by id.
    #[must_use]
    pub fn analyte(&self, id: &str) -> Option<&Analyte> {
        self.entries.analytes.get(*self.analyte_ids.get(id)?)
    }

    /// An analyte by LOINC code.
    #[must_use]
    pub fn by_loinc(&self, code: &str) -> Option<&Analyte> {
        self.entries.analytes.get(*self.loinc.get(code.trim())?)
    }

    /// An analyte by the folded key of a name.
    #[must_use]
    pub(crate) fn by_key(&self, key: &str) -> Option<&Analyte> {
        self.entries.analytes.get(*self.analyte_names.get(key)?)
    }

    /// Folded names with their analytes.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &Analyte)> {
        self.analyte_names.iter().filter_map(|(key, at)| Some((key.as_str(), self.entries.analytes.get(*at)?)))
    }

    /// A medicine by id.
    #[must_use]
    pub fn medicine(&self, id: &str) -> Option<&Medicine> {
        self.entries.medicines.get(*self.medicine_ids.get(id)?)
    }

    /// A medicine by HIRA ingredient code.
    #[must_use]
    pub fn by_hira(&self, code: &str) -> Option<&Medicine> {
        self.entries.medicines.get(*self.hira.get(&code.trim().to_uppercase())?)
    }

    /// A medicine by the folded key of a name.
    #[must_use]
    pub(crate) fn medicine_by_key(&self, key: &str) -> Option<&Medicine> {
        self.entries.medicines.get(*self.medicine_names.get(key)?)
    }

    /// Folded names with their medicines.
    pub(crate) fn medicine_keys(&self) -> impl Iterator<Item = (&str, &Medicine)> {
        self.medicine_names.iter().filter_map(|(key, at)| Some((key.as_str(), self.entries.medicines.get(*at)?)))
    }

    /// A sentence of the engine.
    #[must_use]
    pub(crate) fn phrase(&self, id: &str) -> Option<&Phrase> {
        self.entries.phrases.get(*self.phrases.get(id)?)
    }

    /// Numbers of the engine's sentences, and of entries by kind and id.
    pub(crate) fn numbers(&self) -> &Numbers {
        self.numbers.get_or_init(|| Numbers {
            phrases: self.entries.phrases.iter().flat_map(|p| numbers(&p.ko).chain(numbers(&p.en))).collect(),
            analytes: self.entries.analytes.iter().map(|a| (a.id.clone(), held(a))).collect(),
            medicines: self.entries.medicines.iter().map(|m| (m.id.clone(), held(m))).collect(),
            interactions: self.entries.interactions.iter().map(|i| (i.id.clone(), held(i))).collect(),
        })
    }

    /// A source by id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.entries.sources.get(*self.sources.get(id)?)
    }
}

impl Numbers {
    pub(crate) fn analyte(&self, id: &str) -> impl Iterator<Item = &Decimal> {
        self.analytes.get(id).into_iter().flatten()
    }

    pub(crate) fn medicine(&self, id: &str) -> impl Iterator<Item = &Decimal> {
        self.medicines.get(id).into_iter().flatten()
    }

    pub(crate) fn interaction(&self, id: &str) -> impl Iterator<Item = &Decimal> {
        self.interactions.get(id).into_iter().flatten()
    }
}

/// Every number of an entry: limits, factors and sentences.
fn held(entry: &impl Serialize) -> BTreeSet<Decimal> {
    serde_json::to_string(entry).iter().flat_map(|text| numbers(text)).collect()
}

/// Whether an entry may be used.
#[must_use]
pub(crate) const fn usable(review: &Review, unreviewed: Unreviewed) -> bool {
    match unreviewed {
        Unreviewed::Show => true,
        Unreviewed::Block => review.is_done(),
    }
}

fn index(keys: impl Iterator<Item = Vec<String>>) -> BTreeMap<String, usize> {
    keys.enumerate().flat_map(|(at, keys)| keys.into_iter().map(move |key| (key, at))).collect()
}
