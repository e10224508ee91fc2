//! What all tables share, on paper or in a file: headings that are known, and cells that must be of their heading's type.

mod beside;
pub(crate) mod cell;
pub(crate) mod date;
pub(crate) mod heading;
mod prescribed;
pub(crate) mod record;
mod words;

#[cfg(test)]
mod tests;
