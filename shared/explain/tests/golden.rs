//! Whole reports of realistic cases, as a patient would read them, in Korean and in English.
//!
//! The texts beside the cases were read line by line before they were taken in. `GOLDEN=write` writes them anew; what
//! changes then has to be read again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_explain::report::Report;
use medius_explain::schema::Name;
use medius_explain::{Catalogue, Input, Judgement, Language, Options, Said, Unreviewed, report};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

fn cases() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|e| e == "json"));
    found.sort();
    found
}

fn input(case: &PathBuf) -> Input {
    serde_json::from_str(&fs::read_to_string(case).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", case.display()))
}

#[test]
fn reports_read_as_they_were_approved() {
    let cases = cases();
    assert!(cases.len() >= 12);
    let write = std::env::var_os("GOLDEN").is_some_and(|v| v == "write");
    for case in cases {
        for (language, name) in [(Language::Ko, "ko"), (Language::En, "en")] {
            let options = Options { language, unreviewed: Unreviewed::Show };
            let report = report(&input(&case), Catalogue::embedded(), options).unwrap();
            let text = shown(&report, language);
            let path = case.with_extension(format!("{name}.txt"));
            if write {
                fs::write(&path, &text).unwrap();
            }
            let golden = fs::read_to_string(&path).unwrap_or_default();
            for (at, (ours, theirs)) in text.lines().zip(golden.lines()).enumerate() {
                assert_eq!(ours, theirs, "{}:{}", path.display(), at + 1);
            }
            assert_eq!(text, golden, "{}", path.display());
        }
    }
}

#[test]
fn one_report_is_the_same_every_time_and_in_both_languages() {
    for case in cases() {
        let input = input(&case);
        let make = |language| {
            report(&input, Catalogue::embedded(), Options { language, unreviewed: Unreviewed::Show }).unwrap()
        };
        let (both, again) = (make(Language::Both), make(Language::Both));
        assert_eq!(serde_json::to_string(&both).unwrap(), serde_json::to_string(&again).unwrap());
        let (ko, en) = (make(Language::Ko), make(Language::En));
        assert_eq!(shown(&both, Language::Ko), shown(&ko, Language::Ko));
        assert_eq!(shown(&both, Language::En), shown(&en, Language::En));
        assert!(format!("{both:?}") == "[redacted]");
    }
}

#[test]
fn blocked_entries_say_and_judge_nothing_but_what_cannot_wait() {
    let mut urgent = 0;
    for case in cases() {
        let options = Options { language: Language::Both, unreviewed: Unreviewed::Block };
        let report = report(&input(&case), Catalogue::embedded(), options).unwrap();
        assert!(!report.unreviewed && report.interactions.is_empty() && report.duplicates.is_empty());
        for result in &report.results {
            let said = result.measures.is_some() || result.can_go_with.is_some() || !result.ask.is_empty();
            assert!(result.reviewed || !said && matches!(result.judgement, Judgement::NotJudged(_)));
        }
        assert!(report.medicines.iter().all(|m| m.reviewed || m.purpose.is_none() && m.cautions.is_empty()));
        assert!(report.trends.is_empty() && report.filtration.is_empty());
        let options = Options { language: Language::Both, unreviewed: Unreviewed::Show };
        let open = medius_explain::report(&input(&case), Catalogue::embedded(), options).unwrap();
        assert!(report.critical == open.critical);
        urgent += report.critical.len();
    }
    assert!(urgent > 0, "no case has a critical value");
}

/// The report as lines.
fn shown(report: &Report, language: Language) -> String {
    let mut out = String::new();
    let name = |name: &Name| if language == Language::Ko { name.ko.clone() } else { name.en.clone() };
    let say = |out: &mut String, lead: &str, said: &Said| {
        let text = if language == Language::Ko { said.ko() } else { said.en() };
        writeln!(out, "{lead}{} [{}]", text.unwrap(), said.source()).unwrap();
    };
    for notice in &report.critical {
        let side = if notice.reached.above { ">=" } else { "<=" };
        writeln!(out, "CRITICAL {} {side} {} {} [{}]", notice.row, notice.reached.limit, notice.unit, notice.source)
            .unwrap();
        notice.said.iter().for_each(|said| say(&mut out, "  ", said));
    }
    for result in &report.results {
        let printed = &result.printed;
        let cell = |cell: &Option<String>| cell.clone().unwrap_or_default();
        let title = result.name.as_ref().map_or("?".to_owned(), name);
        writeln!(
            out,
            "\n{} | {} | {} | {} | {} | {} => {title}",
            result.row,
            printed.name,
            printed.value,
            cell(&printed.unit),
            cell(&printed.range),
            cell(&printed.flag)
        )
        .unwrap();
        let canonical =
            result.canonical.as_ref().map_or_else(String::new, |q| format!(" = {} {}", q.value.round_dp(6), q.unit));
        writeln!(out, "  {}{canonical}", serde_json::to_string(&result.judgement).unwrap()).unwrap();
        if let Some(line) = &result.line {
            let end = |end: Option<rust_decimal::Decimal>| end.map_or("-".to_owned(), |at| at.to_string());
            writeln!(
                out,
                "  line {} .. [{} {}] .. {}, at {} {}",
                line.from,
                end(line.low),
                end(line.high),
                line.to,
                line.value,
                line.unit
            )
            .unwrap();
        }
        result.measures.iter().for_each(|said| say(&mut out, "  what: ", said));
        result.lies.iter().for_each(|said| say(&mut out, "  lies: ", said));
        result.screening.iter().for_each(|s| say(&mut out, "  screening: ", &s.said));
        result.can_go_with.iter().for_each(|said| say(&mut out, "  with: ", said));
        result.affects.iter().for_each(|said| say(&mut out, "  affects: ", said));
        result.caveats.iter().for_each(|said| say(&mut out, "  mind: ", said));
        result.ask.iter().for_each(|said| say(&mut out, "  ask: ", said));
        for suggestion in &result.suggestions {
            writeln!(out, "  perhaps: {}", name(&suggestion.name)).unwrap();
        }
    }
    writeln!(out).unwrap();
    for rate in &report.filtration {
        say(&mut out, "eGFR ", &rate.said);
        rate.screening.iter().for_each(|s| say(&mut out, "  screening: ", &s.said));
    }
    report.trends.iter().for_each(|trend| say(&mut out, "trend ", &trend.said));
    for medicine in &report.medicines {
        let title = medicine.name.as_ref().map_or("?".to_owned(), name);
        let parts: Vec<_> = medicine.components.iter().map(name).collect();
        writeln!(out, "\n{} | {} => {title} {parts:?}", medicine.row, medicine.printed).unwrap();
        medicine.purpose.iter().for_each(|said| say(&mut out, "  for: ", said));
        medicine.how.iter().for_each(|said| say(&mut out, "  how: ", said));
        medicine.cautions.iter().for_each(|said| say(&mut out, "  mind: ", said));
        medicine.food.iter().for_each(|said| say(&mut out, "  food: ", said));
        medicine.pregnancy.iter().for_each(|said| say(&mut out, "  pregnancy: ", said));
        for suggestion in &medicine.suggestions {
            writeln!(out, "  perhaps: {}", name(&suggestion.name)).unwrap();
        }
    }
    writeln!(out).unwrap();
    for duplicate in &report.duplicates {
        writeln!(out, "twice {:?}: {}", duplicate.rows, duplicate.shared).unwrap();
        duplicate.said.iter().for_each(|said| say(&mut out, "  ", said));
    }
    for meeting in &report.interactions {
        writeln!(out, "together {:?}: {} {:?}", meeting.rows, meeting.interaction, meeting.severity).unwrap();
        meeting.said.iter().for_each(|said| say(&mut out, "  ", said));
    }
    for row in &report.not_judged {
        writeln!(out, "not judged {} {}: {:?}", row.row, row.printed, row.reason).unwrap();
    }
    report.notes.iter().for_each(|said| say(&mut out, "note: ", said));
    for source in &report.sources {
        writeln!(out, "source {}: {}, {}", source.id, source.title, source.publisher).unwrap();
    }
    out
}
