//! Files that are not read, each with its reason; and files made to take all time and memory, which take little.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sheet::{Look, blood, table, told};
use common::{Doc, EXTRA, Face, REGULAR, file, zip};
use medius_ingest::{Limits, Refused, pdf};

const X: [f64; 5] = [50.0, 200.0, 270.0, 320.0, 430.0];

fn sheet() -> Doc {
    let mut doc = Doc::new(&[Face::Helvetica]);
    table(
        &mut doc,
        &Look::new(&[50.0, 200.0, 300.0, 400.0]),
        &[vec!["Test", "Result", "Unit", "Reference range"], vec!["ALT", "41", "U/L", "0 - 40"]],
    );
    doc
}

/// Why a file is refused, by both doors.
#[track_caller]
fn refused(bytes: &[u8]) -> Refused {
    let reason = pdf::read(bytes, &Limits::default()).unwrap_err();
    assert_eq!(pdf::inspect(bytes, &Limits::default()).unwrap_err(), reason);
    reason
}

fn reads(bytes: &[u8]) {
    let reading = pdf::read(bytes, &Limits::default()).unwrap();
    assert_eq!(told(&reading), ["ALT|41|U/L|0 - 40||"]);
    assert_eq!(pdf::inspect(bytes, &Limits::default()), Ok(1));
}

/// Replaces bytes by as many others, so that all places stay.
fn replaced(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = bytes.windows(old.len()).position(|w| w == old.as_bytes()).unwrap();
    let mut bytes = bytes.to_vec();
    bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
    bytes
}

#[test]
fn the_plain_sheet_is_read() {
    reads(&sheet().write());
}

#[test]
fn empty_and_other_kinds() {
    assert_eq!(refused(b""), Refused::Empty);
    assert_eq!(refused(b" \n\0\n"), Refused::Empty);
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n............"), Refused::WrongKind);
    assert_eq!(refused(b"PK\x03\x04 something"), Refused::WrongKind);
    assert_eq!(refused(b"%PDF-1.7\n"), Refused::Truncated);
    let limits = Limits { bytes: 100, ..Limits::default() };
    assert_eq!(pdf::read(&sheet().write(), &limits).unwrap_err(), Refused::TooLarge);
}

#[test]
fn cut_files_are_cut_files_wherever_they_are_cut() {
    let whole = sheet().write();
    for at in (9..whole.len() - 7).step_by(7) {
        let reason = refused(&whole[..at]);
        assert!(matches!(reason, Refused::Truncated), "{at}: {reason:?}");
    }
    // Behind an update that has begun.
    let mut update = whole.clone();
    update.extend_from_slice(b"4 0 obj\n<< /Type /Pa");
    assert_eq!(refused(&update), Refused::Truncated);
}

#[test]
fn protected_files() {
    let bytes = sheet().write();
    let trailer = String::from_utf8_lossy(&bytes).into_owned();
    assert!(trailer.contains("/Root 1 0 R"));
    let at = bytes.windows(11).position(|w| w == b"/Root 1 0 R").unwrap();
    for entry in
        ["/Encrypt << /Filter /Standard /V 2 /R 3 /O (x) /U (y) /P -44 >> ", "/Encrypt 3 0 R ", "/#45ncrypt 3 0 R "]
    {
        let mut locked = bytes.clone();
        locked.splice(at..at, entry.bytes());
        assert_eq!(refused(&locked), Refused::Protected);
    }
}

#[test]
fn two_files_in_one() {
    let whole = sheet().write();
    let before = |front: &[u8]| [front, &whole].concat();
    assert_eq!(refused(&before(b"GIF89a.......")), Refused::Polyglot);
    assert_eq!(refused(&before(b"<html><script>alert(1)</script>")), Refused::Polyglot);
    assert_eq!(refused(&before(b"PK\x03\x04\x14\x00")), Refused::Polyglot);
    // A program behind the end, an archive behind the end, an archive that ends with the file.
    assert_eq!(refused(&[&whole, b"MZ\x90\x00\x03".as_slice()].concat()), Refused::Polyglot);
    let zip_end = |comment: u16| [b"PK\x05\x06".as_slice(), &[0; 16], &comment.to_le_bytes()].concat();
    assert_eq!(refused(&[whole.as_slice(), &zip_end(0)].concat()), Refused::Polyglot);
    let place = whole.windows(6).position(|w| w == b"endobj").unwrap() + 7;
    let tail = whole.len() - place;
    let mut inside = whole.clone();
    inside.splice(place..place, zip_end(u16::try_from(tail).unwrap()));
    assert_eq!(refused(&inside), Refused::Polyglot);
    // A page for browsers within the first bytes, behind the mark.
    let mut page = whole.clone();
    page.splice(15..15, *b"%<script>alert(1)</script>\n");
    assert_eq!(refused(&page), Refused::Polyglot);
    let mut dicom = whole.clone();
    dicom.splice(15..15, std::iter::once(b'%').chain(std::iter::repeat_n(b'.', 112)).chain(*b"DICM\n"));
    assert_eq!(refused(&dicom), Refused::Polyglot);
}

#[test]
fn scripts_and_forms_that_change() {
    let carried: [(&str, &str); 7] = [
        ("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", ""),
        ("/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>", ""),
        ("/Names << /JavaScript << /Names [] >> >>", ""),
        ("/AcroForm << /XFA [] /Fields [] >>", ""),
        ("", "/AA << /O << /S /Launch /F (cmd.exe) >> >>"),
        ("", "/Annots [<< /Type /Annot /Subtype /RichMedia /Rect [0 0 1 1] >>]"),
        ("", "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /SubmitForm /F (http://x) >> >>]"),
    ];
    for (catalog, page) in carried {
        let mut doc = sheet();
        doc.catalog = catalog.to_owned();
        doc.page().extra = page.to_owned();
        assert_eq!(refused(&doc.write()), Refused::Script, "{catalog}{page}");
    }
    // A link to a page of the web is none.
    let mut doc = sheet();
    doc.page().extra =
        "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (https://example.kr) >> >>]"
            .to_owned();
    reads(&doc.write());
}

#[test]
fn damaged_inside() {
    // A bit in a packed stream: its checksum does not fit.
    let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
    table(&mut doc, &Look::new(&X), &blood());
    let whole = doc.write();
    let streams: Vec<usize> =
        whole.windows(8).enumerate().filter(|(_, w)| *w == b">>\nstrea").map(|(at, _)| at + 10).collect();
    let content = *streams.last().unwrap();
    for offset in [20, 60, 100] {
        let mut broken = whole.clone();
        broken[content + offset] ^= 0x10;
        assert_eq!(refused(&broken), Refused::Damaged, "{offset}");
    }
    // The page tree says another number of pages.
    assert_eq!(refused(&replaced(&sheet().write(), "/Count 1", "/Count 3")), Refused::Damaged);
    // The place of the table is another.
    let whole = sheet().write();
    let at = whole.windows(9).rposition(|w| w == b"startxref").unwrap() + 10;
    let mut wrong = whole.clone();
    wrong[at..at + 4].copy_from_slice(b"0030");
    assert_eq!(refused(&wrong), Refused::Damaged);
}

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
