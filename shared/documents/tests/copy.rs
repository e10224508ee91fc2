//! Copies of a letter for one recipient: the standards hold, everything of the letter is in them, and they tell whose they are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod standards;

use common::{VARIANTS, letter, variant};
use lopdf::{Document, Object};
use medius_documents::copy::{Unmarkable, marked};

const LINE: &str = "열람 기관 Provided to: 서울 예시병원 내분비내과 · Seoul Example Hospital, Endocrinology · 1A2B3C4D";

#[test]
fn every_copy_conforms_to_pdf_a_3a_and_pdf_ua_1_as_the_letter_does() {
    for name in VARIANTS {
        let copy = marked(&letter(&variant(name)).pdf, LINE).unwrap();
        assert_eq!(standards::failures(&copy), Vec::<String>::new(), "{name}");
        if let Some(folder) = std::env::var_os("MEDIUS_COPY_PREVIEW") {
            std::fs::write(std::path::Path::new(&folder).join(format!("copy-{name}.pdf")), &copy).unwrap();
        }
    }
}

#[test]
fn a_copy_is_the_same_for_the_same_recipient_and_another_for_another() {
    let pdf = letter(&variant("demo")).pdf;
    let copy = marked(&pdf, LINE).unwrap();
    assert_eq!(copy, marked(&pdf, LINE).unwrap());
    assert_ne!(copy, marked(&pdf, &LINE.replace("1A2B", "1A2C")).unwrap());
    assert_ne!(copy, pdf);
}

#[test]
fn everything_of_the_letter_is_in_the_copy_and_every_page_is_marked() {
    let pdf = letter(&variant("long")).pdf;
    let (own, copy) = (Document::load_mem(&pdf).unwrap(), Document::load_mem(&marked(&pdf, LINE).unwrap()).unwrap());
    let pages: Vec<u32> = own.get_pages().into_keys().collect();
    assert!(pages.len() > 1);
    assert_eq!(copy.extract_text(&pages).unwrap(), own.extract_text(&pages).unwrap(), "the line is drawn, not written");
    for id in copy.get_pages().into_values() {
        let content = String::from_utf8_lossy(&copy.get_page_content(id)).into_owned();
        let end = &content[content.find("/Artifact <</Type /Pagination /Subtype /Watermark>> BDC").unwrap()..];
        assert!(content.starts_with("q\n") && end.trim_end().ends_with("EMC") && end.matches(" c\n").count() > 100);
    }
    let embedded = |pdf: &Document| {
        let spec = pdf
            .objects
            .values()
            .filter_map(|o| o.as_dict().ok())
            .find(|d| d.get(b"Type").and_then(Object::as_name).is_ok_and(|n| n == b"Filespec"));
        let file = spec.unwrap().get(b"EF").and_then(Object::as_dict).unwrap().get(b"F").unwrap();
        pdf.get_object(file.as_reference().unwrap()).unwrap().as_stream().unwrap().content.clone()
    };
    assert_eq!(embedded(&copy), embedded(&own));
}

#[test]
fn what_is_no_letter_is_refused_and_a_strange_name_is_not() {
    assert_eq!(marked(b"%PDF-1.7 not really", LINE), Err(Unmarkable));
    assert_eq!(marked(&[], LINE), Err(Unmarkable));
    let pdf = letter(&variant("short")).pdf;
    assert_eq!(standards::failures(&marked(&pdf, "\u{10330} 病院").unwrap()), Vec::<String>::new());
    let long = "아주 긴 이름 ".repeat(60);
    assert_eq!(standards::failures(&marked(&pdf, &long).unwrap()), Vec::<String>::new());
}
