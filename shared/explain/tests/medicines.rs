//! Every medicine of the catalogue against the engine: names, combinations, interactions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::as_of;
use medius_explain::{Catalogue, Input, MedicineRow, Options, Person, report};

#[test]
fn every_name_finds_its_own_entry() {
    let catalogue = Catalogue::embedded();
    for medicine in &catalogue.entries().medicines {
        let names =
            [&medicine.name.ko, &medicine.name.en].into_iter().chain(&medicine.aliases.ko).chain(&medicine.aliases.en);
        let rows: Vec<_> = names
            .enumerate()
            .map(|(at, name)| MedicineRow { id: at.to_string(), name: name.clone(), ..MedicineRow::default() })
            .collect();
        for row in rows {
            let input =
                Input { as_of: as_of(), person: Person::default(), results: Vec::new(), medicines: vec![row.clone()] };
            let found = report(&input, catalogue, Options::default()).unwrap().medicines.remove(0);
            assert_eq!(found.medicine.as_deref(), Some(medicine.id.as_str()), "{}", row.name);
            assert!(found.purpose.is_some() && found.how.is_some() && !found.cautions.is_empty());
        }
    }
}

#[test]
fn every_interaction_is_found_in_either_order_and_inside_combinations() {
    let catalogue = Catalogue::embedded();
    let medicines = &catalogue.entries().medicines;
    for interaction in &catalogue.entries().interactions {
        let pick = |side: &medius_explain::schema::Side, other: Option<&str>| {
            let fits = |m: &&medius_explain::schema::Medicine| {
                let named = side.ingredient.as_ref().is_some_and(|id| *id == m.id);
                let class = side.class.as_ref().is_some_and(|class| m.class.0.contains(class));
                (named || class) && other != Some(m.id.as_str())
            };
            medicines.iter().find(fits).unwrap_or_else(|| panic!("{}", interaction.id)).clone()
        };
        let [one, two] = &interaction.between;
        let a = pick(one, None);
        let b = pick(two, Some(&a.id));
        let combination = medicines.iter().find(|m| m.components.contains(&a.id) && !m.components.contains(&b.id));
        for (first, second) in [(&a, &b), (&b, &a)].into_iter().chain(combination.map(|c| (c, &b))) {
            let names = [first, second].map(|m| MedicineRow {
                id: m.id.clone(),
                name: m.name.ko.clone(),
                ..MedicineRow::default()
            });
            let input =
                Input { as_of: as_of(), person: Person::default(), results: Vec::new(), medicines: names.to_vec() };
            let report = report(&input, catalogue, Options::default()).unwrap();
            assert!(
                report.interactions.iter().any(|m| m.interaction == interaction.id),
                "{} {} {}",
                interaction.id,
                first.id,
                second.id
            );
        }
    }
}

#[test]
fn every_combination_is_a_duplicate_of_each_of_its_ingredients() {
    let catalogue = Catalogue::embedded();
    for combination in catalogue.entries().medicines.iter().filter(|m| !m.components.is_empty()) {
        for component in &combination.components {
            let single = catalogue.medicine(component).unwrap();
            let rows = [combination, single].map(|m| MedicineRow {
                id: m.id.clone(),
                name: m.name.en.clone(),
                ..MedicineRow::default()
            });
            let input =
                Input { as_of: as_of(), person: Person::default(), results: Vec::new(), medicines: rows.to_vec() };
            let report = report(&input, catalogue, Options::default()).unwrap();
            assert!(
                report.duplicates.iter().any(|d| d.ingredient && d.shared == *component),
                "{} {component}",
                combination.id
            );
        }
    }
}
