//! Sentences of a report. One cannot be built without a source: the only ways to make one are to quote an entry, which
//! names its source, and to fill a phrase with facts, whose source is asked for.

use crate::catalogue::Catalogue;
use crate::input::{Language, redacted};
use crate::schema::Sentence;
use serde::Serialize;
use std::fmt;

/// A sentence with its source. Outside of this crate there is no way to make one:
///
/// ```compile_fail
/// let said = medius_explain::Said { ko: None, en: Some("It is fine.".to_owned()), source: String::new() };
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    ko: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<String>,
    source: String,
}

redacted!(Said);

impl Said {
    /// Korean, if it was asked for.
    #[must_use]
    pub fn ko(&self) -> Option<&str> {
        self.ko.as_deref()
    }

    /// English, if it was asked for.
    #[must_use]
    pub fn en(&self) -> Option<&str> {
        self.en.as_deref()
    }

    /// Id of its source.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// A fact put into a phrase: the same in both languages, or a name in each.
pub(crate) enum Fact<'a> {
    Same(&'a str),
    Each { ko: &'a str, en: &'a str },
}

/// Makes sentences in the languages that were asked for.
#[derive(Clone, Copy)]
pub(crate) struct Speaker<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) language: Language,
}

impl Speaker<'_> {
    /// The sentence of an entry.
    pub(crate) fn quote(&self, sentence: &Sentence) -> Said {
        self.say(sentence.ko.clone(), sentence.en.clone(), sentence.source.clone())
    }

    /// A phrase of the engine with its facts; its source is its own, else that of the facts.
    ///
    /// # Errors
    /// [`Unsaid`] if the catalogue lacks the phrase or a place stays open.
    pub(crate) fn phrase(&self, id: &'static str, facts: &[(&str, Fact<'_>)], source: &str) -> Result<Said, Unsaid> {
        let phrase = self.catalogue.phrase(id).ok_or(Unsaid::NoPhrase(id))?;
        let (mut ko, mut en) = (phrase.ko.clone(), phrase.en.clone());
        for (place, fact) in facts {
            let hole = format!("{{{place}}}");
            let (in_ko, in_en) = match fact {
                Fact::Same(text) => (*text, *text),
                Fact::Each { ko, en } => (*ko, *en),
            };
            ko = ko.replace(&hole, &plain(in_ko));
            en = en.replace(&hole, &plain(in_en));
        }
        if ko.contains('{') || en.contains('{') {
            return Err(Unsaid::OpenPlace(id));
        }
        // A quantity without a unit leaves a blank before the colon or the point.
        let tidy =
            |text: String| text.replace("  ", " ").replace(" :", ":").replace(" .", ".").replace(" 입니다", "입니다");
        let source = phrase.source.clone().unwrap_or_else(|| source.to_owned());
        Ok(self.say(tidy(ko), tidy(en), source))
    }

    fn say(&self, ko: String, en: String, source: String) -> Said {
        match self.language {
            Language::Both => Said { ko: Some(ko), en: Some(en), source },
            Language::Ko => Said { ko: Some(ko), en: None, source },
            Language::En => Said { ko: None, en: Some(en), source },
        }
    }
}

/// Printed text put into a sentence keeps its words and loses what could be read as a place.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '{' | '}') && !c.is_control()).collect()
}

/// Why a report was not made. It names no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    /// The catalogue has no such phrase.
    #[error("the catalogue has no phrase {0}")]
    NoPhrase(&'static str),
    /// A place of a phrase stayed open.
    #[error("a place of the phrase {0} stays open")]
    OpenPlace(&'static str),
    /// A sentence names a source that the catalogue does not have.
    #[error("a sentence has no source")]
    NoSource,
    /// A sentence holds a number that is neither in the input nor in the catalogue.
    #[error("a sentence holds a number of unknown origin")]
    StrayNumber,
}
