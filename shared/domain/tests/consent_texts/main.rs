//! The consent texts: what patients agreed to never changes, every version is in the program, every passage can be shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_domain::consent::{ConsentText, Element, Item, TextLanguage, current_text, text_of};
use medius_domain::coverage;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use unicode_normalization::is_nfc;

mod broken;
#[path = "../../build/texts.rs"]
mod texts;

const LANGUAGES: [(TextLanguage, &str); 2] = [(TextLanguage::Ko, "ko"), (TextLanguage::En, "en")];

/// SHA-256 of every text that was ever served. A line is added with a new version; none is ever changed.
const FROZEN: &str = "
bc45cb3dd2fdb8949cd328408662cb6dbf893b0ec93e0bf0d332e4a93367ec77 E1/1/en.json
ae1a8c20afb293e9176c6377048ff9130e6ca3267d16402ebb71679a50d94641 E1/1/ko.json
a919f6deff0fa0c357bfd82dc2a09ca32a84912d4e15de848ddfdfdcb1c52689 G1/1/en.json
ce1a7578a8d1cd0e83c07ecfe3151371ac9580a7f9101fa39d78f6ba3ecd5d25 G1/1/ko.json
6ed9d95ca5ae9ac86935a27b75ab73dde8bd444effd6e9edb0915a4f81d258ce K1/1/en.json
de3539d172708cdfb2ae6ab0ea9415226e46f9349a30dacd424acbef14eecd3d K1/1/ko.json
d8b77fc36919a49853c5ab0544021bbcac437a822d0f4eefb9004f21a02594d8 P/1/en.json
c36eac758560544779c47f696b78cb5ecc27fcdcea47b061f34fb77d3f0bed92 P/1/ko.json
2a63bccc627928536b5ba7ddc40152c7602254e73dd5a38515baeda5a8933dad P/2/en.json
b2917cf39f1e6d33f47b2ae4977e9fd14176ce9b4e509de40ef8bc17590da153 P/2/ko.json
ae13a7796a99e654475ea84afd7bd19512ee69a50a07253873619bc47044c034 PS/1/en.json
b16c3cf60fb38130e3c37c62a15af7fbd794f3558762100b090a5bf429fe3545 PS/1/ko.json
ef9702e635371e2753e26fc752632de05a0fbd33d37934d0d3769ad9616ce0f4 PS/2/en.json
d60b6ea50ec437790cae182e35ead44695ab451ff48f1738b5658ea7da45a013 PS/2/ko.json
8a8dae65956217bd3b493a3260412c89dc3c56a59cc25d1f3a28588c4beac2ff S1/1/en.json
a7c31c1eefe2aab969e6fbd5f5e371057c46f297c185198c8118491e9d053905 S1/1/ko.json
9a4eae8b6ce3b722795d74bd383765aa1361cbcd3090949a2ac6dc229978dd4f X1/1/en.json
c048a34c958df23d3540dfedbd9c3f0ff60b62712940d34dca1945546fc180b1 X1/1/ko.json
";

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("consent-texts")
}

/// Every text with its place in the folder.
fn every_text() -> BTreeMap<String, &'static ConsentText> {
    let mut all = BTreeMap::new();
    for item in Item::ALL {
        for version in (1..).take_while(|v| text_of(item, *v, TextLanguage::Ko).is_some()) {
            for (language, name) in LANGUAGES {
                let text = text_of(item, version, language).expect("both languages");
                assert_eq!(text.version, version);
                all.insert(format!("{}/{version}/{name}.json", item.code()), text);
            }
        }
    }
    all
}

#[test]
fn a_served_text_never_changes_under_its_version() {
    let hash = |(file, text): (String, &ConsentText)| format!("{} {file}\n", text.sha256);
    let hashes: String = every_text().into_iter().map(hash).collect();
    assert_eq!(hashes, FROZEN.trim_start(), "words that a patient has decided about need a new version to change");
}

#[test]
fn every_file_is_a_text_of_the_program_and_of_its_own() {
    let mut files = BTreeSet::new();
    for item in fs::read_dir(source()).unwrap().map(Result::unwrap) {
        for version in fs::read_dir(item.path()).unwrap().map(Result::unwrap) {
            for file in fs::read_dir(version.path()).unwrap().map(Result::unwrap) {
                assert!(is_nfc(&fs::read_to_string(file.path()).unwrap()), "{}", file.path().display());
                files.insert(file.path().strip_prefix(source()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let texts = every_text();
    assert_eq!(files, texts.keys().cloned().collect());
    let hashes: BTreeSet<_> = texts.values().map(|text| &text.sha256).collect();
    assert_eq!(hashes.len(), texts.len());
}

#[test]
fn the_newest_version_is_served_and_older_ones_stay_readable() {
    for (item, newest) in [(Item::G1, 1), (Item::P, 2), (Item::Ps, 2), (Item::K1, 1)] {
        for (language, _) in LANGUAGES {
            assert_eq!(current_text(item, language).version, newest);
            assert_eq!(text_of(item, newest, language), Some(current_text(item, language)));
            assert_eq!(text_of(item, newest + 1, language), None);
            assert_eq!(text_of(item, 0, language), None);
        }
    }
}

#[test]
fn a_filled_text_leaves_nothing_open_and_can_be_printed() {
    for (file, text) in every_text() {
        let filled = match file.split('/').next().unwrap() {
            "X1" => text.about_transfer("Example Cloud Ltd.", "싱가포르", "privacy@cloud.example"),
            _ => text.about("서울예시병원", "내과"),
        };
        let headings = filled.elements.iter().flat_map(|e| [&e.heading, &e.text]);
        for words in headings.chain([&filled.title, &filled.grant, &filled.refuse]) {
            assert!(!words.contains(['{', '}']), "{file}: {words}");
            let missing: String = words.chars().filter(|c| !coverage::covers(*c)).collect();
            assert_eq!(missing, "", "{file}: no glyph in the receipt");
        }
    }
    let abroad = current_text(Item::X1, TextLanguage::En).about_transfer("Cloud", "Singapore", "+65 0000");
    assert_eq!(abroad.passage(Element::Recipient), Some("Cloud. Contact: +65 0000."));
    assert!(abroad.passage(Element::TransferCountry).unwrap().starts_with("Singapore."));
    assert_eq!(abroad.passage(Element::Verification), None);
}

#[test]
fn the_build_knows_every_item_and_every_element_that_it_asks_for() {
    assert_eq!(BTreeSet::from(Item::ALL.map(Item::code)), texts::ITEMS.iter().map(|(code, _)| *code).collect());
    for item in Item::ALL {
        let (_, required) = texts::ITEMS.iter().find(|(code, _)| *code == item.code()).unwrap();
        let element = |e: &texts::Required| serde_json::from_value::<Element>(e.name.into()).unwrap();
        let text = current_text(item, TextLanguage::Ko);
        assert!(required.iter().map(element).eq(text.elements.iter().map(|e| e.element)));
    }
}

#[test]
fn the_check_passes_the_texts_as_they_are() {
    let versions = |item| (1..).take_while(|v| text_of(item, *v, TextLanguage::En).is_some()).count();
    for (code, count) in texts::check(&source()).unwrap() {
        let item = Item::ALL.into_iter().find(|item| item.code() == code).unwrap();
        assert_eq!(usize::try_from(count).unwrap(), versions(item));
    }
}
