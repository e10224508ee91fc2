//! Issuing a letter: the Bundle first, its hash into the letter, the letter around the Bundle.

use crate::view::{Label, ReferralView};
use crate::{fhir, letter, typeset};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use medius_domain::clinician::{Reviewer, TestWording, Wording};
use medius_domain::consent::Item;
use medius_domain::disclosure::Disclosure;
use medius_domain::id::{CaseId, DocumentNumber, EventId, ReferralId};
use medius_domain::provider::Provider;
use std::fmt;

/// Who runs the service (Foreign Patient Act Art. 6: a registered operator).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Name.
    pub name: String,
    /// Registration number for attracting foreign patients.
    pub registration_number: String,
    /// Telephone.
    pub phone: String,
}

/// A consent event that the letter rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentReference {
    /// The item of consent: for a provision the letter states which of its parts it contains.
    pub kind: Item,
    /// What was consented to, as the letter calls it.
    pub item: Label,
    /// The event in the consent ledger.
    pub event_id: EventId,
    /// When the patient decided.
    pub decided_at: DateTime<Utc>,
    /// Version of the text that was shown.
    pub text_version: String,
    /// SHA-256 of that text, in hex.
    pub text_sha256: String,
}

/// A clinician's review of a letter. They signed its wording: that the facts are right, nobody but the patient says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Who signed.
    pub reviewer: Reviewer,
    /// When.
    pub signed_at: DateTime<Utc>,
    /// What they put right of the service's own wording.
    pub wording: Wording,
}

/// What makes one letter different from another with the same content. All of it comes from the caller, the time included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The number on paper.
    pub document_number: DocumentNumber,
    /// The letter whose place it takes, because something in that one was corrected.
    pub replaces: Option<DocumentNumber>,
    /// The letter.
    pub referral_id: ReferralId,
    /// The case.
    pub case_id: CaseId,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Where the verification page lies, for example `https://r.medius.example`, without a slash at the end.
    pub verify_base_url: String,
    /// Who runs the service.
    pub operator: Operator,
    /// The consents that the letter rests on.
    pub consents: Vec<ConsentReference>,
    /// A clinician's review; without one the letter is the patient's request and nothing else.
    pub review: Option<Review>,
}

impl Issue {
    /// What a reviewer put right about a test, by its name as it was given.
    pub(crate) fn wording(&self, test: &str) -> Option<&TestWording> {
        self.review.as_ref()?.wording.of(test)
    }
}

/// A finished letter.
#[derive(Clone)]
pub struct Letter {
    /// PDF/A-3a and PDF/UA-1, with the Bundle attached.
    pub pdf: Vec<u8>,
    /// FHIR R4 document Bundle, JSON.
    pub bundle: Vec<u8>,
    /// What the letter shows, for other ways to show it.
    pub view: ReferralView,
    /// SHA-256 of the Bundle, hex: printed on the letter and carried by its QR code.
    pub bundle_sha256: String,
    /// SHA-256 of the PDF, hex.
    pub pdf_sha256: String,
    /// Pages of the letter.
    pub pages: u32,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("bundle_sha256", &self.bundle_sha256).field("pages", &self.pages).finish()
    }
}

/// Why no letter was made. No variant carries text of the patient, nor of typst, which quotes its input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The Bundle could not be written as JSON.
    #[error("the bundle cannot be serialised")]
    Serialise,
    /// The Bundle breaks a rule of FHIR R4.
    #[error("the bundle breaks {} rules, first {}", .0.len(), .0.first().map_or("none", |b| b.rule))]
    Invalid(Vec<fhir::Breach>),
    /// The letter has more resources than a receiver takes in one piece.
    #[error("more than {most} resources")]
    TooMany {
        /// How many it takes.
        most: usize,
    },
    /// The verification address does not fit into a QR code.
    #[error("the verification address does not fit into a QR code")]
    QrCode,
    /// The fonts compiled into the program do not parse.
    #[error("the compiled-in fonts do not parse")]
    Fonts,
    /// The template did not compile, or compiled with warnings.
    #[error("typesetting: {errors} errors, {warnings} warnings")]
    Typeset {
        /// Errors.
        errors: usize,
        /// Warnings.
        warnings: usize,
    },
    /// The pages cannot be written as PDF/A-3a and PDF/UA-1, for example for a missing glyph.
    #[error("export: {errors} errors")]
    Export {
        /// Errors.
        errors: usize,
    },
}

/// Makes the letter of what the patient agreed to hand on. The same arguments give the same bytes.
///
/// # Errors
/// [`DocumentError`]; none is expected for an intake that passed the domain's rules.
pub fn issue(disclosure: &Disclosure, to: &Provider, issue: &Issue) -> Result<Letter, DocumentError> {
    let bundle = fhir::build(disclosure, to, issue)?;
    let parsed = serde_json::from_slice(&bundle).map_err(|_| DocumentError::Serialise)?;
    fhir::validate(&parsed).map_err(DocumentError::Invalid)?;
    let bundle_sha256 = sha256_hex(&bundle);
    let view = ReferralView::new(disclosure, to, issue, &bundle_sha256);
    let (pdf, pages) = letter::render(&view, issue, &bundle)?;
    let pdf_sha256 = sha256_hex(&pdf);
    Ok(Letter { pdf, bundle, view, bundle_sha256, pdf_sha256, pages })
}

/// Pays the one-off cost of the first letter (fonts, standard library, templates); for a function's init phase.
pub fn warm() {
    typeset::warm();
}

fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}
