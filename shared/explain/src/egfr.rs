//! The filtration rate of the kidneys from creatinine: CKD-EPI 2021, the only place where a binary fraction is used.

use crate::input::Sex;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

/// Id of its source in the catalogue.
pub const SOURCE: &str = "ckd-epi-2021";

/// mL/min/1.73 m², rounded to a whole number as laboratories report it; none for people under 18 years and for values
/// that no formula can take.
///
/// 142 × min(Scr/k, 1)^a × max(Scr/k, 1)^−1.200 × 0.9938^age × 1.012 for women; k 0.7 and a −0.241 for women, k 0.9 and
/// a −0.302 for men (Inker et al., N Engl J Med 2021;385:1737). Creatinine in mg/dL.
#[must_use]
pub fn ckd_epi_2021(creatinine: Decimal, age: u16, sex: Sex) -> Option<Decimal> {
    if age < 18 || creatinine <= Decimal::ZERO {
        return None;
    }
    let (k, a, factor) = match sex {
        Sex::Female => (0.7, -0.241, 1.012),
        Sex::Male => (0.9, -0.302, 1.0),
    };
    let ratio = creatinine.to_f64()? / k;
    let rate = 142.0 * ratio.min(1.0).powf(a) * ratio.max(1.0).powf(-1.2) * 0.9938_f64.powi(i32::from(age)) * factor;
    Decimal::from_f64(rate.round()).filter(|rate| *rate > Decimal::ZERO)
}
