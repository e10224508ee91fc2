//! Letters that are drawn twice, apart, raised, or over two lines.

use crate::common::Doc;
use crate::common::sheet::{Look, blood, blood_told, table, told};
use crate::{X, plain, read, sheet};

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
