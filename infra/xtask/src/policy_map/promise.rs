//! What `infra/policy-map.toml` holds: sentences of the policy, what each promises, and who keeps it.

use serde::Deserialize;

use super::source::Source;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Map {
    pub(super) sentence: Vec<Sentence>,
}

/// A sentence of the policy, word for word.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentence {
    pub(super) text: String,
    pub(super) promise: Vec<Promise>,
}

/// The clauses that comments in the code name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Clause {
    P1,
    P2,
    P3,
    P4,
    P5,
    P6,
    P7,
}

impl Clause {
    pub(super) const ALL: [Self; 7] = [Self::P1, Self::P2, Self::P3, Self::P4, Self::P5, Self::P6, Self::P7];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::P5 => "P5",
            Self::P6 => "P6",
            Self::P7 => "P7",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::P1 => "purposes",
            Self::P2 => "items",
            Self::P3 => "retention",
            Self::P4 => "third parties",
            Self::P5 => "protection",
            Self::P6 => "rights",
            Self::P7 => "inquiries",
        }
    }
}

/// One thing that a sentence promises.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promise {
    pub(super) clause: Clause,
    /// The policy's own words.
    pub(super) phrase: String,
    /// The statutes behind it.
    pub(super) statutes: Vec<String>,
    /// `path::item`, the code that keeps it.
    #[serde(default)]
    pub(super) code: Vec<String>,
    /// `path::function`, the tests that would fail.
    #[serde(default)]
    pub(super) tests: Vec<String>,
    /// What is not built yet, and where it is planned.
    pub(super) open: Option<String>,
    /// What no program can keep: the operator's own duty.
    pub(super) operator: Option<String>,
}

impl Promise {
    /// What is wrong with it.
    pub(super) fn faults(&self, source: &Source) -> Vec<String> {
        let mut faults = Vec::new();
        if self.phrase.trim().is_empty() {
            faults.push("no phrase".to_owned());
        }
        if self.statutes.is_empty() {
            faults.push("no statute".to_owned());
        }
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().len() > 10);
        for (name, text) in [("open", &self.open), ("operator", &self.operator)] {
            if text.is_some() && !said(text) {
                faults.push(format!("`{name}` says nothing"));
            }
        }
        // Half of it may be built: what is there is named, and what is missing too.
        let kept = !self.code.is_empty() && !self.tests.is_empty();
        if !kept && !said(&self.open) && !said(&self.operator) {
            faults.push("neither code with a test, nor `open`, nor `operator`".to_owned());
        }
        if self.code.is_empty() != self.tests.is_empty() {
            faults.push("code and tests come together".to_owned());
        }
        faults.extend(self.code.iter().filter_map(|item| source.code(item).err()));
        faults.extend(self.tests.iter().filter_map(|test| source.test(test).err()));
        faults
    }
}
