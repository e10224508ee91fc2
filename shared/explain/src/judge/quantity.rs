//! Numbers: the unit first, then what can be believed, then critical limits on their own, then the range.

use super::person::About;
use super::{Judgement, Place, Reached, Reason, Used, Verdict, Whose};
use crate::fold;
use crate::input::ResultRow;
use crate::interval::{End, Interval, Side};
use crate::matching::unit_of;
use crate::read::flag::{self, Flag};
use crate::read::range::{self, Printed};
use crate::read::value;
use crate::schema::{Analyte, Band, Exact, Range, Unit};
use rust_decimal::Decimal;

pub(super) fn judge<'a>(analyte: &'a Analyte, row: &ResultRow, about: About) -> Verdict<'a> {
    let mut verdict = Verdict::not(Some(analyte), Reason::ValueUnreadable);
    let Some(number) = value::quantity(&row.value) else { return verdict };
    verdict.flag = present(row.flag.as_deref()).map(ToOwned::to_owned).or_else(|| number.flag.clone());
    let column = present(row.unit.as_deref());
    let unit = match unit(analyte, column, number.unit.as_deref()) {
        Ok(unit) => unit,
        Err(reason) => {
            verdict.judgement = Judgement::NotJudged(reason);
            return verdict;
        }
    };
    verdict.value = Some(number.interval);
    verdict.unit = Some(&unit.ucum);
    let Some(canonical) = number.interval.map(|v| to_canonical(unit, v)).filter(|c| believable(analyte, c)) else {
        verdict.judgement = Judgement::NotJudged(Reason::Implausible);
        return verdict;
    };
    let canonical = from_zero(analyte, canonical);
    verdict.canonical = Some(canonical);
    verdict.critical = critical(analyte, &canonical, about);
    verdict.screening = about.screening(&analyte.screening).and_then(|screening| {
        let band = screening.bands.iter().find(|band| canonical.side_of(&band_of(band)) == Side::Inside)?;
        Some((band.is, screening.source.as_str()))
    });
    let mark = verdict.flag.as_deref().and_then(flag::read);
    let printed = present(row.range.as_deref()).and_then(|raw| {
        let printed = range::read(raw, about.sex)?;
        // A range in another unit than its value is no range for it.
        let same = printed.unit.as_deref().is_none_or(|own| unit_of(analyte, own).is_some_and(|u| u.ucum == unit.ucum));
        same.then(|| (raw.trim().to_owned(), printed))
    });
    match printed {
        Some((_, printed)) if !fits(analyte, unit, &printed.interval, &canonical, about) => {
            verdict.judgement = Judgement::NotJudged(Reason::RangeUnlikely);
            // Where value and range agree and the entry disagrees with both, it is the unit that is wrong.
            if wide(&printed.interval).is_some_and(|range| number.interval.side_of(&range) == Side::Inside) {
                verdict.critical = None;
            }
            // Nothing is computed from a value whose unit is in doubt.
            verdict.canonical = None;
        }
        Some((shown, printed)) => own(&mut verdict, shown, &printed, from_zero(analyte, number.interval), unit, mark),
        None => cited(&mut verdict, analyte, about, &canonical, mark),
    }
    match verdict.judgement {
        Judgement::Judged(_) => {}
        // The bands would decide what was just left open.
        Judgement::Conflict | Judgement::NotJudged(Reason::RangeUnlikely) => verdict.screening = None,
        Judgement::NotJudged(_) => {}
    }
    verdict
}

/// Whether a printed range can be one of this test in this unit: believable, not wholly away from every cited range that
/// may hold for the person, and without a critical value inside.
fn fits(analyte: &Analyte, unit: &Unit, printed: &Interval, canonical: &Interval, about: About) -> bool {
    let Some(range) = printed.map(|v| to_canonical(unit, v)) else { return false };
    let mut ends = [range.low, range.high].into_iter().flatten().map(|end| end.at);
    let believable = analyte
        .plausible
        .is_none_or(|p| ends.all(|at| at <= p.max.0) && range.high.is_none_or(|high| high.at >= p.min.0));
    let meets = |cited: &Range| !matches!(range.side_of(&range_of(cited)), Side::Below | Side::Above);
    let near = match about.ranges(&analyte.ranges) {
        Ok(ranges) => ranges.into_iter().any(meets),
        // A child's range has nothing to be held against.
        Err(Reason::NoReference) => true,
        Err(_) => analyte.ranges.iter().any(meets),
    };
    let critical = canonical.side_of(&range) == Side::Inside && critical(analyte, canonical, about).is_some();
    believable && near && !critical
}

/// A range twice as wide, for values that belong to it without lying in it.
fn wide(range: &Interval) -> Option<Interval> {
    let two = Decimal::TWO;
    let low = match range.low {
        Some(end) => Some(End::included(if end.at > Decimal::ZERO {
            end.at.checked_div(two)?
        } else {
            end.at.checked_mul(two)?
        })),
        None => None,
    };
    let high = match range.high {
        Some(end) => Some(End::included(if end.at > Decimal::ZERO {
            end.at.checked_mul(two)?
        } else {
            end.at.checked_div(two)?
        })),
        None => None,
    };
    Some(Interval { low, high })
}

/// A field that says something.
pub(super) fn present(field: Option<&str>) -> Option<&str> {
    field.map(str::trim).filter(|text| !text.is_empty())
}

/// The unit of the value, from its column or beside the value.
fn unit<'a>(analyte: &'a Analyte, column: Option<&str>, beside: Option<&str>) -> Result<&'a Unit, Reason> {
    let found = |printed: &str| unit_of(analyte, printed);
    match (column, beside) {
        (Some(column), None) => found(column).ok_or(Reason::UnitUnknown),
        (None, Some(beside)) => found(beside).ok_or(Reason::UnitUnknown),
        (Some(column), Some(beside)) => match (found(column), found(beside)) {
            (Some(a), Some(b)) if a.ucum == b.ucum => Ok(a),
            (Some(_) | None, Some(_) | None) => Err(Reason::UnitsDiffer),
        },
        (None, None) => analyte
            .units
            .iter()
            .find(|unit| unit.spell.iter().any(|spelled| fold::unit(spelled).is_empty()))
            .ok_or(Reason::UnitMissing),
    }
}

/// A value in the canonical unit.
pub(crate) fn to_canonical(unit: &Unit, value: Decimal) -> Option<Decimal> {
    let scaled = value.checked_mul(unit.factor.over)?.checked_div(unit.factor.under)?;
    scaled.checked_add(unit.offset.map_or(Decimal::ZERO, |offset| offset.0))
}

/// Whether every number that is known of the value can be.
fn believable(analyte: &Analyte, canonical: &Interval) -> bool {
    let Some(plausible) = analyte.plausible else { return true };
    [canonical.low, canonical.high].into_iter().flatten().all(|end| {
        // A detection limit may lie under what is ever measured.
        let bound_below = canonical.low.is_none();
        (plausible.min.0 <= end.at || bound_below && end.at >= Decimal::ZERO) && end.at <= plausible.max.0
    })
}

/// `<0.3` of something that is never negative lies between 0 and 0.3.
fn from_zero(analyte: &Analyte, interval: Interval) -> Interval {
    let positive =
        analyte.plausible.is_some_and(|p| p.min.0 >= Decimal::ZERO) && analyte.units.iter().all(|u| u.offset.is_none());
    match interval.low {
        None if positive => Interval { low: Some(End::included(Decimal::ZERO)), ..interval },
        None | Some(_) => interval,
    }
}

/// The critical limit that all of the value reaches; of several, the one that is reached first.
fn critical<'a>(analyte: &'a Analyte, canonical: &Interval, about: About) -> Option<(Reached, &'a str)> {
    analyte.critical.iter().filter(|limit| about.may_be(limit.age)).find_map(|limit| {
        let low = limit.at_or_below.filter(|at| canonical.high.is_some_and(|end| end.at <= at.0));
        let high = limit.at_or_above.filter(|at| canonical.low.is_some_and(|end| end.at >= at.0));
        let reached = match (low, high) {
            (Some(at), _) => Reached { limit: at.0, above: false },
            (None, Some(at)) => Reached { limit: at.0, above: true },
            (None, None) => return None,
        };
        Some((reached, limit.source.as_str()))
    })
}

fn interval(from: Option<Exact>, above: Option<Exact>, below: Option<Exact>, to: Option<Exact>) -> Interval {
    Interval {
        low: from.map(|e| End::included(e.0)).or_else(|| above.map(|e| End::excluded(e.0))),
        high: to.map(|e| End::included(e.0)).or_else(|| below.map(|e| End::excluded(e.0))),
    }
}

pub(crate) fn band_of(band: &Band) -> Interval {
    interval(band.from, band.above, band.below, band.to)
}

pub(crate) fn range_of(range: &Range) -> Interval {
    interval(range.from, range.above, range.below, range.to)
}

/// Judged by the report's own range.
fn own(verdict: &mut Verdict<'_>, shown: String, printed: &Printed, value: Interval, unit: &Unit, mark: Option<Flag>) {
    let canonical = printed.interval.map(|v| to_canonical(unit, v));
    verdict.used = Some(Used { whose: Whose::Report, shown, interval: Some(printed.interval), canonical });
    let side = value.side_of(&printed.interval);
    // `99.5` beside `70-99`: the print leaves a hole between its limit and the next digit.
    let wide = Interval {
        low: printed.interval.low.map(|e| if e.included { End::excluded(e.at - printed.step) } else { e }),
        high: printed.interval.high.map(|e| if e.included { End::excluded(e.at + printed.step) } else { e }),
    };
    let hole = matches!(side, Side::Below | Side::Above) && value.side_of(&wide) == Side::Inside;
    verdict.judgement = match (side, mark) {
        (Side::Above, Some(Flag::High)) if hole => Judgement::Judged(Place::High),
        (Side::Below, Some(Flag::Low)) if hole => Judgement::Judged(Place::Low),
        (Side::Above | Side::Below, _) if hole => Judgement::NotJudged(Reason::BetweenDigits),
        (side, mark) => decide(side, mark),
    };
}

/// Judged by a cited range.
fn cited(verdict: &mut Verdict<'_>, analyte: &Analyte, about: About, canonical: &Interval, mark: Option<Flag>) {
    let ranges = match about.ranges(&analyte.ranges) {
        Ok(ranges) => ranges,
        Err(reason) => {
            verdict.judgement = Judgement::NotJudged(reason);
            return;
        }
    };
    let mut sides = ranges.iter().map(|range| canonical.side_of(&range_of(range)));
    let (Some(range), Some(side)) = (ranges.first(), sides.next()) else { return };
    if sides.any(|other| other != side) {
        verdict.judgement = Judgement::NotJudged(Reason::PregnancyUnknown);
        return;
    }
    let limits = range_of(range);
    verdict.used = Some(Used {
        whose: Whose::Cited(range.source.clone()),
        shown: shown(&limits, analyte),
        interval: Some(limits),
        canonical: Some(limits),
    });
    verdict.judgement = decide(side, mark);
}

/// The answer, unless the printed mark says something else.
const fn decide(side: Side, mark: Option<Flag>) -> Judgement {
    match (side, mark) {
        (Side::Open, _) => Judgement::NotJudged(Reason::BoundOpen),
        (Side::Inside, None | Some(Flag::Within)) => Judgement::Judged(Place::Within),
        (Side::Above, None | Some(Flag::High | Flag::Outside)) => Judgement::Judged(Place::High),
        (Side::Below, None | Some(Flag::Low | Flag::Outside)) => Judgement::Judged(Place::Low),
        (Side::Inside | Side::Above | Side::Below, Some(_)) => Judgement::Conflict,
    }
}

/// A cited range as it is shown, in the canonical unit.
fn shown(range: &Interval, analyte: &Analyte) -> String {
    let unit = analyte
        .units
        .iter()
        .find(|unit| unit.canonical)
        .map_or("", |unit| unit.spell.first().map_or("", String::as_str));
    let low = range.low.map(|end| format!("{}{}", if end.included { "≥" } else { ">" }, end.at));
    let high = range.high.map(|end| format!("{}{}", if end.included { "≤" } else { "<" }, end.at));
    let numbers = match (range.low, range.high) {
        (Some(low), Some(high)) if low.included && high.included => format!("{}~{}", low.at, high.at),
        _ => [low, high].into_iter().flatten().collect::<Vec<_>>().join(", "),
    };
    format!("{numbers} {unit}").trim().to_owned()
}
