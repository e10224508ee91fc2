//! Values and ranges as intervals: `<0.01`, `5-9` and `7.4` are compared with a range in one way, and what could lie on
//! either side of a limit is not decided.

use rust_decimal::Decimal;

/// One end of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The number.
    pub at: Decimal,
    /// Whether the number itself belongs to the interval.
    pub included: bool,
}

impl End {
    /// An end that belongs to the interval.
    #[must_use]
    pub const fn included(at: Decimal) -> Self {
        Self { at, included: true }
    }

    /// An end that does not.
    #[must_use]
    pub const fn excluded(at: Decimal) -> Self {
        Self { at, included: false }
    }
}

/// Numbers between two ends; a missing end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Interval {
    /// Lower end.
    pub low: Option<End>,
    /// Upper end.
    pub high: Option<End>,
}

/// Where a value lies with regard to a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// All of it below.
    Below,
    /// All of it inside.
    Inside,
    /// All of it above.
    Above,
    /// It could lie on either side of a limit.
    Open,
}

impl Interval {
    /// One number.
    #[must_use]
    pub const fn exactly(at: Decimal) -> Self {
        Self { low: Some(End::included(at)), high: Some(End::included(at)) }
    }

    /// The number, if the interval is one.
    #[must_use]
    pub fn exact(&self) -> Option<Decimal> {
        let (low, high) = (self.low?, self.high?);
        (low == high && low.included).then_some(low.at)
    }

    /// Both ends moved by the same conversion.
    #[must_use]
    pub fn map(&self, convert: impl Fn(Decimal) -> Option<Decimal>) -> Option<Self> {
        let end = |end: Option<End>| match end {
            Some(end) => convert(end.at).map(|at| Some(End { at, included: end.included })),
            None => Some(None),
        };
        Some(Self { low: end(self.low)?, high: end(self.high)? })
    }

    /// Where this value lies with regard to a range.
    #[must_use]
    pub fn side_of(&self, range: &Self) -> Side {
        if let (Some(mine), Some(limit)) = (self.high, range.low)
            && (mine.at < limit.at || mine.at == limit.at && !(mine.included && limit.included))
        {
            return Side::Below;
        }
        if let (Some(mine), Some(limit)) = (self.low, range.high)
            && (mine.at > limit.at || mine.at == limit.at && !(mine.included && limit.included))
        {
            return Side::Above;
        }
        let low = range.low.is_none_or(|limit| {
            self.low.is_some_and(|mine| mine.at > limit.at || mine.at == limit.at && (limit.included || !mine.included))
        });
        let high = range.high.is_none_or(|limit| {
            self.high
                .is_some_and(|mine| mine.at < limit.at || mine.at == limit.at && (limit.included || !mine.included))
        });
        if low && high { Side::Inside } else { Side::Open }
    }
}
