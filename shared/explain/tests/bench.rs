//! The benchmark's figures: rows as hospitals print them, with their traps. No unsafe answer is accepted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_explain::{Catalogue, bench};

#[test]
fn no_row_gets_an_unsafe_answer() {
    let figures = bench::run(include_str!("bench/rows.tsv"), Catalogue::embedded()).unwrap();
    assert!(figures.rows >= 300, "{} rows", figures.rows);
    assert!(figures.tried >= 5 * figures.rows, "{} tries", figures.tried);
    assert_eq!(figures.unsafe_answers, 0, "{:#?}", figures.misses);
    assert_eq!(figures.citations.0, figures.citations.1, "a sentence without a source");
    assert_eq!(figures.matched, figures.tried, "{:#?}", figures.misses);
    assert_eq!(figures.units.0, figures.units.1, "{:#?}", figures.misses);
    assert_eq!(figures.judged, figures.tried, "{:#?}", figures.misses);
}
