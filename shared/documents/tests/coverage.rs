//! The characters that intake lets through are those that the letter's fonts can show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_domain::coverage;
use std::collections::BTreeSet;
use ttf_parser::{Face, PlatformId};

const FAMILIES: [[&str; 2]; 2] = [
    ["Pretendard-Regular.ttf", "Pretendard-SemiBold.ttf"],
    ["NotoSansKR_400Regular.ttf", "NotoSansKR_600SemiBold.ttf"],
];

fn shown_by(file: &str) -> BTreeSet<u32> {
    let data = std::fs::read(format!("{}/assets/fonts/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let face = Face::parse(&data, 0).unwrap();
    let mut points = BTreeSet::new();
    for table in face.tables().cmap.unwrap().subtables {
        if table.is_unicode() || table.platform_id == PlatformId::Unicode {
            table.codepoints(|c| {
                let glyph = table.glyph_index(c);
                if glyph.is_some_and(|g| g.0 != 0) {
                    points.insert(c);
                }
            });
        }
    }
    points
}

#[test]
fn every_covered_character_has_a_glyph_in_both_weights_of_one_family() {
    let [pretendard, noto] = FAMILIES.map(|[regular, semibold]| {
        shown_by(regular).intersection(&shown_by(semibold)).copied().collect::<BTreeSet<u32>>()
    });
    let fonts: BTreeSet<u32> = pretendard.union(&noto).copied().collect();
    let listed: BTreeSet<u32> = coverage::ranges().iter().flat_map(|(from, to)| *from..=*to).collect();
    let missing: Vec<_> = listed.difference(&fonts).map(|c| format!("{c:04X}")).take(20).collect();
    assert!(missing.is_empty(), "listed, but no font has them: {missing:?}");
    // Control and private-use characters have no meaning of their own, whatever a font draws for them.
    let meant =
        |c: &&u32| **c >= 0x20 && !(0x7F..=0x9F).contains(*c) && !(0xE000..=0xF8FF).contains(*c) && **c < 0xF0000;
    let forgotten: Vec<_> = fonts.difference(&listed).filter(meant).map(|c| format!("{c:04X}")).take(20).collect();
    assert!(forgotten.is_empty(), "in the fonts, but not listed: {forgotten:?}");
}
