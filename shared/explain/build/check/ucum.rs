//! Just enough UCUM to recompute a factor where two units measure the same kind of thing: a wrong power of ten in the
//! catalogue would be a wrong answer for everybody.

use rust_decimal::Decimal;

/// Factor from one unit to another, where both are products of the same bases; none where chemistry decides
/// (mg/dL to mmol/L) or the unit is not known here.
pub(super) fn factor(from: &str, to: &str) -> Option<Decimal> {
    let ((a, bases), (b, others)) = (parts(from)?, parts(to)?);
    (bases == others).then(|| power(a - b)).flatten()
}

fn power(of: i32) -> Option<Decimal> {
    let size = (0..of.abs()).try_fold(Decimal::ONE, |d, _| d.checked_mul(Decimal::TEN))?;
    if of < 0 { Decimal::ONE.checked_div(size) } else { Some(size) }
}

/// The power of ten of a unit, and its bases.
fn parts(ucum: &str) -> Option<(i32, Vec<String>)> {
    let (over, under) = ucum.split_once('/').unwrap_or((ucum, ""));
    let (mut ten, base) = if over.is_empty() { (0, String::new()) } else { one(over)? };
    let mut bases = vec![base];
    for part in under.split('/').filter(|p| !p.is_empty()) {
        let (minus, base) = one(part)?;
        ten -= minus;
        bases.push(base);
    }
    Some((ten, bases))
}

fn one(unit: &str) -> Option<(i32, String)> {
    if let Some(power) = unit.strip_prefix("10*") {
        return Some((power.parse().ok()?, String::new()));
    }
    if unit == "%" {
        return Some((-2, String::new()));
    }
    if unit == "1" {
        return Some((0, String::new()));
    }
    // `[IU]` and `U` are not the same, and `{…}` says what is counted.
    for base in ["g", "L", "mol", "U", "[IU]", "eq"] {
        if let Some(prefix) = unit.strip_suffix(base) {
            let ten = match prefix {
                "" => 0,
                "k" => 3,
                "d" => -1,
                "c" => -2,
                "m" => -3,
                "u" => -6,
                "n" => -9,
                "p" => -12,
                "f" => -15,
                _ => continue,
            };
            return Some((ten, base.to_owned()));
        }
    }
    None
}
