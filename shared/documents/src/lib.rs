//! A patient's story as two documents that say the same: a FHIR R4 document Bundle for machines, and a bilingual letter
//! (PDF/A-3a and PDF/UA-1) for people, with the Bundle attached and its hash printed.
//!
//! The letter is the patient's own (patient-initiated): it is never dressed up as a doctor's order, and every fact in it is
//! marked as supplied by the patient and not confirmed.
//!
//! It is made from a `Disclosure`: what the patient did not agree to provide is not there to be printed. Its place in the
//! letter says so, in the PDF, in the Bundle and on the page.
//!
//! Nothing here reads a clock, a file or the network: the same disclosure gives the same bytes.

mod consents;
pub mod copy;
pub mod explanation;
pub mod fhir;
mod issue;
mod letter;
mod names;
pub mod outcome;
mod typeset;
pub mod view;

pub use issue::{ConsentReference, DocumentError, Issue, Letter, Operator, Review, issue, warm};
pub use view::{Label, ReferralView};

#[cfg(test)]
mod minimisation;
#[cfg(test)]
extern crate self as medius_documents;
#[cfg(test)]
#[path = "../tests/common/mod.rs"]
mod samples;
