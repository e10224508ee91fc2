//! The build refuses a catalogue that breaks a rule: its very program runs here on a small sound one, which it accepts, and
//! on copies with one thing broken each, of which it names the entry and the rule.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

const SOURCES: &str = r#"
- { id: book, title: "A book", publisher: "A press", year: 2024, url: "https://example.org/", checked: "2026-11-22: stored copy read" }
"#;

const PHRASES: &str = r#"
- { id: within, ko: "{value} 안에 있습니다.", en: "{value} is within." }
"#;

const ANALYTES: &str = r#"
- id: sugar
  group: glucose
  name: { ko: 혈당, en: Sugar }
  codes: { loinc: ["1558-6"] }
  aliases: { ko: ["공복 혈당"], en: ["FBS"] }
  specimen: plasma
  kind: quantity
  units:
    - { ucum: "mg/dL", canonical: true, spell: ["mg/dL"] }
    - { ucum: "g/L", factor: "100/1", spell: ["g/L"] }
    - { ucum: "mmol/L", factor: "18016/1000", spell: ["mmol/L"] }
  plausible: { min: "10", max: "2000" }
  ranges:
    - { sex: any, age: { from: 18 }, pregnant: no, from: "70", below: "100", source: book }
  screening:
    - { sex: any, source: book, bands: [ { is: normal-a, below: "100" }, { is: normal-b, from: "100", below: "126" }, { is: suspected, from: "126" } ] }
  critical: [ { at_or_below: "55", source: book }, { at_or_above: "450", source: book } ]
  text:
    measures: { ko: "피 속 당의 양입니다.", en: "This is the sugar in your blood.", source: book }
    high: { ko: "식사 뒤에 높을 수 있습니다.", en: "It can rise after a meal.", source: book }
    affects: [ { ko: "식사가 값을 바꿉니다.", en: "Food changes it.", source: book } ]
    ask: [ { ko: "다시 재야 하나요?", en: "Should I test again?", source: book } ]
  review: { status: unreviewed }
- id: protein
  group: urinalysis
  name: { ko: 요단백, en: Urine protein }
  codes: { loinc: [] }
  aliases: { ko: [], en: [] }
  specimen: urine
  kind: ordinal
  scale: [ { is: negative, spell: ["-", "음성"] }, { is: trace, spell: ["±"] }, { is: "1+", spell: ["+"] } ]
  expected: [negative]
  text:
    measures: { ko: "소변 속 단백질입니다.", en: "This is protein in your urine.", source: book }
    ask: [ { ko: "다시 재야 하나요?", en: "Should I test again?", source: book } ]
  review: { status: reviewed, by: "A. Clinician", role: "internal medicine", date: "2026-11-01" }
"#;

const MEDICINES: &str = r#"
- id: one
  group: pain
  name: { ko: 하나, en: One }
  aliases: { ko: [], en: [Uno] }
  class: nsaid
  text:
    for: { ko: "아플 때 먹는 약입니다.", en: "It eases pain.", source: book }
    how: { ko: "물과 함께 먹습니다.", en: "Take it with water.", source: book }
    cautions: [ { ko: "졸릴 수 있습니다.", en: "It can make you sleepy.", source: book } ]
  review: { status: unreviewed }
- id: two
  group: pain
  name: { ko: 둘, en: Two }
  aliases: { ko: [], en: [Due] }
  text:
    for: { ko: "아플 때 먹는 약입니다.", en: "It eases pain.", source: book }
    how: { ko: "물과 함께 먹습니다.", en: "Take it with water.", source: book }
    cautions: [ { ko: "졸릴 수 있습니다.", en: "It can make you sleepy.", source: book } ]
  review: { status: unreviewed }
- id: both
  group: pain
  name: { ko: 하나둘, en: One and two }
  aliases: { ko: [], en: [] }
  components: [one, two]
  text:
    for: { ko: "아플 때 먹는 약입니다.", en: "It eases pain.", source: book }
    how: { ko: "물과 함께 먹습니다.", en: "Take it with water.", source: book }
    cautions: [ { ko: "졸릴 수 있습니다.", en: "It can make you sleepy.", source: book } ]
  review: { status: unreviewed }
"#;

const INTERACTIONS: &str = r#"
- id: nsaid-two
  between: [ { class: nsaid }, { ingredient: two } ]
  severity: caution
  text: { ko: "함께 먹으면 졸릴 수 있습니다.", en: "They can make you sleepy.", source: book }
  ask: { ko: "함께 먹어도 되나요?", en: "Can I take both?", source: book }
  review: { status: unreviewed }
"#;

const FILES: [(&str, &str); 5] = [
    ("sources.yaml", SOURCES),
    ("phrases.yaml", PHRASES),
    ("analytes/all.yaml", ANALYTES),
    ("medicines/all.yaml", MEDICINES),
    ("interactions.yaml", INTERACTIONS),
];

/// Runs the build's program on the small catalogue with one text replaced in one file; what it says, or nothing.
fn build(name: &str, change: Option<(&str, &str)>, more: Option<(&str, &str)>) -> Option<String> {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("explain-rules").join(name);
    let _ = fs::remove_dir_all(&root);
    let mut changed = change.is_none();
    for (path, text) in FILES {
        let file = root.join("catalogue").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let broken = change.map_or_else(|| text.to_owned(), |(from, to)| text.replacen(from, to, 1));
        changed |= broken != text;
        fs::write(file, broken).unwrap();
    }
    assert!(changed, "{name}: nothing to replace");
    if let Some((path, text)) = more {
        fs::write(root.join("catalogue").join(path), text).unwrap();
    }
    let output =
        Command::new(env!("CATALOGUE_BUILD_SCRIPT")).current_dir(&root).env("OUT_DIR", &root).output().unwrap();
    assert_eq!(output.status.success(), root.join("catalogue.json").exists(), "{name}");
    (!output.status.success()).then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_sound_catalogue_is_embedded() {
    assert_eq!(build("sound", None, None), None);
}

#[test]
fn every_broken_rule_is_told_with_its_entry() {
    // What is replaced, by what, and what the build has to say.
    let rules: &[(&str, &str, &str)] = &[
        ("group: glucose", "grupp: glucose", "sugar: grupp: unknown field"),
        ("min: \"10\"", "min: 10", "sugar: plausible.min: invalid type: integer"),
        ("\"18016/1000\"", "\"18016/0\"", "sugar: units[2].factor: not a fraction"),
        ("kind: quantity", "kind: number", "sugar: kind: unknown variant"),
        ("id: sugar", "id: Sugar", "Sugar: id is not kebab-case"),
        ("id: protein", "id: sugar", "sugar: this id is taken"),
        ("checked: \"2026", "checked: \"20", "book: checked: a date first"),
        ("https://", "http://", "book: url does not start"),
        (
            "below: \"100\", source: book }",
            "below: \"100\", source: nobody }",
            "sugar: source `nobody` is not in sources",
        ),
        ("source: book }\n    high", "source: \"\" }\n    high", "sugar: source `` is not in sources"),
        ("1558-6", "1558-7", "sugar: `1558-7` is no LOINC code"),
        (
            "ko: [], en: [] }\n  specimen",
            "ko: [], en: [\"f b s\"] }\n  specimen",
            "alias `f b s` is also `FBS` of sugar",
        ),
        ("en: [Due]", "en: [UNO]", "two: alias `UNO` is also `Uno` of one"),
        ("canonical: true, ", "", "sugar: exactly one unit is canonical"),
        ("\"100/1\"", "\"10/1\"", "sugar: g/L to mg/dL: the factor is 100"),
        ("spell: [\"mmol/L\"]", "spell: [\"MG/DL\"]", "sugar: unit `MG/DL` is both mg/dL and mmol/L"),
        ("spell: [\"mmol/L\"]", "spell: [\"\"]", "sugar: mmol/L: only what has no unit"),
        ("max: \"2000\"", "max: \"5\"", "sugar: plausible: min is not below max"),
        ("max: \"2000\"", "max: \"300\"", "sugar: a critical limit leaves the plausible values"),
        ("from: \"70\", below: \"100\"", "from: \"70\", below: \"60\"", "sugar: a range whose limits are not in order"),
        (
            "from: \"70\", below: \"100\"",
            "from: \"70\", below: \"100\", to: \"99\"",
            "sugar: a range has below or to, not both",
        ),
        ("at_or_below: \"55\"", "at_or_below: \"75\"", "sugar: a critical limit lies inside a range"),
        (
            "  screening:",
            "    - { sex: female, from: \"60\", source: book }\n  screening:",
            "sugar: two ranges hold for the same person",
        ),
        ("from: \"100\", below: \"126\"", "from: \"101\", below: \"126\"", "sugar: screening: a hole or an overlap"),
        ("from: \"100\", below: \"126\"", "from: \"99\", below: \"126\"", "sugar: screening: a hole or an overlap"),
        ("expected: [negative]", "expected: [none]", "protein: expected: `none` is not on the scale"),
        ("spell: [\"±\"]", "spell: [\"(-)\"]", "protein: `(-)` is both negative and trace"),
        (
            "  scale: [ {",
            "  plausible: { min: \"1\", max: \"2\" }\n  scale: [ {",
            "protein: a quantity, and only a quantity",
        ),
        ("피 속 당의 양입니다.", "피 속 당의 양입니다. 중요합니다.", "sugar: measures.ko: one sentence"),
        ("This is the sugar in your blood.", "This is the sugar", "sugar: measures.en: one sentence"),
        (
            "피 속 당의 양입니다.",
            "피 속에 들어 있는 당의 양을 재어 몸이 당을 얼마나 잘 다루고 쓰고 모아 두고 내보내는지 살펴보는 아주 흔하고 오래된 검사입니다.",
            "sugar: measures.ko: 52 syllables",
        ),
        (
            "This is the sugar in your blood.",
            "Concentration determinations characterise individual carbohydrate metabolism regulation.",
            "sugar: measures.en: grade",
        ),
        ("It can rise after a meal.", "It rises after a meal.", "sugar: high.en: say can, may or might"),
        ("식사 뒤에 높을 수 있습니다.", "식사 뒤에 높습니다.", "sugar: high.ko: say"),
        ("피 속 당의 양입니다.", "당뇨병입니다.", "sugar: measures.ko: `병입니다` is not said"),
        ("This is the sugar in your blood.", "You have high sugar.", "sugar: measures.en: `you have` is not said"),
        ("Take it with water.", "Take more if it hurts.", "one: how.en: `take more` is not said"),
        ("물과 함께 먹습니다.", "하루 두 번 먹습니다.", "one: how.ko: `하루 두 번` is not said"),
        ("components: [one, two]", "components: [one]", "both: components: two or more"),
        ("components: [one, two]", "components: [one, three]", "both: component `three` is not in the catalogue"),
        ("components: [one, two]", "components: [one, both]", "both: component `both` is a combination itself"),
        ("{ ingredient: two }", "{ ingredient: three }", "nsaid-two: ingredient `three` is not in the catalogue"),
        ("{ class: nsaid }", "{ class: opioid }", "nsaid-two: no medicine has the class `opioid`"),
        ("{ class: nsaid }", "{ class: nsaid, ingredient: one }", "nsaid-two: a side is an ingredient or a class"),
        ("severity: caution", "severity: danger", "nsaid-two: severity: unknown variant"),
        ("date: \"2026-11-01\"", "date: \"yesterday\"", "protein: review: by, role and a date"),
        ("{value} is within.", "It is within.", "within: both languages have the same {places}"),
    ];
    for (at, (from, to, expected)) in rules.iter().enumerate() {
        let said =
            build(&format!("rule-{at}"), Some((from, to)), None).unwrap_or_else(|| panic!("{expected}: was accepted"));
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn all_broken_rules_are_told_at_once() {
    let said = build("stranger", None, Some(("more.yaml", SOURCES))).unwrap();
    assert!(said.contains("more.yaml: file: does not belong into the catalogue"));
    let twice = SOURCES.replace("id: book", "id: BOOK").replace("https", "http");
    let said = build("many-2", Some((SOURCES, &twice)), None).unwrap();
    assert!(
        said.contains("BOOK: id is not kebab-case") && said.contains("BOOK: url") && said.contains("source `book`"),
        "{said}"
    );
}

#[test]
fn what_is_not_yaml_is_refused() {
    let said = build("not-yaml", None, Some(("analytes/notes.txt", "notes"))).unwrap();
    assert!(said.contains("only .yaml files belong here"));
    let said = build("broken-yaml", None, Some(("analytes/broken.yaml", "- id: [\n"))).unwrap();
    assert!(said.contains("analytes/broken.yaml"));
}
