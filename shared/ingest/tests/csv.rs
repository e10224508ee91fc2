//! CSV: the mapping is proposed, shown, confirmed; rows that are not sure are left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sheet::told;
use medius_ingest::csv::{Column, Subject, inspect, read};
use medius_ingest::{Limits, Notice, Place, Refused};

const SHEET: &str = "검사 결과,,,,,\n검사일자,검사명,결과,단위,참고치,판정\n2026-03-02,공복혈당,126,mg/dL,70-99,H\n2026-03-02,\"WBC, 백혈구\",6.50,10^3/uL,4.0-10.0,\n2026-03-02,HBsAg,음성(0.32),,음성,\n";

fn through(text: &str) -> Vec<String> {
    let sheet = inspect(text.as_bytes(), &Limits::default()).unwrap();
    assert!(sheet.complete);
    told(&read(text.as_bytes(), &sheet.mapping, &Limits::default()).unwrap())
}

#[test]
fn a_mapping_is_proposed_and_read_by() {
    let sheet = inspect(SHEET.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(sheet.mapping.subject, Subject::Results);
    assert_eq!(
        sheet.mapping.columns,
        [Column::Date, Column::Name, Column::Value, Column::Unit, Column::Range, Column::Flag]
    );
    assert_eq!((sheet.complete, sheet.rows, sheet.sample.len()), (true, 3, 3));
    let reading = read(SHEET.as_bytes(), &sheet.mapping, &Limits::default()).unwrap();
    assert_eq!(
        told(&reading),
        [
            "공복혈당|126|mg/dL|70-99|H|2026-03-02",
            "WBC, 백혈구|6.50|10^3/uL|4.0-10.0||2026-03-02",
            "HBsAg|음성(0.32)||음성||2026-03-02"
        ]
    );
    assert_eq!(reading.rows[0].provenance.place, Place::Line { line: 3 });
    assert_eq!(reading.rows[0].provenance.row, "2026-03-02 | 공복혈당 | 126 | mg/dL | 70-99 | H");
    assert_eq!(reading.notices, []);
}

#[test]
fn encodings_and_separators_of_korean_programs() {
    let expected = through(SHEET);
    let (cp949, _, lost) = encoding_rs::EUC_KR.encode(SHEET);
    assert!(!lost);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(SHEET.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bom = [b"\xef\xbb\xbf".as_slice(), SHEET.as_bytes()].concat();
    for bytes in [cp949.as_ref(), &utf16, &bom, SHEET.replace('\n', "\r\n").as_bytes()] {
        let sheet = inspect(bytes, &Limits::default()).unwrap();
        assert_eq!(told(&read(bytes, &sheet.mapping, &Limits::default()).unwrap()), expected);
    }
    for separator in ["\t", ";", "|"] {
        let text = SHEET.replace("\"WBC, 백혈구\"", "WBC 백혈구").replace(',', separator);
        assert_eq!(through(&text).len(), 3, "{separator:?}");
    }
}

#[test]
fn a_mapping_of_another_file_is_refused() {
    let mapping = inspect(SHEET.as_bytes(), &Limits::default()).unwrap().mapping;
    let other = SHEET.replace("결과,단위", "단위,결과");
    assert_eq!(read(other.as_bytes(), &mapping, &Limits::default()).unwrap_err(), Refused::MappingMismatch);
    type Change = fn(&mut Vec<Column>);
    let changes: [Change; 5] = [
        |c| c[2] = Column::Ignored,
        |c| c[5] = Column::Value,
        |c| c[5] = Column::Dose,
        |c| {
            c.pop();
        },
        |c| c[5] = Column::RangeLow,
    ];
    for change in changes {
        let mut wrong = mapping.clone();
        change(&mut wrong.columns);
        assert_eq!(read(SHEET.as_bytes(), &wrong, &Limits::default()).unwrap_err(), Refused::MappingMismatch);
    }
}

#[test]
fn nothing_is_guessed_from_values_or_from_two_columns_of_one_name() {
    let text = "검사명,결과,결과,이전결과,XYZ\nALT,41,39,38,U/L\n";
    let sheet = inspect(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(
        sheet.mapping.columns,
        [Column::Name, Column::Ignored, Column::Ignored, Column::Ignored, Column::Ignored]
    );
    assert!(!sheet.complete);
    // The patient says which one, and which column has the units.
    let mut mapping = sheet.mapping;
    mapping.columns[1] = Column::Value;
    mapping.columns[4] = Column::Unit;
    assert_eq!(told(&read(text.as_bytes(), &mapping, &Limits::default()).unwrap()), ["ALT|41|U/L|||"]);
    // Columns that are confirmed in the wrong order: the cells are not of their types.
    mapping.columns[1] = Column::Unit;
    mapping.columns[4] = Column::Value;
    let reading = read(text.as_bytes(), &mapping, &Limits::default()).unwrap();
    assert_eq!(told(&reading), Vec::<String>::new());
    assert_eq!(reading.notices, [Notice::RowsLeftOut { page: 1, rows: 1 }]);
}

#[test]
fn rows_that_are_not_sure_are_left_out() {
    let text = "검사명,결과,단위,참고치\nALT,41,U/L,0-40\nCRP,1,250,mg/L,0-5\nAST,4 1,U/L,0-40\nGGT,41,99,0-40\nNa,139\n,139,mmol/L,136-145\nK,2026-03-02,mmol/L,3.5-5.1\nTSH,41,,\n";
    let sheet = inspect(text.as_bytes(), &Limits::default()).unwrap();
    let reading = read(text.as_bytes(), &sheet.mapping, &Limits::default()).unwrap();
    assert_eq!(told(&reading), ["ALT|41|U/L|0-40||"]);
    assert_eq!(reading.notices, [Notice::RowsLeftOut { page: 1, rows: 7 }]);
}

#[test]
fn medicines_keep_each_number_under_its_heading() {
    let text = "약품명,총투약일수,1회투약량,1일투여횟수,용법\n아모디핀정 5mg,30,1정,1,아침 식후\n타이레놀정 500mg,7,3회,2정,식후\n";
    let sheet = inspect(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(sheet.mapping.subject, Subject::Medicines);
    assert_eq!(
        told(&read(text.as_bytes(), &sheet.mapping, &Limits::default()).unwrap()),
        ["아모디핀정 5mg|1정||1|30|아침 식후|"]
    );
}

#[test]
fn lower_and_upper_bounds_make_a_range() {
    let text = "Test,Result,Unit,Lower limit,Upper limit\nK,6.4,mmol/L,3.5,5.1\n";
    assert_eq!(through(text), ["K|6.4|mmol/L|3.5 - 5.1||"]);
}

#[test]
fn resident_numbers_stay_inside() {
    let text =
        "주민등록번호,900101-1234567,,\n검사명,결과,단위,비고\nALT,41,U/L,900101 - 1234567\n9001011234567,41,U/L,\n";
    let sheet = inspect(text.as_bytes(), &Limits::default()).unwrap();
    let reading = read(text.as_bytes(), &sheet.mapping, &Limits::default()).unwrap();
    assert_eq!(told(&reading), ["ALT|41|U/L|||"]);
    assert!(reading.notices.contains(&Notice::ResidentNumber));
    for all in [serde_json::to_string(&sheet).unwrap(), serde_json::to_string(&reading).unwrap()] {
        assert!(!all.contains("1234567") && !all.contains("900101"), "{all}");
    }
}

#[test]
fn refused_with_a_reason() {
    let reason = |bytes: &[u8]| inspect(bytes, &Limits::default()).unwrap_err();
    assert_eq!(reason(b""), Refused::Empty);
    assert_eq!(reason(b"  \n\n"), Refused::Empty);
    assert_eq!(reason(b"%PDF-1.7\na,b\n"), Refused::WrongKind);
    assert_eq!(reason(b"<html><script>a,b</script>"), Refused::WrongKind);
    assert_eq!(reason(b"MZ\x90\0\x03\0\0\0,,,"), Refused::WrongKind);
    assert_eq!(reason(b"{\"a\": 1, \"b\": 2}"), Refused::WrongKind);
    assert_eq!(reason(b"no columns at all\nnone\n"), Refused::WrongKind);
    assert_eq!(reason(b"a,b\n1,\"2\n3,4\n"), Refused::Truncated);
    assert_eq!(reason(b"a,b\n1,\"2\" x\n"), Refused::Damaged);
    let cut = (20..SHEET.len()).find(|at| !SHEET.is_char_boundary(*at)).unwrap();
    assert_eq!(reason(&SHEET.as_bytes()[..cut]), Refused::Truncated);
    assert_eq!(reason("a,b\n".repeat(3_000).as_bytes()), Refused::TooManyEntries);
    assert_eq!(reason(",".repeat(100).as_bytes()), Refused::TooManyEntries);
    assert_eq!(inspect(SHEET.as_bytes(), &Limits { bytes: 10, ..Limits::default() }).unwrap_err(), Refused::TooLarge);
}
