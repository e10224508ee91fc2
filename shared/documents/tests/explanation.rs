//! The explanation as a file: both standards, the same bytes again, what cannot wait first, every sentence and every source
//! in its text, and no word in a language that was not asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod standards;

use chrono::{DateTime, NaiveDate};
use lopdf::Document;
use medius_documents::Operator;
use medius_documents::explanation::{Explanation, render};
use medius_explain::{
    Catalogue, Input, Language, MedicineRow, Options, Person, Pregnancy, Report, ResultRow, Sex, report,
};
use serde_json::Value;

fn result(name: &str, value: &str, unit: &str, range: &str, day: u32) -> ResultRow {
    ResultRow {
        id: format!("{name}-{day}"),
        name: name.to_owned(),
        value: value.to_owned(),
        unit: Some(unit.to_owned()).filter(|u| !u.is_empty()),
        range: Some(range.to_owned()).filter(|r| !r.is_empty()),
        date: NaiveDate::from_ymd_opt(2026, 9, day),
        ..ResultRow::default()
    }
}

fn input() -> Input {
    let medicine = |name: &str| MedicineRow { id: name.to_owned(), name: name.to_owned(), ..MedicineRow::default() };
    Input {
        as_of: NaiveDate::from_ymd_opt(2026, 10, 1).unwrap(),
        person: Person { sex: Some(Sex::Female), born: NaiveDate::from_ymd_opt(1979, 4, 2), pregnancy: Pregnancy::No },
        results: vec![
            result("K", "6.8", "mmol/L", "3.5~5.1", 3),
            result("당화혈색소", "8.1", "%", "4.0~5.6", 1),
            result("당화혈색소", "7.4", "%", "4.0~5.6", 20),
            result("Creatinine", "0.82", "mg/dL", "0.5~1.1", 20),
            result("TSH", "2.1", "IU/mL", "0.4~4.0", 20),
            result("HBsAg", "음성", "", "음성", 20),
            result("이름 모를 검사", "12", "U/L", "0~40", 20),
        ],
        medicines: ["와파린", "이부프로펜", "나프록센", "Qxvmycin"].map(medicine).into(),
    }
}

fn made(language: Language) -> (Report, Vec<u8>, u32) {
    let options = Options { language, ..Options::default() };
    let report = report(&input(), Catalogue::embedded(), options).unwrap();
    let operator = Operator {
        name: "Medius".to_owned(),
        registration_number: "A-2026-01-0001".to_owned(),
        phone: "+82-2-0000-0000".to_owned(),
    };
    let made_at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let id = "exp_00000000000000000000000000000000";
    let (pdf, pages) = render(&Explanation { report: &report, language, made_at, operator: &operator, id }).unwrap();
    (report, pdf, pages)
}

/// The text without blanks: where a line breaks is not the question.
fn text(pdf: &[u8]) -> String {
    let pdf = Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
    squeezed(&pdf.extract_text(&pages).unwrap())
}

fn squeezed(s: &str) -> String {
    s.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

#[test]
fn it_conforms_to_pdf_a_3a_and_pdf_ua_1_in_every_language_and_is_the_same_bytes_again() {
    for language in [Language::Ko, Language::En, Language::Both] {
        let (_, pdf, pages) = made(language);
        assert_eq!(standards::failures(&pdf), Vec::<String>::new(), "{language:?}");
        assert!(pages >= 2);
        assert_eq!(pdf, made(language).1);
        // For a person to look at.
        let out = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explanation-{language:?}.pdf"));
        std::fs::write(out, &pdf).unwrap();
    }
}

#[test]
fn every_sentence_of_the_report_is_in_it_and_every_source() {
    let (report, pdf, _) = made(Language::Both);
    let text = text(&pdf);
    let all = serde_json::to_value(&report).unwrap();
    let mut sentences = 0;
    walk(&all, &mut |said| {
        for language in ["ko", "en"] {
            let sentence = said[language].as_str().unwrap();
            assert!(text.contains(&squeezed(sentence)), "{sentence}");
            sentences += 1;
        }
    });
    assert!(sentences > 60, "{sentences}");
    for source in &report.sources {
        assert!(text.contains(&squeezed(&source.title)), "{}", source.id);
    }
}

fn walk(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(object) => {
            if object.contains_key("source") && object.contains_key("ko") && object.contains_key("en") {
                see(value);
            }
            object.values().for_each(|v| walk(v, see));
        }
        Value::Array(all) => all.iter().for_each(|v| walk(v, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn what_cannot_wait_stands_before_everything_else() {
    let (report, pdf, _) = made(Language::En);
    let text = text(&pdf);
    let urgent = text.find(&squeezed(report.critical[0].said[0].en().unwrap())).unwrap();
    let first_result = text.find("Testresults").unwrap();
    let notes = text.find(&squeezed(report.notes[0].en().unwrap())).unwrap();
    assert!(urgent < notes && notes < first_result);
}

#[test]
fn one_language_is_one_language() {
    let (_, pdf, _) = made(Language::En);
    // What the hospital printed in Korean stays as it was printed, and so do titles of Korean sources.
    let printed = ["당화혈색소", "와파린", "이부프로펜", "나프록센", "이름모를검사", "음성"];
    let mut text = text(&pdf);
    for source in made(Language::En).0.sources {
        for part in [source.title, source.publisher, source.checked] {
            text = text.replace(&squeezed(&part), "");
        }
    }
    for word in printed {
        text = text.replace(word, "");
    }
    let left: String = text.chars().filter(|c| ('가'..='힣').contains(c)).collect();
    assert_eq!(left, "");
}

/// Texts that stand for pictures, and how many curves are drawn: four make a round mark.
fn figures_and_drawings(pdf: &[u8]) -> (Vec<String>, usize) {
    let pdf = Document::load_mem(pdf).unwrap();
    let alternative = |object: &lopdf::Object| {
        let dict = object.as_dict().ok()?;
        let figure = dict.get(b"S").ok()?.as_name().ok()? == b"Figure";
        lopdf::decode_text_string(dict.get(b"Alt").ok().filter(|_| figure)?).ok()
    };
    let alternatives = pdf.objects.values().filter_map(alternative).collect();
    let drawn = pdf.get_pages().into_values().map(|page| {
        let content = pdf.get_and_decode_page_content(page).unwrap();
        content.operations.iter().filter(|op| op.operator == "c").count()
    });
    (alternatives, drawn.sum())
}

#[test]
fn every_value_with_a_range_has_its_number_line_and_every_course_its_picture_with_words() {
    let options = Options { language: Language::En, ..Options::default() };
    let mut report = report(&input(), Catalogue::embedded(), options).unwrap();
    let operator = Operator {
        name: "Medius".to_owned(),
        registration_number: "A-2026-01-0001".to_owned(),
        phone: "+82-2-0000-0000".to_owned(),
    };
    let (made_at, id) = (DateTime::from_timestamp(1_790_000_000, 0).unwrap(), "exp_00000000000000000000000000000000");
    let drawn = |report: &Report| {
        let it = Explanation { report, language: Language::En, made_at, operator: &operator, id };
        figures_and_drawings(&render(&it).unwrap().0)
    };
    let (figures, with) = drawn(&report);
    // Two values of one test are a course: its picture says the same in words.
    assert_eq!(report.trends.len(), 1);
    assert!(figures.contains(&report.trends[0].said.en().unwrap().to_owned()), "{figures:?}");
    let lines = report.results.iter().filter(|result| result.line.is_some()).count();
    assert!(lines >= 4, "{lines}");
    report.results.iter_mut().for_each(|result| result.line = None);
    let (_, without) = drawn(&report);
    assert!(with - without >= 4 * lines, "{with} curves with {lines} lines, {without} without");
}
