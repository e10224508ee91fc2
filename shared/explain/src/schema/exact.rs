//! Numbers of the catalogue, exact as they are written.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// An exact decimal, written as a quoted string: YAML would read `7.40` without quotes as a binary fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(pub Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Decimal::from_str_exact(&text).map(Self).map_err(|_| D::Error::custom("not an exact decimal"))
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// A conversion factor as a fraction, for example `18016/1000`; a plain decimal is a fraction over 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    /// Above the line; greater than 0.
    pub over: Decimal,
    /// Below the line; greater than 0.
    pub under: Decimal,
}

impl Fraction {
    /// The factor of the canonical unit.
    pub const ONE: Self = Self { over: Decimal::ONE, under: Decimal::ONE };
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.over, self.under)
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let (over, under) = text.split_once('/').unwrap_or((&text, "1"));
        let part = |part: &str| Decimal::from_str_exact(part.trim()).ok().filter(|d| *d > Decimal::ZERO);
        match (part(over), part(under)) {
            (Some(over), Some(under)) => Ok(Self { over, under }),
            _ => Err(D::Error::custom("not a fraction of two decimals greater than 0, for example 18016/1000")),
        }
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
