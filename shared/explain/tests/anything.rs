//! Arbitrary input: no panic, nothing unverified, nothing judged in a unit that is not listed, no order turned round.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chrono::NaiveDate;
use common::*;
use medius_explain::schema::{Ages, Analyte, ForPregnant, ForSex, Kind};
use medius_explain::{
    Catalogue, Input, Judgement, MedicineRow, Options, Person, Place, Pregnancy, Reason, ResultRow, Sex, report,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn anything() -> impl Strategy<Value = String> {
    let printed = prop::sample::select(vec![
        "5.1",
        "<0.01",
        ">=",
        "1+",
        "±",
        "음성",
        "양성(1.2)",
        "5-9/HPF",
        "H",
        "▲",
        "mg/dL",
        "x10³/㎕",
        "남",
        "여:",
        "~",
        "-",
        "이하",
        "미만",
        "1,024",
        "{value}",
        "{",
        "}",
        "칼륨",
        "Glucose",
        "K",
        "120/80",
        "혈압",
        "\u{202e}",
        "１２",
        "㎎",
        "9999999999999999999999999999999",
        ".",
        ",",
        "(",
        ")",
        "/",
    ]);
    prop_oneof![
        4 => prop::collection::vec(printed, 0..5).prop_map(|parts| parts.join("")),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is printed: no panic, no sentence without a source, no stray number.
    #[test]
    fn any_row_gives_a_verified_report(
        name in anything(), value in anything(), unit in prop::option::of(anything()), range in prop::option::of(anything()),
        flag in prop::option::of(anything()), heading in prop::option::of(anything()), medicine in anything(), at in 0_usize..10_000,
    ) {
        let analytes = analytes();
        let known = analytes[at % analytes.len()].name.ko.clone();
        let base = ResultRow { id: "1".to_owned(), value, unit, range, flag, heading, ..ResultRow::default() };
        let rows = vec![ResultRow { name, ..base.clone() }, ResultRow { id: "2".to_owned(), name: known, ..base }];
        let input = Input {
            as_of: as_of(),
            person: Person { sex: Some(Sex::Male), born: NaiveDate::from_ymd_opt(1980, 1, 1), pregnancy: Pregnancy::No },
            results: rows,
            medicines: vec![MedicineRow { id: "m".to_owned(), name: medicine, ..MedicineRow::default() }],
        };
        let report = report(&input, Catalogue::embedded(), Options::default());
        prop_assert!(report.is_ok(), "{:?}", report.err());
    }

    /// A unit of letters that no list has is never judged.
    #[test]
    fn an_invented_unit_is_never_judged(unit in "[a-zA-Z%/]{1,8}", at in 0_usize..10_000) {
        let all = analytes();
        let analyte = &all[at % all.len()];
        let key = medius_explain::fold::unit(&unit);
        prop_assume!(analyte.kind == Kind::Quantity);
        prop_assume!(!analyte.units.iter().flat_map(|u| &u.spell).any(|s| medius_explain::fold::unit(s) == key));
        let result = make(Person::default(), vec![row(analyte, "5", Some(&unit))]).results.remove(0);
        prop_assert_eq!(result.judgement, Judgement::NotJudged(Reason::UnitUnknown));
        prop_assert!(!result.critical);
    }

    /// Of two values, the higher one is never judged lower.
    #[test]
    fn judgements_rise_with_values(a in 0_i64..100_000, b in 0_i64..100_000, at in 0_usize..10_000) {
        let all: Vec<&Analyte> = analytes().iter().filter(|a| a.kind == Kind::Quantity && !a.ranges.is_empty()).collect();
        let analyte = all[at % all.len()];
        let who = || person(ForSex::Any, Ages { from: Some(30), below: None }, ForPregnant::No, None);
        let judge = |value: i64| explain(analyte, Decimal::new(value, 2), who()).judgement;
        let order = |judgement| match judgement {
            Judgement::Judged(Place::Low) => Some(0),
            Judgement::Judged(Place::Within) => Some(1),
            Judgement::Judged(Place::High) => Some(2),
            Judgement::Judged(Place::Outside) | Judgement::NotJudged(_) | Judgement::Conflict => None,
        };
        if let (Some(low), Some(high)) = (order(judge(a.min(b))), order(judge(a.max(b)))) {
            prop_assert!(low <= high, "{}", analyte.id);
        }
    }
}
