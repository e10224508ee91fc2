//! Every hazard that was measured: a missed row is acceptable, a wrong value is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sheet::{Look, blood, blood_told, table, told};
use common::{Doc, EXTRA, Face, REGULAR, SEMIBOLD};
use medius_ingest::{Limits, Notice, Reading, Refused, pdf};

const X: [f64; 5] = [50.0, 200.0, 270.0, 320.0, 430.0];

fn read(doc: Doc) -> Reading {
    pdf::read(&doc.write(), &Limits::default()).unwrap()
}

fn sheet() -> Doc {
    Doc::new(&[Face::Embedded(REGULAR)])
}

fn rows(look: Look, rows: &[Vec<&str>]) -> Vec<String> {
    let mut doc = sheet();
    table(&mut doc, &look, rows);
    told(&read(doc))
}

fn plain(x: &[f64]) -> Look {
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
fn an_older_result_is_never_taken_for_the_new_one() {
    let x = [50.0, 180.0, 240.0, 310.0, 380.0];
    let known = [
        vec!["검사명", "결과", "이전결과", "단위", "참고치"],
        vec!["공복혈당", "126", "98", "mg/dL", "70-99"],
        vec!["ALT", "", "41", "U/L", "0-40"],
    ];
    assert_eq!(rows(plain(&x), &known), ["공복혈당|126|mg/dL|70-99||"]);
    // Under headings of two lines: 결과 over 금회 and 전회.
    let mut doc = sheet();
    let upper = [
        (50.0, 107.0, "검사명"),
        (180.0, 100.0, "결                    과"),
        (310.0, 107.0, "단위"),
        (380.0, 107.0, "참고치"),
    ];
    for (x, y, text) in upper.into_iter().chain([(180.0, 114.0, "금회"), (240.0, 114.0, "전회")]) {
        doc.text(0, 9.0, x, y, text);
    }
    for (x, text) in x.iter().zip(["공복혈당", "126", "98", "mg/dL", "70-99"]) {
        doc.text(0, 9.0, *x, 134.0, text);
    }
    assert_eq!(told(&read(doc)), ["공복혈당|126|mg/dL|70-99||"]);
    // Without a heading: the row has a value too many, and is not read.
    let unnamed = [
        vec!["검사명", "결과", "", "단위", "참고치"],
        vec!["공복혈당", "126", "98", "mg/dL", "70-99"],
        vec!["ALT", "41", "39", "U/L", "0-40"],
    ];
    for grid in [true, false] {
        assert_eq!(rows(Look { grid, ..plain(&x) }, &unnamed), Vec::<String>::new());
    }
    // Two columns that both say 결과.
    let twice = [vec!["검사명", "결과", "결과", "단위", "참고치"], vec!["공복혈당", "126", "98", "mg/dL", "70-99"]];
    assert_eq!(rows(plain(&x), &twice), Vec::<String>::new());
}

#[test]
fn a_column_for_each_day_gives_each_value_its_day() {
    let x = [50.0, 170.0, 250.0, 340.0, 430.0];
    let days = [
        vec!["검사명", "단위", "참고치", "2026-03-02", "2025-11-01"],
        vec!["공복혈당", "mg/dL", "70-99", "126 H", "98"],
        vec!["ALT", "U/L", "0-40", "", "41"],
    ];
    let mut found = rows(plain(&x), &days);
    found.sort();
    assert_eq!(
        found,
        ["ALT|41|U/L|0-40||2025-11-01", "공복혈당|126|mg/dL|70-99|H|2026-03-02", "공복혈당|98|mg/dL|70-99||2025-11-01"]
    );
}

#[test]
fn codes_dates_of_forms_and_page_numbers_are_no_values() {
    let x = [40.0, 90.0, 200.0, 270.0, 340.0];
    let coded = [
        vec!["코드", "검사명", "결과", "단위", "참고치"],
        vec!["L3011", "공복혈당", "126", "mg/dL", "70-99"],
        vec!["", "서식 개정일", "2024.01.01", "", ""],
        vec!["", "Page", "3", "", ""],
        vec!["20260302", "접수번호", "1234567", "", ""],
    ];
    let mut doc = sheet();
    table(&mut doc, &plain(&x), &coded);
    let reading = read(doc);
    assert_eq!(told(&reading), ["공복혈당|126|mg/dL|70-99||"]);
    let medius_ingest::Proposed::Result(first) = &reading.rows[0].proposed else { panic!() };
    assert_eq!(first.codes[0].code, "L3011");
    // The code's heading is missing: it may stand in the name, never in the value.
    let unnamed = [vec!["", "검사명", "결과", "단위", "참고치"], vec!["30111", "공복혈당", "126", "mg/dL", "70-99"]];
    assert!(rows(plain(&x), &unnamed).iter().all(|r| r.contains("|126|")));
    // Without headings nothing is proposed at all.
    assert_eq!(rows(plain(&x), &coded[1..]), Vec::<String>::new());
    // Headings that are not known do not make a table.
    let other = [vec!["항목", "금액", "본인부담금"], vec!["진찰료", "12,000", "3,600"]];
    assert_eq!(rows(plain(&x[..3]), &other), Vec::<String>::new());
}

#[test]
fn a_neighbour_table_stays_outside() {
    for grid in [true, false] {
        let mut doc = sheet();
        let left: Vec<Vec<&str>> = blood().iter().map(|r| vec![r[0], r[1], r[3], r[4]]).collect();
        table(&mut doc, &Look { grid, size: 8.0, ..Look::new(&[30.0, 120.0, 170.0, 240.0]) }, &left);
        let bill: Vec<Vec<&str>> =
            vec![vec!["항목", "금액"], vec!["진찰료", "12,000"], vec!["검사료", "35,000"], vec!["합계", "47,000"]];
        table(&mut doc, &Look { grid, size: 8.0, top: 129.0, ..Look::new(&[420.0, 490.0]) }, &bill);
        let found = told(&read(doc));
        let expected: Vec<String> =
            blood().iter().skip(1).map(|r| [r[0], r[1], r[3], r[4], "", ""].join("|")).collect();
        assert!(found.iter().all(|row| expected.contains(row)), "{found:#?}");
        assert!(found.len() >= 6, "grid {grid}: {found:#?}");
    }
}

#[test]
fn days_and_dose_are_never_swapped() {
    let x = [40.0, 230.0, 300.0, 370.0, 440.0];
    let usual = [
        vec!["처방 의약품의 명칭", "1회 투약량", "1일 투여횟수", "총 투약일수", "용법"],
        vec!["아모디핀정 5mg", "1", "1", "30", "아침 식후"],
        vec!["타이레놀정 500mg", "2정", "3회", "7일", "식후 30분"],
    ];
    assert_eq!(
        rows(Look::new(&x), &usual),
        ["아모디핀정 5mg|1||1|30|아침 식후|", "타이레놀정 500mg|2정||3회|7일|식후 30분|"]
    );
    // Another order, and a total that is not a dose.
    let other = [
        vec!["약품명", "총 투약일수", "1일 투여횟수", "총량", "1회 투약량"],
        vec!["아모디핀정 5mg", "30", "1", "30", "0.5"],
    ];
    assert_eq!(rows(Look::new(&x), &other), ["아모디핀정 5mg|0.5||1|30||"]);
    // Headings of two lines.
    let mut doc = sheet();
    for (x, y, text) in [
        (40.0, 107.0, "약 품 명"),
        (230.0, 100.0, "1회"),
        (230.0, 112.0, "투약량"),
        (300.0, 100.0, "1일"),
        (300.0, 112.0, "투여횟수"),
        (370.0, 100.0, "총"),
        (370.0, 112.0, "투약일수"),
    ] {
        doc.text(0, 9.0, x, y, text);
    }
    for (x, text) in x.iter().zip(["아모디핀정 5mg", "1", "2", "30"]) {
        doc.text(0, 9.0, *x, 132.0, text);
    }
    assert_eq!(told(&read(doc)), ["아모디핀정 5mg|1||2|30||"]);
    // A number too few: which one is missing, nobody can tell.
    let missing = [usual[0].clone(), vec!["아모디핀정 5mg", "1", "", "30", ""]];
    assert_eq!(rows(Look::new(&x), &missing), Vec::<String>::new());
}

#[test]
fn a_health_check_reads_the_normal_range_and_leaves_the_bands() {
    let x = [30.0, 90.0, 210.0, 270.0, 330.0, 410.0, 490.0];
    let check = [
        vec!["목표질환", "검사항목", "결과", "단위", "정상(A)", "정상(B)", "질환의심"],
        vec!["당뇨병", "공복혈당", "104", "mg/dL", "100 미만", "100-125", "126 이상"],
        vec!["고혈압", "혈압(최고/최저)", "128/82", "mmHg", "120 미만/80 미만", "120-139/80-89", "140 이상"],
        vec!["이상지질혈증", "HDL-콜레스테롤", "52", "mg/dL", "60 이상", "40-59", "40 미만"],
    ];
    let mut doc = sheet();
    doc.text(0, 9.0, 30.0, 60.0, "검진일: 2026년 3월 2일");
    table(&mut doc, &Look { size: 8.0, ..Look::new(&x) }, &check);
    assert_eq!(
        told(&read(doc)),
        [
            "공복혈당|104|mg/dL|100 미만||2026-03-02",
            "혈압(최고/최저)|128/82|mmHg|120 미만/80 미만||2026-03-02",
            "HDL-콜레스테롤|52|mg/dL|60 이상||2026-03-02"
        ]
    );
}

#[test]
fn bold_by_drawing_twice_is_read_once_and_shadows_are_not_guessed() {
    let mut doc = sheet();
    let look = plain(&X);
    table(&mut doc, &look, &blood());
    table(&mut doc, &Look { x: X.iter().map(|x| x + 0.3).collect(), ..plain(&X) }, &blood());
    assert_eq!(told(&read(doc)), blood_told(""));
    // Another value over the value: 126 under 98.
    let mut doc = sheet();
    let two = [
        vec!["검사명", "결과", "단위", "참고치"],
        vec!["공복혈당", "126", "mg/dL", "70-99"],
        vec!["ALT", "41", "U/L", "0-40"],
    ];
    table(&mut doc, &plain(&X[..4]), &two);
    doc.text(0, 9.0, X[1] + 1.0, 138.0, "98");
    assert_eq!(told(&read(doc)), ["ALT|41|U/L|0-40||"]);
}

#[test]
fn digits_that_stand_apart_are_not_put_together() {
    for gap in [2.5, 4.0, 6.0, 12.0] {
        let mut doc = sheet();
        let two = [
            vec!["검사명", "결과", "단위", "참고치"],
            vec!["공복혈당", "6", "mg/dL", "70-99"],
            vec!["ALT", "41", "U/L", "0-40"],
        ];
        table(&mut doc, &plain(&X[..4]), &two);
        let x = X[1] + doc.width(0, 9.0, "6") + gap;
        doc.text(0, 9.0, x, 138.0, "8");
        assert_eq!(told(&read(doc)), ["ALT|41|U/L|0-40||"], "{gap}");
    }
    // One string, with room between its digits.
    let mut doc = sheet();
    let two = [
        vec!["검사명", "결과", "단위", "참고치"],
        vec!["공복혈당", "", "mg/dL", "70-99"],
        vec!["ALT", "41", "U/L", "0-40"],
    ];
    table(&mut doc, &plain(&X[..4]), &two);
    doc.raw("BT 4 Tc");
    doc.text(0, 9.0, X[1], 138.0, "137");
    doc.raw("BT 0 Tc ET");
    let found = told(&read(doc));
    assert!(!found.iter().any(|r| r.starts_with("공복혈당|1|") || r.starts_with("공복혈당|7|")), "{found:?}");
}

#[test]
fn raised_digits_stay_raised() {
    let mut doc = sheet();
    let two = [vec!["검사명", "결과", "단위", "참고치"], vec!["WBC", "6.5", "", "4.0-10.0"]];
    table(&mut doc, &plain(&X[..4]), &two);
    doc.text(0, 9.0, X[2], 138.0, "x10");
    let x = X[2] + doc.width(0, 9.0, "x10");
    doc.text(0, 5.5, x, 134.5, "3");
    let x = x + doc.width(0, 5.5, "3");
    doc.text(0, 9.0, x, 138.0, "/µL");
    assert_eq!(told(&read(doc)), ["WBC|6.5|x10³/µL|4.0-10.0||"]);
}

#[test]
fn names_over_two_lines_are_whole_or_not_read() {
    let x = [50.0, 200.0, 270.0, 340.0];
    let head = ["검사명", "결과", "단위", "참고치"];
    let draw = |doc: &mut Doc, lines: &[(f64, &[&str])], grid: &[f64]| {
        for (x, text) in x.iter().zip(head) {
            doc.text(0, 9.0, *x, 100.0, text);
        }
        for (y, cells) in lines {
            for (x, text) in x.iter().zip(*cells) {
                if !text.is_empty() {
                    doc.text(0, 9.0, *x, *y, text);
                }
            }
        }
        for y in grid {
            doc.line(46.0, *y, 430.0, *y);
        }
    };
    // Near its row: part of it.
    let mut doc = sheet();
    draw(
        &mut doc,
        &[
            (120.0, &["Cholesterol,", "201", "mg/dL", "< 200"]),
            (131.0, &["HDL"]),
            (155.0, &["ALT", "41", "U/L", "0-40"]),
        ],
        &[],
    );
    assert_eq!(told(&read(doc)), ["Cholesterol, HDL|201|mg/dL|< 200||", "ALT|41|U/L|0-40||"]);
    // In one box of the grid: part of it.
    let mut doc = sheet();
    draw(
        &mut doc,
        &[
            (120.0, &["Cholesterol,"]),
            (126.0, &["", "201", "mg/dL", "< 200"]),
            (132.0, &["HDL"]),
            (150.0, &["ALT", "41", "U/L", "0-40"]),
            (168.0, &["AST", "31", "U/L", "0-40"]),
        ],
        &[106.0, 138.0, 156.0, 174.0],
    );
    let found = told(&read(doc));
    assert!(found.iter().all(|r| !r.contains("Cholesterol") || r.starts_with("Cholesterol, HDL|")), "{found:?}");
    assert!(found.contains(&"ALT|41|U/L|0-40||".to_owned()));
    // As far from the next row as from its own: not read.
    let mut doc = sheet();
    draw(
        &mut doc,
        &[
            (120.0, &["Anti-HBs (B형간염", "Negative", "", "Negative"]),
            (138.0, &["표면항체)"]),
            (156.0, &["ALT", "41", "U/L", "0-40"]),
        ],
        &[],
    );
    assert_eq!(told(&read(doc)), ["ALT|41|U/L|0-40||"]);
    // A heading of a section is no name.
    let mut doc = sheet();
    draw(
        &mut doc,
        &[
            (120.0, &["[간기능 검사]"]),
            (138.0, &["ALT", "41", "U/L", "0-40"]),
            (156.0, &["[신장 검사]"]),
            (174.0, &["Creatinine", "0.8", "mg/dL", "0.5-1.1"]),
        ],
        &[],
    );
    assert_eq!(told(&read(doc)), ["ALT|41|U/L|0-40||", "Creatinine|0.8|mg/dL|0.5-1.1||"]);
    // A range over two lines at the same distance may belong to either row: neither is read.
    let mut doc = sheet();
    draw(
        &mut doc,
        &[
            (120.0, &["LDL", "131", "mg/dL", "정상 < 130"]),
            (138.0, &["", "", "", "경계 130-159"]),
            (156.0, &["ALT", "41", "U/L", "0-40"]),
        ],
        &[],
    );
    assert_eq!(told(&read(doc)), Vec::<String>::new());
}

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
