//! Entries of tests and measurements.

use super::{Errors, Known, Taken, file, limits, review, said, sentence, ucum};
use crate::fold;
use crate::schema::{Analyte, Entries, Kind};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Holds all of them to their rules.
pub(super) fn all(entries: &Entries, known: &Known, files: &BTreeMap<String, String>, errors: &mut Errors) {
    let (mut names, mut loinc) = (Taken::default(), Taken::default());
    for analyte in &entries.analytes {
        let id = analyte.id.as_str();
        errors.at(file(files, "analyte", id), id);
        let spelled =
            [&analyte.name.ko, &analyte.name.en].into_iter().chain(&analyte.aliases.ko).chain(&analyte.aliases.en);
        for name in spelled {
            names.take(fold::name(name), name, id, errors);
        }
        for code in &analyte.codes.loinc {
            errors.unless(is_loinc(code), format!("`{code}` is no LOINC code: its check digit is wrong"));
            loinc.take(code.clone(), code, id, errors);
        }
        units(analyte, errors);
        scale(analyte, errors);
        limits::all(analyte, known, errors);
        texts(analyte, known, errors);
        review(&analyte.review, errors);
    }
}

fn units(analyte: &Analyte, errors: &mut Errors) {
    let number = analyte.kind == Kind::Quantity;
    errors.unless(number == analyte.plausible.is_some(), "a quantity, and only a quantity, has plausible values");
    if !number && analyte.units.is_empty() {
        return;
    }
    let canonical: Vec<_> = analyte.units.iter().filter(|u| u.canonical).collect();
    let [canonical] = canonical.as_slice() else {
        return errors.say("exactly one unit is canonical");
    };
    let one = canonical.factor.over == canonical.factor.under && canonical.offset.is_none();
    errors.unless(one, "the canonical unit has the factor 1");
    let mut spellings: BTreeMap<String, &str> = BTreeMap::new();
    for unit in &analyte.units {
        let plain = !unit.ucum.is_empty() && unit.ucum.bytes().all(|b| b.is_ascii_graphic());
        errors.unless(plain, "a UCUM code is printable ASCII without blanks");
        errors.unless(!unit.spell.is_empty(), format!("{}: no spelling", unit.ucum));
        for spelled in &unit.spell {
            let unitless = unit.ucum == "1" || unit.ucum.starts_with('{') || unit.ucum == "[pH]";
            errors.unless(
                !spelled.is_empty() || unitless,
                format!("{}: only what has no unit may be printed without one", unit.ucum),
            );
            if let Some(other) = spellings.insert(fold::unit(spelled), &unit.ucum).filter(|other| *other != unit.ucum) {
                errors.say(format!("unit `{spelled}` is both {other} and {}", unit.ucum));
            }
        }
        if let Some(factor) = ucum::factor(&unit.ucum, &canonical.ucum) {
            let fits = unit.factor.under.checked_mul(factor) == Some(unit.factor.over);
            errors.unless(
                fits,
                format!(
                    "{} to {}: the factor is {}, not {}",
                    unit.ucum,
                    canonical.ucum,
                    factor.normalize(),
                    unit.factor
                ),
            );
        } else if !unit.canonical {
            let believable = unit.factor.over.checked_div(unit.factor.under).is_some_and(|f| f > Decimal::new(1, 9));
            errors.unless(believable, format!("{}: factor {} cannot be", unit.ucum, unit.factor));
        }
    }
}

fn scale(analyte: &Analyte, errors: &mut Errors) {
    errors.unless((analyte.kind == Kind::Quantity) == analyte.scale.is_empty(), "words, and only words, have a scale");
    let mut spellings: BTreeMap<String, &str> = BTreeMap::new();
    let mut steps = BTreeSet::new();
    for step in &analyte.scale {
        errors.unless(steps.insert(step.is.as_str()), format!("`{}` is twice on the scale", step.is));
        for spelled in step.spell.iter().chain([&step.is]) {
            let key = fold::word(spelled);
            errors.unless(!key.is_empty(), format!("{}: an empty spelling", step.is));
            if let Some(other) = spellings.insert(key, &step.is).filter(|other| *other != step.is) {
                errors.say(format!("`{spelled}` is both {other} and {}", step.is));
            }
        }
    }
    for word in &analyte.expected {
        errors.unless(steps.contains(word.as_str()), format!("expected: `{word}` is not on the scale"));
    }
}

fn texts(analyte: &Analyte, known: &Known, errors: &mut Errors) {
    let text = &analyte.text;
    said("measures", &text.measures, known, errors);
    for (field, sentence) in [("high", &text.high), ("low", &text.low)] {
        if let Some(sentence) = sentence {
            said(field, sentence, known, errors);
            sentence::hedged(field, &sentence.ko, &sentence.en, errors);
        }
    }
    errors.unless(text.affects.len() <= 3, "affects: at most three sentences");
    errors.unless((1..=2).contains(&text.ask.len()), "ask: one or two questions");
    for (field, list) in [("affects", &text.affects), ("ask", &text.ask), ("caveats", &analyte.caveats)] {
        for sentence in list {
            said(field, sentence, known, errors);
        }
    }
}

/// Whether the check digit fits (Luhn, as the Regenstrief Institute describes it).
fn is_loinc(code: &str) -> bool {
    let Some((number, check)) = code.split_once('-') else { return false };
    if number.is_empty() || check.len() != 1 || !code.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return false;
    }
    let digits = format!("{number}{check}");
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(at, d)| if at % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { d })
        .sum();
    sum.is_multiple_of(10)
}
