//! What institutions' browsers send and get.

use chrono::{DateTime, Utc};
use medius_domain::clinician::LetterSignature;
use medius_domain::code::OneTimeCode;
use medius_domain::field::Invalid;
use medius_domain::link::LinkSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for a one-time code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// The secret half of the link.
    #[schema(value_type = String, example = "52 characters of a-z and 2-7")]
    pub secret: LinkSecret,
}

/// How the code comes that the link asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeBy {
    /// Eight digits, mailed to the institution's mailbox just now.
    Mail,
    /// Ten characters, which the patient or a coordinator tells by phone; no mail was sent.
    Phone,
}

/// A code was ordered, or is told by phone.
#[derive(Serialize, ToSchema)]
pub struct CodeOrdered {
    /// How it comes.
    pub by: CodeBy,
    /// Until when it can be used.
    pub valid_until: DateTime<Utc>,
}

/// Where a copy lies that is too large for an answer.
#[derive(Serialize, ToSchema)]
pub struct ExportAddress {
    /// Good for one minute.
    pub url: String,
}

/// Starts a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlockRequest {
    /// The secret half of the link.
    #[schema(value_type = String)]
    pub secret: LinkSecret,
    /// The code of the newest mail: eight digits; or the access code that was told by phone: ten characters. Blanks and
    /// hyphens between them do not count.
    #[schema(value_type = String)]
    pub code: OneTimeCode,
}

/// Asks whether a document was issued under a number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// SHA-256 of the PDF or of the data, 64 hex digits.
    #[schema(value_type = String)]
    pub sha256: Fingerprint,
}

/// A SHA-256 in hex.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct Fingerprint(String);

impl TryFrom<String> for Fingerprint {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        let ok = s.len() == 64 && s.bytes().all(|b| b.is_ascii_hexdigit());
        if ok { Ok(Self(s.to_ascii_lowercase())) } else { Err(Invalid::Format) }
    }
}

impl Fingerprint {
    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a fingerprint belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The letter.
    Pdf,
    /// The FHIR data of the letter.
    Data,
}

/// Who reviewed and signed a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignatureView {
    /// Their name.
    pub name: String,
    /// Their profession, in Korean.
    pub profession_ko: &'static str,
    /// Their profession, in English.
    pub profession_en: &'static str,
    /// The number of their licence.
    pub licence: String,
    /// When they signed.
    pub signed_at: DateTime<Utc>,
    /// The signed statement: `{"signature": {...}, "jws": "..."}` over number and hashes, by a key of
    /// `/.well-known/medius-signing-keys.json`.
    pub file: String,
}

impl From<LetterSignature> for SignatureView {
    fn from(signature: LetterSignature) -> Self {
        let (profession_ko, profession_en) = signature.reviewer.profession.label();
        Self {
            name: signature.reviewer.name.expose().to_owned(),
            profession_ko,
            profession_en,
            licence: signature.reviewer.licence.expose().to_owned(),
            signed_at: signature.signed_at,
            file: signature.file,
        }
    }
}

/// Whether a document was issued. An unknown number and a wrong fingerprint get the same answer.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Verification {
    /// Issued under this number, unchanged.
    Verified {
        /// What was checked.
        kind: DocumentKind,
        /// When it was issued.
        issued_at: DateTime<Utc>,
        /// The clinician's signature, where one reviewed it.
        #[serde(skip_serializing_if = "Option::is_none")]
        signature: Option<SignatureView>,
    },
    /// Not so.
    NotVerified,
}
