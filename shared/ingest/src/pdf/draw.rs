//! What a page draws, in the order in which it is drawn: glyphs with their places, and what may lie over or under them.
//!
//! Coordinates are points from the top left corner of the page as it is shown, rotation applied.

use super::drawing::{Drawing, Glyph};
use super::paint::{Clip, Clips, Cover, Painted, is_rectangle};
use crate::{Limits, Refused};
use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape as _};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, InterpreterWarning, Paint, SoftMask, TransformExt as _, interpret_page,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// More than a page of paper can hold, in glyphs and in painted areas.
const GLYPHS: usize = 100_000;
const PAINTED: usize = 50_000;

/// Draws a page.
pub(crate) fn draw<'a>(
    pdf: &'a Pdf,
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    limits: &Limits,
) -> Result<Drawing, Refused> {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let incomplete = Arc::new(AtomicBool::new(false));
    let sink = Arc::clone(&incomplete);
    let settings = InterpreterSettings {
        warning_sink: Arc::new(move |warning| match warning {
            InterpreterWarning::ImageDecodeFailure => {}
            InterpreterWarning::UnsupportedFont | InterpreterWarning::UnresolvedAnnotationAppearance => {
                sink.store(true, Ordering::Relaxed)
            }
            // The library may add reasons; an unknown one counts like the grave ones.
            _ => sink.store(true, Ordering::Relaxed),
        }),
        ..InterpreterSettings::default()
    };
    let bounds = Rect::new(0.0, 0.0, width, height);
    let mut context = Context::new(page.initial_transform(true).to_kurbo(), bounds, cache, pdf.xref(), settings);
    let mut recorder = Recorder {
        drawing: Drawing { width, height, ..Drawing::default() },
        clips: vec![Arc::new(Clips::all())],
        groups: Vec::new(),
        z: 0,
        run: 0,
        left: limits.operations,
    };
    interpret_page(page, &mut context, &mut recorder);
    if recorder.left == 0 {
        return Err(Refused::TooComplex);
    }
    recorder.drawing.incomplete = incomplete.load(Ordering::Relaxed);
    Ok(recorder.drawing)
}

struct Recorder {
    drawing: Drawing,
    clips: Vec<Arc<Clips>>,
    /// Opacity of open groups, and whether one has a mask.
    groups: Vec<(f32, bool)>,
    z: u32,
    run: u32,
    left: u64,
}

impl Recorder {
    fn next(&mut self) -> u32 {
        self.z += 1;
        self.left = self.left.saturating_sub(1);
        self.z
    }

    fn clip(&self) -> Arc<Clips> {
        self.clips.last().cloned().unwrap_or_else(|| Arc::new(Clips::all()))
    }

    fn opacity(&self) -> (f32, bool) {
        self.groups.iter().fold((1.0, false), |(a, m), (alpha, mask)| (a * alpha, m || *mask))
    }

    fn paint(&mut self, path: BezPath, rule: FillRule, props: &DrawProps<'_>) {
        let (alpha, masked) = self.opacity();
        let (colour, own) = colour(&props.paint);
        let path = props.transform * path;
        let bounds = path.bounding_box();
        if !bounds.is_finite() {
            return;
        }
        self.rules(bounds);
        // Hair lines hide nothing.
        if bounds.width().min(bounds.height()) < 1.5 {
            return;
        }
        let z = self.next();
        if self.drawing.painted.len() >= PAINTED {
            self.left = 0;
            return;
        }
        let cover = if masked || props.soft_mask.is_some() {
            Cover::Partly
        } else if alpha * own < 0.6 || props.blend_mode != BlendMode::Normal {
            Cover::Faint
        } else {
            Cover::Opaque
        };
        let rectangle = is_rectangle(&path);
        let area = Clip { bounds, path: (!rectangle).then_some(path), even_odd: rule == FillRule::EvenOdd };
        self.drawing.painted.push(Painted { z, area, clip: self.clip(), colour, cover });
    }

    /// Thin and long: a line of a grid.
    fn rules(&mut self, bounds: Rect) {
        if self.drawing.upright.len() + self.drawing.level.len() > 20_000 {
            return;
        }
        if bounds.width() <= 2.5 && bounds.height() >= 5.0 {
            self.drawing.upright.push((bounds.center().x, bounds.y0, bounds.y1));
        } else if bounds.height() <= 2.5 && bounds.width() >= 10.0 {
            self.drawing.level.push((bounds.center().y, bounds.x0, bounds.x1));
        }
    }
}

/// A colour, and how opaque it is.
fn colour(paint: &Paint<'_>) -> (Option<[f32; 3]>, f32) {
    match paint {
        Paint::Color(colour) => {
            let [r, g, b, a] = colour.to_rgba().components();
            (Some([r, g, b]), a)
        }
        Paint::Pattern(_) => (None, 1.0),
    }
}

impl<'a> Device<'a> for Recorder {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.left = self.left.saturating_sub(1 + path.elements().len() as u64 / 8);
        match mode {
            DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) => self.paint(path.clone(), *rule, &props),
            DrawMode::Stroke(stroke) => {
                // Straight strokes level or upright: lines of a grid, or thick enough to cover.
                let scale = props.transform.determinant().abs().sqrt();
                let half = f64::from(stroke.line_width) / 2.0;
                let mut last: Option<Point> = None;
                let mut first = Point::ZERO;
                for element in path.elements() {
                    let next = match element {
                        PathEl::MoveTo(p) => {
                            first = *p;
                            last = Some(*p);
                            continue;
                        }
                        PathEl::LineTo(p) => *p,
                        PathEl::ClosePath => first,
                        PathEl::QuadTo(_, p) | PathEl::CurveTo(_, _, p) => {
                            last = Some(*p);
                            continue;
                        }
                    };
                    if let Some(start) = last {
                        let line = Rect::from_points(start, next);
                        let thick = if half * scale < 0.1 { 0.1 / scale.max(0.001) } else { half };
                        let sheared = line.width().min(line.height()) > 0.5;
                        if !sheared {
                            self.paint(line.inflate(thick, thick).to_path(0.1), FillRule::NonZero, &props);
                        }
                    }
                    last = Some(next);
                    if self.left == 0 {
                        return;
                    }
                }
            }
            DrawMode::Invisible => {}
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.left = self.left.saturating_sub(1 + clip.path.elements().len() as u64 / 8);
        let bounds = clip.path.bounding_box();
        let path = (!is_rectangle(&clip.path)).then(|| clip.path.clone());
        let clip = self.clip().with(Clip { bounds, path, even_odd: clip.fill == FillRule::EvenOdd });
        self.clips.push(Arc::new(clip));
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.groups.push((opacity, mask.is_some()));
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.run += 1;
        let (alpha, masked) = self.opacity();
        let (colour, own) = colour(&props.paint);
        let masked = masked || props.soft_mask.is_some();
        for glyph in run.glyphs() {
            if self.left == 0 || self.drawing.glyphs.len() >= GLYPHS {
                self.left = 0;
                return;
            }
            let z = self.next();
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                None => '\u{fffd}'.to_string(),
            };
            let width = match &**glyph {
                Drawn::Outline(outline) => outline.advance_width(),
                Drawn::Type3(type3) => type3.advance_width(),
            };
            let place: Affine = props.transform * glyph.transform();
            let origin = place * Point::ZERO;
            let [a, b, c, d, _, _] = place.as_coeffs();
            let (up, along) = ((c * 1000.0, d * 1000.0), (a, b));
            let (size, stretch) = (up.0.hypot(up.1), along.0.hypot(along.1));
            // The direction is the matrix's; the length is the font's width in ems: substituted fonts are stretched.
            let advance = f64::from(width.unwrap_or(500.0)) / 1000.0 * size;
            let advance =
                if stretch > 0.0 { (along.0 / stretch * advance, along.1 / stretch * advance) } else { (0.0, 0.0) };
            if ![origin.x, origin.y, up.0, up.1, advance.0, advance.1].iter().all(|v| v.is_finite()) {
                continue;
            }
            let invisible = matches!(mode, DrawMode::Invisible) || alpha * own < 0.15 || size < 2.0;
            self.drawing.glyphs.push(Glyph {
                text,
                origin,
                advance,
                up,
                run: self.run,
                z,
                colour,
                invisible,
                masked,
                clip: self.clip(),
            });
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (alpha, masked) = self.opacity();
        let unit = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let path = props.transform * unit.to_path(0.1);
        let bounds = path.bounding_box();
        if !bounds.is_finite() {
            return;
        }
        self.drawing.pictures = true;
        let z = self.next();
        let holes = match &image {
            Image::Stencil(_) => true,
            Image::Raster(raster) => [b"SMask".as_slice(), b"Mask", b"SMaskInData"]
                .iter()
                .any(|key| raster.stream().dict().contains_key(key)),
        };
        let cover = if masked || holes || props.soft_mask.is_some() {
            Cover::Partly
        } else if alpha < 0.6 || props.blend_mode != BlendMode::Normal {
            Cover::Faint
        } else {
            Cover::Opaque
        };
        let area = Clip { bounds, path: (!is_rectangle(&path)).then_some(path), even_odd: false };
        self.drawing.painted.push(Painted { z, area, clip: self.clip(), colour: None, cover });
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}
