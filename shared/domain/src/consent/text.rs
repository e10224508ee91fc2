//! The texts: immutable files per item, version and language, with the elements that the statutes ask for.

use super::{Item, TextLanguage};
use crate::chain::sha256_hex;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// What a passage tells (PIPA Art. 15(2), 17(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// Purpose of collection and use.
    Purpose,
    /// Items of data.
    Items,
    /// Retention period.
    Retention,
    /// Right to refuse and any disadvantage.
    RightToRefuse,
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
    /// The passage; `{recipient}` and `{department}` stand for the institution.
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

/// Version that is served now, per item; a higher one supersedes every decision about a lower one.
const CURRENT: [(Item, u32, &str, &str); 4] = [
    (Item::G1, 1, include_str!("../../consent-texts/G1/1/ko.json"), include_str!("../../consent-texts/G1/1/en.json")),
    (Item::S1, 1, include_str!("../../consent-texts/S1/1/ko.json"), include_str!("../../consent-texts/S1/1/en.json")),
    (Item::P, 1, include_str!("../../consent-texts/P/1/ko.json"), include_str!("../../consent-texts/P/1/en.json")),
    (Item::Ps, 1, include_str!("../../consent-texts/PS/1/ko.json"), include_str!("../../consent-texts/PS/1/en.json")),
];

static TEXTS: LazyLock<Vec<(Item, ConsentText, ConsentText)>> = LazyLock::new(|| {
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
    CURRENT.iter().map(|(item, version, ko, en)| (*item, read(ko, *version), read(en, *version))).collect()
});

/// The text that is served now.
pub fn current_text(item: Item, language: TextLanguage) -> &'static ConsentText {
    #[expect(clippy::expect_used, reason = "cannot fail: CURRENT lists every item, held by a test")]
    let (_, ko, en) = TEXTS.iter().find(|(i, ..)| *i == item).expect("every item has a text");
    match language {
        TextLanguage::Ko => ko,
        TextLanguage::En => en,
    }
}

impl ConsentText {
    /// The same text with the institution's name in it.
    #[must_use]
    pub fn about(&self, recipient: &str, department: &str) -> Self {
        let mut text = self.clone();
        for element in &mut text.elements {
            element.text = element.text.replace("{recipient}", recipient).replace("{department}", department);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_has_a_text_in_both_languages_with_its_own_hash() {
        let mut hashes = std::collections::BTreeSet::new();
        for item in Item::ALL {
            for language in [TextLanguage::Ko, TextLanguage::En] {
                let text = current_text(item, language);
                assert!(hashes.insert(text.sha256.clone()));
                let names = text.elements.iter().any(|e| e.text.contains("{recipient}"));
                assert_eq!(names, item.names_recipient());
                let filled = text.about("서울예시병원", "내과");
                assert!(!filled.elements.iter().any(|e| e.text.contains('{')));
            }
        }
    }

    #[test]
    fn a_served_text_never_changes_under_its_version() {
        // A changed text needs a new version: these are the hashes that patients have decided about.
        let hash = |item| {
            [TextLanguage::Ko, TextLanguage::En].map(|l| current_text(item, l).sha256[..12].to_owned()).join(" ")
        };
        assert_eq!(Item::ALL.map(hash).join(" "), FROZEN);
    }

    const FROZEN: &str =
        "ce1a7578a8d1 a919f6deff0f a7c31c1eefe2 8a8dae659562 c36eac758560 d8b77fc36919 b16c3cf60fb3 ae13a7796a99";
}
