//! Typesetting: the first of a few densities at which the letter's last page is worth its paper, then the PDF.

use super::qr;
use super::world::{LetterWorld, needs_fallback};
use crate::issue::{DocumentError, Issue};
use crate::view::ReferralView;
use chrono::{Datelike, Timelike};
use serde::Serialize;
use typst::foundations::{Datetime, Label, Smart};
use typst::introspection::Introspector;
use typst::utils::PicoStr;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// How the letter is tried, the best-looking first: spacing in percent, and whether the wishes are carried over to the
/// closing block's page.
const TRIES: [(u32, bool); 6] = [(100, false), (92, false), (84, false), (78, false), (100, true), (115, false)];
/// A last page that is filled to this height (in points, of 719) needs no second try.
const ENOUGH_PT: f64 = 300.0;
/// The top margin, in points; the same as in the template.
const TOP_MARGIN_PT: f64 = 65.0;

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
    /// Date of issue for the document's properties.
    date: [i32; 3],
}

/// The letter and its number of pages.
pub(crate) fn render(view: &ReferralView, issue: &Issue, bundle: &[u8]) -> Result<(Vec<u8>, u32), DocumentError> {
    let result = typeset(view, issue, bundle);
    // The cache would keep this patient's text for the next invocation.
    comemo::evict(0);
    result
}

fn typeset(view: &ReferralView, issue: &Issue, bundle: &[u8]) -> Result<(Vec<u8>, u32), DocumentError> {
    let qr = qr::svg(&format!("{}#{}", view.document.verify_url, view.document.sha256))?;
    let text = serde_json::to_string(view).map_err(|_| DocumentError::Serialise)?;
    let fallback = needs_fallback(&text);
    let date = [issue.issued_at.year(), month_or_day(issue.issued_at.month()), month_or_day(issue.issued_at.day())];
    let fonts: &[&str] = if fallback { &["Pretendard", "Noto Sans KR"] } else { &["Pretendard"] };
    let mut best: Option<Set> = None;
    for (density, carry) in TRIES {
        let layout = Layout { density, carry, fonts, date };
        let data = serde_json::to_vec(&Data { view, layout }).map_err(|_| DocumentError::Serialise)?;
        let world = LetterWorld::new(fallback, data, qr.clone(), bundle).ok_or(DocumentError::Fonts)?;
        let set = Set::new(compile(&world)?);
        let done = match &best {
            None => set.pages == 1 || set.filled >= ENOUGH_PT,
            // Tighter, and a page less: its last page is as good as full.
            Some(first) => set.pages < first.pages,
        };
        if done || best.as_ref().is_none_or(|b| set.pages == b.pages && set.filled > b.filled) {
            best = Some(set);
        }
        if done {
            break;
        }
    }
    let set = best.ok_or(DocumentError::Typeset { errors: 0, warnings: 0 })?;
    Ok((export(&set.document, issue)?, u32::try_from(set.pages).unwrap_or(u32::MAX)))
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
}

fn month_or_day(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(1)
}

fn compile(world: &LetterWorld) -> Result<PagedDocument, DocumentError> {
    let outcome = typst::compile::<PagedDocument>(world);
    let warnings = outcome.warnings.len();
    #[cfg(test)]
    tests::explain(&outcome);
    match outcome.output {
        Ok(document) if warnings == 0 => Ok(document),
        Ok(_) => Err(DocumentError::Typeset { errors: 0, warnings }),
        Err(errors) => Err(DocumentError::Typeset { errors: errors.len(), warnings }),
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

fn export(document: &PagedDocument, issue: &Issue) -> Result<Vec<u8>, DocumentError> {
    let at = issue.issued_at;
    let part = |n: u32| u8::try_from(n).unwrap_or(0);
    let moment = Datetime::from_ymd_hms(
        at.year(),
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    );
    let standards =
        PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]).map_err(|_| DocumentError::Export { errors: 1 })?;
    let options = PdfOptions {
        // Fixed, so that the same letter is the same bytes.
        ident: Smart::Custom(issue.document_number.to_string()),
        creator: Smart::Custom(Some("Medius".to_owned())),
        timestamp: moment.map(Timestamp::new_utc),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(document, &options).map_err(|errors| {
        #[cfg(test)]
        tests::explain_export(&errors);
        DocumentError::Export { errors: errors.len() }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::print_stderr, reason = "the messages quote test data only")]
    use typst::diag::{SourceDiagnostic, SourceResult, Warned};

    pub(super) fn explain<T>(outcome: &Warned<SourceResult<T>>) {
        let errors = outcome.output.as_ref().err().map(|e| e.as_slice()).unwrap_or_default();
        for d in outcome.warnings.iter().chain(errors) {
            eprintln!("typst: {}", d.message);
        }
    }

    pub(super) fn explain_export(errors: &[SourceDiagnostic]) {
        for d in errors {
            eprintln!("typst: {}", d.message);
        }
    }

    #[test]
    fn every_sample_is_typeset_without_a_warning() {
        for name in crate::samples::VARIANTS {
            crate::samples::letter(&crate::samples::variant(name));
        }
    }
}
