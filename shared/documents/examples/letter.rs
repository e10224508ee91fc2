//! Writes the demo case's letter: `cargo run -p medius-documents --example letter -- out.pdf`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "a tool for people, run by hand")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

fn main() {
    let out = std::env::args().nth(1).unwrap_or_else(|| "letter.pdf".to_owned());
    let variant = std::env::args().nth(2).unwrap_or_else(|| "demo".to_owned());
    let start = Instant::now();
    medius_documents::warm();
    let warm = start.elapsed();
    let letter = common::letter(&common::variant(&variant));
    println!("warm {warm:?}, all {:?}, {} pages, {} bytes, bundle {} bytes", start.elapsed(), letter.pages, letter.pdf.len(), letter.bundle.len());
    std::fs::write(&out, &letter.pdf).unwrap();
    std::fs::write(format!("{out}.json"), &letter.bundle).unwrap();
}
