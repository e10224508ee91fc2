//! Where a value lies in its laboratory's own reference range: by exact decimals, or said to be not judged, with the reason.

use super::{Label, redacted};
use medius_domain::health::{Comparator, Quantity};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a value lies in its reference range.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Below.
    Low,
    /// Above.
    High,
    /// Inside.
    Within,
    /// Cannot be said.
    NotJudged,
}

/// A value on the scale of its reference range, in thousandths of the bar's length.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Where the range begins.
    pub from: u16,
    /// Where the range ends.
    pub to: u16,
    /// Where the value lies, 0 to 1000.
    pub at: u16,
    /// The value lies beyond the end of the bar.
    pub off: bool,
}

redacted!(Judgement, Bar);

/// Judges a value by its own laboratory's range, exactly. A value that is only a bound (`< 0.5`) is judged only where
/// every number that it can stand for lies on the same side.
pub(crate) fn judge(q: &Quantity) -> Judgement {
    let value = q.value.expose();
    let (low, high) = (q.low.map(|n| n.expose()), q.high.map(|n| n.expose()));
    if low.is_none() && high.is_none() {
        return Judgement::NotJudged;
    }
    let above = high.is_some_and(|h| match q.comparator {
        None | Some(Comparator::GreaterOrEqual) => value > h,
        Some(Comparator::Greater) => value >= h,
        Some(Comparator::Less | Comparator::LessOrEqual) => false,
    });
    let below = low.is_some_and(|l| match q.comparator {
        None | Some(Comparator::LessOrEqual) => value < l,
        Some(Comparator::Less) => value <= l,
        Some(Comparator::Greater | Comparator::GreaterOrEqual) => false,
    });
    // A range that starts at zero has no lower side for a quantity that cannot be negative.
    let not_below = low.is_none_or(|l| match q.comparator {
        None | Some(Comparator::Greater | Comparator::GreaterOrEqual) => value >= l,
        Some(Comparator::Less | Comparator::LessOrEqual) => l.is_zero() && value > l,
    });
    let not_above = high.is_none_or(|h| match q.comparator {
        None | Some(Comparator::Less | Comparator::LessOrEqual) => value <= h,
        Some(Comparator::Greater | Comparator::GreaterOrEqual) => false,
    });
    match (above, below) {
        (true, _) => Judgement::High,
        (_, true) => Judgement::Low,
        (false, false) if not_below && not_above => Judgement::Within,
        (false, false) => Judgement::NotJudged,
    }
}

/// The word for it.
pub(crate) fn judged(judgement: Judgement) -> Label {
    match judgement {
        Judgement::High => Label::new("높음", "High"),
        Judgement::Low => Label::new("낮음", "Low"),
        Judgement::Within => Label::new("범위 내", "Within"),
        Judgement::NotJudged => Label::new("판정 안 함", "Not judged"),
    }
}

/// Why a number is not judged.
pub(crate) fn why_not(q: &Quantity, judgement: Judgement) -> Option<Label> {
    match judgement {
        Judgement::High | Judgement::Low | Judgement::Within => None,
        Judgement::NotJudged if q.low.is_none() && q.high.is_none() => Some(Label::new("참고치 없음", "no range")),
        Judgement::NotJudged => Some(Label::new("측정 한계값", "only a bound")),
    }
}

/// The bar of a value: the range takes the middle, and a little of what lies beyond it shows on either side.
pub(crate) fn bar(q: &Quantity) -> Option<Bar> {
    let six_tenths = Decimal::new(6, 1);
    let value = q.value.expose();
    let (low, high) = match (q.low.map(|n| n.expose()), q.high.map(|n| n.expose())) {
        (Some(low), Some(high)) => (low, high),
        // An open side is drawn to the end of the bar.
        (None, Some(high)) if high > Decimal::ZERO => (Decimal::ZERO, high),
        (Some(low), None) if low > Decimal::ZERO => (low, low + low),
        (None | Some(_), None) | (None, Some(_)) => return None,
    };
    let span = high - low;
    if span <= Decimal::ZERO {
        return None;
    }
    let start = if q.low.is_none() { low } else { low - span * six_tenths };
    let end = if q.high.is_none() { high } else { high + span * six_tenths };
    let at = |x: Decimal| {
        let share = (x - start) / (end - start) * Decimal::ONE_THOUSAND;
        share.round().clamp(Decimal::ZERO, Decimal::ONE_THOUSAND).to_u16().unwrap_or(0)
    };
    Some(Bar { from: at(low), to: at(high), at: at(value), off: value < start || value > end })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn quantity(value: &str, comparator: Option<&str>, low: Option<&str>, high: Option<&str>) -> Quantity {
        let mut q = json!({"value": value, "unit": "mg/dL"});
        for (name, v) in [("comparator", comparator), ("low", low), ("high", high)] {
            if let Some(v) = v {
                q[name] = v.into();
            }
        }
        serde_json::from_value(q).unwrap()
    }

    fn judged(value: &str, comparator: Option<&str>, low: Option<&str>, high: Option<&str>) -> &'static str {
        match judge(&quantity(value, comparator, low, high)) {
            Judgement::Low => "low",
            Judgement::High => "high",
            Judgement::Within => "within",
            Judgement::NotJudged => "not judged",
        }
    }

    #[test]
    fn values_are_judged_by_exact_decimals() {
        let both = |v| judged(v, None, Some("4.0"), Some("5.6"));
        assert_eq!(
            [both("3.99"), both("4.00"), both("5.6"), both("5.60"), both("5.601")],
            ["low", "within", "within", "within", "high"]
        );
        assert_eq!(judged("0.3", None, None, Some("0.30")), "within");
        assert_eq!(judged("59.9", None, Some("60"), None), "low");
        assert_eq!(judged("7", None, None, None), "not judged");
    }

    #[test]
    fn a_bound_is_judged_only_where_it_leaves_no_doubt() {
        assert_eq!(judged("0.5", Some("<"), None, Some("5.0")), "within");
        assert_eq!(judged("0.5", Some("<"), Some("0"), Some("5.0")), "within");
        assert_eq!(judged("0.5", Some("<"), Some("0.1"), Some("5.0")), "not judged");
        assert_eq!(judged("0.1", Some("<"), Some("0.1"), Some("5.0")), "low");
        assert_eq!(judged("0.1", Some("<="), Some("0.1"), Some("5.0")), "not judged");
        assert_eq!(judged("10", Some("<"), None, Some("5.0")), "not judged");
        assert_eq!(judged("5", Some(">"), None, Some("5.0")), "high");
        assert_eq!(judged("5", Some(">="), None, Some("5.0")), "not judged");
        assert_eq!(judged("90", Some(">"), Some("60"), None), "within");
        assert_eq!(judged("30", Some(">"), Some("60"), None), "not judged");
    }

    #[test]
    fn bars_show_what_lies_off_their_scale() {
        let at = |v, low, high| bar(&quantity(v, None, low, high)).map(|b| (b.from, b.at, b.to, b.off));
        assert_eq!(at("5", Some("0"), Some("10")), Some((273, 500, 727, false)));
        assert_eq!(at("1000", Some("0"), Some("10")), Some((273, 1000, 727, true)));
        assert_eq!(at("5", None, None), None);
        assert_eq!(at("5", Some("5"), Some("5")), None);
    }
}
