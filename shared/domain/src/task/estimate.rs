//! What an institution expects: the treatment and its cost as a range. It is an estimate and is shown as one.

use super::appointment::AnswerText;
use crate::field::{FieldError, Invalid};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Currencies that an estimate may be in (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Korean won: without decimals.
    Krw,
    /// US dollars: two decimals.
    Usd,
}

impl Currency {
    /// Digits after the point at most.
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Krw => 0,
            Self::Usd => 2,
        }
    }
}

/// An amount at most.
const MOST: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0); // 10,000,000,000

/// An estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// What is expected to be done.
    pub treatment: AnswerText,
    /// The lowest amount.
    pub low: Decimal,
    /// The highest amount.
    pub high: Decimal,
    /// In which currency.
    pub currency: Currency,
    /// What the amount includes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<AnswerText>,
}

impl Estimate {
    /// Whether its amounts make sense.
    ///
    /// # Errors
    /// `/low` or `/high` when it is negative, too large or too fine for the currency; `/high` when it is below the lowest.
    pub fn check(&self) -> Result<(), FieldError> {
        for (pointer, amount) in [("/low", self.low), ("/high", self.high)] {
            let fine = amount.normalize().scale() > self.currency.decimals();
            if amount.is_sign_negative() || amount > MOST || fine {
                return Err(FieldError::new(pointer, Invalid::OutOfRange));
            }
        }
        if self.high < self.low { Err(FieldError::new("/high", Invalid::OutOfRange)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_are_exact_and_in_order() {
        let of = |low: &str, high: &str, currency| Estimate {
            treatment: AnswerText::parse("검진").unwrap(),
            low: low.parse().unwrap(),
            high: high.parse().unwrap(),
            currency,
            included: None,
        };
        assert!(of("0", "10000000000", Currency::Krw).check().is_ok());
        assert!(of("10.50", "10.5", Currency::Usd).check().is_ok());
        for (low, high, currency, field) in [
            ("-1", "2", Currency::Krw, "/low"),
            ("1.5", "2", Currency::Krw, "/low"),
            ("1", "10000000001", Currency::Krw, "/high"),
            ("1", "2.001", Currency::Usd, "/high"),
            ("3", "2", Currency::Krw, "/high"),
        ] {
            assert_eq!(of(low, high, currency).check().unwrap_err().pointer, field, "{low} {high}");
        }
    }
}
