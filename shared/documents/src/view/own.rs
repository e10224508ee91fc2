//! What of a letter is the service's own wording: beside each test its Korean name, its code and its mark. Nothing else can be
//! put right by a reviewer; everything else is the patient's, or fixed words that stand in every letter.

use super::judgement::{Judgement, judge};
use super::redacted;
use super::results::{self, known_test};
use medius_domain::clinician::{MOST_CORRECTIONS, Wording};
use medius_domain::disclosure::Disclosure;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::health::{ResultValue, TestResult};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// What the service says beside one test.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OwnWording {
    /// The test, as it was given.
    pub test: String,
    /// The Korean name that the service put there; none where the patient gave one, or where there is none.
    pub ko: Option<String>,
    /// Whether the patient gave a Korean name: then there is none of the service's to put right.
    pub ko_given: bool,
    /// The LOINC code that the service put there.
    pub loinc: Option<&'static str>,
    /// The mark of its latest value.
    pub mark: Judgement,
}

redacted!(OwnWording);

fn latest(disclosure: &Disclosure) -> Vec<&TestResult> {
    let lists = disclosure.results().given().map(results::tests).unwrap_or_default();
    lists.into_iter().filter_map(|test| test.results.last().copied()).collect()
}

/// The service's own wording of a letter, test by test.
pub fn own_wording(disclosure: &Disclosure) -> Vec<OwnWording> {
    latest(disclosure)
        .into_iter()
        .map(|result| {
            let known = known_test(result);
            let (loinc, mark) = match &result.value {
                ResultValue::Quantity(q) => (known.and_then(|k| k.loinc(q.unit)), judge(q)),
                ResultValue::Text(_) => (None, Judgement::NotJudged),
            };
            let ko_given = result.name.ko.is_some();
            OwnWording {
                test: result.name.text.expose().to_owned(),
                ko: known.filter(|_| !ko_given).map(|k| k.ko.to_owned()),
                ko_given,
                loinc,
                mark,
            }
        })
        .collect()
}

/// What of a reviewer's corrections is not about the service's own wording of this letter.
pub fn refused(disclosure: &Disclosure, wording: &Wording) -> Vec<FieldError> {
    if wording.0.len() > MOST_CORRECTIONS {
        return vec![FieldError::new("/wording", Invalid::TooLong)];
    }
    let results = disclosure.results().items();
    let mut seen = BTreeSet::new();
    let mut errors = Vec::new();
    for (i, correction) in wording.0.iter().enumerate() {
        let name = correction.test.expose().to_lowercase();
        let mut of_test = results.iter().filter(|r| r.name.text.expose().to_lowercase() == name).peekable();
        if of_test.peek().is_none() {
            errors.push(FieldError::new(format!("/wording/{i}/test"), Invalid::UnknownValue));
        } else if correction.ko.is_some() && of_test.any(|result| result.name.ko.is_some()) {
            // The patient's own rendering is not the reviewer's to change.
            errors.push(FieldError::new(format!("/wording/{i}/ko"), Invalid::Inconsistent));
        }
        if !seen.insert(name) {
            errors.push(FieldError::new(format!("/wording/{i}/test"), Invalid::Duplicate));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples::{disclosure, variant};
    use serde_json::json;

    #[test]
    fn only_the_services_own_wording_can_be_put_right() {
        let mut case = variant("demo");
        for result in case["health"]["results"]["items"].as_array_mut().unwrap() {
            if result["name"]["text"] == "HbA1c" {
                result["name"] = json!({"text": "HbA1c"});
            }
        }
        let disclosure = disclosure(&case);
        let own = own_wording(&disclosure);
        let of = |test: &str| own.iter().find(|o| o.test == test).unwrap();
        assert_eq!((of("HbA1c").loinc, of("HbA1c").ko_given), (Some("4548-4"), false));
        assert!(of("LDL cholesterol").ko_given && of("LDL cholesterol").ko.is_none());
        let check = |wording: serde_json::Value| {
            let errors = refused(&disclosure, &serde_json::from_value(wording).unwrap());
            errors.into_iter().map(|e| (e.pointer, e.code)).collect::<Vec<_>>()
        };
        let one = |test: &str, ko: Option<&str>| json!({"test": test, "ko": ko, "code": true, "judged": true});
        assert_eq!(check(json!([one("HbA1c", Some("당화혈색소"))])), []);
        assert_eq!(check(json!([one("LDL cholesterol", None)])), []);
        let wrong = check(json!([
            one("Ferritin", None),
            one("LDL cholesterol", Some("나쁜 콜레스테롤")),
            one("ldl Cholesterol", None)
        ]));
        let expected =
            [("/wording/0/test", "unknown-value"), ("/wording/1/ko", "inconsistent"), ("/wording/2/test", "duplicate")];
        assert_eq!(wrong, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }
}
