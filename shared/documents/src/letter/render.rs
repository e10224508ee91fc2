//! Typesetting, then the PDF. A letter whose last page would hold only a few lines is set a second time, tighter or with
//! more carried over.

use super::qr;
use crate::issue::{DocumentError, Issue};
use crate::typeset::{Sheet, Template, compile, export, needs_fallback};
use crate::view::ReferralView;
use serde::Serialize;
use typst::foundations::Label;
use typst::introspection::Introspector;
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

/// A last page that is filled to this height, in points, needs no second try.
const ENOUGH_PT: f64 = 300.0;
/// The top margin and the height of the type area, in points; the same as in the template.
const TOP_MARGIN_PT: f64 = 65.0;
const TYPE_AREA_PT: f64 = 719.0;
/// The tightest spacing, in percent, at which a letter still reads well.
const TIGHTEST: u32 = 78;

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    view: &'a ReferralView,
    layout: Layout<'a>,
}

/// How the template sets it.
#[derive(Serialize)]
struct Layout<'a> {
    /// Spacing in percent.
    density: u32,
    /// The wishes begin a new page.
    carry: bool,
    /// Faces in order.
    fonts: &'a [&'a str],
}

/// The letter and its number of pages.
pub(crate) fn render(view: &ReferralView, issue: &Issue, bundle: &[u8]) -> Result<(Vec<u8>, u32), DocumentError> {
    let result = typeset(view, issue, bundle);
    // The cache would keep this patient's text for the next invocation.
    comemo::evict(0);
    result
}

fn typeset(view: &ReferralView, issue: &Issue, bundle: &[u8]) -> Result<(Vec<u8>, u32), DocumentError> {
    let set = well_set(view, bundle)?;
    Ok((
        export(&set.document, issue.document_number.as_str(), issue.issued_at)?,
        u32::try_from(set.pages).unwrap_or(u32::MAX),
    ))
}

/// The letter at the spacing at which its last page is worth its paper.
fn well_set(view: &ReferralView, bundle: &[u8]) -> Result<Set, DocumentError> {
    let qr = qr::svg(&format!("{}#{}", view.document.verify_url, view.document.sha256))?;
    let text = serde_json::to_string(view).map_err(|_| DocumentError::Serialise)?;
    let fallback = needs_fallback(&text);
    let set = |density: u32, carry: bool| {
        let fonts: &[&str] = if fallback { &["Pretendard", "Noto Sans KR"] } else { &["Pretendard"] };
        let layout = Layout { density, carry, fonts };
        let data = serde_json::to_vec(&Data { view, layout }).map_err(|_| DocumentError::Serialise)?;
        let files: [(&str, &[u8]); 3] = [("/data.json", &data), ("/qr.svg", qr.as_bytes()), ("/bundle.json", bundle)];
        let world = Sheet::new(Template::Letter, fallback, &files).ok_or(DocumentError::Fonts)?;
        Ok::<_, DocumentError>(Set::new(compile(&world)?))
    };

    let first = set(100, false)?;
    if first.pages == 1 || first.filled >= ENOUGH_PT {
        return Ok(first);
    }
    if let Some(density) = first.density_of_a_page_less() {
        let tighter = set(density, false)?;
        if tighter.pages < first.pages {
            return Ok(tighter);
        }
    }
    let carried = set(100, true)?;
    Ok(if carried.pages == first.pages && carried.filled > first.filled { carried } else { first })
}

/// A letter as it was set once.
struct Set {
    document: PagedDocument,
    pages: usize,
    /// How far down the last page the letter's end stands, in points below the margin.
    filled: f64,
}

impl Set {
    fn new(document: PagedDocument) -> Self {
        Self { pages: document.pages().len(), filled: last_page_filled(&document), document }
    }

    /// The spacing at which the letter should need a page less; none if it would be too tight.
    fn density_of_a_page_less(&self) -> Option<u32> {
        let before = u32::try_from(self.pages).ok()?.saturating_sub(1);
        let over = self.filled / (f64::from(before) * TYPE_AREA_PT + self.filled);
        // Measured: four fifths of a page's height follow the spacing. One percent more for what is never torn.
        (TIGHTEST..100).rev().find(|percent| f64::from(100 - percent) >= over / 0.8 * 100.0 + 1.0)
    }
}

/// How far down the last page the letter's last element stands, in points below the margin.
fn last_page_filled(document: &PagedDocument) -> f64 {
    let introspector = document.introspector();
    let end = Label::new(PicoStr::intern("end"))
        .and_then(|label| introspector.query_label(label).ok().and_then(|c| c.location()))
        .and_then(|location| introspector.position(location));
    end.map_or(f64::MAX, |position| position.point.y.to_pt() - TOP_MARGIN_PT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_last_page_never_holds_two_lines() {
        let issue = crate::samples::issue_of();
        for medicines in (1..=40).step_by(4) {
            let mut case = crate::samples::variant("long");
            case["health"]["medications"]["items"].as_array_mut().unwrap().truncate(medicines);
            case["health"]["results"]["items"].as_array_mut().unwrap().truncate(20);
            let disclosure = crate::samples::disclosure(&case);
            let view = ReferralView::new(&disclosure, &crate::samples::provider(), &issue, &"0".repeat(64));
            let set = well_set(&view, b"{}").unwrap();
            assert!(set.filled >= 150.0, "{medicines} medicines: {} pages, {} pt", set.pages, set.filled);
        }
    }

    #[test]
    fn every_sample_is_typeset_without_a_warning() {
        for name in crate::samples::VARIANTS {
            crate::samples::letter(&crate::samples::variant(name));
        }
    }
}
