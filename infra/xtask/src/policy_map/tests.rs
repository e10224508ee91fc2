//! The map as it is holds, and each way in which it could stop holding is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn text(path: &str) -> String {
    std::fs::read_to_string(workspace::root().join(path)).unwrap()
}

/// The faults of a map against the real policy and source.
fn of(map: &str) -> Vec<String> {
    faults(&toml::from_str(map).unwrap(), &text(POLICY), &Source::new(workspace::root()))
}

/// The one fault that a change of the real map makes.
fn changed(from: &str, to: &str) -> String {
    let map = text(MAP);
    assert!(map.contains(from), "{from} is not in the map");
    let found = of(&map.replacen(from, to, 1));
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn every_sentence_of_the_policy_has_its_code_and_tests_and_the_page_says_so() {
    let map = text(MAP);
    assert_eq!(of(&map), Vec::<String>::new());
    let map: Map = toml::from_str(&map).unwrap();
    assert!(text(PAGE) == page::page(&map), "run cargo xtask policy-map");
    assert_eq!(map.sentence.len(), sentences::of(&text(POLICY)).len());
    for promise in map.sentence.iter().flat_map(|entry| &entry.promise) {
        let listed = page::page(&map).contains(promise.open.as_deref().unwrap_or_default());
        assert!(listed, "what is open is on the page");
    }
}

#[test]
fn a_renamed_item_is_found() {
    let code = "shared/domain/src/consent/gate.rs::gate\"";
    assert!(changed(code, "shared/domain/src/consent/gate.rs::gated\"").ends_with("gated is not defined there"));
    assert!(changed(code, "shared/domain/src/consent/gone.rs::gate\"").ends_with("gone.rs is not there"));
    assert!(changed(code, "shared/domain/src/consent/gate.rs\"").ends_with("names no item"));
}

#[test]
fn a_missing_test_is_found() {
    let test = "tests/tests/secrecy.rs::nothing_of_the_patient_lies_in_clear_after_the_journey";
    assert!(changed(test, "tests/tests/secrecy.rs::nothing").ends_with("nothing is not defined there"));
    let helper = "infra/xtask/src/policy_map/tests.rs::changed";
    assert!(changed(test, helper).ends_with("is no test that runs"));
}

#[test]
fn a_sentence_without_an_entry_is_found() {
    let sentence = "Hospital test records and prescription records required for medical consultation";
    let map = text(MAP);
    let whole: Map = toml::from_str(&map).unwrap();
    let policy = text(POLICY);
    let source = Source::new(workspace::root());
    let without = Map { sentence: whole.sentence.into_iter().filter(|entry| entry.text != sentence).collect() };
    let found = faults(&without, &policy, &source);
    assert_eq!(found, [format!("\"{sentence}\" of the policy has 0 entries instead of one")]);
    // A policy that promises more than the map knows.
    let more = format!("{policy}\nMedius deletes everything within a day.\n");
    let found = faults(&toml::from_str(&map).unwrap(), &more, &source);
    assert_eq!(found, ["\"Medius deletes everything within a day.\" of the policy has 0 entries instead of one"]);
    // And one that no longer says what the map quotes.
    let less = policy.replace("staff training", "training");
    assert!(faults(&toml::from_str(&map).unwrap(), &less, &source).len() == 2);
}

#[test]
fn a_promise_that_nobody_keeps_is_found() {
    let entry = |promise: &str| {
        let map = format!(
            "[[sentence]]\ntext = \"Encryption of personal information and operation of secure servers\"\n\
             [[sentence.promise]]\nclause = \"P5\"\nphrase = \"Encryption\"\n{promise}"
        );
        of(&map).into_iter().filter(|fault| fault.starts_with("\"Encryption\"")).collect::<Vec<_>>()
    };
    let nobody = "neither code with a test, nor `open`, nor `operator`";
    assert_eq!(entry("statutes = [\"PIPA 29\"]"), [format!("\"Encryption\": {nobody}")]);
    let code = "code = [\"shared/store/src/seal.rs::DataKey\"]";
    let found = entry(&format!("statutes = [\"PIPA 29\"]\n{code}"));
    assert!(found.len() == 2 && found[1].ends_with("code and tests come together"), "{found:?}");
    assert_eq!(entry("statutes = [\"PIPA 29\"]\nopen = \"\"").len(), 2);
    assert_eq!(entry("statutes = []\nopen = \"issue 9: not built yet\""), ["\"Encryption\": no statute"]);
    assert!(entry("statutes = [\"PIPA 29\"]\nopen = \"issue 9: not built yet\"").is_empty());
    let all = of("sentence = []");
    for clause in Clause::ALL {
        assert!(all.contains(&format!("{} has no promise", clause.code())));
    }
}

#[test]
fn only_definitions_count_as_living_code() {
    let source = Source::new(workspace::root());
    let here = "infra/xtask/src/policy_map/source.rs";
    for good in ["Source", "Source::code", "defines_on", "KEYWORDS", "Source::root"] {
        assert_eq!(source.code(&format!("{here}::{good}")), Ok(()));
    }
    assert_eq!(source.code("shared/domain/src/access/kinds.rs::Purpose::Inquiry"), Ok(()));
    assert_eq!(source.code("template.yaml::DataKey"), Ok(()));
    // A word of a comment, of a call, of another type; an item of the tests.
    for bad in ["rustfmt", "starts_with", "Source::defines_on", "Promise::code", "a::b::c", ""] {
        assert!(source.code(&format!("{here}::{bad}")).is_err(), "{bad}");
    }
    assert!(source.code("shared/domain/src/access.rs::three").is_err(), "of its tests");
}
