//! Good files of each kind are taken, and each way of being bad has its reason. Then everything is cut and damaged.
#![allow(clippy::unwrap_used)]

use super::*;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    // The bitwise form of the checksum, so that the table is not tested by itself.
    let covered = [kind.as_slice(), data].concat();
    let mut c = u32::MAX;
    for byte in &covered {
        c ^= u32::from(*byte);
        for _ in 0..8 {
            c = if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 };
        }
    }
    [u32::try_from(data.len()).unwrap().to_be_bytes().as_slice(), &covered, &(!c).to_be_bytes()].concat()
}

fn png_of(width: u32, height: u32) -> Vec<u8> {
    let header = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let idat = b"\x78\x9c\x63\x60\x00\x00\x00\x02\x00\x01";
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header), &chunk(b"IDAT", idat), &chunk(b"IEND", b"")].concat()
}

fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
    let (h, w) = (height.to_be_bytes(), width.to_be_bytes());
    let frame = [0xff, 0xc0, 0, 11, 8, h[0], h[1], w[0], w[1], 1, 1, 0x11, 0];
    let app = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00";
    let scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34\xff\x00\x56\xff\xd9";
    [b"\xff\xd8".as_slice(), app, &frame, scan].concat()
}

fn heic() -> Vec<u8> {
    let part = |kind: &[u8; 4], data: &[u8]| {
        [u32::try_from(data.len() + 8).unwrap().to_be_bytes().as_slice(), kind, data].concat()
    };
    [part(b"ftyp", b"heic\0\0\0\0mif1heic"), part(b"meta", &[0; 16]), part(b"mdat", b"picture")].concat()
}

fn dicom() -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend_from_slice(b"DICM");
    bytes.extend_from_slice(b"\x02\x00\x00\x00UL\x04\x00\x1e\x00\x00\x00");
    bytes.extend_from_slice(b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0");
    bytes.extend_from_slice(b"\x08\x00\x60\x00CS\x02\x00CT");
    bytes
}

/// A document of one page with one more object, and a table of places that is right.
fn pdf_with(object: &str) -> Vec<u8> {
    pdf_of(&[object], "")
}

fn pdf_of(more: &[&str], trailer: &str) -> Vec<u8> {
    let first = [
        "<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
    ];
    written(&[first.as_slice(), more].concat(), trailer)
}

fn written(objects: &[&str], trailer: &str) -> Vec<u8> {
    let (mut out, mut places) = (b"%PDF-1.7\n".to_vec(), Vec::new());
    for (n, body) in (1..).zip(objects) {
        places.push(out.len());
        let body = if body.is_empty() { "null" } else { body };
        out.extend_from_slice(format!("{n} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let (xref, size) = (out.len(), places.len() + 1);
    out.extend_from_slice(format!("xref\n0 {size}\n0000000000 65535 f \n").as_bytes());
    for place in places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    out.extend_from_slice(
        format!("trailer\n<</Root 1 0 R/Size {size}{trailer}>>\nstartxref\n{xref}\n%%EOF\n").as_bytes(),
    );
    out
}

/// A document of so many pages.
fn pages(n: usize) -> Vec<u8> {
    let kids: String = (3..3 + n).map(|k| format!("{k} 0 R ")).collect();
    let tree = format!("<</Type/Pages/Kids[{kids}]/Count {n}>>");
    let mut objects = vec!["<</Type/Catalog/Pages 2 0 R>>", tree.as_str()];
    objects.extend(std::iter::repeat_n("<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>", n));
    written(&objects, "")
}

const BUNDLE: &[u8] =
    br#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Observation"}}]}"#;
const TABLE: &[u8] = "검사명,결과,단위\n공복혈당,99,mg/dL\n".as_bytes();

fn good() -> [(FileKind, Vec<u8>); 7] {
    [
        (FileKind::Pdf, pdf_with("")),
        (FileKind::Jpeg, jpeg_of(40, 30)),
        (FileKind::Png, png_of(40, 30)),
        (FileKind::Heic, heic()),
        (FileKind::Dicom, dicom()),
        (FileKind::Csv, TABLE.to_vec()),
        (FileKind::Fhir, BUNDLE.to_vec()),
    ]
}

#[test]
fn a_good_file_is_taken_as_what_it_is_and_as_nothing_else() {
    for (kind, bytes) in good() {
        for claimed in FileKind::ALL {
            let said = file(claimed, &bytes);
            assert_eq!(said.is_ok(), claimed == kind, "{kind:?} as {claimed:?}: {said:?}");
        }
    }
}

#[test]
fn each_way_of_being_bad_has_its_reason() {
    let two = |kind: FileKind, more: &[u8]| {
        let (_, bytes) = good().into_iter().find(|(k, _)| *k == kind).unwrap();
        [bytes.as_slice(), more].concat()
    };
    let archive = b"PK\x03\x04 something PK\x05\x06 directory";
    let deep = format!("{{\"resourceType\":\"Bundle\",\"x\":{}{}}}", "[".repeat(70), "]".repeat(70));
    let entries = format!("{{\"resourceType\":\"Bundle\",\"entry\":[{}]}}", vec!["{}"; 201].join(","));
    let mut program = dicom();
    program[..2].copy_from_slice(b"MZ");
    let (korean, broken) = (b"\xb0\xcb\xbb\xe7,\xb0\xe1\xb0\xfa\n".to_vec(), b"a,b\xff\n".to_vec());
    assert_eq!(file(FileKind::Csv, &korean), Ok(()));
    for (kind, bytes, why) in [
        (FileKind::Pdf, pdf_with("<</S/JavaScript/JS(app.alert)>>"), Refusal::Active),
        (FileKind::Pdf, pdf_with("<</S/#4a#61vaScript/#4aS(app.alert)>>"), Refusal::Active),
        (FileKind::Pdf, pdf_with("<</S/Launch/F(calc.exe)>>"), Refusal::Active),
        (FileKind::Pdf, pdf_of(&["<</Filter/Standard/V 1/R 2>>"], "/Encrypt 4 0 R"), Refusal::Locked),
        (FileKind::Pdf, pages(60), Refusal::TooManyPages),
        (FileKind::Pdf, pdf_with("")[..60].to_vec(), Refusal::Damaged),
        (FileKind::Pdf, [b"GIF89a".as_slice(), &pdf_with("")].concat(), Refusal::WrongKind),
        (FileKind::Pdf, two(FileKind::Pdf, archive), Refusal::WrongKind),
        (FileKind::Png, two(FileKind::Png, b"<script>"), Refusal::WrongKind),
        (FileKind::Png, png_of(20_001, 1), Refusal::TooManyPages),
        (FileKind::Png, png_of(20_000, 20_000), Refusal::TooManyPages),
        (FileKind::Png, png_of(0, 5), Refusal::Damaged),
        (FileKind::Jpeg, jpeg_of(65_000, 1), Refusal::TooManyPages),
        (FileKind::Jpeg, two(FileKind::Jpeg, archive), Refusal::WrongKind),
        (FileKind::Dicom, program, Refusal::Active),
        (FileKind::Csv, broken, Refusal::Unreadable),
        (FileKind::Csv, "a,b\n".repeat(20_001).into_bytes(), Refusal::TooDeep),
        (FileKind::Csv, b"no column at all".to_vec(), Refusal::WrongKind),
        (FileKind::Fhir, deep.into_bytes(), Refusal::TooDeep),
        (FileKind::Fhir, entries.into_bytes(), Refusal::TooDeep),
        (FileKind::Fhir, br#"{"resourceType":"Patient"}"#.to_vec(), Refusal::WrongKind),
        (FileKind::Fhir, BUNDLE[..40].to_vec(), Refusal::Damaged),
        (FileKind::Fhir, b"[1,2]".to_vec(), Refusal::WrongKind),
    ] {
        assert_eq!(
            file(kind, &bytes),
            Err(why),
            "{kind:?} {:?}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(80)])
        );
    }
}

#[test]
fn packed_bytes_that_look_like_a_program_are_none() {
    let bytes = pdf_with("<</Length 3>>stream\n/JS\nendstream");
    assert_eq!(file(FileKind::Pdf, &bytes), Ok(()));
}

#[test]
fn whatever_is_cut_or_damaged_ends_with_an_answer() {
    let (mut seed, mut taken) = (0x2545_f491_4f6c_dd1d_u64, 0_u32);
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).unwrap()
    };
    for (kind, bytes) in good() {
        for length in 0..bytes.len() {
            let _ = file(kind, &bytes[..length]);
        }
        for _ in 0..2_000 {
            let mut damaged = bytes.clone();
            for _ in 0..=random() % 4 {
                let at = random() % damaged.len();
                damaged[at] = u8::try_from(random() % 256).unwrap();
            }
            taken += u32::from(file(kind, &damaged).is_ok());
        }
    }
    // What was changed in a picture's colours or a table's text is still a picture or a table.
    assert!(taken < 12_000, "{taken}");
}
