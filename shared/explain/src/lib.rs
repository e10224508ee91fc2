//! Results and medicines explained, deterministically: `normalise -> match -> judge -> compose -> verify`.
//!
//! It explains; it never diagnoses. Every sentence has a source, every number stands in the input or in the catalogue,
//! and what cannot be judged safely is not judged, with its reason. No network, no file, no clock, no model.

pub mod fold;
pub mod schema;
