//! Result sheets in the layouts that were measured: every row is read exactly as printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sheet::{Look, Order, blood, blood_told, table, told};
use common::{Doc, Face, NOTO, REGULAR, SEMIBOLD};
use medius_ingest::{Limits, Notice, Place, Reading, pdf};

const X: [f64; 5] = [50.0, 200.0, 270.0, 320.0, 430.0];

fn read(doc: Doc) -> Reading {
    let bytes = doc.write();
    if let Ok(folder) = std::env::var("MEDIUS_INGEST_KEEP") {
        let name = std::thread::current().name().unwrap_or("sheet").replace("::", "-");
        std::fs::write(format!("{folder}/{name}.pdf"), &bytes).unwrap();
    }
    pdf::read(&bytes, &Limits::default()).unwrap()
}

fn heading(doc: &mut Doc, font: usize) {
    doc.text(font, 14.0, 220.0, 50.0, "검사 결과 보고서");
    doc.text(font, 9.0, 50.0, 75.0, "성명: 김하늘");
    doc.text(font, 9.0, 200.0, 75.0, "채취일: 2026-03-02 08:31");
    doc.text(font, 9.0, 400.0, 75.0, "보고일: 2026-03-04");
    doc.text(font, 7.0, 50.0, 800.0, "양식 QP-07-01 (개정 2024.01.01)");
    doc.text(font, 7.0, 300.0, 800.0, "1 / 3");
}

#[test]
fn table_with_a_grid_and_an_embedded_font() {
    let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
    heading(&mut doc, 0);
    table(&mut doc, &Look::new(&X), &blood());
    let reading = read(doc);
    assert_eq!(told(&reading), blood_told("2026-03-02"));
    assert_eq!(reading.notices, []);
    let first = &reading.rows[0].provenance;
    assert_eq!(first.row, "WBC (백혈구) | 6.52 | 10^3/uL | 4.00 - 10.00");
    let Place::Page { page: 1, row, bounds } = first.place else { panic!() };
    assert!(row > 1);
    assert!(
        (45.0..55.0).contains(&bounds[0]) && (125.0..140.0).contains(&bounds[1]) && bounds[2] > 450.0,
        "{bounds:?}"
    );
}

#[test]
fn no_grid_several_fonts_values_set_to_the_right() {
    for face in [Face::Embedded(SEMIBOLD), Face::Embedded(NOTO)] {
        let mut doc = Doc::new(&[face, Face::Embedded(REGULAR)]);
        heading(&mut doc, 1);
        let look = Look { grid: false, right: vec![(1, 232.0)], ..Look::new(&X) };
        table(&mut doc, &look, &blood());
        assert_eq!(told(&read(doc)), blood_told("2026-03-02"));
    }
}

#[test]
fn a_font_that_is_not_embedded() {
    let mut doc = Doc::new(&[Face::Cid]);
    heading(&mut doc, 0);
    let mut rows = blood();
    rows[9][1] = "1+";
    let mut expected = blood_told("2026-03-02");
    expected[8] = "요단백|1+||음성||2026-03-02".to_owned();
    table(&mut doc, &Look::new(&X), &rows);
    assert_eq!(told(&read(doc)), expected);
}

#[test]
fn drawn_column_by_column_and_backwards() {
    for order in [Order::Columns, Order::Backwards] {
        for grid in [true, false] {
            let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
            heading(&mut doc, 0);
            table(&mut doc, &Look { order, grid, ..Look::new(&X) }, &blood());
            assert_eq!(told(&read(doc)), blood_told("2026-03-02"));
        }
    }
}

#[test]
fn two_tables_side_by_side() {
    let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
    heading(&mut doc, 0);
    let all = blood();
    let pick = |r: &Vec<&'static str>| vec![r[0], r[1], r[3], r[4]];
    let rows: Vec<Vec<&str>> = (0..6)
        .map(|at| {
            let (left, right) = if at == 0 { (0, 0) } else { (at, at + 5) };
            [pick(&all[left]), pick(&all[right])].concat()
        })
        .collect();
    let x = [30.0, 110.0, 160.0, 210.0, 300.0, 380.0, 430.0, 510.0];
    table(&mut doc, &Look { size: 8.0, ..Look::new(&x) }, &rows);
    let mut expected: Vec<String> =
        all.iter().skip(1).map(|r| [r[0], r[1], r[3], r[4], "", "2026-03-02"].join("|")).collect();
    let mut found = told(&read(doc));
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn several_pages_with_the_header_repeated() {
    let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
    heading(&mut doc, 0);
    let all = blood();
    table(&mut doc, &Look::new(&X), &all[..6]);
    doc.next_page();
    let second: Vec<Vec<&str>> = [vec![all[0].clone()], all[6..].to_vec()].concat();
    table(&mut doc, &Look { top: 60.0, ..Look::new(&X) }, &second);
    doc.next_page();
    doc.text(0, 9.0, 50.0, 60.0, "본 결과는 진단서가 아닙니다.");
    let reading = read(doc);
    assert_eq!(told(&reading), blood_told("2026-03-02"));
    assert!(matches!(reading.rows[9].provenance.place, Place::Page { page: 2, .. }));
    assert_eq!(reading.notices, [Notice::NoTable { page: 3 }]);
}

#[test]
fn pages_that_are_turned() {
    for rotate in [0, 90, 180, 270] {
        let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
        heading(&mut doc, 0);
        table(&mut doc, &Look::new(&X), &blood());
        doc.page().rotate = rotate;
        assert_eq!(told(&read(doc)), blood_told("2026-03-02"), "{rotate}");
    }
    // Drawn along the edge of the paper, with and without the turn that makes it level.
    for rotate in [90, 0] {
        let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
        doc.turned = true;
        heading(&mut doc, 0);
        table(&mut doc, &Look { grid: false, ..Look::new(&X) }, &blood());
        doc.page().rotate = rotate;
        doc.page().width = 842.0;
        assert_eq!(told(&read(doc)), blood_told("2026-03-02"), "along the edge, {rotate}");
    }
}

#[test]
fn a_type_3_font_has_widths_of_its_own() {
    let mut doc = Doc::new(&[Face::Type3]);
    let rows = vec![
        vec!["Test", "Result", "Unit", "Reference range"],
        vec!["Glucose", "168", "mg/dL", "70 - 99"],
        vec!["ALT", "68", "U/L", "0 - 40"],
    ];
    let look = Look { grid: false, ..Look::new(&[50.0, 200.0, 300.0, 400.0]) };
    table(&mut doc, &look, &rows);
    assert_eq!(told(&read(doc)), ["Glucose|168|mg/dL|70 - 99||", "ALT|68|U/L|0 - 40||"]);
}

#[test]
fn english_sheet_in_a_standard_font() {
    let mut doc = Doc::new(&[Face::Helvetica]);
    doc.text(0, 9.0, 50.0, 75.0, "Collected: 2 Mar 2026");
    doc.text(0, 9.0, 300.0, 75.0, "Reported: 4 Mar 2026");
    let rows = vec![
        vec!["Test name", "Result", "Flag", "Units", "Reference interval"],
        vec!["Potassium", "6.4", "HH", "mmol/L", "3.5-5.1"],
        vec!["Sodium", "139", "", "mmol/L", "136 - 145"],
        vec!["Anti-HBs", "Non-reactive", "", "", "Non-reactive"],
    ];
    table(&mut doc, &Look { grid: false, ..Look::new(&X) }, &rows);
    assert_eq!(
        told(&read(doc)),
        [
            "Potassium|6.4|mmol/L|3.5-5.1|HH|2026-03-02",
            "Sodium|139|mmol/L|136 - 145||2026-03-02",
            "Anti-HBs|Non-reactive||Non-reactive||2026-03-02"
        ]
    );
}

#[test]
fn one_string_for_a_whole_row() {
    // A printout of fixed width: the columns are made of blanks, a Hangul syllable is as wide as two letters.
    let mut doc = Doc::new(&[Face::Cid]);
    let rows = [
        ["검사명", "결과", "단위", "참고치"],
        ["공복혈당", "98", "mg/dL", "70-99"],
        ["ALT (GPT)", "41", "U/L", "0-40"],
        ["HBsAg", "음성", "", "음성"],
    ];
    for (at, row) in rows.iter().enumerate() {
        let mut text = String::new();
        for cell in row {
            let wide: usize = cell.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            text += cell;
            text += &" ".repeat(14 - wide);
        }
        doc.text(0, 10.0, 40.0, 100.0 + 14.0 * at as f64, &text);
    }
    assert_eq!(told(&read(doc)), ["공복혈당|98|mg/dL|70-99||", "ALT (GPT)|41|U/L|0-40||", "HBsAg|음성||음성||"]);
}
