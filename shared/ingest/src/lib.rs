//! What patients bring, read: PDFs of results, prescriptions and health checks, CSV tables, FHIR R4.
//!
//! Everything read is a [`Proposal`] beside the row it came from. The patient confirms, corrects or drops it; nothing here
//! judges a value, guesses a unit or fills a gap. A missed row is acceptable, a wrong one is not: where a table's header is
//! not recognised, nothing is proposed and the patient uses the form.
//!
//! Files are hostile until shown otherwise. Every reader has [`Limits`] that count bytes, pages, nesting and work, so that
//! time and memory are bounded without a clock. Resident registration numbers are found in any form and never leave
//! this crate (PIPA Art. 24-2).
//!
//! Nothing here reads a clock, a file or the network: the same bytes give the same reading.

pub mod csv;
pub mod fhir;
pub mod json;
pub mod limits;
pub mod pdf;
pub mod reading;
pub mod refused;
mod resident;
mod table;
mod text;

pub use csv::{Mapping, Sheet};
pub use limits::Limits;
pub use reading::{Notice, Place, Proposal, Proposed, Provenance, ReadMedicine, ReadResult, Reading};
pub use refused::Refused;
pub use resident::contains as holds_resident_number;
