//! Every set of parts, looked at from outside and from inside.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::intake::Draft;
use serde_json::{Value, json};

const COUNTRIES: [&str; 2] = ["VN", "KZ"];
const LANGUAGES: [&str; 2] = ["vi", "kk"];

/// An intake in which every text of a part carries the part's code and `mark`.
fn intake(which: usize) -> CompleteIntake {
    let said = |part: &str| json!({"text": format!("{part}-{which}"), "ko": format!("가 {part}-{which}")});
    let listed = |row: Value| json!({"status": "listed", "items": [row]});
    let basic = json!({
        "name": "Lan", "birth_date": "1978-04-03", "sex": "female", "phone": format!("+84 24 5550 014{which}"),
        "email": format!("contact-{which}@example.org"), "country": COUNTRIES[which], "languages": [LANGUAGES[which]],
    });
    let health = json!({
        "reason": {"text": "Why"}, "urgency": "soon",
        "symptoms": listed(json!({"description": said("symptoms"), "severity": "mild"})),
        // Nothing known is an answer as well, which must not be told.
        "history": if which == 0 { json!({"status": "none_known"}) }
            else { listed(json!({"description": said("history"), "status": "active"})) },
        "allergies": listed(json!({"substance": said("allergies"), "reaction": said("allergies")})),
        "medications": listed(json!({"name": said("medications"), "directions": said("medications")})),
        "results": listed(json!({"name": said("results"), "value": {"text": format!("results-{which}")},
            "collected_on": "2026-11-10"})),
        "concerns": said("concerns"), "expectations": if which == 0 { said("concerns") } else { Value::Null },
    });
    let part = |v: Value| serde_json::from_value(v).unwrap();
    Draft { basic: Some(part(basic)), health: Some(serde_json::from_value(health).unwrap()) }.complete().unwrap()
}

/// Every set of parts, a guardian's contact included.
fn subsets() -> impl Iterator<Item = BTreeSet<DataItem>> {
    (0..1_u32 << DataItem::ALL.len())
        .map(|bits| (0..).zip(DataItem::ALL).filter(|(i, _)| bits >> i & 1 == 1).map(|(_, item)| item).collect())
}

/// All that can be read from a disclosure. It is taken apart in full, so that a new field has to be looked at here.
fn readable(disclosure: Disclosure) -> String {
    let Disclosure {
        identity: Identity { name, name_romanised, birth_date, sex },
        contact,
        residence,
        reason,
        urgency,
        symptoms,
        history,
        allergies,
        medications,
        results,
        concerns,
    } = disclosure;
    let contact = contact.given().map(|Contact { phone, email }| json!([phone, email]));
    let residence = residence.given().map(|Residence { country, languages }| json!([country, languages]));
    let concerns = concerns.given().map(|Concerns { concerns, expectations }| json!([concerns, expectations]));
    json!([
        name,
        name_romanised,
        birth_date,
        sex,
        contact,
        residence,
        reason,
        urgency,
        symptoms.given(),
        history.given(),
        allergies.given(),
        medications.given(),
        results.given(),
        concerns,
    ])
    .to_string()
}

#[test]
fn of_every_set_of_parts_only_what_was_agreed_to_can_be_read() {
    let traces = |item: DataItem| -> Vec<String> {
        match item {
            DataItem::Contact => vec!["contact-1".to_owned(), "5550 0141".to_owned()],
            DataItem::Residence => vec!["\"KZ\"".to_owned(), "\"kk\"".to_owned()],
            DataItem::Identity
            | DataItem::Reason
            | DataItem::Symptoms
            | DataItem::History
            | DataItem::Allergies
            | DataItem::Medications
            | DataItem::Results
            | DataItem::Concerns
            | DataItem::Guardian => vec![format!("{}-1", item.code())],
        }
    };
    let optional = |item: &DataItem| !matches!(item, DataItem::Identity | DataItem::Reason);
    let mut made = 0;
    for items in subsets() {
        let Ok(disclosure) = Disclosure::of(intake(1), &items) else { continue };
        let given = disclosure.items();
        let text = readable(disclosure);
        for item in Disclosure::parts().filter(optional) {
            assert_eq!(given.contains(&item), items.contains(&item), "{items:?}");
            for trace in traces(item) {
                assert_eq!(text.contains(&trace), items.contains(&item), "{items:?}: {trace}");
            }
        }
        made += 1;
    }
    // Eight parts and the guardian's can be left out; who and why cannot.
    assert_eq!(made, 1 << 9);
}

#[test]
fn two_patients_who_differ_only_in_what_is_withheld_cannot_be_told_apart() {
    for items in subsets() {
        let (Ok(one), Ok(other)) = (Disclosure::of(intake(0), &items), Disclosure::of(intake(1), &items)) else {
            continue;
        };
        let optional = one.items().len() - 2;
        assert_eq!(one == other, optional == 0, "{items:?}");
        for (given, same) in [
            (one.gives(DataItem::Contact), one.contact == other.contact),
            (one.gives(DataItem::Residence), one.residence == other.residence),
            (one.gives(DataItem::Symptoms), one.symptoms == other.symptoms),
            (one.gives(DataItem::History), one.history == other.history),
            (one.gives(DataItem::Allergies), one.allergies == other.allergies),
            (one.gives(DataItem::Medications), one.medications == other.medications),
            (one.gives(DataItem::Results), one.results == other.results),
            (one.gives(DataItem::Concerns), one.concerns == other.concerns),
        ] {
            assert_eq!(given, !same, "{items:?}");
        }
    }
}

#[test]
fn without_who_and_why_there_is_no_disclosure() {
    let all: BTreeSet<DataItem> = DataItem::ALL.into();
    for (left_out, missing) in [
        (vec![DataItem::Identity], vec![DataItem::Identity]),
        (vec![DataItem::Reason, DataItem::Results], vec![DataItem::Reason]),
        (vec![DataItem::Reason, DataItem::Identity], vec![DataItem::Identity, DataItem::Reason]),
    ] {
        let items = all.iter().copied().filter(|i| !left_out.contains(i)).collect();
        assert_eq!(Disclosure::of(intake(0), &items), Err(MissingRequired { items: missing }));
    }
    let refused = Disclosure::of(intake(0), &BTreeSet::new()).unwrap_err();
    assert_eq!(refused.to_string(), "not agreed to, but required: identity, reason");
}

#[test]
fn a_disclosure_does_not_print() {
    let printed = format!("{:?}", Disclosure::of(intake(1), &DataItem::ALL.into()).unwrap());
    for word in ["Lan", "1978", "Why", "contact-1", "KZ", "kk", "symptoms-1", "results-1", "emale"] {
        assert!(!printed.contains(word), "{printed}");
    }
}
