//! The letter as a file: both standards, the same bytes again, the Bundle inside, text that can be found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod standards;

use common::{VARIANTS, disclosure, issue_of, letter, provider, variant};
use lopdf::{Document, Object};
use medius_documents::{DocumentError, issue};

#[test]
fn every_letter_conforms_to_pdf_a_3a_and_pdf_ua_1() {
    for name in VARIANTS {
        assert_eq!(standards::failures(&letter(&variant(name)).pdf), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    for name in ["demo", "hanja"] {
        let (first, between, again) = (letter(&variant(name)), letter(&variant("short")), letter(&variant(name)));
        assert_eq!(first.pdf, again.pdf);
        assert_eq!(first.bundle, again.bundle);
        assert_eq!(first.pdf_sha256, again.pdf_sha256);
        assert_ne!(first.pdf_sha256, between.pdf_sha256);
    }
}

#[test]
fn the_bundle_inside_the_pdf_is_the_bundle() {
    let letter = letter(&variant("demo"));
    let pdf = Document::load_mem(&letter.pdf).unwrap();
    let spec = pdf
        .objects
        .values()
        .filter_map(|o| o.as_dict().ok())
        .find(|d| d.get(b"Type").and_then(Object::as_name).is_ok_and(|n| n == b"Filespec"))
        .unwrap();
    assert_eq!(spec.get(b"AFRelationship").and_then(Object::as_name).unwrap(), b"Data");
    let file = spec.get(b"EF").and_then(Object::as_dict).unwrap().get(b"F").unwrap().as_reference().unwrap();
    let stream = pdf.get_object(file).unwrap().as_stream().unwrap();
    assert_eq!(stream.dict.get(b"Subtype").and_then(Object::as_name).unwrap(), b"application/fhir+json");
    let embedded = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
    assert_eq!(embedded, letter.bundle);
}

/// All text of a letter, without blanks: where a line breaks is not the question.
fn text(pdf: &[u8]) -> String {
    let pdf = Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
    pdf.extract_text(&pages).unwrap().chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

fn squeezed(s: &str) -> String {
    s.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn korean_and_vietnamese_text_can_be_extracted() {
    let letter = letter(&variant("demo"));
    let text = text(&letter.pdf);
    for needle in [
        "환자 진료 요청서",
        "Patient-initiated referral letter",
        "Nguyễn Thị Lan",
        "7년 전부터 제2형 당뇨병을 앓고 있으며",
        "서울예시대학교병원 국제진료센터",
        "페니실린",
        "요양급여의뢰서가 아닙니다",
        "M-2025-01-000777",
        "MDS-2026-7Q4WX0KD",
        &letter.bundle_sha256[..8],
        &letter.bundle_sha256[56..],
    ] {
        assert!(text.contains(&squeezed(needle)), "{needle} is not in {text}");
    }
}

#[test]
fn a_patients_markup_is_printed_and_never_run() {
    let text = text(&letter(&variant("hostile")).pdf);
    for needle in ["#panic(\"x\")", "$x^2$", "*b*", "#read(\"/etc/passwd\")", "<script>alert(1)</script>", "{{x}}"] {
        assert!(text.contains(&squeezed(needle)), "{needle}");
    }
    assert!(!text.contains("root:"));
}

#[test]
fn none_known_and_not_asked_are_told_apart() {
    let (known, asked) = (text(&letter(&variant("empty")).pdf), text(&letter(&variant("not_asked")).pdf));
    assert!(known.contains(&squeezed("None known (the patient was asked)")));
    assert!(!known.contains(&squeezed("Not asked")));
    assert!(asked.contains(&squeezed("Not asked or not answered (does not mean none)")));
    assert!(!asked.contains(&squeezed("None known")));
}

#[test]
fn the_fallback_face_is_embedded_only_where_it_is_needed() {
    let has_noto = |pdf: &[u8]| {
        Document::load_mem(pdf).unwrap().objects.values().filter_map(|o| o.as_dict().ok()).any(|d| {
            d.get(b"FontName")
                .and_then(Object::as_name)
                .is_ok_and(|n| String::from_utf8_lossy(n).contains("NotoSansKR"))
        })
    };
    assert!(has_noto(&letter(&variant("hanja")).pdf));
    assert!(!has_noto(&letter(&variant("demo")).pdf));
}

#[test]
fn an_address_that_fits_no_qr_code_is_an_error_without_patient_text() {
    let mut long = issue_of();
    long.verify_base_url = format!("https://{}.example", "x".repeat(4000));
    let error = issue(&disclosure(&variant("demo")), &provider(), &long).unwrap_err();
    assert!(matches!(error, DocumentError::QrCode), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("Lan"));
}

#[test]
fn nothing_of_a_letter_prints() {
    let letter = letter(&variant("demo"));
    let printed = format!("{letter:?} {:?} {:?} {:?}", letter.view, letter.view.patient, letter.view.results);
    for word in ["Lan", "1978", "Penicillin", "7.4"] {
        assert!(!printed.contains(word), "{printed}");
    }
}
