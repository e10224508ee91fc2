//! What people do not see on the page is not read from it.

use crate::common::sheet::{Look, blood, blood_told, table, told};
use crate::common::{Doc, EXTRA, Face, REGULAR, SEMIBOLD};
use crate::{X, plain, read, sheet};
use medius_ingest::Notice;

#[test]
fn what_people_do_not_see_is_not_read() {
    type Hide = fn(&mut Doc);
    let hidden: [(&str, Hide); 8] = [
        ("white on white", |doc| doc.raw("1 1 1 rg")),
        ("nearly white", |doc| doc.raw("0.97 g")),
        ("a mode that paints nothing", |doc| doc.raw("3 Tr")),
        ("cropped by a clip", |doc| doc.raw("q 0 0 10 10 re W n")),
        ("a layer that is off", |doc| doc.raw("/OC /Off BDC")),
        ("transparent", |doc| doc.raw("/Clear gs")),
        ("outside the page", |doc| doc.raw("1 0 0 1 2000 0 cm")),
        ("too small to see", |doc| doc.raw("0.05 0 0 0.05 0 0 cm")),
    ];
    for (what, hide) in hidden {
        let mut doc = sheet();
        table(&mut doc, &plain(&X[..4]), &[vec!["검사명", "결과", "단위", "참고치"], vec!["ALT", "41", "U/L", "0-40"]]);
        let layer = doc.object("<< /Type /OCG /Name (x) >>");
        assert_eq!(layer, EXTRA);
        doc.catalog = format!("/OCProperties << /OCGs [{layer} 0 R] /D << /OFF [{layer} 0 R] >> >>");
        doc.page().resources = format!("/Properties << /Off {layer} 0 R >> /ExtGState << /Clear << /ca 0 >> >>");
        hide(&mut doc);
        table(
            &mut doc,
            &Look { top: 300.0, ..plain(&X[..4]) },
            &[vec!["검사명", "결과", "단위", "참고치"], vec!["AST", "999", "U/L", "0-40"]],
        );
        let reading = read(doc);
        assert_eq!(told(&reading), ["ALT|41|U/L|0-40||"], "{what}");
        if !what.contains("layer") {
            assert!(reading.notices.contains(&Notice::HiddenText { page: 1 }), "{what}: {:?}", reading.notices);
        }
    }
}

#[test]
fn what_is_covered_is_not_read_and_half_covered_is_left_out() {
    let two = [
        vec!["검사명", "결과", "단위", "참고치"],
        vec!["공복혈당", "126", "mg/dL", "70-99"],
        vec!["ALT", "41", "U/L", "0-40"],
    ];
    let covered = |x: f64, width: f64, again: &str| {
        let mut doc = sheet();
        table(&mut doc, &plain(&X[..4]), &two);
        doc.rect(x, 128.0, width, 14.0, "1 1 1");
        if !again.is_empty() {
            doc.text(0, 9.0, X[1], 138.0, again);
        }
        told(&read(doc))
    };
    // Painted over, and another value written on it: people see the other one.
    assert_eq!(covered(195.0, 40.0, "98"), ["공복혈당|98|mg/dL|70-99||", "ALT|41|U/L|0-40||"]);
    assert_eq!(covered(195.0, 40.0, ""), ["ALT|41|U/L|0-40||"]);
    // The first digit and a half.
    assert_eq!(covered(195.0, 12.5, ""), ["ALT|41|U/L|0-40||"]);
    // White on a dark bar is seen.
    let mut doc = sheet();
    doc.rect(40.0, 108.0, 500.0, 16.0, "0.1 0.2 0.5");
    doc.raw("1 1 1 rg");
    table(&mut doc, &plain(&X[..4]), &two[..1]);
    doc.raw("0 g");
    table(&mut doc, &Look { top: 138.0, ..plain(&X[..4]) }, &two[1..]);
    assert_eq!(told(&read(doc)), ["공복혈당|126|mg/dL|70-99||", "ALT|41|U/L|0-40||"]);
    // Over a picture nobody can tell.
    let mut doc = sheet();
    let picture = doc.stream(
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
        &[128],
    );
    doc.page().resources = format!("/XObject << /Im {picture} 0 R >>");
    let y = 842.0 - 142.0;
    doc.raw(&format!("q 40 0 0 14 195 {y} cm /Im Do Q"));
    table(&mut doc, &plain(&X[..4]), &two);
    assert_eq!(told(&read(doc)), ["ALT|41|U/L|0-40||"]);
}

#[test]
fn a_slanted_stamp_changes_nothing() {
    let mut doc = Doc::new(&[Face::Embedded(REGULAR), Face::Embedded(SEMIBOLD)]);
    table(&mut doc, &plain(&X), &blood());
    doc.raw("q 0.8 g 0.707 0.707 -0.707 0.707 150 300 cm");
    doc.text(1, 40.0, 0.0, 842.0, "사본 COPY 126");
    doc.raw("Q");
    assert_eq!(told(&read(doc)), blood_told(""));
}
