//! What the build asks of the catalogue. Each rule adds to one list of errors, so that an author sees all of them at once.

use crate::schema::{Entries, Review, Sentence};
use serde::de::DeserializeOwned;
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "check/analyte.rs"]
mod analyte;
#[path = "check/limits.rs"]
mod limits;
#[path = "check/medicine.rs"]
mod medicine;
#[path = "check/sentence.rs"]
mod sentence;
#[path = "check/ucum.rs"]
mod ucum;

/// Errors with their places.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<String>,
    place: String,
}

impl Errors {
    fn at(&mut self, file: &str, id: &str) {
        self.place = format!("{file}: {id}");
    }

    fn say(&mut self, what: impl AsRef<str>) {
        self.found.push(format!("{}: {}", self.place, what.as_ref()));
    }

    fn unless(&mut self, fine: bool, what: impl AsRef<str>) {
        if !fine {
            self.say(what);
        }
    }
}

/// What sentences and limits are held against.
struct Known {
    sources: BTreeSet<String>,
    /// Words of all names: a reader meets them on the paper anyway, they do not count as long words.
    terms: BTreeSet<String>,
}

/// Reads and checks a folder; the entries count only when there is no error.
pub(crate) fn read(folder: &Path) -> (Entries, Vec<String>) {
    let mut errors = Errors::default();
    let mut entries = Entries::default();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut paths = Vec::new();
    collect(folder, &mut paths, &mut errors);
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        errors.at(&name, "file");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) => {
                errors.say(e.to_string());
                continue;
            }
        };
        let kind = name.split(['/', '.']).next().unwrap_or_default();
        match kind {
            "sources" => list(&name, &text, &mut entries.sources, |s| &s.id, &mut files, &mut errors),
            "phrases" => list(&name, &text, &mut entries.phrases, |s| &s.id, &mut files, &mut errors),
            "analytes" => list(&name, &text, &mut entries.analytes, |s| &s.id, &mut files, &mut errors),
            "medicines" => list(&name, &text, &mut entries.medicines, |s| &s.id, &mut files, &mut errors),
            "interactions" => list(&name, &text, &mut entries.interactions, |s| &s.id, &mut files, &mut errors),
            _ => errors.say("does not belong into the catalogue"),
        }
    }
    for source in &entries.sources {
        errors.at(file(&files, "source", &source.id), &source.id);
        errors.unless(
            !source.title.trim().is_empty() && !source.publisher.trim().is_empty(),
            "title or publisher is empty",
        );
        errors
            .unless(source.url.as_ref().is_none_or(|u| u.starts_with("https://")), "url does not start with https://");
        let dated = source.checked.get(..10).is_some_and(is_date);
        errors.unless(dated || source.checked == "not read here", "checked: a date first, or exactly `not read here`");
    }
    let terms = entries.analytes.iter().map(|a| (&a.name, &a.aliases));
    let terms = terms.chain(entries.medicines.iter().map(|m| (&m.name, &m.aliases)));
    let known = Known {
        sources: entries.sources.iter().map(|s| s.id.clone()).collect(),
        terms: terms
            .flat_map(|(name, aliases)| std::iter::once(&name.en).chain(&aliases.en))
            .flat_map(|n| sentence::words(n))
            .collect(),
    };
    for phrase in &entries.phrases {
        errors.at(file(&files, "phrase", &phrase.id), &phrase.id);
        sentence::phrase(phrase, &known, &mut errors);
    }
    analyte::all(&entries, &known, &files, &mut errors);
    medicine::all(&entries, &known, &files, &mut errors);
    (entries, errors.found)
}

/// The file of an entry.
fn file<'a>(files: &'a BTreeMap<String, String>, kind: &str, id: &str) -> &'a str {
    files.get(&format!("{kind} {id}")).map_or("?", String::as_str)
}

/// All YAML files in a stable order.
fn collect(folder: &Path, found: &mut Vec<PathBuf>, errors: &mut Errors) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, found, errors);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            found.push(path);
        } else {
            errors.at(&path.display().to_string(), "file");
            errors.say("only .yaml files belong here");
        }
    }
}

/// Adds the entries of one file, each on its own, so that an error names its entry.
fn list<T: DeserializeOwned>(
    name: &str,
    text: &str,
    into: &mut Vec<T>,
    id: impl Fn(&T) -> &String,
    files: &mut BTreeMap<String, String>,
    errors: &mut Errors,
) {
    let values: Option<Vec<Value>> = match serde_yaml::from_str(text) {
        Ok(values) => values,
        Err(e) => return errors.say(e.to_string()),
    };
    let kind = name.split(['/', '.']).next().unwrap_or_default().trim_end_matches('s').to_owned();
    for (at, value) in values.unwrap_or_default().into_iter().enumerate() {
        let label =
            value.get("id").and_then(Value::as_str).map_or_else(|| format!("entry {}", at + 1), ToOwned::to_owned);
        errors.at(name, &label);
        match serde_path_to_error::deserialize::<_, T>(value) {
            Ok(entry) => {
                let key = id(&entry).clone();
                errors.unless(is_kebab(&key), "id is not kebab-case");
                if let Some(other) = files.insert(format!("{kind} {key}"), name.to_owned()) {
                    errors.say(format!("this id is taken in {other}"));
                }
                into.push(entry);
            }
            Err(e) => errors.say(format!("{}: {}", e.path(), e.inner())),
        }
    }
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && !id.starts_with('-')
        && !id.ends_with('-')
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}

/// Keys that may stand for one entry only.
#[derive(Default)]
struct Taken(BTreeMap<String, (String, String)>);

impl Taken {
    fn take(&mut self, key: String, spelled: &str, id: &str, errors: &mut Errors) {
        if key.is_empty() {
            return errors.say(format!("alias `{spelled}` is empty after folding"));
        }
        // An entry may list two spellings of one key.
        if let Some((other, theirs)) = self.0.get(&key).filter(|(other, _)| other != id) {
            return errors.say(format!("alias `{spelled}` is also `{theirs}` of {other}"));
        }
        self.0.insert(key, (id.to_owned(), spelled.to_owned()));
    }
}

fn review(review: &Review, errors: &mut Errors) {
    match review {
        Review::Unreviewed => {}
        Review::Reviewed { by, role, date } => {
            let named = !by.trim().is_empty() && !role.trim().is_empty();
            errors.unless(named && is_date(date), "review: by, role and a date");
        }
    }
}

fn source(id: &str, known: &Known, errors: &mut Errors) {
    errors.unless(known.sources.contains(id), format!("source `{id}` is not in sources"));
}

/// What every sentence of an entry must be.
fn said(field: &str, sentence: &Sentence, known: &Known, errors: &mut Errors) {
    source(&sentence.source, known, errors);
    sentence::ko(field, &sentence.ko, errors);
    sentence::en(field, &sentence.en, known, errors);
}
