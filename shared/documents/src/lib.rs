//! A patient's story as two documents that say the same: a FHIR R4 document Bundle for machines, and a bilingual letter
//! (PDF/A-3a and PDF/UA-1) for people, with the Bundle attached and its hash printed.
//!
//! The letter is the patient's own (patient-initiated): it is never dressed up as a doctor's order, and every fact in it is
//! marked as supplied by the patient and not confirmed.
//!
//! Nothing here reads a clock, a file or the network: the same intake gives the same bytes.

pub mod fhir;
mod issue;
mod letter;
mod names;
pub mod view;

pub use issue::{ConsentReference, DocumentError, Issue, Letter, Operator, issue, warm};
pub use view::{Label, ReferralView};

#[cfg(test)]
extern crate self as medius_documents;
#[cfg(test)]
#[path = "../tests/common/mod.rs"]
mod samples;
