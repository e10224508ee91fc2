//! Every medicine of the catalogue against the engine: names, combinations, interactions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::as_of;
use medius_explain::schema::{Medicine, Side};
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

/// The interactions that a report tells of two medicines.
fn told(first: &Medicine, second: &Medicine) -> Vec<String> {
    let names =
        [first, second].map(|m| MedicineRow { id: m.id.clone(), name: m.name.ko.clone(), ..MedicineRow::default() });
    let input = Input { as_of: as_of(), person: Person::default(), results: Vec::new(), medicines: names.to_vec() };
    let report = report(&input, Catalogue::embedded(), Options::default()).unwrap();
    report.interactions.into_iter().map(|m| m.interaction).collect()
}

#[test]
fn every_interaction_is_found_in_either_order_and_inside_combinations() {
    let catalogue = Catalogue::embedded();
    let medicines = &catalogue.entries().medicines;
    let fits = |side: &Side, m: &Medicine| {
        side.ingredient.as_ref().is_some_and(|id| *id == m.id)
            || side.class.as_ref().is_some_and(|class| m.class.0.contains(class))
    };
    for interaction in &catalogue.entries().interactions {
        let [one, two] = &interaction.between;
        // A closer entry may speak for some pairs of a class, but not for all of them.
        let mut pairs = medicines
            .iter()
            .filter(|m| fits(one, m))
            .flat_map(|a| medicines.iter().filter(|b| fits(two, b) && b.id != a.id).map(move |b| (a, b)));
        let (a, b) = pairs
            .find(|(a, b)| told(a, b).contains(&interaction.id))
            .unwrap_or_else(|| panic!("{} is never told", interaction.id));
        assert!(told(b, a).contains(&interaction.id), "{}", interaction.id);
        if let Some(combination) =
            medicines.iter().find(|m| m.components.contains(&a.id) && !m.components.contains(&b.id))
        {
            assert!(told(combination, b).contains(&interaction.id), "{} {}", interaction.id, combination.id);
        }
    }
}

#[test]
fn no_pair_of_ingredients_is_told_twice_of_one_thing() {
    let catalogue = Catalogue::embedded();
    let (warfarin, aspirin) = (catalogue.medicine("warfarin").unwrap(), catalogue.medicine("aspirin").unwrap());
    assert_eq!(told(warfarin, aspirin), ["warfarin-with-aspirin"]);
}

#[test]
fn the_parts_of_one_product_do_not_meet() {
    let catalogue = Catalogue::embedded();
    for combination in catalogue.entries().medicines.iter().filter(|m| !m.components.is_empty()) {
        let row = MedicineRow { id: "1".to_owned(), name: combination.name.ko.clone(), ..MedicineRow::default() };
        let input = Input { as_of: as_of(), person: Person::default(), results: Vec::new(), medicines: vec![row] };
        let report = report(&input, catalogue, Options::default()).unwrap();
        assert!(report.interactions.is_empty() && report.duplicates.is_empty(), "{}", combination.id);
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
