//! Writes the demo case's letter: `cargo run -p medius-documents --example letter -- out.pdf`; a second argument names a sample,
//! `demo-signed` the one that a clinician signed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a tool for people, run by hand"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

fn main() {
    let out = std::env::args().nth(1).unwrap_or_else(|| "letter.pdf".to_owned());
    let variant = std::env::args().nth(2).unwrap_or_else(|| "demo".to_owned());
    medius_documents::warm();
    let start = Instant::now();
    let letter = match variant.strip_suffix("-signed") {
        Some(name) => common::signed(&common::variant(name)),
        None => common::letter(&common::variant(&variant)),
    };
    println!("{variant}: {:?}, {} pages, {} bytes", start.elapsed(), letter.pages, letter.pdf.len());
    std::fs::write(&out, &letter.pdf).unwrap();
    std::fs::write(format!("{out}.bundle.json"), &letter.bundle).unwrap();
    std::fs::write(format!("{out}.view.json"), serde_json::to_vec_pretty(&letter.view).unwrap()).unwrap();
}
