//! Files that are not read, each with its reason; and files made to take all time and memory, which take little.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod bounds;

use common::sheet::{Look, blood, table, told};
use common::{Doc, Face, REGULAR};
use medius_ingest::{Limits, Refused, pdf};

pub(crate) const X: [f64; 5] = [50.0, 200.0, 270.0, 320.0, 430.0];

pub(crate) fn sheet() -> Doc {
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
pub(crate) fn refused(bytes: &[u8]) -> Refused {
    let reason = pdf::read(bytes, &Limits::default()).unwrap_err();
    assert_eq!(pdf::inspect(bytes, &Limits::default()).unwrap_err(), reason);
    reason
}

pub(crate) fn reads(bytes: &[u8]) {
    let reading = pdf::read(bytes, &Limits::default()).unwrap();
    assert_eq!(told(&reading), ["ALT|41|U/L|0 - 40||"]);
    assert_eq!(pdf::inspect(bytes, &Limits::default()), Ok(1));
}

/// Replaces bytes by as many others, so that all places stay.
pub(crate) fn replaced(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
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
