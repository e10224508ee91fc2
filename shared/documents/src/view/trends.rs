//! Courses of tests with three or more dated numbers in one unit, as points of a chart. Places are thousandths of the
//! chart's width and height, so that every renderer draws the same picture.

use super::judgement::judge;
use super::results::{Test, range_text, tests, value_text};
use super::{Judgement, Words, korean_name, redacted};
use medius_domain::clinician::Wording;
use medius_domain::health::{Listing, Quantity, ResultValue, TestResult};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most charts of a letter.
const CHARTS: usize = 3;
/// Most points of a chart, so that dates can be read.
const POINTS: usize = 8;
/// Fewest values that make a course.
const FEWEST: usize = 3;
/// Points that lie closer than this share of the width (in thousandths) would print over each other.
const CLOSEST: i64 = 110;

/// A point of a chart.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// When.
    pub date: String,
    /// The value, without its unit.
    pub value: String,
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
    /// Where the value lies in its own range.
    pub judgement: Judgement,
}

/// A course.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// The test.
    pub name: Words,
    /// The unit's print form; empty for a pure number.
    pub unit: String,
    /// The latest reference range.
    pub range: Option<String>,
    /// Top and bottom of that range, from the top.
    pub band: Option<(u16, u16)>,
    /// The points, the earliest first.
    pub points: Vec<Point>,
    /// Distances between points follow the calendar.
    pub to_scale: bool,
    /// How many earlier values are only in the attached data.
    pub left_out: usize,
    /// The same in a sentence, for those who do not see the chart.
    pub description: String,
}

redacted!(Point, Trend);

type Dated<'a> = (&'a TestResult, &'a Quantity);

/// Numbers of a test in the unit of the latest one, one a day, the earliest first; a bound is not a point.
fn course<'a>(test: &Test<'a>) -> Vec<Dated<'a>> {
    let numbers: Vec<Dated<'a>> = test
        .results
        .iter()
        .filter_map(|r| match &r.value {
            ResultValue::Quantity(q) if q.comparator.is_none() => Some((*r, q)),
            ResultValue::Quantity(_) | ResultValue::Text(_) => None,
        })
        .collect();
    let Some(unit) = numbers.last().map(|(_, q)| q.unit) else { return Vec::new() };
    let mut course: Vec<Dated<'a>> = Vec::new();
    for (r, q) in numbers.into_iter().filter(|(_, q)| q.unit == unit) {
        if course.last().is_some_and(|(last, _)| last.collected_on.earliest() == r.collected_on.earliest()) {
            course.pop();
        }
        course.push((r, q));
    }
    course
}

/// Which tests are drawn: those whose latest value lies outside its range first, then those with more values.
pub(crate) fn charted<const MAX: usize>(list: &Listing<TestResult, MAX>) -> Vec<usize> {
    let mut candidates: Vec<(usize, bool, usize)> = tests(list)
        .iter()
        .enumerate()
        .filter_map(|(i, test)| {
            let course = course(test);
            let outside = course.last().is_some_and(|(_, q)| matches!(judge(q), Judgement::High | Judgement::Low));
            (course.len() >= FEWEST).then_some((i, outside, course.len()))
        })
        .collect();
    candidates.sort_by_key(|&(i, outside, len)| (!outside, usize::MAX - len, i));
    candidates.truncate(CHARTS);
    let mut chosen: Vec<usize> = candidates.into_iter().map(|(i, ..)| i).collect();
    chosen.sort_unstable();
    chosen
}

/// The charts of a letter.
pub(crate) fn courses<const MAX: usize>(list: &Listing<TestResult, MAX>, wording: &Wording) -> Vec<Trend> {
    let tests = tests(list);
    charted(list).into_iter().filter_map(|i| trend(&course(&tests[i]), wording)).collect()
}

fn trend(course: &[Dated<'_>], wording: &Wording) -> Option<Trend> {
    let left_out = course.len().saturating_sub(POINTS);
    let shown = &course[left_out..];
    let (latest, latest_q) = shown.last()?;
    let wording = wording.of(latest.name.text.expose());
    let open = wording.is_some_and(|w| !w.judged);
    let scale = Scale::of(shown, latest_q);
    let (xs, to_scale) = places(shown);
    let points: Vec<Point> = shown
        .iter()
        .zip(xs)
        .map(|((r, q), x)| Point {
            date: r.collected_on.expose().to_owned(),
            value: value_text(&r.value),
            x,
            y: scale.place(q.value.expose()),
            judgement: if open { Judgement::NotJudged } else { judge(q) },
        })
        .collect();
    let band = (latest_q.low.is_some() || latest_q.high.is_some()).then(|| {
        (latest_q.high.map_or(0, |h| scale.place(h.expose())), latest_q.low.map_or(1000, |l| scale.place(l.expose())))
    });
    let name = Words::new(latest.name.text.expose(), korean_name(latest, wording));
    let unit = latest_q.unit.print().to_owned();
    let range = range_text(latest_q);
    let description = describe(&name.text, &unit, range.as_deref(), &points);
    Some(Trend { name, unit, range, band, points, to_scale, left_out, description })
}

fn describe(name: &str, unit: &str, range: Option<&str>, points: &[Point]) -> String {
    let values: Vec<String> =
        points.iter().map(|p| format!("{}: {} {unit}", p.date, p.value).trim_end().to_owned()).collect();
    let range = range.map_or_else(String::new, |r| format!(" Reference range {r} {unit}.").replace(" .", "."));
    format!("Line chart of {name} over time. {}.{range}", values.join("; "))
}

/// Horizontal places: by the calendar, or evenly where that would print dates over each other.
fn places(shown: &[Dated<'_>]) -> (Vec<u16>, bool) {
    let days: Vec<i64> = shown.iter().map(|(r, _)| r.collected_on.earliest()).map(day_number).collect();
    let (first, last) = (days.first().copied().unwrap_or(0), days.last().copied().unwrap_or(0));
    let span = (last - first).max(1);
    let scaled: Vec<i64> = days.iter().map(|d| (d - first) * 1000 / span).collect();
    let to_scale = scaled.windows(2).all(|w| w[1] - w[0] >= CLOSEST);
    let steps = i64::try_from(days.len()).unwrap_or(1).saturating_sub(1).max(1);
    let xs = if to_scale { scaled } else { (0..=steps).map(|i| i * 1000 / steps).collect() };
    (xs.into_iter().map(|x| u16::try_from(x).unwrap_or(0)).collect(), to_scale)
}

fn day_number(day: chrono::NaiveDate) -> i64 {
    day.signed_duration_since(chrono::NaiveDate::MIN).num_days()
}

/// The vertical scale: all values and the range, with a little air.
struct Scale {
    bottom: Decimal,
    top: Decimal,
}

impl Scale {
    fn of(shown: &[Dated<'_>], latest: &Quantity) -> Self {
        let ends = [latest.low, latest.high].into_iter().flatten().map(|n| n.expose());
        let all: Vec<Decimal> = shown.iter().map(|(_, q)| q.value.expose()).chain(ends).collect();
        let bottom = all.iter().min().copied().unwrap_or_default();
        let top = all.iter().max().copied().unwrap_or_default();
        let air = ((top - bottom) * Decimal::new(12, 2)).max(Decimal::new(1, 6));
        Self { bottom: bottom - air, top: top + air }
    }

    fn place(&self, value: Decimal) -> u16 {
        ((self.top - value) / (self.top - self.bottom) * Decimal::ONE_THOUSAND)
            .round()
            .clamp(Decimal::ZERO, Decimal::ONE_THOUSAND)
            .to_u16()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn list(results: &[(&str, &str, &str)]) -> Listing<TestResult, 80> {
        let items: Vec<_> = results
            .iter()
            .map(|(value, unit, day)| {
                json!({"name": {"text": "Test"}, "value": {"quantity": {"value": value, "unit": unit}}, "collected_on": day})
            })
            .collect();
        serde_json::from_value(json!({"status": "listed", "items": items})).unwrap()
    }

    #[test]
    fn a_course_needs_three_days_in_one_unit() {
        let days = [("1", "%", "2026-01"), ("2", "%", "2026-02-01"), ("3", "%", "2026-03")];
        assert_eq!(courses(&list(&days), &Wording::default()).len(), 1);
        assert!(
            courses(
                &list(&[("1", "%", "2026-01"), ("2", "g/L", "2026-02"), ("3", "%", "2026-03")]),
                &Wording::default()
            )
            .is_empty()
        );
        assert!(
            courses(&list(&[("1", "%", "2026-01"), ("2", "%", "2026-01"), ("3", "%", "2026-03")]), &Wording::default())
                .is_empty()
        );
        let reversed: Vec<_> = days.iter().rev().copied().collect();
        let trend = courses(&list(&reversed), &Wording::default()).remove(0);
        assert_eq!(trend.points.iter().map(|p| p.value.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
        assert!(trend.to_scale && trend.points[0].y > trend.points[2].y);
        assert_eq!((trend.points[0].x, trend.points[2].x), (0, 1000));
    }

    #[test]
    fn dates_that_would_print_over_each_other_are_spaced_evenly_and_old_ones_left_out() {
        let days: Vec<String> = (1..=12).map(|d| format!("2026-01-{d:02}")).collect();
        let mut results: Vec<_> = days.iter().map(|d| ("5", "%", d.as_str())).collect();
        results.push(("5", "%", "2026-11-01"));
        let trend = courses(&list(&results), &Wording::default()).remove(0);
        assert_eq!((trend.points.len(), trend.left_out, trend.to_scale), (8, 5, false));
    }
}
