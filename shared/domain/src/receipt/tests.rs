#![allow(clippy::unwrap_used)]
use super::*;
use crate::consent::{ConsentActor, Recipient, Verification, current_text};
use crate::id::{CaseId, EventId, ProviderId, ServingId, Subject};
use serde_json::{Value, json};

fn controller() -> Controller {
    Controller {
        name: "Medius".into(),
        phone: "+82 2 555 0100".into(),
        registration: "M-2025-01".into(),
        storage: "ap-northeast-2".into(),
    }
}

fn event(item: Item, language: TextLanguage, action: Action) -> (ConsentEvent, ConsentText) {
    let text = current_text(item, language).about("Seoul Example Hospital", "Internal Medicine");
    let recipient = item.names_recipient().then(|| Recipient {
        id: ProviderId::new(),
        name: "Seoul Example Hospital, Internal Medicine".into(),
        purpose: text.passage(Element::RecipientPurpose).unwrap().into(),
        retention: text.passage(Element::RecipientRetention).unwrap().into(),
    });
    let event = ConsentEvent {
        seq: 4,
        id: EventId::new(),
        subject: Subject::of("somebody"),
        case: CaseId::new(),
        item,
        recipient,
        data_items: item.data_items().to_vec(),
        action,
        serving: Some(ServingId::new()),
        text_version: text.version,
        language,
        text_sha256: text.sha256.clone(),
        served_at: "2026-11-22T03:00:00Z".parse().unwrap(),
        decided_at: "2026-11-22T03:01:30.123456789Z".parse().unwrap(),
        expires_at: item.names_recipient().then(|| "2027-11-22T15:00:00Z".parse().unwrap()),
        method: Method::Electronic,
        actor: ConsentActor::Patient,
        verification: Verification::SignIn,
        previous_hash: chain::GENESIS.into(),
    };
    (event, text)
}

fn json_of(item: Item, language: TextLanguage, action: Action) -> Value {
    let (event, text) = event(item, language, action);
    serde_json::to_value(Receipt::of(&event, &text, &controller()).unwrap()).unwrap()
}

#[test]
fn a_receipt_tells_everything_that_the_law_wants_told_in_the_words_that_were_shown() {
    for item in Item::ALL {
        for language in [TextLanguage::Ko, TextLanguage::En] {
            let receipt = json_of(item, language, Action::Grant);
            let purpose = &receipt["pii_processing"]["purposes"][0];
            for told in ["purpose", "purpose_type", "withdrawal_method", "privacy_rights", "jurisdiction"] {
                assert!(!purpose[told].as_str().unwrap().is_empty(), "{told}");
            }
            if item != Item::X1 {
                assert!(!purpose["retention_period"].as_str().unwrap().is_empty());
            }
            let parts = purpose["pii_information"].as_array().unwrap();
            assert_eq!(parts.len(), item.data_items().len());
            let notice = &receipt["pii_processing"]["privacy_notice"];
            let text = current_text(item, language);
            assert_eq!(notice["sha256"], text.sha256.as_str());
            assert_eq!(notice["elements"].as_array().unwrap().len(), text.elements.len());
            assert!(!text.elements.iter().any(|e| e.heading.is_empty()));
            if item.names_recipient() {
                assert!(notice["elements"].to_string().contains("Seoul Example Hospital"));
                assert_eq!(purpose["recipient_third_parties"][0], receipt["party_identification"][1]["party_id"]);
            }
        }
    }
}

#[test]
fn a_grant_says_until_when_it_counts_and_another_decision_does_not() {
    let state = |item, action| json_of(item, TextLanguage::En, action)["events"][1].clone();
    let given = state(Item::Ps, Action::Grant);
    assert_eq!((given["event_state"].clone(), given["event_type"].clone()), (json!("given"), json!("explicit")));
    assert_eq!(given["validity_duration"], "2026-11-22T03:01:30Z/2027-11-22T15:00:00Z");
    assert_eq!(state(Item::G1, Action::Grant)["validity_duration"], "2026-11-22T03:01:30Z/..");
    for (action, word) in [
        (Action::Refuse, "refused"),
        (Action::Withdraw, "withdrawn"),
        (Action::Supersede, "superseded"),
        (Action::Expire, "expired"),
    ] {
        let event = state(Item::Ps, action);
        assert_eq!((event["event_state"].as_str(), event.get("validity_duration")), (Some(word), None));
    }
}

#[test]
fn what_is_sensitive_and_what_could_be_left_out_is_marked() {
    let receipt = json_of(Item::Ps, TextLanguage::En, Action::Grant);
    let parts = receipt["pii_processing"]["purposes"][0]["pii_information"].as_array().unwrap();
    assert!(parts.iter().all(|part| part["sensitive_pii_category"] == "health"));
    let optional = |part: &str| parts.iter().find(|p| p["pii_type"] == part).unwrap()["pii_optional"].clone();
    assert_eq!((optional("reason"), optional("results")), (json!(false), json!(true)));
    let general = json_of(Item::P, TextLanguage::Ko, Action::Grant);
    let parts = general["pii_processing"]["purposes"][0]["pii_information"].as_array().unwrap();
    assert!(parts.iter().all(|part| part.get("sensitive_pii_category").is_none()));
}

#[test]
fn a_receipt_of_the_same_event_is_the_same_and_holds_against_the_chain() {
    let (event, text) = event(Item::P, TextLanguage::Ko, Action::Grant);
    let receipt = Receipt::of(&event, &text, &controller()).unwrap();
    assert_eq!(receipt, Receipt::of(&event, &text, &controller()).unwrap());
    assert_eq!(receipt.record_integrity.hash, chain::link(chain::GENESIS, &event).unwrap());
}

#[test]
fn what_was_only_shown_and_what_was_not_shown_have_no_receipt() {
    let (served, text) = event(Item::G1, TextLanguage::En, Action::Serve);
    assert_eq!(Receipt::of(&served, &text, &controller()).unwrap_err(), NoReceipt::NoDecision);
    let (granted, _) = event(Item::G1, TextLanguage::En, Action::Grant);
    let other = current_text(Item::G1, TextLanguage::Ko);
    assert_eq!(Receipt::of(&granted, other, &controller()).unwrap_err(), NoReceipt::OtherText);
}

#[test]
fn the_words_are_those_of_the_version_that_was_shown_with_the_institution_in_them() {
    let filled = |item, language| {
        let (event, _) = event(item, language, Action::Grant);
        let text = words(&event, |text| text.about_transfer("Cloud", "Ireland", "+353")).unwrap();
        assert!(!text.elements.iter().any(|e| e.text.contains('{')), "{}", item.code());
        text
    };
    for item in Item::ALL {
        filled(item, TextLanguage::Ko);
        filled(item, TextLanguage::En);
    }
    let named = filled(Item::Ps, TextLanguage::En);
    assert_eq!(named.passage(Element::Recipient), Some("Seoul Example Hospital, Internal Medicine."));
    for language in [TextLanguage::Ko, TextLanguage::En] {
        let (event, text) = event(Item::P, language, Action::Grant);
        assert_eq!(words(&event, ConsentText::clone).unwrap().elements, text.elements);
    }
    let (mut event, _) = event(Item::P, TextLanguage::En, Action::Grant);
    event.text_version = 99;
    assert_eq!(words(&event, ConsentText::clone), None);
}

#[test]
fn what_happened_by_itself_was_nobodys_decision() {
    let (mut event, text) = event(Item::Ps, TextLanguage::En, Action::Expire);
    event.method = Method::Automatic;
    let receipt = serde_json::to_value(Receipt::of(&event, &text, &controller()).unwrap()).unwrap();
    let ended = &receipt["events"][1];
    assert_eq!(ended["decision"], json!({"method": "automatic"}));
    assert_eq!(ended["entity_id"], "M-2025-01");
}

#[test]
fn a_checker_reads_the_same_receipt_that_was_signed() {
    // Whole numbers and no duplicate names: what verification relies on.
    fn whole(value: &Value) -> bool {
        match value {
            Value::Number(n) => n.is_u64(),
            Value::Array(items) => items.iter().all(whole),
            Value::Object(members) => members.values().all(whole),
            Value::Null => false,
            Value::Bool(_) | Value::String(_) => true,
        }
    }
    assert!(Item::ALL.into_iter().all(|item| whole(&json_of(item, TextLanguage::Ko, Action::Grant))));
}
