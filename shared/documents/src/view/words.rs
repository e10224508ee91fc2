//! The two kinds of text in a letter: the service's own words in both languages, and the patient's words beside the slot
//! for their Korean rendering.

use super::redacted;
use medius_domain::health::{Phrase, Said, Story};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A fixed text in both languages of the letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Label {
    /// Both languages.
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ko: ko.into(), en: en.into() }
    }
}

/// The patient's words as they were given, and a Korean rendering if somebody supplied one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// As given.
    pub text: String,
    /// Korean rendering.
    pub ko: Option<String>,
    /// The words are Korean themselves: no rendering is missing.
    pub is_korean: bool,
}

redacted!(Label, Words);

impl Words {
    /// A statement of the intake.
    pub(crate) fn said<T: AsText>(said: &Said<T>) -> Self {
        Self::new(said.text.as_text(), said.ko.as_ref().map(AsText::as_text))
    }

    /// Words and their rendering; a rendering that repeats the words is none.
    pub(crate) fn new(text: &str, ko: Option<&str>) -> Self {
        Self {
            text: text.to_owned(),
            ko: ko.filter(|ko| *ko != text).map(str::to_owned),
            is_korean: text
                .chars()
                .any(|c| matches!(u32::from(c), 0xAC00..=0xD7A3 | 0x1100..=0x11FF | 0x3131..=0x318E)),
        }
    }
}

/// Texts of the domain that a letter prints.
pub(crate) trait AsText {
    /// The text itself.
    fn as_text(&self) -> &str;
}

impl AsText for Phrase {
    fn as_text(&self) -> &str {
        self.expose()
    }
}

impl AsText for Story {
    fn as_text(&self) -> &str {
        self.expose()
    }
}
