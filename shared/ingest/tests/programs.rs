//! Sheets as programs of hospitals and portals write them (`sheets/make.py`): Chromium, WeasyPrint, ReportLab, fpdf2.
//! Every row is read exactly; what is said in the heading, the note and the number of the form is not a value.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sheet::told;
use medius_ingest::{Limits, Notice, Reading, pdf};

const ROWS: [[&str; 5]; 10] = [
    ["WBC (백혈구)", "6.52", "10^3/uL", "4.00 - 10.00", ""],
    ["Hemoglobin", "11.2", "g/dL", "12.0 - 16.0", "L"],
    ["혈소판", "250", "10^3/uL", "150 - 400", ""],
    ["공복혈당", "126", "mg/dL", "70 - 99", "H"],
    ["총콜레스테롤", "<50", "mg/dL", "< 200", ""],
    ["AST (SGOT)", "38", "U/L", "0 - 40", ""],
    ["Creatinine", "0.81", "mg/dL", "0.50 - 1.10", ""],
    ["HBsAg", "음성(0.32)", "", "음성", ""],
    ["요단백", "1+", "", "음성", ""],
    ["TSH", "2.31", "µIU/mL", "0.27 - 4.20", ""],
];

fn read(name: &str) -> Reading {
    let path = format!("{}/tests/sheets/{name}.pdf", env!("CARGO_MANIFEST_DIR"));
    pdf::read(&std::fs::read(path).unwrap(), &Limits::default()).unwrap()
}

fn expected(micro: &str, flags: bool, date: &str) -> Vec<String> {
    let row =
        |r: &[&str; 5]| [r[0], r[1], &r[2].replace('µ', micro), r[3], if flags { r[4] } else { "" }, date].join("|");
    ROWS.iter().map(row).collect()
}

#[test]
fn sheets_of_browsers_and_typesetters() {
    for name in ["chrome-grid", "chrome-zebra", "chrome-centred", "chrome-tight", "weasy-right", "weasy-plain"] {
        let reading = read(name);
        assert_eq!(told(&reading), expected("µ", true, "2026-03-02"), "{name}");
        assert_eq!(reading.notices, [], "{name}");
    }
    assert_eq!(told(&read("chrome-two")), expected("µ", false, "2026-03-02"));
}

#[test]
fn sheets_of_libraries() {
    for name in ["rl-cid-grid", "rl-cid-plain"] {
        assert_eq!(told(&read(name)), expected("u", true, ""), "{name}");
    }
    for name in ["rl-ttf-right", "fpdf", "fpdf-cells"] {
        assert_eq!(told(&read(name)), expected("µ", true, ""), "{name}");
    }
    let pages = told(&read("rl-pages"));
    assert_eq!(pages.len(), 90);
    assert!(pages.chunks(10).all(|part| part == expected("µ", true, "")));
}

#[test]
fn prescriptions() {
    for name in ["chrome-rx", "weasy-rx"] {
        let reading = read(name);
        let lines = [
            "아모디핀정 5밀리그램(암로디핀캄실산염)|1||1|30|아침 식후 30분|2026-03-02",
            "타이레놀정 500밀리그람(아세트아미노펜)|2||3|7|식후 30분|2026-03-02",
            "무코스타정(레바미피드)|1||3|7|식후 30분|2026-03-02",
        ];
        assert_eq!(told(&reading), lines, "{name}");
        assert_eq!(reading.notices, [Notice::ResidentNumber], "{name}");
    }
}
