//! Files made to take all time and memory: they take little.

use crate::common::{EXTRA, file, zip};
use crate::{reads, refused, sheet};
use medius_ingest::{Limits, Refused, pdf};

#[test]
fn bombs_are_counted_before_they_go_off() {
    let with = |filter: &str, data: &[u8]| {
        let mut doc = sheet();
        let form = doc.stream(&format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter {filter}"), data);
        doc.page().resources = format!("/XObject << /Fm {form} 0 R >>");
        doc.raw("/Fm Do");
        doc.write()
    };
    let flat = zip(&vec![b' '; 70 << 20]);
    assert!(flat.len() < 80_000);
    assert_eq!(refused(&with("/FlateDecode", &flat)), Refused::TooMuchInside);
    let twice = zip(&flat);
    let bytes = with("[/FlateDecode /FlateDecode]", &twice);
    assert!(bytes.len() < 6_000, "{}", bytes.len());
    assert_eq!(refused(&bytes), Refused::TooMuchInside);
    let hex: String = twice.iter().map(|b| format!("{b:02x}")).collect::<String>() + ">";
    assert_eq!(refused(&with("[/ASCIIHexDecode /FlateDecode /FlateDecode]", hex.as_bytes())), Refused::TooMuchInside);
    // A checksum that is wrong does not hide it: the library would unpack it all the same.
    let mut wrong = flat.clone();
    let end = wrong.len() - 1;
    wrong[end] ^= 1;
    assert_eq!(refused(&with("/FlateDecode", &wrong)), Refused::TooMuchInside);
    // Nor does a dictionary that says nothing.
    assert_eq!(refused(&with("9 0 R", &flat)), Refused::TooMuchInside);
    assert_eq!(refused(&with("/LZWDecode", b"x")), Refused::TooComplex);
    assert_eq!(refused(&with("/#4cZWDecode", b"x")), Refused::TooComplex);
    assert_eq!(refused(&with("/RL", b"x")), Refused::TooComplex);
    // What is packed as usual is read.
    reads(&with("/FlateDecode", &zip(b"q Q")));
}

#[test]
fn forms_in_forms_are_counted_as_often_as_they_are_drawn() {
    // Ten times ten times ten …
    let mut doc = sheet();
    let mut last = doc.stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"q Q");
    for _ in 0..12 {
        last = doc.stream(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F {last} 0 R >> >>"),
            "/F Do ".repeat(10).as_bytes(),
        );
    }
    doc.page().resources = format!("/XObject << /Fm {last} 0 R >>");
    doc.raw("/Fm Do");
    assert_eq!(refused(&doc.write()), Refused::TooComplex);
    // Two forms that draw each other: the library stops where one comes back, and so does the count.
    let mut doc = sheet();
    for other in [EXTRA + 1, EXTRA] {
        doc.stream(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F {other} 0 R >> >>"),
            b"/F Do /F Do",
        );
    }
    doc.page().resources = format!("/XObject << /Fm {EXTRA} 0 R >>");
    doc.raw("/Fm Do");
    reads(&doc.write());
    // One large form, drawn often.
    let mut doc = sheet();
    let form =
        doc.stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter /FlateDecode", &zip(&vec![b' '; 8 << 20]));
    doc.page().resources = format!("/XObject << /Fm {form} 0 R >>");
    doc.raw(&"/Fm Do ".repeat(200));
    assert_eq!(refused(&doc.write()), Refused::TooComplex);
}

#[test]
fn colours_and_functions_made_of_themselves() {
    let own = EXTRA;
    let cases: [(String, &str, String); 6] = [
        (format!("[/Indexed {own} 0 R 1 (abcdef)]"), "/Cs cs", format!("/ColorSpace << /Cs {own} 0 R >>")),
        (format!("[/Separation /X {own} 0 R << >>]"), "/Cs cs", format!("/ColorSpace << /Cs {own} 0 R >>")),
        (format!("[/Pattern {own} 0 R]"), "/Cs CS", format!("/ColorSpace << /Cs {own} 0 R >>")),
        (
            format!(
                "<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 1 1] /Function << /FunctionType 3 /Domain [0 1] /Bounds [] /Encode [0 1] /Functions [{} 0 R] >> >>",
                own + 1
            ),
            "/Sh sh",
            format!("/Shading << /Sh {own} 0 R >>"),
        ),
        (format!("<< /TR {} 0 R >>", own + 1), "/Gs gs", format!("/ExtGState << /Gs {own} 0 R >>")),
        (
            format!("<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding {} 0 R /DescendantFonts [] >>", own + 2),
            "BT /Own 9 Tf ET",
            format!("/Ignored << >> /Shading << /Sh {own} 0 R >>"),
        ),
    ];
    for (at, (object, operation, resources)) in cases.into_iter().enumerate() {
        let mut doc = sheet();
        doc.object(object);
        doc.object(format!(
            "<< /FunctionType 3 /Domain [0 1] /Bounds [] /Encode [0 1] /Functions [{} 0 R] >>",
            own + 1
        ));
        doc.stream(&format!("/Type /CMap /CMapName /X /UseCMap {} 0 R", own + 2), b"x");
        doc.page().resources = resources;
        doc.raw(operation);
        let bytes = doc.write();
        if at < 5 {
            assert_eq!(refused(&bytes), Refused::TooDeep, "{at}");
        } else {
            let _ = pdf::read(&bytes, &Limits::default());
        }
    }
}

#[test]
fn structures_made_of_themselves() {
    // Pages whose parent is their kid, lengths that are their own, kids that are the tree.
    let kids = file(
        &[b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>".to_vec()],
        None,
    );
    assert_eq!(refused(&kids), Refused::Damaged);
    let length = file(
        &[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec(),
            b"<< /Length 4 0 R >>\nstream\nq Q\nendstream".to_vec(),
        ],
        None,
    );
    assert_eq!(pdf::read(&length, &Limits::default()).unwrap_err(), Refused::NoText);
    // An object stream inside itself.
    let own = file(
        &[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /ObjStm /N 1 /First 4 /Extends 3 0 R /Length 20 >>\nstream\n3 0 << /Type /Page >> \nendstream"
                .to_vec(),
        ],
        None,
    );
    assert!(pdf::read(&own, &Limits::default()).is_err());
    // A table of places that comes before itself.
    let plain = sheet().write();
    let start = plain.windows(5).position(|w| w == b"xref\n").unwrap();
    let mut chain = plain.clone();
    let at = chain.windows(11).position(|w| w == b"/Root 1 0 R").unwrap();
    chain.splice(at..at, format!("/Prev {start} ").bytes());
    let _ = pdf::read(&chain, &Limits::default());
}

#[test]
fn nesting_pages_and_states_have_bounds() {
    for deep in ["[".repeat(200_000), "<<".repeat(100_000), "<</A".repeat(100_000), "(".repeat(200_000)] {
        let mut doc = sheet();
        doc.object(deep.clone());
        let _ = pdf::read(&doc.write(), &Limits::default());
        let mut doc = sheet();
        doc.raw(&deep);
        let _ = pdf::read(&doc.write(), &Limits::default());
    }
    let mut doc = sheet();
    doc.object("[".repeat(60) + &"]".repeat(60));
    assert_eq!(refused(&doc.write()), Refused::TooDeep);
    let mut doc = sheet();
    doc.raw(&"q ".repeat(100_000));
    assert_eq!(refused(&doc.write()), Refused::TooDeep);
    let mut doc = sheet();
    for _ in 0..50 {
        doc.next_page();
    }
    assert_eq!(refused(&doc.write()), Refused::TooManyPages);
    let mut doc = sheet();
    doc.raw(&"0 0 m 1 1 l S ".repeat(800_000));
    assert_eq!(refused(&doc.write()), Refused::TooComplex);
    let mut doc = sheet();
    doc.raw(&"0 0 500 500 re f ".repeat(60_000));
    assert_eq!(pdf::read(&doc.write(), &Limits::default()).unwrap_err(), Refused::TooComplex);
    let mut doc = sheet();
    doc.raw(&format!("BT /F0 9 Tf ({}) Tj ET", "x".repeat(150_000)));
    assert_eq!(pdf::read(&doc.write(), &Limits::default()).unwrap_err(), Refused::TooComplex);
    // Clip upon clip.
    let mut doc = sheet();
    doc.raw(&"0 0 m 500 0 l 250 800 l h W n ".repeat(20_000));
    doc.text(0, 9.0, 200.0, 300.0, "text");
    let _ = pdf::read(&doc.write(), &Limits::default());
    // All in one place: every sign is compared with every other only so often.
    let mut doc = sheet();
    for _ in 0..20_000 {
        doc.raw("BT /F0 9 Tf 1 0 0 1 100 100 Tm (abc) Tj ET");
    }
    let _ = pdf::read(&doc.write(), &Limits::default());
}
