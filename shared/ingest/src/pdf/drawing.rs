//! What was drawn on a page.

use super::paint::{Clips, Painted};
use hayro_interpret::kurbo::Point;
use std::sync::Arc;

/// A glyph where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Glyph {
    /// What it says; U+FFFD if the file does not tell.
    pub(crate) text: String,
    /// Where its origin is.
    pub(crate) origin: Point,
    /// The way to the next glyph, as the font says it.
    pub(crate) advance: (f64, f64),
    /// Upwards, one em long.
    pub(crate) up: (f64, f64),
    /// Which call drew it.
    pub(crate) run: u32,
    /// Its place in the order of drawing.
    pub(crate) z: u32,
    /// Red, green, blue; nothing for a pattern.
    pub(crate) colour: Option<[f32; 3]>,
    /// Cannot be seen for a reason of its own: invisible mode, transparent, too small.
    pub(crate) invisible: bool,
    /// Drawn through a mask: nobody can tell here whether it is seen.
    pub(crate) masked: bool,
    /// The clip that was in force.
    pub(crate) clip: Arc<Clips>,
}

impl Glyph {
    /// One em in points.
    pub(crate) fn size(&self) -> f64 {
        self.up.0.hypot(self.up.1)
    }
}

/// Everything of a page.
#[derive(Debug, Default)]
pub(crate) struct Drawing {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) painted: Vec<Painted>,
    pub(crate) pictures: bool,
    /// Lines of a grid: upright ones as (x, y0, y1), level ones as (y, x0, x1).
    pub(crate) upright: Vec<(f64, f64, f64)>,
    pub(crate) level: Vec<(f64, f64, f64)>,
    /// A font or a note could not be drawn: what is missing is not known.
    pub(crate) incomplete: bool,
}
