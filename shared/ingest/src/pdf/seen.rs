//! Which glyphs people see. What they do not see is not read: white on white, covered, cropped, a mode that paints nothing.
//!
//! What may or may not be seen (half covered, over a picture, through a mask) makes its row unread: `1` of `120` covered
//! would leave `20`.

use super::drawing::{Drawing, Glyph};
use super::paint::Cover;
use crate::{Limits, Refused};
use hayro_interpret::kurbo::Point;

/// Whether a glyph is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Yes,
    No,
    Unclear,
}

/// Colours closer than this are one to the eye.
const CONTRAST: f32 = 0.1;
/// Bands of a page: what is painted is looked up by them.
const BANDS: f64 = 100.0;

/// Says for each glyph whether it is seen.
pub(crate) fn seen(drawing: &Drawing, limits: &Limits, work: &mut u64) -> Result<Vec<Seen>, Refused> {
    let bands = bands(drawing);
    let mut all = Vec::with_capacity(drawing.glyphs.len());
    for glyph in &drawing.glyphs {
        all.push(one(glyph, drawing, &bands, work));
        if *work > limits.comparisons {
            return Err(Refused::TooComplex);
        }
    }
    Ok(all)
}

/// What is painted, by band.
fn bands(drawing: &Drawing) -> Vec<Vec<usize>> {
    let mut bands = vec![Vec::new(); band(drawing.height, drawing.height) + 1];
    for (index, painted) in drawing.painted.iter().enumerate() {
        let bounds = painted.area.bounds();
        let (first, last) = (band(bounds.y0, drawing.height), band(bounds.y1, drawing.height));
        for list in bands.iter_mut().take(last + 1).skip(first) {
            list.push(index);
        }
    }
    bands
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of bands")]
fn band(y: f64, height: f64) -> usize {
    (y / height.max(1.0) * BANDS).clamp(0.0, BANDS) as usize
}

fn one(glyph: &Glyph, drawing: &Drawing, bands: &[Vec<usize>], work: &mut u64) -> Seen {
    if glyph.invisible {
        return Seen::No;
    }
    let points = points(glyph);
    let on_page = |p: &Point| (0.0..=drawing.width).contains(&p.x) && (0.0..=drawing.height).contains(&p.y);
    *work += 5 * (1 + glyph.clip.work());
    let shown = points.iter().filter(|p| on_page(p) && glyph.clip.hold(**p)).count();
    if shown == 0 {
        return Seen::No;
    }
    if shown < points.len() || glyph.clip.unclear || glyph.masked {
        return Seen::Unclear;
    }
    let mut covered = 0;
    let mut unclear = false;
    let mut ground = Ground { z: 0, colour: Some([1.0; 3]) };
    for (at, point) in points.iter().enumerate() {
        let mut hidden = false;
        for painted in
            bands.get(band(point.y, drawing.height)).into_iter().flatten().filter_map(|i| drawing.painted.get(*i))
        {
            *work += 1;
            if !painted.area.bounds().contains(*point) {
                continue;
            }
            *work += painted.area.work() + painted.clip.work();
            if !painted.area.holds(*point) || !painted.clip.hold(*point) {
                continue;
            }
            let above = painted.z > glyph.z;
            match painted.cover {
                Cover::Opaque if above => hidden = true,
                Cover::Partly if above => unclear = true,
                // The centre decides what the ground is.
                Cover::Opaque if at == 0 && painted.z > ground.z => {
                    ground = Ground { z: painted.z, colour: painted.colour }
                }
                Cover::Opaque | Cover::Partly | Cover::Faint => {}
            }
        }
        covered += usize::from(hidden);
    }
    if covered == points.len() {
        return Seen::No;
    }
    if covered > 0 || unclear {
        return Seen::Unclear;
    }
    match (glyph.colour, ground.colour) {
        (Some(a), Some(b)) if a.iter().zip(b).all(|(a, b)| (a - b).abs() < CONTRAST) => Seen::No,
        (Some(_), Some(_)) => Seen::Yes,
        _ => Seen::Unclear,
    }
}

struct Ground {
    z: u32,
    colour: Option<[f32; 3]>,
}

/// The middle of the glyph and four places around it.
fn points(glyph: &Glyph) -> [Point; 5] {
    let size = glyph.size();
    let length = glyph.advance.0.hypot(glyph.advance.1);
    // Combining marks and glyphs without a width stand over their origin.
    let along = if length > size * 0.1 { glyph.advance } else { (0.0, 0.0) };
    let at = |x: f64, y: f64| {
        Point::new(glyph.origin.x + along.0 * x + glyph.up.0 * y, glyph.origin.y + along.1 * x + glyph.up.1 * y)
    };
    [at(0.5, 0.35), at(0.2, 0.1), at(0.8, 0.1), at(0.2, 0.6), at(0.8, 0.6)]
}
