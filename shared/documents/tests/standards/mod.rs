//! Both standards of the letter, as a validator sees them.
#![allow(unreachable_pub, clippy::unwrap_used, missing_docs)]

use lopdf::Document;
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

/// "A stream's length does not match": the validator takes a carriage return before the line break of `endstream` for a
/// part of that break, although it is the last byte of compressed data, which the length counts.
const LENGTH: &str = "ISO 19005-3:2012:6.1.7.1:1";

/// What keeps a file from PDF/A-3a or PDF/UA-1.
pub fn failures(pdf: &[u8]) -> Vec<String> {
    let failures = [ValidationProfile::PdfA3a, ValidationProfile::PdfUa1].map(|profile| {
        let report = validate_pdf_bytes(pdf, &ValidationOptions::default().profile(profile)).unwrap();
        assert_eq!(report.is_compliant, report.failures.is_empty());
        report.failures
    });
    let misread = ends_in_carriage_return(pdf);
    let of_the_file = failures.into_iter().flatten().filter(|f| !(misread && f.rule_id == LENGTH));
    of_the_file.map(|f| format!("{} {}", f.rule_id, f.message)).collect()
}

fn ends_in_carriage_return(pdf: &[u8]) -> bool {
    let pdf = Document::load_mem(pdf).unwrap();
    pdf.objects.values().filter_map(|o| o.as_stream().ok()).any(|s| s.content.last() == Some(&b'\r'))
}
