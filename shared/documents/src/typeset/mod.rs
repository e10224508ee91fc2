//! Setting a document: a template that never evaluates its data, a closed world around both, and the PDF.

mod world;

pub(crate) use world::{Sheet, Template, needs_fallback, warm};

use crate::issue::DocumentError;
use chrono::{DateTime, Datelike, Timelike, Utc};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// The pages. A warning is an error: nothing is printed that typst was in doubt about.
pub(crate) fn compile(world: &Sheet) -> Result<PagedDocument, DocumentError> {
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

/// The pages as PDF/A-3a and PDF/UA-1. `ident` and `at` are all that the file says of itself: the same document is the same
/// bytes.
pub(crate) fn export(document: &PagedDocument, ident: &str, at: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
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
        ident: Smart::Custom(ident.to_owned()),
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
}
