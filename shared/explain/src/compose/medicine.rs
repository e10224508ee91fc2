//! Medicines in words: what for, how, cautions, what is there twice, and what meets what.

use super::YOUR_REPORT;
use crate::catalogue::{Catalogue, usable};
use crate::input::{Input, MedicineRow, Pregnancy, Sex, Unreviewed};
use crate::matching::suggest_medicine;
use crate::medicine;
use crate::report::{Duplicate, ExplainedMedicine, Meeting, NotJudged, Report, Suggestion};
use crate::said::{Fact, Speaker, Unsaid};
use crate::schema::{Interaction, Medicine, Side};
use std::collections::BTreeSet;

/// Adds everything about the medicines.
pub(super) fn add(
    speaker: Speaker<'_>,
    input: &Input,
    unreviewed: Unreviewed,
    report: &mut Report,
) -> Result<(), Unsaid> {
    let found: Vec<(&MedicineRow, Option<&Medicine>)> =
        input.medicines.iter().map(|row| (row, medicine::find(speaker.catalogue, row))).collect();
    let may_be_pregnant = match input.person.pregnancy {
        Pregnancy::Yes { .. } => true,
        Pregnancy::No => false,
        Pregnancy::Unknown => input.person.sex != Some(Sex::Male),
    };
    for (row, entry) in &found {
        let shown = entry.filter(|m| usable(&m.review, unreviewed));
        if shown.is_none() {
            let phrase = if entry.is_some() { "not-judged-not-reviewed" } else { "unknown-medicine" };
            let reason = entry.map(|_| crate::judge::Reason::NotReviewed).unwrap_or(crate::judge::Reason::UnknownName);
            let said = vec![speaker.phrase(phrase, &[], YOUR_REPORT)?];
            report.not_judged.push(NotJudged {
                row: row.id.clone(),
                printed: row.name.clone(),
                reason: Some(reason),
                said,
            });
        }
        report.medicines.push(explained(speaker, row, *entry, shown, may_be_pregnant));
    }
    for (at, (row, entry)) in found.iter().enumerate() {
        for (other_row, other) in found.iter().skip(at + 1) {
            let (Some(a), Some(b)) = (entry, other) else { continue };
            if usable(&a.review, unreviewed) && usable(&b.review, unreviewed) {
                duplicates(speaker, (row, a), (other_row, b), report)?;
            }
            for interaction in meetings(speaker.catalogue, unreviewed, a, b) {
                report.interactions.push(meeting(speaker, interaction, (row, a), (other_row, b))?);
            }
        }
    }
    report.interactions.sort_by_key(|meeting| meeting.severity);
    // The same ingredient twice is seldom meant; two of a kind may be.
    report.duplicates.sort_by_key(|duplicate| !duplicate.ingredient);
    if input.medicines.len() > 1 {
        report.notes.push(speaker.phrase("note-interactions", &[], YOUR_REPORT)?);
    }
    Ok(())
}

fn explained(
    speaker: Speaker<'_>,
    row: &MedicineRow,
    entry: Option<&Medicine>,
    shown: Option<&Medicine>,
    pregnancy: bool,
) -> ExplainedMedicine {
    let catalogue = speaker.catalogue;
    let components =
        entry.map(|m| m.components.iter().filter_map(|id| catalogue.medicine(id)).map(|m| m.name.clone()).collect());
    let text = shown.map(|m| &m.text);
    let near = if entry.is_none() { suggest_medicine(catalogue, &row.name) } else { Vec::new() };
    ExplainedMedicine {
        row: row.id.clone(),
        printed: row.name.clone(),
        medicine: entry.map(|m| m.id.clone()),
        name: entry.map(|m| m.name.clone()),
        components: components.unwrap_or_default(),
        purpose: text.map(|t| speaker.quote(&t.purpose)),
        how: text.map(|t| speaker.quote(&t.how)),
        cautions: text.map(|t| t.cautions.iter().map(|s| speaker.quote(s)).collect()).unwrap_or_default(),
        food: text.and_then(|t| t.food.as_ref()).map(|s| speaker.quote(s)),
        pregnancy: text.and_then(|t| t.pregnancy.as_ref()).filter(|_| pregnancy).map(|s| speaker.quote(s)),
        reviewed: entry.is_some_and(|m| m.review.is_done()),
        suggestions: near.into_iter().map(|m| Suggestion { id: m.id.clone(), name: m.name.clone() }).collect(),
    }
}

/// The single ingredients of a medicine.
fn ingredients<'a>(catalogue: &'a Catalogue, medicine: &'a Medicine) -> Vec<&'a Medicine> {
    if medicine.components.is_empty() {
        vec![medicine]
    } else {
        medicine.components.iter().filter_map(|id| catalogue.medicine(id)).collect()
    }
}

fn classes<'a>(catalogue: &'a Catalogue, medicine: &'a Medicine) -> BTreeSet<&'a str> {
    let parts = ingredients(catalogue, medicine);
    parts.into_iter().chain([medicine]).flat_map(|m| &m.class.0).map(String::as_str).collect()
}

fn duplicates(
    speaker: Speaker<'_>,
    a: (&MedicineRow, &Medicine),
    b: (&MedicineRow, &Medicine),
    report: &mut Report,
) -> Result<(), Unsaid> {
    let catalogue = speaker.catalogue;
    let theirs: Vec<&str> = ingredients(catalogue, b.1).iter().map(|m| m.id.as_str()).collect();
    let shared: Vec<&Medicine> =
        ingredients(catalogue, a.1).into_iter().filter(|m| theirs.contains(&m.id.as_str())).collect();
    let rows = [a.0.id.clone(), b.0.id.clone()];
    let between = [("first", Fact::Same(&a.0.name)), ("second", Fact::Same(&b.0.name))];
    let ask = speaker.phrase("duplicate-ask", &[], YOUR_REPORT)?;
    for ingredient in &shared {
        let [first, second] = &between;
        let both = [
            ("first", same(&first.1)),
            ("second", same(&second.1)),
            ("shared", Fact::Each { ko: &ingredient.name.ko, en: &ingredient.name.en }),
        ];
        let said = vec![speaker.phrase("duplicate-ingredient", &both, YOUR_REPORT)?, ask.clone()];
        report.duplicates.push(Duplicate { rows: rows.clone(), shared: ingredient.id.clone(), ingredient: true, said });
    }
    if shared.is_empty() {
        let theirs = classes(catalogue, b.1);
        for class in classes(catalogue, a.1).intersection(&theirs) {
            let said = vec![speaker.phrase("duplicate-class", &between, YOUR_REPORT)?, ask.clone()];
            report.duplicates.push(Duplicate {
                rows: rows.clone(),
                shared: (*class).to_owned(),
                ingredient: false,
                said,
            });
        }
    }
    Ok(())
}

const fn same<'a>(fact: &Fact<'a>) -> Fact<'a> {
    match fact {
        Fact::Same(text) => Fact::Same(text),
        Fact::Each { ko, en } => Fact::Each { ko, en },
    }
}

/// The interactions between two products, ingredient by ingredient: where one entry names the ingredients and another
/// their class, only the closer one is told.
fn meetings<'a>(catalogue: &'a Catalogue, unreviewed: Unreviewed, a: &Medicine, b: &Medicine) -> Vec<&'a Interaction> {
    let all = &catalogue.entries().interactions;
    let mut found: BTreeSet<usize> = BTreeSet::new();
    for one in parts(catalogue, a) {
        for two in parts(catalogue, b) {
            let hits: Vec<(usize, u8)> = all
                .iter()
                .enumerate()
                .filter(|(_, interaction)| usable(&interaction.review, unreviewed))
                .filter_map(|(at, interaction)| Some((at, closeness(interaction, one, two)?)))
                .collect();
            let closest = hits.iter().map(|(_, close)| *close).max();
            found.extend(hits.iter().filter(|(_, close)| Some(*close) == closest).map(|(at, _)| *at));
        }
    }
    found.into_iter().filter_map(|at| all.get(at)).collect()
}

/// A product and its ingredients: an entry may name a combination itself.
fn parts<'a>(catalogue: &'a Catalogue, medicine: &'a Medicine) -> Vec<&'a Medicine> {
    let own = if medicine.components.is_empty() { None } else { Some(medicine) };
    ingredients(catalogue, medicine).into_iter().chain(own).collect()
}

/// How many sides name the ingredient itself, if two medicines are the two sides in either order.
fn closeness(interaction: &Interaction, a: &Medicine, b: &Medicine) -> Option<u8> {
    let [one, two] = &interaction.between;
    let side = |side: &Side, medicine: &Medicine| {
        if side.ingredient.as_ref() == Some(&medicine.id) {
            return Some(1);
        }
        side.class.as_ref().filter(|class| medicine.class.0.contains(class)).map(|_| 0)
    };
    let both = |a: &Medicine, b: &Medicine| Some(side(one, a)? + side(two, b)?);
    both(a, b).max(both(b, a))
}

fn meeting(
    speaker: Speaker<'_>,
    interaction: &Interaction,
    a: (&MedicineRow, &Medicine),
    b: (&MedicineRow, &Medicine),
) -> Result<Meeting, Unsaid> {
    let between = [("first", Fact::Same(&a.0.name)), ("second", Fact::Same(&b.0.name))];
    Ok(Meeting {
        interaction: interaction.id.clone(),
        rows: [a.0.id.clone(), b.0.id.clone()],
        severity: interaction.severity,
        said: vec![
            speaker.phrase("interaction-between", &between, YOUR_REPORT)?,
            speaker.quote(&interaction.text),
            speaker.quote(&interaction.ask),
        ],
        reviewed: interaction.review.is_done(),
    })
}
