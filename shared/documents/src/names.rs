//! Names of countries and languages in both languages of the letter: a code such as `VN` is for machines.

use crate::view::Label;
use medius_domain::person::{Country, Language};

static COUNTRIES: &str = include_str!("../data/countries.txt");
static LANGUAGES: &str = include_str!("../data/languages.txt");

/// The country's names; its code where the list has none.
pub(crate) fn country(country: &Country) -> Label {
    find(COUNTRIES, country.expose())
}

/// The language's names; its code where the list has none.
pub(crate) fn language(language: &Language) -> Label {
    find(LANGUAGES, language.expose())
}

fn find(table: &str, code: &str) -> Label {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut columns = line.split('\t');
            (columns.next()? == code).then(|| Some(Label::new(columns.next()?, columns.next()?)))?
        })
        .unwrap_or_else(|| Label::new(code, code))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::coverage::covers;

    #[test]
    fn every_country_and_language_of_the_domain_has_printable_names() {
        for (table, count) in [(COUNTRIES, 249), (LANGUAGES, 60)] {
            let rows: Vec<_> = table.lines().filter(|l| !l.starts_with('#')).collect();
            assert_eq!(rows.len(), count);
            assert!(rows.iter().all(|r| r.split('\t').filter(|c| !c.is_empty()).count() == 3));
            assert!(rows.iter().flat_map(|r| r.chars()).all(|c| c == '\t' || covers(c)));
        }
        assert_eq!(country(&Country::parse("VN").unwrap()).ko, "베트남");
        assert_eq!(language(&Language::parse("vi").unwrap()).en, "Vietnamese");
    }
}
