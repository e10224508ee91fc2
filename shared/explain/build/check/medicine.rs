//! Entries of medicines and interactions.

use super::{Errors, Known, Taken, file, review, said};
use crate::fold;
use crate::schema::{Entries, Medicine};
use std::collections::{BTreeMap, BTreeSet};

/// Holds all of them to their rules.
pub(super) fn all(entries: &Entries, known: &Known, files: &BTreeMap<String, String>, errors: &mut Errors) {
    let by_id: BTreeMap<&str, &Medicine> = entries.medicines.iter().map(|m| (m.id.as_str(), m)).collect();
    let classes: BTreeSet<&str> = entries.medicines.iter().flat_map(|m| &m.class.0).map(String::as_str).collect();
    let (mut names, mut hira, mut rxnorm) = (Taken::default(), Taken::default(), Taken::default());
    for medicine in &entries.medicines {
        let id = medicine.id.as_str();
        errors.at(file(files, "medicine", id), id);
        let spelled =
            [&medicine.name.ko, &medicine.name.en].into_iter().chain(&medicine.aliases.ko).chain(&medicine.aliases.en);
        for name in spelled {
            names.take(fold::medicine(name), name, id, errors);
        }
        for code in &medicine.codes.hira {
            let form = code.len() == 9 && code.bytes().all(|b| b.is_ascii_alphanumeric());
            errors.unless(form, format!("`{code}` is no HIRA ingredient code: 9 characters"));
            hira.take(code.clone(), code, id, errors);
        }
        for code in &medicine.codes.rxnorm {
            errors.unless(code.bytes().all(|b| b.is_ascii_digit()), format!("`{code}` is no RxNorm id"));
            rxnorm.take(code.clone(), code, id, errors);
        }
        errors.unless(medicine.components.len() != 1, "components: two or more, or none");
        for component in &medicine.components {
            let single = by_id.get(component.as_str()).map(|m| m.components.is_empty());
            errors.unless(single.is_some(), format!("component `{component}` is not in the catalogue"));
            errors.unless(single != Some(false), format!("component `{component}` is a combination itself"));
        }
        let text = &medicine.text;
        said("for", &text.purpose, known, errors);
        said("how", &text.how, known, errors);
        errors.unless(!text.cautions.is_empty(), "cautions: at least one");
        for sentence in text.cautions.iter().chain(&text.food).chain(&text.pregnancy) {
            said("cautions, food or pregnancy", sentence, known, errors);
        }
        review(&medicine.review, errors);
    }
    let mut pairs = BTreeSet::new();
    for interaction in &entries.interactions {
        errors.at(file(files, "interaction", &interaction.id), &interaction.id);
        let mut pair = Vec::new();
        for side in &interaction.between {
            match (&side.ingredient, &side.class) {
                (Some(id), None) => {
                    errors
                        .unless(by_id.contains_key(id.as_str()), format!("ingredient `{id}` is not in the catalogue"));
                    pair.push(format!("i {id}"));
                }
                (None, Some(class)) => {
                    errors.unless(classes.contains(class.as_str()), format!("no medicine has the class `{class}`"));
                    pair.push(format!("c {class}"));
                }
                (Some(_), Some(_)) | (None, None) => errors.say("a side is an ingredient or a class"),
            }
        }
        pair.sort();
        errors.unless(pairs.insert(pair), "these two sides are in another interaction already");
        said("text", &interaction.text, known, errors);
        said("ask", &interaction.ask, known, errors);
        review(&interaction.review, errors);
    }
}
