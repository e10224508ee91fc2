//! Ranges, bands and critical limits: in order, without a hole, without two that hold for the same person.

use super::{Errors, Known, source};
use crate::schema::{Ages, Analyte, Band, Exact, ForPregnant, ForSex, Kind, Range};

/// Holds all limits of an entry to their rules.
pub(super) fn all(analyte: &Analyte, known: &Known, errors: &mut Errors) {
    let numbers = analyte.kind == Kind::Quantity;
    errors.unless(
        numbers || analyte.ranges.is_empty() && analyte.critical.is_empty() && analyte.plausible.is_none(),
        "only quantities have ranges, critical limits and plausible values",
    );
    if let Some(p) = analyte.plausible {
        errors.unless(p.min < p.max, "plausible: min is not below max");
    }
    let plausible = |limit: Option<Exact>| match (limit, analyte.plausible) {
        (Some(limit), Some(p)) => p.min <= limit && limit <= p.max,
        (Some(_) | None, _) => true,
    };
    for range in &analyte.ranges {
        source(&range.source, known, errors);
        let fine = plausible(range.from) && plausible(range.above) && plausible(range.below) && plausible(range.to);
        errors.unless(fine, "a range leaves the plausible values");
        let (low, high) = (range.from.or(range.above), range.below.or(range.to));
        errors.unless(range.from.is_none() || range.above.is_none(), "a range has from or above, not both");
        errors.unless(range.below.is_none() || range.to.is_none(), "a range has below or to, not both");
        errors.unless(low.is_some() || high.is_some(), "a range without a limit");
        if let (Some(low), Some(high)) = (low, high) {
            errors.unless(low < high, "a range whose limits are not in order");
        }
        errors.unless(range.trimester.iter().all(|t| (1..=3).contains(t)), "trimester: 1, 2 or 3");
        errors.unless(
            range.trimester.is_empty() || range.pregnant == ForPregnant::Yes,
            "trimester: only with pregnant: yes",
        );
        ages(range.age, errors);
        for limit in &analyte.critical {
            let under = limit.at_or_below.zip(low).is_none_or(|(critical, low)| critical < low);
            let over = limit.at_or_above.zip(high).is_none_or(|(critical, high)| critical > high);
            errors.unless(under && over, "a critical limit lies inside a range");
        }
    }
    for (at, a) in analyte.ranges.iter().enumerate() {
        let twice = analyte.ranges[at + 1..].iter().any(|b| meet(a, b));
        errors.unless(!twice, "two ranges hold for the same person");
    }
    for limit in &analyte.critical {
        source(&limit.source, known, errors);
        ages(limit.age, errors);
        errors
            .unless(limit.at_or_above.is_some() != limit.at_or_below.is_some(), "critical: at_or_below or at_or_above");
        errors.unless(
            plausible(limit.at_or_above) && plausible(limit.at_or_below),
            "a critical limit leaves the plausible values",
        );
    }
    for (at, screening) in analyte.screening.iter().enumerate() {
        source(&screening.source, known, errors);
        bands(analyte, &screening.bands, errors);
        ages(screening.age, errors);
        let twice = analyte.screening[at + 1..]
            .iter()
            .any(|other| same_sex(screening.sex, other.sex) && overlap(screening.age, other.age));
        errors.unless(!twice, "two screenings hold for the same person");
    }
}

fn ages(ages: Ages, errors: &mut Errors) {
    let fine = ages.from.zip(ages.below).is_none_or(|(from, below)| from < below);
    errors.unless(fine, "ages are not in order");
}

const fn same_sex(a: ForSex, b: ForSex) -> bool {
    !matches!((a, b), (ForSex::Female, ForSex::Male) | (ForSex::Male, ForSex::Female))
}

/// Whether two ranges can hold for one person at one time.
fn meet(a: &Range, b: &Range) -> bool {
    let pregnant =
        !matches!((a.pregnant, b.pregnant), (ForPregnant::Yes, ForPregnant::No) | (ForPregnant::No, ForPregnant::Yes));
    let trimester =
        a.trimester.is_empty() || b.trimester.is_empty() || a.trimester.iter().any(|t| b.trimester.contains(t));
    same_sex(a.sex, b.sex) && pregnant && trimester && overlap(a.age, b.age)
}

fn overlap(a: Ages, b: Ages) -> bool {
    a.from.unwrap_or(0) < b.below.unwrap_or(u16::MAX) && b.from.unwrap_or(0) < a.below.unwrap_or(u16::MAX)
}

fn bands(analyte: &Analyte, bands: &[Band], errors: &mut Errors) {
    errors.unless(bands.len() > 1, "screening: at least two bands");
    if analyte.kind != Kind::Quantity {
        let order: Vec<_> = bands.iter().flat_map(|b| &b.words).collect();
        let scale: Vec<_> = analyte.scale.iter().map(|s| &s.is).collect();
        errors.unless(order == scale, "screening: the bands hold all words of the scale once, in their order");
        let limits = bands.iter().any(|b| b.from.or(b.above).or(b.below).or(b.to).is_some());
        return errors.unless(!limits, "screening: words or limits, not both");
    }
    for band in bands {
        errors.unless(band.words.is_empty(), "screening: a quantity has no words");
        errors.unless(band.from.is_none() || band.above.is_none(), "screening: from or above, not both");
        errors.unless(band.below.is_none() || band.to.is_none(), "screening: below or to, not both");
        if let (Some(low), Some(high)) = (band.from.or(band.above), band.below.or(band.to)) {
            errors.unless(low < high, "screening: limits of a band are not in order");
        }
    }
    for pair in bands.windows(2) {
        let [a, b] = pair else { continue };
        let joined = a.below.is_some() && a.below == b.from || a.to.is_some() && a.to == b.above;
        errors.unless(joined, "screening: a hole or an overlap between two bands (below x, from x | to x, above x)");
        errors.unless(a.is != b.is, "screening: two neighbours of the same class");
    }
}
