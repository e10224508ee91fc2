//! What is painted besides text, and what cuts it off: clip paths, filled areas, pictures.

use hayro_interpret::kurbo::{BezPath, PathEl, Point, Rect, Shape as _};
use std::sync::Arc;

/// A clip path.
#[derive(Debug)]
pub(crate) struct Clip {
    pub(super) bounds: Rect,
    pub(super) path: Option<BezPath>,
    pub(super) even_odd: bool,
}

impl Clip {
    pub(crate) fn holds(&self, point: Point) -> bool {
        let inside = |path: &BezPath| {
            let winding = path.winding(point);
            if self.even_odd { winding % 2 != 0 } else { winding != 0 }
        };
        self.bounds.inflate(0.5, 0.5).contains(point) && self.path.as_ref().is_none_or(inside)
    }

    pub(crate) fn bounds(&self) -> Rect {
        self.bounds
    }

    pub(crate) fn work(&self) -> u64 {
        self.path.as_ref().map_or(1, |p| 1 + p.elements().len() as u64)
    }
}

/// Clip paths in force: rectangles as one, others each by itself.
#[derive(Debug, Clone)]
pub(crate) struct Clips {
    bounds: Rect,
    paths: Vec<Arc<Clip>>,
    /// More paths than are worth following.
    pub(crate) unclear: bool,
}

impl Clips {
    const PATHS: usize = 8;

    pub(super) fn all() -> Self {
        Self { bounds: Rect::new(f64::MIN, f64::MIN, f64::MAX, f64::MAX), paths: Vec::new(), unclear: false }
    }

    pub(super) fn with(&self, clip: Clip) -> Self {
        let mut clips = self.clone();
        clips.bounds = clips.bounds.intersect(clip.bounds);
        if clip.path.is_some() {
            if clips.paths.len() < Self::PATHS {
                clips.paths.push(Arc::new(clip));
            } else {
                clips.unclear = true;
            }
        }
        clips
    }

    pub(crate) fn hold(&self, point: Point) -> bool {
        self.bounds.inflate(0.5, 0.5).contains(point) && self.paths.iter().all(|clip| clip.holds(point))
    }

    pub(crate) fn work(&self) -> u64 {
        self.paths.iter().map(|clip| clip.work()).sum()
    }
}

/// How something covers what is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Wholly.
    Opaque,
    /// Through a mask: in places, nobody can tell here where.
    Partly,
    /// Like a marker pen: what is below stays to be seen.
    Faint,
}

/// Something that is painted.
#[derive(Debug)]
pub(crate) struct Painted {
    pub(crate) z: u32,
    pub(crate) area: Clip,
    pub(crate) clip: Arc<Clips>,
    /// Its colour; nothing for pictures, patterns and shadings.
    pub(crate) colour: Option<[f32; 3]>,
    /// How it covers what is below.
    pub(crate) cover: Cover,
}

/// Whether a path is a rectangle along the page's edges.
pub(super) fn is_rectangle(path: &BezPath) -> bool {
    let mut corners: Vec<Point> = Vec::new();
    for element in path.elements() {
        match element {
            PathEl::MoveTo(p) | PathEl::LineTo(p) => corners.push(*p),
            PathEl::ClosePath => {}
            PathEl::QuadTo(..) | PathEl::CurveTo(..) => return false,
        }
        if corners.len() > 5 {
            return false;
        }
    }
    let bounds = path.bounding_box();
    let near = |a: f64, b: f64| (a - b).abs() < 0.1;
    corners.len() >= 4
        && corners
            .iter()
            .all(|p| (near(p.x, bounds.x0) || near(p.x, bounds.x1)) && (near(p.y, bounds.y0) || near(p.y, bounds.y1)))
}
