//! Which column a value stands in: most wrong values come from there.

use crate::common::sheet::{Look, blood, table, told};
use crate::{plain, read, rows, sheet};

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
