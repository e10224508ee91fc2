//! Minimisation, over every choice that a patient has: what was left out is neither in the Bundle nor in the view, and
//! changes nothing in either.
#![allow(clippy::unwrap_used, reason = "tests only")]

use crate::samples::{OPTIONAL, canaries, disclosure, issue_of, provider};
use crate::view::ReferralView;
use crate::{fhir, samples};
use medius_domain::consent::DataItem;
use serde_json::{Value, json};

/// Every set of optional parts that can be left out: 2^8.
fn choices() -> impl Iterator<Item = Vec<DataItem>> {
    (0..1_u32 << OPTIONAL.len())
        .map(|bits| (0..).zip(OPTIONAL).filter(|(i, _)| bits >> i & 1 == 1).map(|(_, item)| item).collect())
}

/// Bundle and view as they are stored.
fn documents(case: &Value) -> (Vec<u8>, Vec<u8>) {
    let (disclosure, to, issue) = (disclosure(case), provider(), issue_of());
    let bundle = fhir::build(&disclosure, &to, &issue).unwrap();
    let view = ReferralView::new(&disclosure, &to, &issue, &"0".repeat(64));
    (bundle, serde_json::to_vec(&view).unwrap())
}

fn choose(mut case: Value, left_out: &[DataItem]) -> Value {
    case["left_out"] = json!(left_out);
    case
}

/// Resources of a type, and for conditions of a category.
fn count(bundle: &Value, kind: &str, category: Option<&str>) -> usize {
    let of_category = |r: &Value| category.is_none_or(|c| r["category"][0]["coding"][0]["code"] == c);
    let resources = bundle["entry"].as_array().unwrap().iter().map(|e| &e["resource"]);
    resources.filter(|r| r["resourceType"] == kind && of_category(r)).count()
}

#[test]
fn what_is_left_out_is_in_no_bundle_and_in_no_view() {
    let case = samples::canary_case("one");
    for left_out in choices() {
        let (bundle, view) = documents(&choose(case.clone(), &left_out));
        let (bundle, view) = (String::from_utf8(bundle).unwrap(), String::from_utf8(view).unwrap());
        for item in OPTIONAL {
            let canaries = canaries(item, "one");
            for text in [&bundle, &view] {
                let found: Vec<_> = canaries.iter().filter(|c| text.contains(c.as_str())).collect();
                assert_eq!(found.is_empty(), left_out.contains(&item), "{item:?} of {left_out:?}: {found:?}");
            }
        }
    }
}

#[test]
fn what_is_left_out_changes_nothing() {
    let (one, other) = (samples::canary_case("one"), samples::demo());
    for left_out in choices() {
        // The other patient differs in nothing but the parts that are left out, down to lists that are empty.
        let mut mixed = one.clone();
        for item in &left_out {
            for (part, field) in samples::fields(*item) {
                mixed[part][field] = other[part][field].clone();
            }
            if let Some(list) = samples::list(*item) {
                mixed["health"][list] = json!({"status": "none_known"});
            }
        }
        let [a, b] = [one.clone(), mixed].map(|case| documents(&choose(case, &left_out)));
        assert!(a == b, "{left_out:?}");
    }
}

#[test]
fn every_choice_is_a_valid_bundle_that_says_what_was_left_out() {
    let case = samples::canary_case("one");
    for left_out in choices() {
        let (bundle, _) = documents(&choose(case.clone(), &left_out));
        let bundle: Value = serde_json::from_slice(&bundle).unwrap();
        assert_eq!(fhir::validate(&bundle), Ok(()), "{left_out:?}");
        let given = |item| !left_out.contains(&item);
        let patient = &bundle["entry"][1]["resource"];
        assert_eq!(patient.get("telecom").is_some(), given(DataItem::Contact));
        assert_eq!(patient.get("address").is_some(), given(DataItem::Residence));
        assert_eq!(patient.get("communication").is_some(), given(DataItem::Residence));
        for (item, kind, category) in [
            (DataItem::Symptoms, "Condition", Some("75325-1")),
            (DataItem::History, "Condition", Some("problem-list-item")),
            (DataItem::Allergies, "AllergyIntolerance", None),
            (DataItem::Medications, "MedicationStatement", None),
            (DataItem::Results, "Observation", None),
            (DataItem::Results, "DiagnosticReport", None),
        ] {
            assert_eq!(count(&bundle, kind, category) > 0, given(item), "{item:?} of {left_out:?}");
        }
        says_what_was_left_out(&bundle, &left_out);
        says_what_was_consented_to(&bundle, &left_out);
    }
}

/// Each section that was left out has the code `withheld`, and no other has it.
fn says_what_was_left_out(bundle: &Value, left_out: &[DataItem]) {
    let sections = &bundle["entry"][0]["resource"]["section"];
    let withheld = |section: &Value| section["emptyReason"]["coding"][0]["code"] == "withheld";
    let gone = |item| left_out.contains(&item);
    for (i, item) in
        [(2, DataItem::Allergies), (3, DataItem::Medications), (4, DataItem::Results), (6, DataItem::Concerns)]
    {
        assert_eq!(withheld(&sections[i]), gone(item), "{item:?} of {left_out:?}");
        assert_eq!(sections[i]["text"]["div"].as_str().unwrap().contains("did not consent"), gone(item));
    }
    // Symptoms and illnesses share a section: both are gone, or the one that is gone has a section of its own inside.
    let (symptoms, history) = (gone(DataItem::Symptoms), gone(DataItem::History));
    let problems = &sections[1];
    assert_eq!(withheld(problems), symptoms && history);
    let inner = problems["section"].as_array().map_or(&[][..], Vec::as_slice);
    let codes: Vec<_> = inner.iter().filter(|s| withheld(s)).map(|s| &s["code"]["coding"][0]["code"]).collect();
    let expected = match (symptoms, history) {
        (true, false) => vec!["75325-1"],
        (false, true) => vec!["11450-4"],
        (true, true) | (false, false) => vec![],
    };
    assert_eq!(codes, expected, "{left_out:?}");
}

/// The two provisions permit the parts that are in the letter and deny those that are not; the other consents say nothing.
fn says_what_was_consented_to(bundle: &Value, left_out: &[DataItem]) {
    let entries = bundle["entry"].as_array().unwrap().iter().map(|e| &e["resource"]);
    let consents: Vec<&Value> = entries.filter(|r| r["resourceType"] == "Consent").collect();
    assert!(consents[0].get("provision").is_none() && consents[1].get("provision").is_none());
    let stated = |kind: &str| -> Vec<&str> {
        let rules = consents.iter().filter_map(|c| c["provision"]["provision"].as_array()).flatten();
        let of_kind = rules.filter(|r| r["type"] == kind).filter_map(|r| r["code"].as_array());
        of_kind.flatten().map(|c| c["text"].as_str().unwrap()).collect()
    };
    let labels = |keep: bool| -> Vec<&str> {
        let parts = medius_domain::disclosure::Disclosure::parts();
        parts.filter(|item| left_out.contains(item) != keep).map(|item| item.label().1).collect()
    };
    assert_eq!(stated("permit"), labels(true), "{left_out:?}");
    assert_eq!(stated("deny"), labels(false), "{left_out:?}");
}
