//! Lists of bounded length, with an answer where they are empty.

use super::Answer;
use crate::field::Invalid;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A list of at most `MAX` entries that says why it is empty.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Listing<T, const MAX: usize> {
    status: Answer,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<T>,
}

impl<T, const MAX: usize> fmt::Debug for Listing<T, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T, const MAX: usize> Listing<T, MAX> {
    /// Entries; an empty list is refused, since it would not say why.
    ///
    /// # Errors
    /// [`Invalid::Inconsistent`] when empty, [`Invalid::TooLong`] over `MAX`.
    pub fn listed(items: Vec<T>) -> Result<Self, Invalid> {
        Self::new(Answer::Listed, items)
    }

    /// The question was put, there is nothing.
    pub const fn none_known() -> Self {
        Self { status: Answer::NoneKnown, items: Vec::new() }
    }

    /// The question was not put.
    pub const fn not_asked() -> Self {
        Self { status: Answer::NotAsked, items: Vec::new() }
    }

    fn new(status: Answer, items: Vec<T>) -> Result<Self, Invalid> {
        if items.len() > MAX {
            return Err(Invalid::TooLong);
        }
        if (status == Answer::Listed) == items.is_empty() {
            return Err(Invalid::Inconsistent);
        }
        Ok(Self { status, items })
    }

    /// Why the list is empty, or that it is not.
    pub const fn status(&self) -> Answer {
        self.status
    }

    /// The entries.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Listing<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
        struct Raw<T> {
            status: Answer,
            #[serde(default = "Vec::new")]
            items: Vec<T>,
        }
        let raw = Raw::<T>::deserialize(deserializer)?;
        Self::new(raw.status, raw.items).map_err(serde::de::Error::custom)
    }
}
