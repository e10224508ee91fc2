//! The letter as PDF.

mod qr;
mod render;

pub(crate) use render::render;
