//! 10,000 corrupted PDFs, CSV files and Bundles each: no panic, bounded time and memory, and from packed sheets never a
//! value that was not there. The seeds are fixed, so a failure comes back; the number that is printed finds its file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod cost;

use common::sheet::{Look, blood, blood_told, table, told};
use common::{Doc, Face, REGULAR, file};
use cost::Cost;
use medius_ingest::{Limits, csv, fhir, pdf};

const COUNT: u64 = 10_000;
const X: [f64; 5] = [50.0, 200.0, 270.0, 320.0, 430.0];
/// xorshift64*: small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// Flips, writes over, cuts out, doubles, moves; keeps the length if it must.
fn corrupt(bytes: &mut Vec<u8>, random: &mut Random, words: &[&[u8]], keep_length: bool) {
    for _ in 0..=random.below(4) {
        if bytes.len() < 8 {
            return;
        }
        let at = random.below(bytes.len() - 4);
        let length = 1 + random.below(40).min(bytes.len() - at - 1);
        match random.below(if keep_length { 4 } else { 8 }) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => {
                let word = words[random.below(words.len())];
                let end = (at + word.len()).min(bytes.len());
                bytes[at..end].copy_from_slice(&word[..end - at]);
            }
            3 => {
                let from = random.below(bytes.len() - length);
                let piece = bytes[from..from + length].to_vec();
                bytes[at..at + length].copy_from_slice(&piece);
            }
            4 => drop(bytes.drain(at..at + length)),
            5 => {
                let piece = bytes[at..at + length].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            6 => {
                let word = words[random.below(words.len())];
                bytes.splice(at..at, word.iter().copied());
            }
            _ => {
                if random.below(4) == 0 {
                    bytes.truncate(at);
                } else {
                    // A number becomes another one.
                    if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                        bytes[at + digit] = b'0' + u8::try_from(random.below(10)).unwrap();
                    }
                }
            }
        }
    }
}

fn sheet(face: Face, compress: bool) -> Doc {
    let mut doc = Doc::new(&[face]);
    doc.compress = compress;
    if matches!(face, Face::Embedded(_)) {
        doc.text(0, 9.0, 50.0, 75.0, "채취일: 2026-03-02");
        table(&mut doc, &Look::new(&X), &blood());
    } else {
        let rows = [
            vec!["Test", "Result", "Flag", "Unit", "Reference range"],
            vec!["Glucose", "126", "H", "mg/dL", "70 - 99"],
            vec!["ALT", "41", "", "U/L", "0 - 40"],
            vec!["Na", "139", "", "mmol/L", "136 - 145"],
        ];
        table(&mut doc, &Look::new(&X), &rows);
    }
    doc
}

/// A sheet with everything that a reader has to work through.
fn rich() -> Doc {
    let mut doc = sheet(Face::Type3, false);
    let form = doc.stream("/Type /XObject /Subtype /Form /BBox [0 0 300 300] /Matrix [1 0 0 1 9 9] /Group << /S /Transparency /CS /DeviceRGB >> /Resources << /ExtGState << /A << /ca 0.5 /BM /Multiply >> >> >>", b"/A gs 0.5 g 10 10 50 50 re f");
    let picture = doc.stream("/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace [/Indexed /DeviceRGB 1 (abcdef)] /BitsPerComponent 8", &[0, 1, 1, 0]);
    let function = doc.object("<< /FunctionType 3 /Domain [0 1] /Bounds [0.5] /Encode [0 1 0 1] /Functions [<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0] /C1 [1 1 1] >> << /FunctionType 2 /Domain [0 1] /N 2 /C0 [0 0 0] /C1 [1 0 1] >>] >>");
    let shading = doc.object(format!("<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 100 100] /Function {function} 0 R /Extend [true false] >>"));
    let pattern = doc.stream(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 5 5] /XStep 5 /YStep 5 /Resources << >>",
        b"0 0 3 3 re f",
    );
    let layer = doc.object("<< /Type /OCG /Name (L) >>");
    doc.catalog = format!("/OCProperties << /OCGs [{layer} 0 R] /D << /ON [{layer} 0 R] >> >>");
    doc.page().resources = format!(
        "/XObject << /Fm {form} 0 R /Im {picture} 0 R >> /Shading << /Sh {shading} 0 R >> /Pattern << /P {pattern} 0 R >> /ColorSpace << /Cs [/Separation /Spot /DeviceCMYK << /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0 0] /C1 [0 1 0 1] >>] >> /ExtGState << /S << /SMask << /S /Luminosity /G {form} 0 R >> >> >> /Properties << /L {layer} 0 R >>"
    );
    doc.page().extra =
        format!("/Annots [<< /Type /Annot /Subtype /Stamp /Rect [300 300 400 400] /AP << /N {form} 0 R >> >>]");
    doc.raw("/OC /L BDC q /Fm Do 20 0 0 20 400 400 cm /Im Do Q EMC /Cs cs 0.7 scn 5 5 9 9 re f /Pattern cs /P scn 5 5 9 9 re f* q /S gs 5 5 9 9 re W n /Sh sh Q [3 2] 0 d 1 J 0 0 m 9 9 9 9 20 20 c b");
    doc
}

const PDF_WORDS: [&[u8]; 26] = [
    b" 0 R ",
    b" Tj ",
    b" Tm ",
    b" Do ",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"(",
    b")",
    b"/Kids",
    b"/Length 4 0 R",
    b"endstream",
    b"endobj",
    b"stream\n",
    b" -1 ",
    b"99999999999 ",
    b" 0.00000001 ",
    b" Q q ",
    b" cm ",
    b"/W [1 2 3]",
    b"/DW -500 ",
    b"1e999",
    b" nan ",
    b"\x00\x00",
    b"/Type /ObjStm ",
];

#[test]
fn pdfs() {
    let mut cost = Cost::start();
    let packed = sheet(Face::Embedded(REGULAR), true).write();
    let seeds = [packed.clone(), sheet(Face::Helvetica, false).write(), sheet(Face::Cid, true).write(), rich().write()];
    let expected = blood_told("2026-03-02");
    assert_eq!(told(&pdf::read(&packed, &Limits::default()).unwrap()), expected);
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    let (mut read, mut rows) = (0, 0);
    for seed in 0..COUNT {
        let mut random = Random::new(seed);
        let from = random.below(seeds.len());
        let mut bytes = seeds[from].clone();
        match random.below(3) {
            // Anywhere, any way: most fall at the first look.
            0 => corrupt(&mut bytes, &mut random, &PDF_WORDS, false),
            // Places stay, so what is broken is inside.
            1 => corrupt(&mut bytes, &mut random, &PDF_WORDS, true),
            // Objects are broken one by one and the file is put together again.
            _ => {
                let mut bodies = bodies(&bytes);
                for _ in 0..=random.below(2) {
                    let at = random.below(bodies.len());
                    corrupt(&mut bodies[at], &mut random, &PDF_WORDS, false);
                }
                bytes = file(&bodies, None);
            }
        }
        let result = cost.of("pdf", seed, || pdf::read(&bytes, &limits));
        if let Ok(reading) = result {
            read += 1;
            rows += reading.rows.len();
            if from == 0 {
                for row in told(&reading) {
                    let same = expected.iter().any(|e| *e == row || *e == format!("{row}2026-03-02"));
                    assert!(same, "pdf {seed}: {row}");
                }
            }
        }
    }
    // The corruption must not be so wild that nothing gets through to the inner parts.
    assert!(read > 500 && rows > 1_000, "{read} read, {rows} rows");
    cost.held_less_than("pdfs", 100);
}

/// The objects of a file that was written here.
fn bodies(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    let mut rest = bytes;
    let find = |haystack: &[u8], needle: &[u8]| haystack.windows(needle.len()).position(|w| w == needle);
    while let Some(start) = find(rest, format!("\n{} 0 obj\n", bodies.len() + 1).as_bytes()) {
        let head = start + format!("\n{} 0 obj\n", bodies.len() + 1).len();
        let end = find(&rest[head..], b"\nendobj\n").unwrap();
        bodies.push(rest[head..head + end].to_vec());
        rest = &rest[head + end..];
        rest = &rest[7..];
    }
    bodies
}

#[test]
fn csvs() {
    let seeds: [&[u8]; 3] = [
        "\u{feff}검사 결과,,,,,\r\n검사일자,검사명,결과,단위,참고치,판정\r\n2026-03-02,공복혈당,126,mg/dL,70-99,H\r\n2026-03-02,\"WBC, 백혈구\",6.50,10^3/uL,4.0-10.0,\r\n".as_bytes(),
        "약품명\t1회투약량\t1일투여횟수\t총투약일수\n아모디핀정\t1정\t1\t30\n\"타이레놀\"\"정\"\t2\t3회\t7일\n".as_bytes(),
        &[0xff, 0xfe, b'T', 0, b'e', 0, b's', 0, b't', 0, b',', 0, b'R', 0, b'e', 0, b's', 0, b'u', 0, b'l', 0, b't', 0, b'\n', 0, b'K', 0, b',', 0, b'4', 0],
    ];
    let words: [&[u8]; 10] =
        [b",", b"\"", b"\"\"", b"\n", b"\r", b"\t;|", b"\xff\xfe", b"\xb0\xcb", b"900101-1234567", b"\0"];
    let mut cost = Cost::start();
    let mut read = 0;
    for seed in 0..COUNT {
        let mut random = Random::new(seed);
        let mut bytes = seeds[random.below(seeds.len())].to_vec();
        corrupt(&mut bytes, &mut random, &words, false);
        cost.of("csv", seed, || {
            if let Ok(sheet) = csv::inspect(&bytes, &Limits::default())
                && let Ok(reading) = csv::read(&bytes, &sheet.mapping, &Limits::default())
            {
                read += 1;
                let all = serde_json::to_string(&(sheet, reading)).unwrap();
                assert!(!all.contains("900101-1234567"), "csv {seed}");
            }
        });
    }
    assert!(read > 1_000, "{read}");
    cost.held_less_than("csvs", 20);
}

#[test]
fn bundles() {
    let seed_text = r#"{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1558-6"}],"text":"공복혈당"},"effectiveDateTime":"2026-03-02","valueQuantity":{"value":126.0,"comparator":">","unit":"mg/dL"},"referenceRange":[{"low":{"value":70},"high":{"value":99}}],"interpretation":[{"coding":[{"code":"H"}]}],"component":[{"code":{"text":"x"},"valueString":"\ud55c\n"}]}},{"resource":{"resourceType":"MedicationRequest","status":"active","intent":"order","medicationReference":{"reference":"urn:uuid:2"},"dosageInstruction":[{"text":"t","timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":1,"unit":"정"}}]}]}},{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Medication","code":{"text":"약"}}},{"resource":{"resourceType":"DiagnosticReport","status":"final","contained":[]}}]}"#;
    let words: [&[u8]; 16] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b":",
        b",",
        b"null",
        b"true",
        b"1e5",
        b"-",
        b"\\u",
        b"\\",
        b"\"value\":",
        b"\"resourceType\":\"Observation\"",
        b"[[[[[[[[",
    ];
    let mut cost = Cost::start();
    let mut read = 0;
    for seed in 0..COUNT {
        let mut random = Random::new(seed);
        let mut bytes = seed_text.as_bytes().to_vec();
        corrupt(&mut bytes, &mut random, &words, seed % 2 == 0);
        cost.of("bundle", seed, || {
            if fhir::read(&bytes, &Limits::default()).is_ok() {
                read += 1;
            }
        });
    }
    assert!(read > 500, "{read}");
    cost.held_less_than("bundles", 20);
}
