//! Minimisation as a reader of the PDF sees it: what was left out is nowhere in the file, and changes no byte of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod standards;

use common::{OPTIONAL, canaries, canary_case, demo, fields, letter, variant};
use lopdf::Document;
use medius_domain::consent::DataItem;
use serde_json::{Value, json};

/// Sets of parts that are left out: none, each alone, some together, all. Bundle and view are held over all 2^8 inside
/// the crate; a PDF takes too long for that.
fn choices() -> Vec<Vec<DataItem>> {
    let alone = OPTIONAL.map(|item| vec![item]);
    let together = [
        vec![DataItem::Symptoms, DataItem::History],
        vec![DataItem::Contact, DataItem::Residence, DataItem::Concerns],
        OPTIONAL.to_vec(),
    ];
    [vec![]].into_iter().chain(alone).chain(together).collect()
}

fn choose(mut case: Value, left_out: &[DataItem]) -> Value {
    case["left_out"] = json!(left_out);
    case
}

/// All text of a letter, without blanks: where a line breaks is not the question.
fn text(pdf: &[u8]) -> String {
    let pdf = Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
    squeezed(&pdf.extract_text(&pages).unwrap())
}

fn squeezed(s: &str) -> String {
    s.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

/// Every string and every stream of a file, taken out of its compression: alternative texts, metadata, the attachment.
fn insides(pdf: &[u8]) -> String {
    let pdf = Document::load_mem(pdf).unwrap();
    let mut all = format!("{:?}", pdf.trailer);
    for object in pdf.objects.values() {
        if let Ok(stream) = object.as_stream() {
            let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
            all.push_str(&String::from_utf8_lossy(&content));
        }
        strings(object, &mut all);
    }
    all
}

fn strings(object: &lopdf::Object, out: &mut String) {
    if let Ok(text) = lopdf::decode_text_string(object) {
        out.push_str(&text);
        out.push('\n');
    }
    if let Ok(array) = object.as_array() {
        array.iter().for_each(|o| strings(o, out));
    }
    if let Ok(dict) = object.as_dict() {
        dict.iter().for_each(|(_, o)| strings(o, out));
    }
}

#[test]
fn what_is_left_out_is_nowhere_in_the_pdf() {
    for left_out in choices() {
        let letter = letter(&choose(canary_case("one"), &left_out));
        let (text, insides) = (text(&letter.pdf), insides(&letter.pdf));
        for item in OPTIONAL {
            let canaries = canaries(item, "one");
            let printed: Vec<_> = canaries.iter().filter(|c| text.contains(&squeezed(c))).collect();
            assert_eq!(printed.is_empty(), left_out.contains(&item), "{item:?} of {left_out:?}: {printed:?}");
            let kept: Vec<_> = canaries.iter().filter(|c| insides.contains(c.as_str())).collect();
            assert_eq!(kept.is_empty(), left_out.contains(&item), "{item:?} of {left_out:?}: {kept:?}");
        }
        let said = text.matches(&squeezed("the patient did not consent to provide this part")).count();
        // Country and languages, worries and hopes stand under two headings each.
        let twice = [DataItem::Residence, DataItem::Concerns].iter().filter(|i| left_out.contains(i)).count();
        assert_eq!(said, left_out.len() + twice, "{left_out:?}");
        assert_eq!(text.matches(&squeezed("이 항목의 제공에 동의하지 않았습니다")).count(), said, "{left_out:?}");
    }
}

#[test]
fn what_is_left_out_changes_no_byte_of_the_letter() {
    let full = letter(&canary_case("one"));
    for left_out in choices().into_iter().filter(|c| !c.is_empty()) {
        let (one, other) = (canary_case("one"), demo());
        let mut mixed = one.clone();
        for (part, field) in left_out.iter().flat_map(|item| fields(*item)) {
            mixed[part][field] = other[part][field].clone();
        }
        let [a, b] = [one, mixed].map(|case| letter(&choose(case, &left_out)));
        assert!(a.pdf == b.pdf && a.bundle == b.bundle && a.view == b.view, "{left_out:?}");
        assert_ne!(a.bundle_sha256, full.bundle_sha256);
    }
}

#[test]
fn a_narrowed_letter_conforms_to_both_standards() {
    for left_out in choices() {
        let pdf = letter(&choose(canary_case("one"), &left_out)).pdf;
        assert_eq!(standards::failures(&pdf), Vec::<String>::new(), "{left_out:?}");
    }
}

#[test]
fn withheld_allergies_are_never_read_as_none() {
    let mut none = variant("demo");
    none["health"]["allergies"] = json!({"status": "none_known"});
    let text = text(&letter(&choose(none, &[DataItem::Allergies])).pdf);
    for needle in [
        "비공개 Withheld",
        "알레르기가 없다는 뜻이 아니므로 처치나 처방 전에 환자에게 직접 확인하십시오.",
        "This does not mean that there are no allergies: ask the patient before any treatment or prescription.",
    ] {
        assert!(text.contains(&squeezed(needle)), "{needle}");
    }
    assert!(!text.contains(&squeezed("None known")) && !text.contains(&squeezed("알려진 것 없음")));
}

#[test]
fn the_letter_says_which_parts_each_provision_covers() {
    let full = text(&letter(&variant("demo")).pdf);
    assert!(!full.contains(&squeezed("제공하지 않은 항목")));
    let narrow = text(&letter(&variant("narrow")).pdf);
    for needle in [
        "제공한 항목 Provided: 성명, 생년월일, 성별 name, birth date, sex · 거주 국가, 사용 언어",
        "제공하지 않은 항목 Not provided: 전화번호, 이메일 telephone, email",
        "제공하지 않은 항목 Not provided: 증상 symptoms · 알레르기 allergies · 검사 결과 test results",
    ] {
        assert!(narrow.contains(&squeezed(needle)), "{needle}: {narrow}");
    }
}
