//! What is seen over several rows: pressures printed as a pair, filtration rates, and values over several days.

use super::YOUR_REPORT;
use super::results::{canonical_unit, name, screened};
use crate::catalogue::Catalogue;
use crate::egfr;
use crate::fold;
use crate::input::{Input, Pregnancy, ResultRow};
use crate::interval::{Interval, Side};
use crate::judge::{Verdict, band_of};
use crate::report::{Filtration, Point, Quantity, Trend};
use crate::said::{Fact, Speaker, Unsaid};
use crate::schema::Analyte;
use rust_decimal::Decimal;

/// LOINC: systolic and diastolic pressure, creatinine in serum, filtration rate by CKD-EPI 2021.
const SYSTOLIC: &str = "8480-6";
const DIASTOLIC: &str = "8462-4";
const CREATININE: &str = "2160-0";
const RATE: &str = "98979-8";

/// `혈압 128/84 mmHg` is two results.
pub(super) fn split_pressures(input: &Input, catalogue: &Catalogue) -> Input {
    let mut split = input.clone();
    split.results.clear();
    for row in &input.results {
        match pressures(row, catalogue) {
            Some(two) => split.results.extend(two),
            None => split.results.push(row.clone()),
        }
    }
    split
}

fn pressures(row: &ResultRow, catalogue: &Catalogue) -> Option<[ResultRow; 2]> {
    let key = fold::name(&row.name);
    let is_pressure =
        ["혈압", "bp", "bloodpressure", "혈압수축기/이완기", "혈압최고/최저", "수축기/이완기혈압", "혈압sbp/dbp"]
            .contains(&key.as_str());
    let text = fold::text(&row.value);
    let (high, low) = text.split_once('/').filter(|_| is_pressure)?;
    let low = low.trim().split(' ').next()?;
    let digits = |part: &str| (2..=3).contains(&part.trim().len()) && part.trim().bytes().all(|b| b.is_ascii_digit());
    if !digits(high) || !digits(low) {
        return None;
    }
    let half = |code: &str, value: &str| {
        let id = catalogue.by_loinc(code)?.id.clone();
        // The printed pair of ranges, if any, is not taken apart.
        Some(ResultRow { confirmed: Some(id), value: value.trim().to_owned(), range: None, flag: None, ..row.clone() })
    };
    Some([half(SYSTOLIC, high)?, half(DIASTOLIC, low)?])
}

/// Rates from creatinine, for adults who are not pregnant.
pub(super) fn filtration(
    speaker: Speaker<'_>,
    input: &Input,
    verdicts: &[Verdict<'_>],
) -> Result<Vec<Filtration>, Unsaid> {
    let mut found = Vec::new();
    let Some(sex) = input.person.sex else { return Ok(found) };
    if matches!(input.person.pregnancy, Pregnancy::Yes { .. }) {
        return Ok(found);
    }
    for (row, verdict) in input.results.iter().zip(verdicts) {
        let Some(analyte) = verdict.analyte.filter(|a| a.codes.loinc.iter().any(|c| c == CREATININE)) else { continue };
        let Some(value) = verdict.canonical.and_then(|v| v.exact()) else { continue };
        let Some(age) = input.person.age(row.date.unwrap_or(input.as_of)) else { continue };
        let (Some(rate), Some(entry)) = (egfr::ckd_epi_2021(value, age, sex), speaker.catalogue.by_loinc(RATE)) else {
            continue;
        };
        let spelled = entry.units.iter().find(|u| u.canonical).and_then(|u| u.spell.first()).map_or("", String::as_str);
        let facts = [
            ("value", Fact::Same(&row.value)),
            ("unit", Fact::Same(row.unit.as_deref().unwrap_or_default())),
            ("age", Fact::Same(&age.to_string())),
            ("rate", Fact::Same(&rate.to_string())),
            ("rate_unit", Fact::Same(spelled)),
        ];
        let said = speaker.phrase("egfr", &facts, egfr::SOURCE)?;
        let class = entry.screening.iter().find(|s| age >= s.age.from.unwrap_or(0)).and_then(|s| {
            let at = Interval::exactly(rate);
            s.bands
                .iter()
                .find(|band| at.side_of(&band_of(band)) == Side::Inside)
                .map(|band| (band.is, s.source.as_str()))
        });
        found.push(Filtration {
            row: row.id.clone(),
            creatinine: Quantity { value: value.normalize(), unit: canonical_unit(analyte) },
            age,
            sex,
            rate: Quantity { value: rate, unit: canonical_unit(entry) },
            screening: class.map(|(class, source)| screened(speaker, class, source)).transpose()?,
            said,
        });
    }
    Ok(found)
}

/// Values of one test on at least two days: in the printed unit where it is always the same, else in the canonical one.
pub(super) fn trends(speaker: Speaker<'_>, input: &Input, verdicts: &[Verdict<'_>]) -> Result<Vec<Trend>, Unsaid> {
    let mut order: Vec<(&Analyte, Vec<(&ResultRow, &Verdict<'_>)>)> = Vec::new();
    for (row, verdict) in input.results.iter().zip(verdicts) {
        let Some(analyte) =
            verdict.analyte.filter(|_| row.date.is_some() && verdict.canonical.is_some_and(|v| v.exact().is_some()))
        else {
            continue;
        };
        match order.iter_mut().find(|(known, _)| known.id == analyte.id) {
            Some((_, rows)) => rows.push((row, verdict)),
            None => order.push((analyte, vec![(row, verdict)])),
        }
    }
    let mut found = Vec::new();
    for (analyte, rows) in order {
        let printed = rows
            .first()
            .and_then(|(_, verdict)| verdict.unit)
            .filter(|unit| rows.iter().all(|(_, v)| v.unit == Some(*unit)));
        let mut points: Vec<Point> = rows
            .iter()
            .filter_map(|(row, verdict)| {
                let interval = if printed.is_some() { verdict.value } else { verdict.canonical };
                Some(Point { row: row.id.clone(), date: row.date?, value: interval?.exact()?.normalize() })
            })
            .collect();
        points.sort_by_key(|point| point.date);
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        if first.date == last.date {
            continue;
        }
        let phrase = match last.value.cmp(&first.value) {
            std::cmp::Ordering::Greater => "trend-rose",
            std::cmp::Ordering::Less => "trend-fell",
            std::cmp::Ordering::Equal => "trend-same",
        };
        let unit = printed.map_or_else(|| canonical_unit(analyte), ToOwned::to_owned);
        let spelled =
            analyte.units.iter().find(|u| u.ucum == unit).and_then(|u| u.spell.iter().find(|s| !s.is_empty()));
        let said = speaker.phrase(
            phrase,
            &[
                ("name", name(analyte)),
                ("first", Fact::Same(&readable(first.value).to_string())),
                ("last", Fact::Same(&readable(last.value).to_string())),
                ("first_date", Fact::Same(&first.date.to_string())),
                ("last_date", Fact::Same(&last.date.to_string())),
                ("unit", Fact::Same(spelled.map_or("", String::as_str))),
            ],
            YOUR_REPORT,
        )?;
        found.push(Trend { analyte: analyte.id.clone(), name: analyte.name.clone(), unit, points, said });
    }
    Ok(found)
}

/// A converted value with the digits that a reader needs; a printed one has seldom more.
pub(crate) fn readable(value: Decimal) -> Decimal {
    value.round_sf(5).unwrap_or(value).normalize()
}
