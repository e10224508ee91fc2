//! What the build asks of the consent texts: every element that a statute names, in both languages, in one structure,
//! with the emphasis of the Enforcement Decree Art. 17(3), and no version missing.
//!
//! The build script and the test that breaks texts on purpose read this same file.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// An element that a text must have.
pub(crate) struct Required {
    /// Its name.
    pub(crate) name: &'static str,
    /// Whether Art. 17(3) asks to emphasise it: sensitive data, retention, recipient and the recipient's purpose.
    pub(crate) emphasised: bool,
    /// What it leaves open, to be filled when the text is shown.
    pub(crate) placeholders: &'static [&'static str],
}

const fn plain(name: &'static str) -> Required {
    Required { name, emphasised: false, placeholders: &[] }
}

const fn strong(name: &'static str) -> Required {
    Required { name, emphasised: true, placeholders: &[] }
}

const fn open(name: &'static str, emphasised: bool, placeholders: &'static [&'static str]) -> Required {
    Required { name, emphasised, placeholders }
}

/// Every item with the elements of its texts, in their order.
pub(crate) const ITEMS: [(&str, &[Required]); 7] = [
    // PIPA Art. 15(2).
    ("G1", &[plain("purpose"), plain("items"), strong("retention"), plain("right_to_refuse")]),
    // Art. 15(2) and 23: the items are sensitive.
    ("S1", &[plain("purpose"), strong("items"), strong("retention"), plain("right_to_refuse")]),
    // Art. 17(2).
    (
        "P",
        &[
            open("recipient", true, &["department", "recipient"]),
            strong("recipient_purpose"),
            plain("items"),
            strong("recipient_retention"),
            plain("right_to_refuse"),
        ],
    ),
    // Art. 17(2) and 23.
    (
        "PS",
        &[
            open("recipient", true, &["department", "recipient"]),
            strong("recipient_purpose"),
            strong("items"),
            strong("recipient_retention"),
            plain("right_to_refuse"),
        ],
    ),
    // Art. 15(2) and 23.
    ("E1", &[plain("purpose"), strong("items"), strong("retention"), plain("right_to_refuse")]),
    // Art. 28-8(2), in the order of its numbers.
    (
        "X1",
        &[
            strong("items"),
            open("transfer_country", false, &["country"]),
            plain("transfer_method"),
            open("recipient", true, &["contact", "recipient"]),
            strong("recipient_purpose"),
            strong("recipient_retention"),
            plain("right_to_refuse"),
        ],
    ),
    // Art. 15(2) and 22-2 with Enforcement Decree Art. 17-2: how the guardian is verified.
    ("K1", &[plain("purpose"), plain("items"), plain("verification"), strong("retention"), plain("right_to_refuse")]),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    title: String,
    elements: Vec<Passage>,
    grant: String,
    refuse: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Passage {
    element: String,
    heading: String,
    text: String,
    emphasis: bool,
}

/// Checks every text in a folder.
///
/// Answers the items with the number of their versions, each of which has both languages.
///
/// # Errors
/// The file or folder that is wrong, and what is wrong with it.
pub(crate) fn check(folder: &Path) -> Result<Vec<(&'static str, u32)>, String> {
    let known: BTreeSet<String> = ITEMS.iter().map(|(item, _)| (*item).to_owned()).collect();
    only(folder, &known)?;
    let mut found = Vec::new();
    for (item, required) in ITEMS {
        let item_folder = folder.join(item);
        let count = u32::try_from(names(&item_folder)?.len()).map_err(|e| at(&item_folder, &e.to_string()))?;
        // As many folders as versions, and no other name: 1..n without a gap.
        only(&item_folder, &(1..=count.max(1)).map(|version| version.to_string()).collect())?;
        for version in 1..=count {
            let version_folder = item_folder.join(version.to_string());
            only(&version_folder, &BTreeSet::from(["en.json".to_owned(), "ko.json".to_owned()]))?;
            let (ko, en) = (version_folder.join("ko.json"), version_folder.join("en.json"));
            let emphasis = |path: &Path| {
                let text = read(path)?;
                statutory(path, &text, required)?;
                Ok::<_, String>(text.elements.iter().map(|p| p.emphasis).collect::<Vec<_>>())
            };
            // Names, order and placeholders are the same because both files were held against the same list.
            if emphasis(&ko)? != emphasis(&en)? {
                return Err(format!("{} and {}: different passages are emphasised", ko.display(), en.display()));
            }
        }
        found.push((item, count));
    }
    Ok(found)
}

fn at(path: &Path, what: &str) -> String {
    format!("{}: {what}", path.display())
}

/// The names in a folder.
fn names(folder: &Path) -> Result<BTreeSet<String>, String> {
    let entries = fs::read_dir(folder).map_err(|e| at(folder, &e.to_string()))?;
    let name = |entry: std::io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    entries.map(name).collect::<std::io::Result<_>>().map_err(|e| at(folder, &e.to_string()))
}

/// Holds a folder to the names that it must have.
fn only(folder: &Path, expected: &BTreeSet<String>) -> Result<(), String> {
    let present = names(folder)?;
    if let Some(missing) = expected.difference(&present).next() {
        return Err(at(&folder.join(missing), "is missing"));
    }
    match present.difference(expected).next() {
        Some(unknown) => Err(at(&folder.join(unknown), "does not belong here")),
        None => Ok(()),
    }
}

/// A text that says something everywhere and has nothing that is not known.
fn read(path: &Path) -> Result<Text, String> {
    let file = fs::read_to_string(path).map_err(|e| at(path, &e.to_string()))?;
    if file.contains('\r') {
        return Err(at(path, "lines end with a line feed alone, or the hash depends on who checked the file out"));
    }
    let text: Text = serde_json::from_str(&file).map_err(|e| at(path, &e.to_string()))?;
    let around = [("title", &text.title), ("grant", &text.grant), ("refuse", &text.refuse)];
    let headings = text.elements.iter().map(|p| (p.element.as_str(), &p.heading));
    for (name, words) in around.into_iter().chain(headings) {
        if words.trim().is_empty() {
            return Err(at(path, &format!("{name} is empty")));
        }
        if words.contains(['{', '}']) {
            return Err(at(path, &format!("{name}: only passages have placeholders")));
        }
    }
    match text.elements.iter().find(|p| p.text.trim().is_empty()) {
        Some(passage) => Err(at(path, &format!("{} is empty", passage.element))),
        None => Ok(text),
    }
}

/// Holds a text against the elements of its item.
fn statutory(path: &Path, text: &Text, required: &[Required]) -> Result<(), String> {
    let expected: Vec<&str> = required.iter().map(|r| r.name).collect();
    let names: Vec<&str> = text.elements.iter().map(|p| p.element.as_str()).collect();
    if names != expected {
        return Err(at(path, &format!("the elements must be {expected:?} but are {names:?}")));
    }
    for (passage, required) in text.elements.iter().zip(required) {
        let name = required.name;
        if required.emphasised && !passage.emphasis {
            return Err(at(path, &format!("{name} must be emphasised")));
        }
        let open = placeholders(&passage.text).ok_or_else(|| at(path, &format!("{name}: a brace stands alone")))?;
        if !open.iter().eq(required.placeholders) {
            return Err(at(path, &format!("{name} must leave open {:?}, not {open:?}", required.placeholders)));
        }
    }
    Ok(())
}

/// The names between braces, once each and in alphabetical order; none if the braces do not pair.
fn placeholders(text: &str) -> Option<BTreeSet<&str>> {
    let mut found = BTreeSet::new();
    let mut pieces = text.split('{');
    if pieces.next()?.contains('}') {
        return None;
    }
    for piece in pieces {
        let (name, rest) = piece.split_once('}')?;
        if rest.contains('}') {
            return None;
        }
        found.insert(name);
    }
    Some(found)
}
