//! Test results as a clinician reads them: the latest of each test, beside the laboratory's own range, judged by exact
//! decimals or said to be not judged, with the reason.

use super::judgement::{Bar, Judgement, bar, judge, judged, why_not};
use super::{Label, Words, redacted};
use crate::fhir::catalogue::{self, Known};
use medius_domain::clinician::{TestWording, Wording};
use medius_domain::health::{Comparator, Listing, Quantity, ResultValue, TestResult};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Most earlier values that a row lists; the others are in the attached data.
const EARLIER_SHOWN: usize = 5;

/// An earlier value of the same test.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The value with its unit.
    pub value: String,
    /// When.
    pub date: String,
}

/// The latest result of a test.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultRow {
    /// The test's name as given; its Korean name from the patient or, for common tests, from the catalogue.
    pub name: Words,
    /// The number with its comparator, or the finding in words.
    pub value: String,
    /// The finding in words is not a number.
    pub in_words: bool,
    /// The unit's print form; empty for none.
    pub unit: String,
    /// The laboratory's reference range.
    pub range: Option<String>,
    /// The value on that range.
    pub bar: Option<Bar>,
    /// Where the value lies.
    pub judgement: Judgement,
    /// The same in words.
    pub judged: Label,
    /// Why it cannot be said.
    pub why_not: Option<Label>,
    /// The day of the sample.
    pub date: String,
    /// Who measured.
    pub laboratory: Option<String>,
    /// Earlier values, the latest first.
    pub earlier: Vec<Earlier>,
    /// How many more are only in the attached data.
    pub earlier_left_out: usize,
    /// The course is drawn as a chart.
    pub charted: bool,
}

redacted!(Earlier, ResultRow);

/// One test with its results, the earliest first.
pub(crate) struct Test<'a> {
    pub(crate) results: Vec<&'a TestResult>,
}

/// Groups results by test, in the order in which the tests were first named.
pub(crate) fn tests<const MAX: usize>(list: &Listing<TestResult, MAX>) -> Vec<Test<'_>> {
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    let mut tests: Vec<Test<'_>> = Vec::new();
    for result in list.items() {
        let name = result.name.text.expose();
        let key = known_test(result).map_or_else(|| name.to_lowercase(), |k| k.names[0].to_owned());
        let at = *index.entry(key).or_insert_with(|| {
            tests.push(Test { results: Vec::new() });
            tests.len() - 1
        });
        tests[at].results.push(result);
    }
    for test in &mut tests {
        // Stable: of two results of one day, the later entry counts as the later one.
        test.results.sort_by_key(|r| r.collected_on.earliest());
    }
    tests
}

/// The catalogue's entry of a result.
pub(crate) fn known_test(result: &TestResult) -> Option<&'static Known> {
    let unit = match &result.value {
        ResultValue::Quantity(q) => Some(q.unit),
        ResultValue::Text(_) => None,
    };
    catalogue::find(result.name.text.expose(), unit)
}

/// The Korean name of a test: the patient's, or the service's as a reviewer left it.
pub(crate) fn korean_name<'a>(result: &'a TestResult, wording: Option<&'a TestWording>) -> Option<&'a str> {
    let theirs = result.name.ko.as_ref().map(|k| k.expose());
    theirs.or_else(|| match wording {
        Some(wording) => wording.ko.as_ref().map(|k| k.expose()),
        None => known_test(result).map(|k| k.ko),
    })
}

/// One row for each test.
pub(crate) fn rows<const MAX: usize>(list: &Listing<TestResult, MAX>, wording: &Wording) -> Vec<ResultRow> {
    let charted = super::trends::charted(list);
    tests(list).iter().enumerate().filter_map(|(i, test)| row(test, charted.contains(&i), wording)).collect()
}

/// The laboratory, where one measured everything: it is then said once.
pub(crate) fn common_laboratory<const MAX: usize>(list: &Listing<TestResult, MAX>) -> Option<String> {
    let name = |r: &TestResult| r.laboratory.as_ref().map(|l| l.expose().to_owned());
    let first = list.items().first().and_then(name)?;
    list.items().iter().all(|r| name(r).as_ref() == Some(&first)).then_some(first)
}

fn row(test: &Test<'_>, charted: bool, wording: &Wording) -> Option<ResultRow> {
    let (latest, before) = test.results.split_last()?;
    let wording = wording.of(latest.name.text.expose());
    let ko = korean_name(latest, wording);
    let (in_words, unit, range, bar, judgement, why_not) = match &latest.value {
        ResultValue::Text(_) => {
            (true, "", None, None, Judgement::NotJudged, Some(Label::new("글로 된 결과", "in words")))
        }
        ResultValue::Quantity(q) if wording.is_some_and(|w| !w.judged) => {
            let why = Label::new("검토자가 판정을 보류함", "left open by the reviewer");
            (false, q.unit.print(), range_text(q), None, Judgement::NotJudged, Some(why))
        }
        ResultValue::Quantity(q) => {
            let judgement = judge(q);
            (false, q.unit.print(), range_text(q), bar(q), judgement, why_not(q, judgement))
        }
    };
    Some(ResultRow {
        name: Words::new(latest.name.text.expose(), ko),
        value: value_text(&latest.value),
        in_words,
        unit: unit.to_owned(),
        range,
        bar,
        judgement,
        judged: judged(judgement),
        why_not,
        date: latest.collected_on.expose().to_owned(),
        laboratory: latest.laboratory.as_ref().map(|l| l.expose().to_owned()),
        earlier: before
            .iter()
            .rev()
            .take(EARLIER_SHOWN)
            .map(|r| Earlier { value: with_unit(&r.value), date: r.collected_on.expose().to_owned() })
            .collect(),
        earlier_left_out: before.len().saturating_sub(EARLIER_SHOWN),
        charted,
    })
}

/// A number with its comparator as printed, or the finding in words.
pub(crate) fn value_text(value: &ResultValue) -> String {
    match value {
        ResultValue::Text(text) => text.expose().to_owned(),
        ResultValue::Quantity(q) => {
            let sign = q.comparator.map_or("", |c| match c {
                Comparator::Less => "< ",
                Comparator::LessOrEqual => "≤ ",
                Comparator::GreaterOrEqual => "≥ ",
                Comparator::Greater => "> ",
            });
            format!("{sign}{}", q.value.expose())
        }
    }
}

/// The value with its unit.
fn with_unit(value: &ResultValue) -> String {
    match value {
        ResultValue::Text(_) => value_text(value),
        ResultValue::Quantity(q) => format!("{} {}", value_text(value), q.unit.print()).trim_end().to_owned(),
    }
}

/// The reference range as printed.
pub(crate) fn range_text(q: &Quantity) -> Option<String> {
    match (q.low, q.high) {
        (Some(low), Some(high)) => Some(format!("{}–{}", low.expose(), high.expose())),
        (None, Some(high)) => Some(format!("≤ {}", high.expose())),
        (Some(low), None) => Some(format!("≥ {}", low.expose())),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_latest_result_of_each_test_is_shown_with_its_digits() {
        let result = |name: &str, value: &str, day: &str| json!({"name": {"text": name}, "value": {"quantity": {"value": value, "unit": "%"}}, "collected_on": day});
        let list: Listing<TestResult, 80> = serde_json::from_value(json!({"status": "listed", "items": [
            result("HbA1c", "7.40", "2026-11-10"), result("hemoglobin A1c", "6.9", "2026-02"), result("Other", "1", "2026"),
        ]}))
        .unwrap();
        let rows = rows(&list, &Wording::default());
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].value.as_str(), rows[0].name.ko.as_deref()), ("7.40", Some("당화혈색소")));
        assert_eq!(rows[0].earlier[0].value, "6.9 %");
        assert!(!rows[0].charted && rows[1].name.ko.is_none());
    }
}
