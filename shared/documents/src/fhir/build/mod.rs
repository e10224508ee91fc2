//! From what the patient agreed to hand on to the Bundle. A part that is withheld has no resource; its section says so.
//!
//! The PDF contains this Bundle and so cannot be hashed inside it. The files that values were read from stay with the patient:
//! section 77599-9 lists each as a DocumentReference with its kind, size and SHA-256, and a Provenance says which values were
//! read from it.

mod administrative;
mod clinical;
mod composition;
mod results;
mod review;
mod source;

pub(super) use administrative::{priority as request_priority, registration};

use super::datatypes::{Identifier, Reference};
use super::ids;
use super::resources::{Bundle, Entry, Resource};
use super::validate::MOST_ENTRIES;
use crate::issue::{DocumentError, Issue};
use chrono::{DateTime, SecondsFormat, Utc};
use medius_domain::disclosure::Disclosure;
use medius_domain::provider::Provider;

/// What every resource needs to know.
struct Context<'a> {
    disclosure: &'a Disclosure,
    sources: source::Sources<'a>,
    to: &'a Provider,
    issue: &'a Issue,
    /// The moment of issue as a FHIR `dateTime`.
    now: String,
}

impl Context<'_> {
    fn urn(&self, path: &str) -> String {
        ids::urn(&self.issue.referral_id, path)
    }

    fn reference(&self, path: &str) -> Reference {
        Reference::to(&self.urn(path))
    }

    fn patient(&self) -> Reference {
        self.reference(path::PATIENT)
    }

    /// References to the entries of a list.
    fn references(&self, prefix: &str, count: usize) -> Vec<Reference> {
        (0..count).map(|i| self.reference(&format!("{prefix}/{i}"))).collect()
    }
}

/// Names of places in the Bundle, from which its ids are made.
mod path {
    pub(super) const COMPOSITION: &str = "Composition";
    pub(super) const PATIENT: &str = "Patient";
    pub(super) const RECIPIENT: &str = "Organization/recipient";
    pub(super) const OPERATOR: &str = "Organization/operator";
    pub(super) const REQUEST: &str = "ServiceRequest";
    pub(super) const REPORT: &str = "DiagnosticReport";
    pub(super) const PROVENANCE: &str = "Provenance";
    pub(super) const SYMPTOM: &str = "Condition/symptom";
    pub(super) const PROBLEM: &str = "Condition/problem";
    pub(super) const ALLERGY: &str = "AllergyIntolerance";
    pub(super) const MEDICATION: &str = "MedicationStatement";
    pub(super) const RESULT: &str = "Observation";
    pub(super) const CONSENT: &str = "Consent";
    pub(super) const FILE: &str = "DocumentReference";
    pub(super) const REVIEWER: &str = "PractitionerRole";
    pub(super) const REVIEW: &str = "Provenance/review";
}

/// A moment as a FHIR `instant` in UTC, to the second.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The Bundle as JSON.
///
/// # Errors
/// [`DocumentError::TooMany`] for a story and records that fill more than a receiver takes; [`DocumentError::Serialise`] cannot
/// happen for values of the domain.
pub(crate) fn build(disclosure: &Disclosure, to: &Provider, issue: &Issue) -> Result<Vec<u8>, DocumentError> {
    let cx = Context { disclosure, sources: source::Sources::of(disclosure), to, issue, now: instant(issue.issued_at) };
    let mut entry: Vec<Entry> = Vec::new();
    let mut add = |path: &str, resource: Resource| entry.push(Entry { full_url: cx.urn(path), resource });

    add(path::COMPOSITION, Resource::Composition(Box::new(composition::composition(&cx))));
    add(path::PATIENT, Resource::Patient(Box::new(administrative::patient(&cx))));
    add(path::RECIPIENT, Resource::Organization(Box::new(administrative::recipient(&cx))));
    add(path::OPERATOR, Resource::Organization(Box::new(administrative::operator(&cx))));
    add(path::REQUEST, Resource::ServiceRequest(Box::new(administrative::request(&cx))));
    for (i, symptom) in disclosure.symptoms().items().iter().enumerate() {
        add(&format!("{}/{i}", path::SYMPTOM), Resource::Condition(Box::new(clinical::symptom(&cx, symptom))));
    }
    for (i, problem) in disclosure.history().items().iter().enumerate() {
        add(&format!("{}/{i}", path::PROBLEM), Resource::Condition(Box::new(clinical::problem(&cx, problem))));
    }
    for (i, allergy) in disclosure.allergies().items().iter().enumerate() {
        add(&format!("{}/{i}", path::ALLERGY), Resource::AllergyIntolerance(Box::new(clinical::allergy(&cx, allergy))));
    }
    for (i, medicine) in disclosure.medications().items().iter().enumerate() {
        let resource = Resource::MedicationStatement(Box::new(clinical::medication(&cx, medicine)));
        add(&format!("{}/{i}", path::MEDICATION), resource);
    }
    for (i, result) in disclosure.results().items().iter().enumerate() {
        let observation = results::observation(&cx, result).map_err(|_| DocumentError::Serialise)?;
        add(&format!("{}/{i}", path::RESULT), Resource::Observation(Box::new(observation)));
    }
    if !disclosure.results().items().is_empty() {
        add(path::REPORT, Resource::DiagnosticReport(Box::new(results::report(&cx))));
    }
    for file in &cx.sources.files {
        add(&file.place(), Resource::DocumentReference(Box::new(file.reference(&cx))));
    }
    for (i, consent) in issue.consents.iter().enumerate() {
        add(&format!("{}/{i}", path::CONSENT), Resource::Consent(Box::new(administrative::consent(&cx, consent))));
    }
    add(path::PROVENANCE, Resource::Provenance(Box::new(administrative::provenance(&cx))));
    for (place, provenance) in cx.sources.provenances(&cx) {
        add(&place, Resource::Provenance(Box::new(provenance)));
    }
    if let Some(review) = &issue.review {
        add(path::REVIEWER, Resource::PractitionerRole(Box::new(review::reviewer(&cx, review))));
        add(path::REVIEW, Resource::Provenance(Box::new(review::provenance(&cx, review))));
    }
    if entry.len() > MOST_ENTRIES {
        return Err(DocumentError::TooMany { most: MOST_ENTRIES });
    }

    let bundle = Bundle {
        resource_type: "Bundle",
        id: ids::uuid(&issue.referral_id, "Bundle").to_string(),
        identifier: Identifier {
            kind: None,
            system: Some("urn:ietf:rfc:3986".to_owned()),
            value: ids::urn(&issue.referral_id, "Bundle"),
        },
        kind: "document",
        timestamp: cx.now.clone(),
        entry,
    };
    serde_json::to_vec(&bundle).map_err(|_| DocumentError::Serialise)
}
