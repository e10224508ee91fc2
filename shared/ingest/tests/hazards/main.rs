//! Every hazard that was measured: a missed row is acceptable, a wrong value is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod columns;
mod glyphs;
mod sight;

use common::sheet::{Look, blood, blood_told, table, told};
use common::{Doc, Face, REGULAR};
use medius_ingest::{Limits, Notice, Reading, Refused, pdf};

pub(crate) const X: [f64; 5] = [50.0, 200.0, 270.0, 320.0, 430.0];

pub(crate) fn read(doc: Doc) -> Reading {
    pdf::read(&doc.write(), &Limits::default()).unwrap()
}

pub(crate) fn sheet() -> Doc {
    Doc::new(&[Face::Embedded(REGULAR)])
}

pub(crate) fn rows(look: Look, rows: &[Vec<&str>]) -> Vec<String> {
    let mut doc = sheet();
    table(&mut doc, &look, rows);
    told(&read(doc))
}

pub(crate) fn plain(x: &[f64]) -> Look {
    Look { grid: false, ..Look::new(x) }
}

#[test]
fn a_font_without_micro_never_makes_a_unit_up() {
    // The program left the sign out: the file says IU/mL, and so does the proposal. Nobody here knows better.
    let tsh = [vec!["검사명", "결과", "단위", "참고치"], vec!["TSH", "2.31", "IU/mL", "0.27-4.20"]];
    assert_eq!(rows(plain(&X[..4]), &tsh), ["TSH|2.31|IU/mL|0.27-4.20||"]);
    // The font draws its empty box: what it means is not said, and the row is not read.
    let mut doc = sheet();
    doc.fonts[0].missing.push('µ');
    let tsh = [
        vec!["검사명", "결과", "단위", "참고치"],
        vec!["TSH", "2.31", "µIU/mL", "0.27-4.20"],
        vec!["Free T4", "1.22", "ng/dL", "0.93-1.70"],
    ];
    table(&mut doc, &plain(&X[..4]), &tsh);
    let reading = read(doc);
    assert_eq!(told(&reading), ["Free T4|1.22|ng/dL|0.93-1.70||"]);
    assert_eq!(reading.notices, [Notice::RowsLeftOut { page: 1, rows: 1 }]);
    // Where the font has it, it stays.
    let tsh = [vec!["검사명", "결과", "단위", "참고치"], vec!["TSH", "2.31", "µIU/mL", "0.27-4.20"]];
    assert_eq!(rows(plain(&X[..4]), &tsh), ["TSH|2.31|µIU/mL|0.27-4.20||"]);
}

#[test]
fn resident_numbers_are_found_and_stay_inside() {
    for number in [
        "900101-1234567",
        "９００１０１－１２３４５６７",
        "9 0 0 1 0 1 - 1 2 3 4 5 6 7",
        "900101-1******",
        "9001011234567",
    ] {
        let mut doc = sheet();
        doc.text(0, 9.0, 50.0, 60.0, &format!("주민등록번호: {number}"));
        let two = [
            vec!["검사명", "결과", "단위", "참고치", "비고"],
            vec!["ALT", "41", "U/L", "0-40", number],
            vec![number, "41", "U/L", "0-40", ""],
        ];
        table(&mut doc, &Look { size: 8.0, ..plain(&[50.0, 200.0, 250.0, 300.0, 400.0]) }, &two);
        let reading = read(doc);
        assert_eq!(told(&reading), ["ALT|41|U/L|0-40||"], "{number}");
        assert!(reading.notices.contains(&Notice::ResidentNumber), "{number}");
        let all = serde_json::to_string(&reading).unwrap();
        assert!(
            !all.contains("1234567") && !all.contains("900101") && !all.contains("９００") && !all.contains("9 0 0"),
            "{all}"
        );
    }
    // In the metadata, in a note, in hidden text.
    type Hide = fn(&mut Doc);
    let places: [Hide; 4] = [
        |doc| doc.info = Some("<< /Title (Report 900101-1234567) >>".to_owned()),
        |doc| {
            doc.info = Some("<< /Author <FEFF003900300030003100300031002D0031003200330034003500360037> >>".to_owned())
        },
        |doc| {
            let xmp = doc.stream("/Type /Metadata /Subtype /XML", b"<x><dc:title>900101-1234567</dc:title></x>");
            doc.catalog = format!("/Metadata {xmp} 0 R");
        },
        |doc| {
            doc.raw("3 Tr");
            doc.text(0, 9.0, 50.0, 700.0, "900101-1234567");
        },
    ];
    for place in places {
        let mut doc = sheet();
        table(&mut doc, &plain(&X), &blood());
        place(&mut doc);
        let reading = read(doc);
        assert!(reading.notices.contains(&Notice::ResidentNumber));
        assert_eq!(told(&reading), blood_told(""));
    }
}

#[test]
fn several_days_of_examination_give_none() {
    let mut doc = sheet();
    doc.text(0, 9.0, 50.0, 60.0, "채취일: 2026-03-02");
    doc.text(0, 9.0, 250.0, 60.0, "검사일: 2026-03-05");
    table(&mut doc, &plain(&X), &blood());
    let reading = read(doc);
    assert_eq!(told(&reading), blood_told(""));
    assert!(reading.notices.contains(&Notice::SeveralDates));
}

#[test]
fn text_that_says_nothing_is_refused() {
    let mut doc = sheet();
    doc.fonts[0].missing = "0123456789".chars().collect();
    table(&mut doc, &plain(&X), &blood());
    assert_eq!(pdf::read(&doc.write(), &Limits::default()).unwrap_err(), Refused::Unreadable);
    assert_eq!(pdf::read(&sheet().write(), &Limits::default()).unwrap_err(), Refused::NoText);
    // A scan, with the text of a machine under it.
    let mut doc = sheet();
    doc.raw("3 Tr");
    table(&mut doc, &plain(&X), &blood());
    assert_eq!(pdf::read(&doc.write(), &Limits::default()).unwrap_err(), Refused::NoText);
}
