//! The letter's look, held against pictures. `BLESS=1 cargo test -p medius-documents --test golden` takes new ones; look at
//! them before you commit them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{letter, signed, variant};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use std::io::Cursor;
use std::path::PathBuf;

/// Points to pixels: 43 dots an inch tell a shifted line from a steady one.
const SCALE: f32 = 0.6;
/// Mean difference of a channel, of 255, that hinting and rounding may make.
const MEAN: f64 = 0.8;
/// Share of pixels that may differ by more than a quarter of the scale.
const FAR: f64 = 0.002;

/// Letters and how many of their pages are held against a picture.
const SHOWN: [(&str, usize); 9] = [
    ("demo", 2),
    ("empty", 2),
    ("not_asked", 1),
    ("hanja", 1),
    ("hostile", 3),
    ("long", 3),
    ("required", 2),
    ("narrow", 2),
    ("signed", 5),
];

fn pages(pdf: Vec<u8>) -> Vec<Pixmap> {
    let pdf = Pdf::new(pdf).unwrap();
    let cache = RenderCache::new();
    let settings = PixmapSettings { x_scale: SCALE, y_scale: SCALE, bg_color: WHITE };
    pdf.pages()
        .iter()
        .map(|page| render(page, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings))
        .collect()
}

/// Mean difference and share of far pixels.
fn difference(a: &Pixmap, b: &Pixmap) -> (f64, f64) {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()), "size");
    let (a, b) = (a.data_as_u8_slice(), b.data_as_u8_slice());
    let diffs: Vec<u8> = a.iter().zip(b).map(|(x, y)| x.abs_diff(*y)).collect();
    let sum: u64 = diffs.iter().map(|d| u64::from(*d)).sum();
    let far = diffs.chunks(4).filter(|p| p.iter().any(|d| *d > 64)).count();
    let count = |n: usize| f64::from(u32::try_from(n).unwrap());
    (f64::from(u32::try_from(sum).unwrap()) / count(diffs.len()), count(far) / count(diffs.len() / 4))
}

#[test]
fn letters_look_as_they_did_when_somebody_last_looked() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("BLESS").is_some();
    for (name, shown) in SHOWN {
        let made = if name == "signed" { signed(&variant("demo")) } else { letter(&variant(name)) };
        let pages = pages(made.pdf);
        for (i, page) in pages.into_iter().enumerate().take(shown) {
            let file = folder.join(format!("{name}-{}.png", i + 1));
            if bless {
                std::fs::write(&file, page.into_png().unwrap()).unwrap();
                continue;
            }
            let golden = Pixmap::from_png(Cursor::new(std::fs::read(&file).unwrap())).unwrap();
            let (mean, far) = difference(&page, &golden);
            assert!(mean <= MEAN && far <= FAR, "{name}, page {}: mean {mean:.3}, far {far:.5}", i + 1);
        }
    }
}

#[test]
fn a_moved_line_would_be_seen() {
    let before = pages(letter(&variant("demo")).pdf).remove(0);
    let mut case = variant("demo");
    case["health"]["urgency"] = "urgent".into();
    let after = pages(letter(&case).pdf).remove(0);
    let (mean, far) = difference(&before, &after);
    assert!(mean > 0.0 && far > 0.0);
    case["health"]["reason"]["text"] = "Another reason.".into();
    let (mean, far) = difference(&before, &pages(letter(&case).pdf).remove(0));
    assert!(mean > MEAN || far > FAR, "mean {mean:.3}, far {far:.5}");
}
