//! The handful of LOINC codes that the letter uses, and the Korean names of common tests.
//!
//! A test gets a code only where its name says what was measured and the unit fits the code's property; every other test
//! keeps its name alone. A wrong code is worse than none.
//!
//! This material contains content from LOINC (<http://loinc.org>). LOINC is copyright © Regenstrief Institute, Inc. and the
//! Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at
//! <http://loinc.org/license>. LOINC® is a registered United States trademark of Regenstrief Institute, Inc.

use medius_domain::unit::Unit;

/// The code system's address.
pub(crate) const LOINC: &str = "http://loinc.org";

/// The document and its sections.
pub(crate) mod section {
    /// Referral note.
    pub(crate) const REFERRAL: &str = "57133-1";
    /// Reason for referral.
    pub(crate) const REASON: &str = "42349-1";
    /// Problem list.
    pub(crate) const PROBLEMS: &str = "11450-4";
    /// Allergies.
    pub(crate) const ALLERGIES: &str = "48765-2";
    /// Medication use.
    pub(crate) const MEDICATIONS: &str = "10160-0";
    /// Results.
    pub(crate) const RESULTS: &str = "30954-2";
    /// Attachments.
    pub(crate) const ATTACHMENTS: &str = "77599-9";
    /// A condition that is a symptom (the problem type of C-CDA).
    pub(crate) const SYMPTOM: &str = "75325-1";
    /// Consent document (`consent-category`).
    pub(crate) const CONSENT: &str = "59284-0";
}

/// A common test.
pub(crate) struct Known {
    /// Names by which it goes, lower case; the first one is its key.
    pub(crate) names: &'static [&'static str],
    /// Its Korean name.
    pub(crate) ko: &'static str,
    /// LOINC codes by the UCUM units that they fit.
    codes: &'static [(&'static str, &'static [&'static str])],
}

static KNOWN: &[Known] = &[
    Known {
        names: &["hba1c", "hemoglobin a1c", "haemoglobin a1c", "glycated haemoglobin", "glycated hemoglobin"],
        ko: "당화혈색소",
        codes: &[("4548-4", &["%"]), ("59261-8", &["mmol/mol"])],
    },
    Known {
        names: &["fasting glucose", "fasting blood glucose", "fasting plasma glucose", "fasting blood sugar"],
        ko: "공복 혈당",
        codes: &[("1558-6", &["mg/dL"]), ("14771-0", &["mmol/L"])],
    },
    Known {
        names: &["total cholesterol", "cholesterol"],
        ko: "총콜레스테롤",
        codes: &[("2093-3", &["mg/dL"]), ("14647-2", &["mmol/L"])],
    },
    Known {
        names: &["ldl cholesterol", "ldl-cholesterol", "ldl-c", "ldl"],
        ko: "LDL 콜레스테롤",
        codes: &[("2089-1", &["mg/dL"]), ("22748-8", &["mmol/L"])],
    },
    Known {
        names: &["hdl cholesterol", "hdl-cholesterol", "hdl-c", "hdl"],
        ko: "HDL 콜레스테롤",
        codes: &[("2085-9", &["mg/dL"]), ("14646-4", &["mmol/L"])],
    },
    Known {
        names: &["triglycerides", "triglyceride"],
        ko: "중성지방",
        codes: &[("2571-8", &["mg/dL"]), ("14927-8", &["mmol/L"])],
    },
    Known { names: &["ast", "ast (sgot)", "sgot"], ko: "AST", codes: &[("1920-8", &["U/L"])] },
    Known { names: &["alt", "alt (sgpt)", "sgpt"], ko: "ALT", codes: &[("1742-6", &["U/L"])] },
    Known {
        names: &["creatinine", "serum creatinine"],
        ko: "크레아티닌",
        codes: &[("2160-0", &["mg/dL"]), ("14682-9", &["umol/L"])],
    },
    // The codes of eGFR name the equation, which a patient cannot tell.
    Known { names: &["egfr", "estimated gfr"], ko: "사구체여과율(추정)", codes: &[] },
    Known {
        names: &["haemoglobin", "hemoglobin", "hb", "hgb"], ko: "혈색소", codes: &[("718-7", &["g/dL", "g/L"])]
    },
    Known {
        names: &["white blood cells", "white blood cell count", "wbc", "leukocytes"],
        ko: "백혈구",
        codes: &[("26464-8", &["10*3/uL", "10*9/L", "/uL"])],
    },
    Known {
        names: &["platelets", "platelet count", "plt"],
        ko: "혈소판",
        codes: &[("26515-7", &["10*3/uL", "10*9/L", "/uL"])],
    },
    Known {
        names: &["tsh", "thyroid stimulating hormone", "thyroid-stimulating hormone"],
        ko: "갑상선자극호르몬",
        codes: &[("3016-3", &["m[IU]/L", "u[IU]/mL", "m[IU]/mL"])],
    },
    Known {
        names: &["c-reactive protein", "crp"],
        ko: "C-반응단백",
        codes: &[("1988-5", &["mg/L", "ug/mL", "mg/dL"])],
    },
];

/// Finds a test by its name. `unit` is none for a finding in words.
pub(crate) fn find(name: &str, unit: Option<Unit>) -> Option<&'static Known> {
    let name = name.to_lowercase();
    KNOWN.iter().find(|k| k.names.contains(&name.as_str()) && (unit.is_none() || k.fits(unit)))
}

impl Known {
    /// The LOINC code for a value in a unit.
    pub(crate) fn loinc(&self, unit: Unit) -> Option<&'static str> {
        self.codes.iter().find(|(_, units)| units.contains(&unit.code())).map(|(code, _)| *code)
    }

    /// A test without codes fits any unit; one with codes only those that it is measured in.
    fn fits(&self, unit: Option<Unit>) -> bool {
        self.codes.is_empty() || unit.is_some_and(|u| self.loinc(u).is_some())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_needs_the_name_and_a_unit_that_fits() {
        let percent = Unit::parse("%").unwrap();
        let grams = Unit::parse("g/dL").unwrap();
        assert_eq!(find("HbA1c", Some(percent)).unwrap().loinc(percent), Some("4548-4"));
        assert!(find("HbA1c", Some(grams)).is_none());
        assert!(find("Ferritin", Some(grams)).is_none());
        assert_eq!(find("egfr", Some(percent)).unwrap().loinc(percent), None);
    }

    #[test]
    fn names_are_unique_and_units_are_of_the_allow_list() {
        let mut names: Vec<_> = KNOWN.iter().flat_map(|k| k.names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(KNOWN.iter().flat_map(|k| k.codes).flat_map(|(_, u)| *u).all(|u| Unit::parse(u).is_ok()));
    }
}
