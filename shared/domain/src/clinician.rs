//! A clinician's review of a letter: who signs, and what of the service's own wording they put right. The patient's words are
//! never theirs to change: what can be corrected are the Korean names, codes and marks that the service itself put beside a
//! test.

use crate::field::Invalid;
use crate::health::Phrase;
use crate::id::{DocumentNumber, Subject};
use crate::person::PersonName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Tests whose wording one review may put right: as many as a letter has results.
pub const MOST_CORRECTIONS: usize = 80;

/// The licensed profession of a reviewer (Medical Service Act Art. 2: who may give a medical opinion).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profession {
    /// 의사.
    Physician,
    /// 치과의사.
    Dentist,
    /// 한의사.
    KoreanMedicineDoctor,
}

impl Profession {
    /// Every profession.
    pub const ALL: [Self; 3] = [Self::Physician, Self::Dentist, Self::KoreanMedicineDoctor];

    /// What it is called: Korean, English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Physician => ("의사", "Physician"),
            Self::Dentist => ("치과의사", "Dentist"),
            Self::KoreanMedicineDoctor => ("한의사", "Doctor of Korean medicine"),
        }
    }
}

/// The number of a licence as printed on it: 1 to 12 digits, capital letters and hyphens. It is a professional's public
/// number, printed on every letter that they sign; still it is not logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LicenceNumber(String);

impl LicenceNumber {
    /// Checks a number.
    ///
    /// # Errors
    /// [`Invalid::Empty`], [`Invalid::TooLong`] or [`Invalid::Format`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let raw = raw.trim();
        let sign = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'-';
        if raw.is_empty() {
            Err(Invalid::Empty)
        } else if raw.len() > 12 {
            Err(Invalid::TooLong)
        } else if raw.bytes().all(sign) && raw.bytes().any(|b| b.is_ascii_digit()) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Invalid::Format)
        }
    }

    /// The number as text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LicenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl TryFrom<String> for LicenceNumber {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        Self::parse(&s)
    }
}

impl From<LicenceNumber> for String {
    fn from(n: LicenceNumber) -> Self {
        n.0
    }
}

/// Who signs, as the letter names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewer {
    /// Their name.
    pub name: PersonName,
    /// Their profession.
    pub profession: Profession,
    /// The number of their licence.
    pub licence: LicenceNumber,
}

/// What the service says beside one test, put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestWording {
    /// The test, by its name as it was given.
    pub test: Phrase,
    /// Its Korean name instead of the service's; without one it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ko: Option<Phrase>,
    /// Whether the code that the service chose stays.
    pub code: bool,
    /// Whether the service's mark (above, below, within the laboratory's range) stays.
    pub judged: bool,
}

/// What a reviewer put right of the service's own wording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wording(pub Vec<TestWording>);

impl Wording {
    /// What is put right about a test, by its name as it was given; upper and lower case are the same.
    pub fn of(&self, test: &str) -> Option<&TestWording> {
        let name = test.to_lowercase();
        self.0.iter().find(|wording| wording.test.expose().to_lowercase() == name)
    }
}

/// How far the review of a letter is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LetterReview {
    /// The patient asked for it.
    Waiting {
        /// When.
        asked_at: DateTime<Utc>,
    },
    /// This letter is the signed one.
    Signed {
        /// When.
        signed_at: DateTime<Utc>,
        /// Who of the staff, as a pseudonym.
        by: Subject,
    },
}

/// What a reviewer signs, with the service's key: whole numbers and hashes only, so that every checker reads the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedLetter {
    /// The number on paper.
    pub document_number: DocumentNumber,
    /// SHA-256 of the PDF, hex.
    pub pdf_sha256: String,
    /// SHA-256 of the FHIR Bundle inside, hex: printed on the letter.
    pub bundle_sha256: String,
    /// Who signed.
    pub reviewer: Reviewer,
    /// When.
    pub signed_at: DateTime<Utc>,
    /// What the signature stands for: the service's own wording.
    pub scope: SignatureScope,
}

/// What a signature stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureScope {
    /// The wording that the service added. The facts are the patient's and were not confirmed.
    WordingReviewed,
}

/// A signature as it is kept beside what can be verified about a letter. There is nothing in it about the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterSignature {
    /// Who signed.
    pub reviewer: Reviewer,
    /// When.
    pub signed_at: DateTime<Utc>,
    /// The signed statement as a file: [`SignedLetter`] beside its JWS ([`crate::signed::Kind::LetterSignature`]).
    pub file: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_licence_number_is_what_is_printed_on_it() {
        for good in ["12345", " 123456 ", "A-12345", "1"] {
            assert!(LicenceNumber::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", Invalid::Empty),
            ("제12345호", Invalid::Format),
            ("abc", Invalid::Format),
            ("ABC", Invalid::Format),
            ("1234567890123", Invalid::TooLong),
        ] {
            assert_eq!(LicenceNumber::parse(bad), Err(why), "{bad}");
        }
        assert_eq!(format!("{:?}", LicenceNumber::parse("12345").unwrap()), "[redacted]");
    }

    #[test]
    fn wording_is_found_by_the_name_whatever_its_case() {
        let wording: Wording =
            serde_json::from_value(json!([{"test": "HbA1c", "ko": "당화혈색소", "code": false, "judged": true}]))
                .unwrap();
        assert!(wording.of("hba1c").is_some_and(|w| !w.code) && wording.of("TSH").is_none());
        assert!(serde_json::from_value::<TestWording>(json!({"test": "a", "judged": true})).is_err());
    }
}
