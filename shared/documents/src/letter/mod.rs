//! The letter as PDF: the view as data, a template that never evaluates it, and a closed world around both.

mod qr;
mod render;
mod world;

pub(crate) use render::render;
pub(crate) use world::warm;
