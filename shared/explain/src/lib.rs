//! Results and medicines explained, deterministically: `normalise -> match -> judge -> compose -> verify`.
//!
//! It explains; it never diagnoses. Every sentence has a source, every number stands in the input or in the catalogue,
//! and what cannot be judged safely is not judged, with its reason. No network, no file, no clock, no model.
//!
//! [`report`] makes a [`Report`] of an [`Input`] with the [`Catalogue`] of this build.

pub mod bench;
pub mod catalogue;
mod compose;
pub mod egfr;
pub mod fold;
pub mod input;
pub mod interval;
pub mod judge;
pub mod matching;
pub mod medicine;
pub mod read;
pub mod report;
pub mod said;
pub mod schema;
mod verify;

pub use catalogue::Catalogue;
pub use compose::report;
pub use input::{Input, Language, MedicineRow, Options, Person, Pregnancy, ResultRow, Sex, Unreviewed};
pub use judge::{Judgement, Place, Reason};
pub use matching::{suggest, suggest_medicine};
pub use report::Report;
pub use said::{Said, Unsaid};
