//! Sheets of random make: columns in any order, any alignment, with and without grid, and with what leads readers astray:
//! older results without a heading, codes, serial numbers, missing cells, long names, a bill beside the table.
//! Whatever is read was there; and enough is read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sheet::told;
use common::{Doc, Face, REGULAR};
use medius_ingest::{Limits, pdf};

/// Layouts. Three thousand were tried (no wrong row, 61 of 100 read); each takes a font to be cut down.
const COUNT: u64 = 1_000;

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % end.max(1)
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Serial,
    Code,
    Name,
    Value,
    Previous,
    Unit,
    Range,
    Flag,
    Remark,
}

/// A test with what must be read of it.
struct Test {
    cells: Vec<(Kind, String)>,
    told: String,
}

fn test(random: &mut Random, at: usize, days: usize) -> Test {
    const TESTS: [(&str, &str); 12] = [
        ("WBC (백혈구)", "10^3/uL"),
        ("Hemoglobin", "g/dL"),
        ("공복혈당", "mg/dL"),
        ("총콜레스테롤", "mg/dL"),
        ("AST(SGOT)", "U/L"),
        ("감마지티피 (γ-GTP)", "U/L"),
        ("Creatinine", "mg/dL"),
        ("eGFR", "mL/min/1.73m²"),
        ("TSH", "µIU/mL"),
        ("HDL 콜레스테롤", "mg/dL"),
        ("당화혈색소(HbA1c)", "%"),
        ("Vitamin D, 25-OH", "ng/mL"),
    ];
    let (name, unit) = TESTS[(at * 5 + days) % TESTS.len()];
    let value = match random.below(5) {
        0 => format!("{}", 1 + random.below(300)),
        1 => format!("{}.{}", random.below(20), random.below(10)),
        2 => format!("{}.{:02}", random.below(20), random.below(100)),
        3 => format!("<{}.{}", random.below(3), 1 + random.below(9)),
        _ => format!("{}", 100 + random.below(900)),
    };
    let previous = format!("{}.{}", random.below(300), random.below(10));
    let low = random.below(50);
    let range = format!("{low} {} {}", random.one(&["-", "~"]), low + 1 + random.below(100));
    let flag = random.one(&["", "", "H", "L", "▲"]).to_owned();
    let cells = vec![
        (Kind::Serial, format!("{}", at + 1)),
        (Kind::Code, format!("L{}", 3000 + random.below(900))),
        (Kind::Name, name.to_owned()),
        (Kind::Value, value.clone()),
        (Kind::Previous, previous),
        (Kind::Unit, unit.to_owned()),
        (Kind::Range, range.clone()),
        (Kind::Flag, flag.clone()),
        (Kind::Remark, random.one(&["", "", "재검", "see note", "3"]).to_owned()),
    ];
    Test { cells, told: [name, &value, unit, &range, &flag, ""].join("|") }
}

fn heading(kind: Kind, random: &mut Random, named: bool) -> String {
    let text = match kind {
        Kind::Serial => random.one(&["No", "번호"]),
        Kind::Code => random.one(&["검사코드", "코드"]),
        Kind::Name => random.one(&["검사명", "검사항목", "검 사 명", "Test"]),
        Kind::Value => random.one(&["결과", "결과치", "검사결과", "Result"]),
        Kind::Previous => random.one(&["이전결과", "Previous", "직전 결과"]),
        Kind::Unit => random.one(&["단위", "Unit"]),
        Kind::Range => random.one(&["참고치", "정상범위", "Reference range"]),
        Kind::Flag => random.one(&["판정", "H/L"]),
        Kind::Remark => random.one(&["비고", "Remark"]),
    };
    if named { text.to_owned() } else { String::new() }
}

#[derive(Clone, Copy)]
enum Align {
    Left,
    Middle,
    Right,
}

fn sheet(random: &mut Random) -> (Vec<u8>, Vec<String>) {
    let mut doc = Doc::new(&[Face::Embedded(REGULAR)]);
    let size = 7.0 + random.below(4) as f64;
    let mut kinds = vec![Kind::Name, Kind::Value, Kind::Unit, Kind::Range];
    for (kind, percent) in
        [(Kind::Serial, 30), (Kind::Code, 30), (Kind::Previous, 40), (Kind::Flag, 50), (Kind::Remark, 30)]
    {
        if random.chance(percent) {
            let at = if matches!(kind, Kind::Serial) { 0 } else { random.below(kinds.len() + 1) };
            kinds.insert(at, kind);
        }
    }
    if random.chance(40) {
        let (a, b) = (random.below(kinds.len()), random.below(kinds.len()));
        kinds.swap(a, b);
    }
    let days = random.below(50);
    let count = 1 + random.below(9);
    let tests: Vec<Test> = (0..count).map(|at| test(random, at, days)).collect();
    // Columns that hold something else may have no heading. Remarks have one: words beside a name are a part of it.
    let named: Vec<bool> = kinds
        .iter()
        .map(|k| {
            matches!(k, Kind::Name | Kind::Value | Kind::Unit | Kind::Range | Kind::Flag | Kind::Remark)
                || random.chance(60)
        })
        .collect();
    let headings: Vec<String> = kinds.iter().zip(&named).map(|(k, named)| heading(*k, random, *named)).collect();
    let text = |test: &Test, kind: Kind| test.cells.iter().find(|(k, _)| *k == kind).map(|(_, t)| t.clone()).unwrap();
    // Rooms as wide as what is in them, and a little.
    let gap = [4.0, 8.0, 14.0, 25.0][random.below(4)];
    let widths: Vec<f64> = kinds
        .iter()
        .zip(&headings)
        .map(|(kind, heading)| {
            let widest = tests
                .iter()
                .map(|t| text(t, *kind))
                .chain([heading.clone()])
                .map(|t| doc.width(0, size, &t))
                .fold(0.0, f64::max);
            widest + gap
        })
        .collect();
    let aligns: Vec<(Align, Align)> = kinds
        .iter()
        .map(|_| {
            let any = |r: &mut Random| [Align::Left, Align::Middle, Align::Right][r.below(3)];
            let head = any(random);
            if random.chance(60) { (head, head) } else { (head, any(random)) }
        })
        .collect();
    let grid = random.chance(40);
    let pitch = size * (1.25 + random.below(10) as f64 / 8.0);
    let (left, top) = (20.0 + random.below(20) as f64, 90.0);
    let mut x = left;
    for (column, kind) in kinds.iter().enumerate() {
        let room = widths[column];
        for row in 0..=tests.len() {
            let (text, align) = if row == 0 {
                (headings[column].clone(), aligns[column].0)
            } else {
                (text(&tests[row - 1], *kind), aligns[column].1)
            };
            if text.is_empty() {
                continue;
            }
            let free = room - gap - doc.width(0, size, &text);
            let shift = match align {
                Align::Left => 0.0,
                Align::Middle => free / 2.0,
                Align::Right => free,
            };
            doc.text(0, size, x + gap / 2.0 + shift, top + pitch * row as f64, &text);
        }
        if grid {
            doc.line(x, top - 0.8 * pitch, x, top + pitch * (tests.len() as f64 + 0.2));
        }
        x += room;
    }
    if grid {
        doc.line(x, top - 0.8 * pitch, x, top + pitch * (tests.len() as f64 + 0.2));
        for row in 0..=tests.len() + 1 {
            doc.line(left, top + pitch * (row as f64 - 0.8), x, top + pitch * (row as f64 - 0.8));
        }
    }
    if random.chance(30) {
        for (at, line) in [["항목", "금액"], ["진찰료", "12,000"], ["검사료", "35"]].iter().enumerate() {
            doc.text(0, size, x + 15.0, top + pitch * (at as f64 + 0.5), line[0]);
            doc.text(0, size, x + 60.0, top + pitch * (at as f64 + 0.5), line[1]);
        }
    }
    if random.chance(50) {
        let y = top + pitch * (tests.len() as f64 + 1.0 + random.below(3) as f64);
        doc.text(
            0,
            size,
            left,
            y,
            random.one(&[
                "1 / 3",
                "QP-07 Rev 3    2024.01.01",
                "검사자: 김검사   확인자: 이확인",
                "※ 참고치는 성인 기준입니다.    12",
            ]),
        );
    }
    let has_flag = kinds.contains(&Kind::Flag);
    let told = tests.iter().map(|t| if has_flag { t.told.clone() } else { without_flag(&t.told) }).collect();
    (doc.write(), told)
}

fn without_flag(told: &str) -> String {
    let parts: Vec<&str> = told.split('|').collect();
    [parts[0], parts[1], parts[2], parts[3], "", parts[5]].join("|")
}

#[test]
fn whatever_is_read_was_there() {
    let (mut read, mut all) = (0, 0);
    for seed in 1..=COUNT {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let (bytes, expected) = sheet(&mut random);
        let found = told(&pdf::read(&bytes, &Limits::default()).unwrap());
        for row in &found {
            if !expected.contains(row) {
                if let Ok(folder) = std::env::var("MEDIUS_INGEST_KEEP") {
                    std::fs::write(format!("{folder}/random-{seed}.pdf"), &bytes).unwrap();
                }
                panic!("{seed}: {row}\nexpected {expected:#?}");
            }
        }
        read += found.len();
        all += expected.len();
    }
    // Rows in doubt are missed: that is the price, and it has a bound.
    assert!(read * 100 > all * 55, "{read} of {all}");
}
