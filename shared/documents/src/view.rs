//! What a letter shows, as words ready to be printed. The typst template and the provider's page both render from this
//! model, so that no rule (what is flagged, what is latest, what an empty list says) stands twice.
//!
//! Everything in it may name a person or their health: it has no derived `Debug`.

mod judgement;
mod lists;
mod own;
mod patient;
mod results;
mod review;
mod trends;
pub(crate) mod withheld;
mod words;

use crate::issue::Issue;
use chrono::{DateTime, Utc};
use medius_domain::clinician::Wording;
use medius_domain::clock::{kst_day, kst_minute};
use medius_domain::disclosure::{Concerns, Disclosure};
use medius_domain::health::{Severity, Urgency};
use medius_domain::provider::Provider;
use serde::{Deserialize, Serialize};
use std::fmt;

pub(crate) use judgement::judge;
pub use judgement::{Bar, Judgement};
pub use lists::{AllergyRow, ConditionRow, Listed, MedicationRow, Status, SymptomRow};
pub use own::{OwnWording, own_wording, refused};
pub use patient::{ContactView, PatientView, ResidenceView};
pub use results::{Earlier, ResultRow};
pub(crate) use results::{known_test, korean_name, range_text, value_text};
pub use review::ReviewView;
pub use trends::{Point, Trend};
pub use withheld::{Part, Parts};
pub use words::{Label, Words};

/// A letter, ready to be shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralView {
    /// What the document is called.
    pub title: Label,
    /// What the document is, and what it is not.
    pub nature: Label,
    /// Number, date, fingerprint.
    pub document: DocumentView,
    /// How soon the patient needs to be seen.
    pub urgency: UrgencyView,
    /// The institution that the letter goes to.
    pub to: InstitutionView,
    /// The operator that carries the letter.
    pub issuer: IssuerView,
    /// Who the patient is.
    pub patient: PatientView,
    /// Why the patient seeks care.
    pub reason: Words,
    /// Symptoms.
    pub symptoms: Listed<SymptomRow>,
    /// Past and present illnesses.
    pub history: Listed<ConditionRow>,
    /// Allergies.
    pub allergies: Listed<AllergyRow>,
    /// Medicines.
    pub medications: Listed<MedicationRow>,
    /// The latest result of each test.
    pub results: Listed<ResultRow>,
    /// The laboratory, where one measured everything.
    pub laboratory: Option<String>,
    /// Courses of tests with three or more values.
    pub trends: Vec<Trend>,
    /// What the patient worries about and hopes for.
    pub wishes: Part<WishesView>,
    /// What an absent narrative says.
    pub not_stated: Label,
    /// The consents that the letter rests on.
    pub consents: Vec<ConsentView>,
    /// The clinician's review, if one signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewView>,
}

/// The letter as a document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentView {
    /// Number on paper.
    pub number: String,
    /// Number of the letter whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Day of issue in Asia/Seoul.
    pub issued_on: String,
    /// Moment of issue in Asia/Seoul, to the minute.
    pub issued_at: String,
    /// SHA-256 of the Bundle, hex.
    pub sha256: String,
    /// The same in groups of eight, to be compared by eye.
    pub fingerprint: Vec<String>,
    /// Where the letter can be verified, without the fingerprint.
    pub verify_url: String,
}

/// How soon.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrgencyView {
    /// The code.
    pub code: Urgency,
    /// Its name.
    pub label: Label,
    /// What it means.
    pub meaning: Label,
}

/// An institution.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstitutionView {
    /// Name.
    pub name: Label,
    /// Department.
    pub department: Label,
}

/// The operator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerView {
    /// Name.
    pub name: String,
    /// Registration number for attracting foreign patients.
    pub registration_number: String,
    /// Telephone.
    pub phone: String,
}

/// Worries and hopes, as far as the patient said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishesView {
    /// What the patient worries about, if they said so.
    pub concerns: Option<Words>,
    /// What the patient hopes for, if they said so.
    pub expectations: Option<Words>,
}

/// A consent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    /// What was consented to.
    pub item: Label,
    /// The event's id.
    pub event_id: String,
    /// When, in Asia/Seoul, to the minute.
    pub decided_at: String,
    /// Version of the text.
    pub text_version: String,
    /// First sixteen hex digits of the text's SHA-256.
    pub text_fingerprint: String,
    /// For a provision: which of its parts are in the letter.
    pub parts: Parts,
}

macro_rules! redacted {
    ($($name:ty),+ $(,)?) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }
    )+};
}
pub(crate) use redacted;
redacted!(ReferralView, DocumentView, UrgencyView, InstitutionView, IssuerView, ConsentView, WishesView);

impl ReferralView {
    /// The view of what is handed on; `bundle_sha256` is hex.
    pub(crate) fn new(disclosure: &Disclosure, to: &Provider, issue: &Issue, bundle_sha256: &str) -> Self {
        let results = disclosure.results().given();
        let unchanged = Wording::default();
        let wording = issue.review.as_ref().map_or(&unchanged, |review| &review.wording);
        Self {
            title: Label::new("환자 진료 요청서", "Patient-initiated referral letter"),
            nature: review::nature(issue.review.as_ref()),
            document: DocumentView {
                number: issue.document_number.to_string(),
                replaces: issue.replaces.as_ref().map(ToString::to_string),
                issued_on: kst_day(issue.issued_at).to_string(),
                issued_at: kst(issue.issued_at),
                sha256: bundle_sha256.to_owned(),
                fingerprint: bundle_sha256
                    .as_bytes()
                    .chunks(8)
                    .map(|group| String::from_utf8_lossy(group).into_owned())
                    .collect(),
                verify_url: format!("{}/d/{}", issue.verify_base_url, issue.document_number),
            },
            urgency: urgency(disclosure.urgency()),
            to: InstitutionView {
                name: Label::new(&to.name_ko, &to.name_en),
                department: Label::new(&to.department_ko, &to.department_en),
            },
            issuer: IssuerView {
                name: issue.operator.name.clone(),
                registration_number: issue.operator.registration_number.clone(),
                phone: issue.operator.phone.clone(),
            },
            patient: patient::patient(disclosure, issue.issued_at),
            reason: Words::said(disclosure.reason()),
            symptoms: Listed::new(disclosure.symptoms(), lists::symptom),
            history: Listed::new(disclosure.history(), lists::condition),
            allergies: lists::allergies(disclosure.allergies()),
            medications: Listed::new(disclosure.medications(), lists::medication),
            results: Listed::with_rows(
                disclosure.results(),
                results.map_or_else(Vec::new, |list| results::rows(list, wording)),
            ),
            laboratory: results.and_then(results::common_laboratory),
            trends: results.map_or_else(Vec::new, |list| trends::courses(list, wording)),
            wishes: Part::new(disclosure.concerns(), wishes),
            not_stated: Label::new("기재 없음", "Not stated"),
            consents: issue
                .consents
                .iter()
                .map(|c| ConsentView {
                    item: c.item.clone(),
                    event_id: c.event_id.to_string(),
                    decided_at: kst(c.decided_at),
                    text_version: c.text_version.clone(),
                    text_fingerprint: c.text_sha256.chars().take(16).collect(),
                    parts: Parts::new(c.kind, disclosure),
                })
                .collect(),
            review: issue.review.as_ref().map(ReviewView::new),
        }
    }
}

fn wishes(wishes: &Concerns) -> WishesView {
    WishesView {
        concerns: wishes.concerns.as_ref().map(Words::said),
        expectations: wishes.expectations.as_ref().map(Words::said),
    }
}

fn kst(at: DateTime<Utc>) -> String {
    format!("{} KST", kst_minute(at))
}

fn urgency(code: Urgency) -> UrgencyView {
    let (label, meaning) = match code {
        Urgency::Routine => (Label::new("일반", "Routine"), Label::new("급하지 않음", "no hurry")),
        Urgency::Soon => (Label::new("조기", "Soon"), Label::new("수일에서 수주 이내", "within days to a few weeks")),
        Urgency::Urgent => {
            (Label::new("긴급", "Urgent"), Label::new("가능한 가장 빠른 날", "as soon as there is a place"))
        }
    };
    UrgencyView { code, label, meaning }
}

/// The word for a severity.
pub(crate) fn severity(severity: Severity) -> Label {
    match severity {
        Severity::Mild => Label::new("가벼움", "Mild"),
        Severity::Moderate => Label::new("중간", "Moderate"),
        Severity::Severe => Label::new("심함", "Severe"),
    }
}
