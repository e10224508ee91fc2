//! Refuses to build when a consent text lacks a statutory element, or when its languages differ in structure
//! (PIPA Art. 15(2), 17(2), 22, 23).

use serde_json::Value;
use std::{error::Error, fs, path::Path};

/// Elements that Art. 15(2) asks for.
const COLLECTION: [&str; 4] = ["purpose", "items", "retention", "right_to_refuse"];
/// Elements that Art. 17(2) asks for.
const PROVISION: [&str; 5] = ["recipient", "recipient_purpose", "items", "recipient_retention", "right_to_refuse"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=consent-texts");
    for (item, elements) in [("G1", COLLECTION.as_slice()), ("S1", &COLLECTION), ("P", &PROVISION), ("PS", &PROVISION)]
    {
        for version in fs::read_dir(Path::new("consent-texts").join(item))? {
            let folder = version?.path();
            let ko = structure(&folder.join("ko.json"))?;
            let en = structure(&folder.join("en.json"))?;
            if ko != en {
                return Err(format!("{}: the languages differ in structure", folder.display()).into());
            }
            let names: Vec<&str> = ko.iter().map(|(name, _)| name.as_str()).collect();
            if names != elements {
                return Err(format!("{}: statutory elements must be {elements:?}", folder.display()).into());
            }
        }
    }
    Ok(())
}

/// The elements of a text and whether each is emphasised; every text of it must say something.
fn structure(path: &Path) -> Result<Vec<(String, bool)>, Box<dyn Error>> {
    let bad = |what: &str| format!("{}: {what}", path.display());
    let text: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let said = |value: &Value, key: &str| value[key].as_str().is_some_and(|s| !s.trim().is_empty());
    for key in ["title", "grant", "refuse"] {
        if !said(&text, key) {
            return Err(bad(key).into());
        }
    }
    let elements = text["elements"].as_array().ok_or_else(|| bad("elements"))?;
    let structure = elements.iter().map(|e| {
        if !said(e, "heading") || !said(e, "text") {
            return None;
        }
        Some((e["element"].as_str()?.to_owned(), e["emphasis"].as_bool()?))
    });
    structure.collect::<Option<Vec<_>>>().ok_or_else(|| bad("an element is incomplete").into())
}
