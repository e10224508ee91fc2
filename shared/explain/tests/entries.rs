//! Every entry of the catalogue against the engine: limits to the last digit, units both ways, names, units that are not
//! listed. What is expected is computed here from the entry alone, by plain comparison.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::*;
use medius_explain::schema::{Ages, Band, Class, Exact, ForPregnant, ForSex, Kind};
use medius_explain::{Catalogue, Judgement, Person, Place, Reason, ResultRow};
use rust_decimal::Decimal;

struct Limits {
    from: Option<Exact>,
    above: Option<Exact>,
    below: Option<Exact>,
    to: Option<Exact>,
}

impl Limits {
    fn place(&self, value: Decimal) -> Place {
        let low = self.from.is_some_and(|l| value < l.0) || self.above.is_some_and(|l| value <= l.0);
        let high = self.below.is_some_and(|l| value >= l.0) || self.to.is_some_and(|l| value > l.0);
        if low {
            Place::Low
        } else if high {
            Place::High
        } else {
            Place::Within
        }
    }

    fn all(&self) -> impl Iterator<Item = Decimal> {
        [self.from, self.above, self.below, self.to].into_iter().flatten().map(|l| l.0)
    }
}

#[test]
fn the_catalogue_is_as_large_as_promised() {
    let entries = Catalogue::embedded().entries();
    assert!(entries.analytes.len() >= 130, "{} analytes", entries.analytes.len());
    let single = entries.medicines.iter().filter(|m| m.components.is_empty()).count();
    assert!(single >= 200, "{single} ingredients");
    assert!(entries.interactions.len() >= 60, "{} interactions", entries.interactions.len());
}

#[test]
fn every_range_is_exact_to_the_last_digit() {
    let mut count = 0;
    for analyte in analytes() {
        for range in &analyte.ranges {
            let limits = Limits { from: range.from, above: range.above, below: range.below, to: range.to };
            for value in limits.all().flat_map(around).filter(|v| believable(analyte, *v)) {
                let who = person(range.sex, range.age, range.pregnant, range.trimester.first().copied());
                let result = explain(analyte, value, who);
                assert_eq!(result.judgement, Judgement::Judged(limits.place(value)), "{} {value}", analyte.id);
                assert_eq!(result.range.unwrap().source, range.source, "{}", analyte.id);
                count += 1;
            }
        }
    }
    assert!(count > 300, "{count}");
}

#[test]
fn every_critical_limit_is_critical_itself_and_one_digit_inside_is_not() {
    let mut count = 0;
    for analyte in analytes() {
        let is_critical = |value: Decimal| {
            analyte
                .critical
                .iter()
                .any(|c| c.at_or_below.is_some_and(|l| value <= l.0) || c.at_or_above.is_some_and(|l| value >= l.0))
        };
        for limit in analyte.critical.iter().flat_map(|c| c.at_or_below.iter().chain(&c.at_or_above)) {
            for value in around(limit.0).into_iter().filter(|v| believable(analyte, *v)) {
                let who = person(ForSex::Any, Ages { from: Some(30), below: None }, ForPregnant::No, None);
                let result = explain(analyte, value, who);
                assert_eq!(result.critical, is_critical(value), "{} {value}", analyte.id);
                count += 1;
            }
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn a_critical_value_stands_first_and_says_whom_to_call() {
    for analyte in analytes().iter().filter(|a| !a.critical.is_empty()) {
        let limit = analyte.critical.iter().find_map(|c| c.at_or_below.or(c.at_or_above)).unwrap();
        let spelled = canonical(analyte).spell.first().map(String::as_str);
        let report = make(
            person(ForSex::Any, Ages::default(), ForPregnant::No, None),
            vec![row(analyte, &limit.0.to_string(), spelled)],
        );
        let [notice] = report.critical.as_slice() else { panic!("{}", analyte.id) };
        assert!(notice.said.iter().any(|said| said.ko().unwrap().contains("119")));
        assert!(notice.said.len() <= 3, "short");
        let json = serde_json::to_string(&report).unwrap();
        assert!(json.starts_with("{\"critical\":["), "first");
    }
}

#[test]
fn every_value_lies_in_exactly_one_band() {
    let mut count = 0;
    for analyte in analytes().iter().filter(|a| a.kind == Kind::Quantity) {
        for screening in &analyte.screening {
            let inside = |band: &Band, value: Decimal| {
                let limits = Limits { from: band.from, above: band.above, below: band.below, to: band.to };
                limits.place(value) == Place::Within
            };
            let limits = screening.bands.iter().flat_map(|b| [b.from, b.above, b.below, b.to]).flatten();
            for value in limits.flat_map(|l| around(l.0)).filter(|v| believable(analyte, *v)) {
                let class: Vec<Class> = screening.bands.iter().filter(|b| inside(b, value)).map(|b| b.is).collect();
                assert!(class.len() <= 1, "{} {value}: two bands", analyte.id);
                // Outside the first and the last limit there may be no band, between them always one.
                let open = screening.bands.first().and_then(|b| b.from.or(b.above)).is_some_and(|l| value <= l.0)
                    || screening.bands.last().and_then(|b| b.below.or(b.to)).is_some_and(|l| value >= l.0);
                assert!(open || class.len() == 1, "{} {value}: a hole", analyte.id);
                let result = explain(analyte, value, person(screening.sex, screening.age, screening.pregnant, None));
                assert_eq!(result.screening.map(|s| s.class), class.first().copied(), "{} {value}", analyte.id);
                count += 1;
            }
            // From the best band outwards it only gets worse.
            let classes: Vec<Class> = screening.bands.iter().map(|b| b.is).collect();
            let best = classes.iter().position(|c| *c == Class::NormalA).unwrap();
            assert!(classes[..=best].is_sorted_by(|a, b| a >= b) && classes[best..].is_sorted(), "{}", analyte.id);
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn every_word_of_a_scale_is_read_in_all_its_spellings() {
    for analyte in analytes().iter().filter(|a| a.kind != Kind::Quantity) {
        for step in &analyte.scale {
            for spelled in &step.spell {
                let result = make(Person::default(), vec![row(analyte, spelled, None)]).results.remove(0);
                assert_eq!(result.word.as_deref(), Some(step.is.as_str()), "{} {spelled}", analyte.id);
                let expected = if analyte.expected.is_empty() {
                    Judgement::NotJudged(Reason::NoReference)
                } else if analyte.expected.contains(&step.is) {
                    Judgement::Judged(Place::Within)
                } else {
                    Judgement::Judged(Place::Outside)
                };
                assert_eq!(result.judgement, expected, "{} {spelled}", analyte.id);
            }
        }
    }
}

#[test]
fn units_convert_there_and_back() {
    let tolerance = Decimal::new(1, 12);
    for analyte in analytes() {
        for unit in &analyte.units {
            let back = |value: Decimal| {
                (value - unit.offset.map_or(Decimal::ZERO, |o| o.0)) * unit.factor.under / unit.factor.over
            };
            let Some(plausible) = analyte.plausible else { continue };
            for spelled in unit.spell.iter().filter(|s| !s.is_empty()) {
                // A value in the middle, said in this unit, is the same value in the canonical one.
                let canonical = (plausible.min.0 + plausible.max.0) / Decimal::TWO;
                let there = back(canonical).round_dp(9);
                let result =
                    make(Person::default(), vec![row(analyte, &there.to_string(), Some(spelled))]).results.remove(0);
                let read = result.canonical.unwrap_or_else(|| panic!("{} {there} {spelled}", analyte.id)).value;
                let again = back(read);
                assert!(
                    (again - there).abs() <= tolerance * there.abs().max(Decimal::ONE),
                    "{} {spelled}: {again} {there}",
                    analyte.id
                );
            }
        }
    }
}

#[test]
fn every_alias_finds_its_own_entry() {
    for analyte in analytes() {
        let names =
            [&analyte.name.ko, &analyte.name.en].into_iter().chain(&analyte.aliases.ko).chain(&analyte.aliases.en);
        for name in names {
            for printed in [name.clone(), format!(" {name} "), name.to_uppercase(), name.to_lowercase()] {
                let result = make(
                    Person::default(),
                    vec![ResultRow { name: printed, value: "1".to_owned(), ..ResultRow::default() }],
                )
                .results
                .remove(0);
                assert_eq!(result.analyte.as_deref(), Some(analyte.id.as_str()), "{name}");
            }
        }
        for code in &analyte.codes.loinc {
            let coded = ResultRow {
                name: "?".to_owned(),
                loinc: Some(code.clone()),
                value: "1".to_owned(),
                ..ResultRow::default()
            };
            let result = make(Person::default(), vec![coded]).results.remove(0);
            assert_eq!(result.analyte.as_deref(), Some(analyte.id.as_str()), "{code}");
        }
    }
}

#[test]
fn a_unit_that_is_not_listed_is_never_judged() {
    let all: std::collections::BTreeSet<&str> =
        analytes().iter().flat_map(|a| &a.units).flat_map(|u| &u.spell).map(String::as_str).collect();
    for analyte in analytes().iter().filter(|a| a.kind == Kind::Quantity) {
        let own: Vec<String> =
            analyte.units.iter().flat_map(|u| &u.spell).map(|s| medius_explain::fold::unit(s)).collect();
        let middle = analyte.ranges.first().and_then(|r| r.from.or(r.to).or(r.below)).map_or(Decimal::ONE, |l| l.0);
        let foreign =
            all.iter().filter(|spelled| !spelled.is_empty() && !own.contains(&medius_explain::fold::unit(spelled)));
        let rows: Vec<_> = foreign.map(|unit| row(analyte, &middle.to_string(), Some(unit))).collect();
        for result in make(person(ForSex::Any, Ages::default(), ForPregnant::No, None), rows).results {
            let unit = result.printed.unit.unwrap();
            assert_eq!(result.judgement, Judgement::NotJudged(Reason::UnitUnknown), "{} {unit}", analyte.id);
            assert!(!result.critical && result.screening.is_none() && result.canonical.is_none());
        }
        if !own.iter().any(String::is_empty) {
            let result = make(Person::default(), vec![row(analyte, &middle.to_string(), None)]).results.remove(0);
            assert_eq!(result.judgement, Judgement::NotJudged(Reason::UnitMissing), "{}", analyte.id);
        }
    }
}
