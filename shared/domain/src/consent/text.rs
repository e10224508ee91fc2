//! The texts: immutable files per item, version and language, with the elements that the statutes ask for.

use super::{Item, TextLanguage};
use crate::chain::sha256_hex;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// What a passage tells (PIPA Art. 15(2), 17(2), 22-2, 28-8(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// Purpose of collection and use.
    Purpose,
    /// Items of data.
    Items,
    /// How a guardian is verified.
    Verification,
    /// Retention period.
    Retention,
    /// Right to refuse and any disadvantage; for a transfer abroad also the way to refuse.
    RightToRefuse,
    /// The country that data is transferred to.
    TransferCountry,
    /// When and how data is transferred abroad.
    TransferMethod,
    /// Who receives.
    Recipient,
    /// What the recipient uses it for.
    RecipientPurpose,
    /// How long the recipient keeps it.
    RecipientRetention,
}

/// A passage of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextElement {
    /// What it tells.
    pub element: Element,
    /// Its heading.
    pub heading: String,
    /// The passage; names in braces are filled when it is shown: see [`ConsentText::about`] and
    /// [`ConsentText::about_transfer`].
    pub text: String,
    /// Whether the law asks to show it with emphasis (Enforcement Decree Art. 17(3)).
    pub emphasis: bool,
}

/// A text of one item in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentText {
    /// Its title.
    pub title: String,
    /// Its passages.
    pub elements: Vec<TextElement>,
    /// The words of the button that grants.
    pub grant: String,
    /// The words of the button that refuses.
    pub refuse: String,
    /// The version, from 1.
    #[serde(skip)]
    pub version: u32,
    /// SHA-256 over the file's text in NFC, UTF-8.
    #[serde(skip)]
    pub sha256: String,
}

/// Item, version, Korean, English: every text that was ever served, versions ascending. Written by `build.rs`.
const FILES: &[(&str, u32, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/consent_texts.rs"));

/// The texts of one version.
struct Version {
    item: Item,
    ko: ConsentText,
    en: ConsentText,
}

impl Version {
    const fn text(&self, language: TextLanguage) -> &ConsentText {
        match language {
            TextLanguage::Ko => &self.ko,
            TextLanguage::En => &self.en,
        }
    }
}

static TEXTS: LazyLock<Vec<Version>> = LazyLock::new(|| {
    let read = |file: &str, version| {
        #[expect(
            clippy::expect_used,
            reason = "cannot fail: build.rs read the same file, and a test parses every text"
        )]
        let mut text: ConsentText = serde_json::from_str(file).expect("a consent text that the build has checked");
        text.version = version;
        text.sha256 = sha256_hex(file.nfc().collect::<String>().as_bytes());
        text
    };
    let version = |(code, version, ko, en): &(&str, u32, &str, &str)| {
        let item = Item::ALL.into_iter().find(|item| item.code() == *code)?;
        Some(Version { item, ko: read(ko, *version), en: read(en, *version) })
    };
    FILES.iter().filter_map(version).collect()
});

/// The text that is served now: the highest version, which supersedes every decision about a lower one.
pub fn current_text(item: Item, language: TextLanguage) -> &'static ConsentText {
    #[expect(clippy::expect_used, reason = "cannot fail: build.rs asks for a text of every item, held by a test")]
    let newest = TEXTS.iter().rfind(|text| text.item == item).expect("every item has a text");
    newest.text(language)
}

/// The text of any version: the words that a patient once agreed to stay readable, and their hash verifiable.
pub fn text_of(item: Item, version: u32, language: TextLanguage) -> Option<&'static ConsentText> {
    TEXTS.iter().filter(|text| text.item == item).map(|text| text.text(language)).find(|text| text.version == version)
}

impl ConsentText {
    /// The same text with the institution's name in it.
    #[must_use]
    pub fn about(&self, recipient: &str, department: &str) -> Self {
        self.filled(&[("recipient", recipient), ("department", department)])
    }

    /// The same text with who receives abroad, where, and how to reach them.
    #[must_use]
    pub fn about_transfer(&self, recipient: &str, country: &str, contact: &str) -> Self {
        self.filled(&[("recipient", recipient), ("country", country), ("contact", contact)])
    }

    /// What the text tells about one thing; nothing if the item has no such element.
    pub fn passage(&self, element: Element) -> Option<&str> {
        self.elements.iter().find(|e| e.element == element).map(|e| e.text.as_str())
    }

    fn filled(&self, values: &[(&str, &str)]) -> Self {
        let mut text = self.clone();
        for element in &mut text.elements {
            element.text = fill(&element.text, values);
        }
        text
    }
}

/// Puts values in the place of names in braces, once: a brace inside a value stays what it is.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = text.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let known = piece.split_once('}').and_then(|(name, rest)| {
            let (_, value) = values.iter().find(|(n, _)| *n == name)?;
            Some((*value, rest))
        });
        match known {
            Some((value, rest)) => filled.extend([value, rest]),
            None => filled.extend(["{", piece]),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn placeholders_are_filled_once_and_values_are_left_alone() {
        let values = [("recipient", "{department} & Co"), ("department", "A{")];
        assert_eq!(fill("{recipient}, {department}: {other} {", &values), "{department} & Co, A{: {other} {");
        assert_eq!(fill("nothing", &values), "nothing");
    }
}
