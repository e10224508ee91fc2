//! The copy of a letter that one institution gets: at the foot of each page stands for whom it was made, so that a copy that
//! turns up elsewhere tells where it came from. The letter itself is kept as it was issued.
//!
//! The line is drawn as outlines of the letter's own face and marked as an artifact (ISO 14289-1, 7.1; ISO 19005-3, 6.2): no
//! font, no colour space and no tag is added, so the copy is PDF/A-3a and PDF/UA-1 as the letter is. The same letter for the
//! same recipient is the same bytes.

use lopdf::{Document, Object, ObjectId, Stream, dictionary};
use std::fmt::Write;
use ttf_parser::{Face, OutlineBuilder};

static FACE: &[u8] = include_bytes!("../assets/fonts/Pretendard-Regular.ttf");
/// Points.
const SIZE: f32 = 6.0;
/// Points from the page's lower edge: below the letter's own footer.
const BASELINE: f32 = 15.0;
/// Points that the line leaves free at each side; a longer one is set smaller.
const MARGIN: f32 = 40.0;
/// Width of A4 in points.
const PAGE_WIDTH: f32 = 595.28;
/// Stands for a character that the face does not have.
const UNKNOWN: char = '□';

/// The bytes are no letter of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the letter cannot be marked for its recipient")]
pub struct Unmarkable;

/// The letter with a line at the foot of each page.
///
/// # Errors
/// [`Unmarkable`].
pub fn marked(pdf: &[u8], line: &str) -> Result<Vec<u8>, Unmarkable> {
    let mut document = Document::load_mem(pdf).map_err(|_| Unmarkable)?;
    let drawn = drawing(line).ok_or(Unmarkable)?;
    // One pair of streams serves all pages: the first keeps what the page's own content changes from the second.
    let before = document.add_object(stream(b"q\n".to_vec())?);
    let after = document.add_object(stream(drawn.into_bytes())?);
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    if pages.is_empty() {
        return Err(Unmarkable);
    }
    for page in pages {
        let page = document.get_object_mut(page).and_then(Object::as_dict_mut).map_err(|_| Unmarkable)?;
        let own = page.get(b"Contents").map_err(|_| Unmarkable)?;
        let own = own.as_array().map_or_else(|_| vec![own.clone()], Clone::clone);
        let around = [Object::Reference(before)].into_iter().chain(own).chain([Object::Reference(after)]);
        page.set("Contents", Object::Array(around.collect()));
    }
    let mut copy = Vec::with_capacity(pdf.len() + 32 * 1024);
    document.save_to(&mut copy).map_err(|_| Unmarkable)?;
    Ok(copy)
}

fn stream(content: Vec<u8>) -> Result<Stream, Unmarkable> {
    let mut stream = Stream::new(dictionary! {}, content);
    stream.compress().map_err(|_| Unmarkable)?;
    Ok(stream)
}

/// The operators that draw the line, centred.
fn drawing(line: &str) -> Option<String> {
    let face = Face::parse(FACE, 0).ok()?;
    let em = f32::from(face.units_per_em());
    let glyph = |c: char| face.glyph_index(c).or_else(|| face.glyph_index(UNKNOWN));
    let advance = |id| f32::from(face.glyph_hor_advance(id).unwrap_or_default());
    let wide: f32 = line.chars().filter_map(glyph).map(advance).sum();
    if wide <= 0.0 {
        return None;
    }
    let scale = (SIZE / em).min((PAGE_WIDTH - 2.0 * MARGIN) / wide);
    let mut path = Path { text: String::new(), x: (PAGE_WIDTH - wide * scale) / 2.0, scale, at: (0.0, 0.0) };
    path.text.push_str("Q\n/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\nq\n0.35 g\n");
    for id in line.chars().filter_map(glyph) {
        face.outline_glyph(id, &mut path);
        path.x += advance(id) * scale;
    }
    path.text.push_str("f\nQ\nEMC\n");
    Some(path.text)
}

/// Outlines as path operators (ISO 32000-1, 8.5.2), in points of the page.
struct Path {
    text: String,
    /// Where the glyph begins.
    x: f32,
    scale: f32,
    at: (f32, f32),
}

impl Path {
    fn point(&self, (x, y): (f32, f32)) -> (f32, f32) {
        (self.x + x * self.scale, BASELINE + y * self.scale)
    }

    fn write(&mut self, points: &[(f32, f32)], operator: &str) {
        for point in points {
            let (x, y) = self.point(*point);
            // Writing to text does not fail.
            let _ = write!(self.text, "{x:.3} {y:.3} ");
        }
        self.text.push_str(operator);
        self.text.push('\n');
        self.at = points.last().copied().unwrap_or(self.at);
    }
}

impl OutlineBuilder for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.write(&[(x, y)], "m");
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.write(&[(x, y)], "l");
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let third = |from: f32, to: f32| from + (to - from) * 2.0 / 3.0;
        let (x0, y0) = self.at;
        self.write(&[(third(x0, x1), third(y0, y1)), (third(x, x1), third(y, y1)), (x, y)], "c");
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.write(&[(x1, y1), (x2, y2), (x, y)], "c");
    }

    fn close(&mut self) {
        self.text.push_str("h\n");
    }
}
