//! Units of test results: an allow-list of UCUM codes, so that a value is never read in another unit than it was meant.

use crate::field::Invalid;
use serde::{Deserialize, Serialize};

/// A UCUM code of the allow-list (case-sensitive form), with the way that a letter prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit(&'static (&'static str, &'static str));

/// UCUM code and its print form.
static UNITS: [(&str, &str); 58] = [
    ("%", "%"),
    ("1", ""),
    ("10*3/uL", "×10³/µL"),
    ("10*6/uL", "×10⁶/µL"),
    ("10*9/L", "×10⁹/L"),
    ("10*12/L", "×10¹²/L"),
    ("/uL", "/µL"),
    ("/[HPF]", "/HPF"),
    ("/min", "/min"),
    ("Cel", "°C"),
    ("U/L", "U/L"),
    ("U/mL", "U/mL"),
    ("[IU]/L", "IU/L"),
    ("[IU]/mL", "IU/mL"),
    ("cm", "cm"),
    ("m", "m"),
    ("mm", "mm"),
    ("fL", "fL"),
    ("g", "g"),
    ("g/L", "g/L"),
    ("g/dL", "g/dL"),
    ("kPa", "kPa"),
    ("kg", "kg"),
    ("kg/m2", "kg/m²"),
    ("mL", "mL"),
    ("mL/min", "mL/min"),
    ("mL/min/{1.73_m2}", "mL/min/1.73 m²"),
    ("m[IU]/L", "mIU/L"),
    ("m[IU]/mL", "mIU/mL"),
    ("mg", "mg"),
    ("mg/L", "mg/L"),
    ("mg/dL", "mg/dL"),
    ("mg/g", "mg/g"),
    ("mg/mmol", "mg/mmol"),
    ("mg/24.h", "mg/24 h"),
    ("mm/h", "mm/h"),
    ("mm[Hg]", "mmHg"),
    ("mmol/L", "mmol/L"),
    ("mmol/mol", "mmol/mol"),
    ("mosm/kg", "mOsm/kg"),
    ("ng/L", "ng/L"),
    ("ng/dL", "ng/dL"),
    ("ng/mL", "ng/mL"),
    ("nmol/L", "nmol/L"),
    ("pg", "pg"),
    ("pg/mL", "pg/mL"),
    ("pmol/L", "pmol/L"),
    ("s", "s"),
    ("u[IU]/mL", "µIU/mL"),
    ("ueq/L", "µEq/L"),
    ("meq/L", "mEq/L"),
    ("ug/L", "µg/L"),
    ("ug/dL", "µg/dL"),
    ("ug/mL", "µg/mL"),
    ("ug/g", "µg/g"),
    ("umol/L", "µmol/L"),
    ("{INR}", "INR"),
    ("{ratio}", "ratio"),
];

impl Unit {
    /// Finds a unit by its UCUM code.
    ///
    /// # Errors
    /// [`Invalid::UnknownValue`] for a code that is not in the list.
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        UNITS.iter().find(|(c, _)| *c == code).map(Self).ok_or(Invalid::UnknownValue)
    }

    /// The UCUM code.
    pub fn code(self) -> &'static str {
        self.0.0
    }

    /// The print form; empty for a pure number.
    pub fn print(self) -> &'static str {
        self.0.1
    }

    /// The whole list, for clients that offer a choice.
    pub fn all() -> impl Iterator<Item = Self> {
        UNITS.iter().map(Self)
    }
}

impl TryFrom<String> for Unit {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        Self::parse(&s)
    }
}

impl From<Unit> for String {
    fn from(u: Unit) -> String {
        u.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_their_print_forms_can_be_shown() {
        let codes: BTreeSet<_> = Unit::all().map(Unit::code).collect();
        assert_eq!(codes.len(), UNITS.len());
        assert!(Unit::all().all(|u| u.print().chars().all(crate::coverage::covers)));
        assert_eq!(Unit::parse("furlong"), Err(Invalid::UnknownValue));
    }
}
