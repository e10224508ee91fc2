//! What all tables share, on paper or in a file: headings that are known, and cells that must be of their heading's type.

pub(crate) mod cell;
pub(crate) mod date;
pub(crate) mod heading;
pub(crate) mod record;
