//! The letter's data as a FHIR R4 (4.0.1) document Bundle, with own small types: the general FHIR crates are too heavy for
//! a function that starts in milliseconds.
//!
//! Section codes are those of the International Patient Summary. Claimed is R4 validity, no more.

mod build;
pub(crate) mod catalogue;
mod datatypes;
mod ids;
mod narrative;
mod resources;
mod task;
pub(crate) mod validate;

pub(crate) use build::build;
pub use task::task;
pub use validate::{Breach, validate, validate_resource};
