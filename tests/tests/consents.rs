//! Consent as its patient meets it: in parts, with its words, taken back, and told to whom it concerns. Over HTTP, on the
//! deployed functions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_tests::journey::{demo_story, mailbox};
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{Institution, PatientApp, eight_digits, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// A patient of this test's own, whose story has a mailbox of this test's own.
async fn patient(stack: &Stack, name: &str) -> (PatientApp, Value, String) {
    let email = format!("{name}-{}@patients.example", fresh_key());
    let sign_in = stack.new_patient(&email).await.unwrap();
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = email.clone().into();
    (PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap()), story, email)
}

/// A story that is told and complete, with the consents for it.
async fn told(app: &PatientApp, story: &Value) -> String {
    let case = app.open_case().await.unwrap();
    for item in ["G1", "S1"] {
        app.agree(&case, item, None).await.unwrap();
    }
    let told = app.tell(&case, story).await.unwrap();
    app.complete(&case, &told.etag()).await.unwrap().expect(200, "complete").unwrap();
    case
}

async fn overview(app: &PatientApp, case: &str) -> Value {
    app.get(&format!("/v1/cases/{case}/consents")).await.unwrap().expect(200, "overview").unwrap().json()
}

/// The institution of a delivery, unlocked.
async fn entered(stack: &Stack, case: &str, delivery: &str, mailbox: &str) -> Institution {
    let mut institution = Institution::of_delivery(stack, case, delivery, mailbox).await.unwrap();
    institution.ask_for_code().await.unwrap().expect(202, "code").unwrap();
    let kms = stack.kms(stack.operator_credentials());
    let codes = medius_store::CodeMac::new(kms, stack.run().keys["code_mac"].clone());
    let code = codes.code(&institution.link.id.parse().unwrap(), 1).await.unwrap();
    institution.unlock(code.expose()).await.unwrap().expect(204, "unlock").unwrap();
    institution
}

/// Nothing of the story may stand in a mail, but for the address that it goes to.
fn says_nothing(mail: &Mail, story: &Value) {
    let whole =
        format!("{} {} {}", mail.subject, mail.body_text.as_deref().unwrap(), mail.body_html.as_deref().unwrap());
    fn walk(value: &Value, whole: &str) {
        match value {
            Value::String(s) if s.chars().count() > 5 && !s.contains('@') => assert!(!whole.contains(s), "{s}"),
            Value::Array(all) => all.iter().for_each(|v| walk(v, whole)),
            Value::Object(all) => all.values().for_each(|v| walk(v, whole)),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    walk(story, &whole);
}

#[tokio::test]
async fn a_patient_sees_what_was_agreed_in_which_words_and_who_may_read_and_a_withdrawal_tells_everybody() {
    let stack = Stack::load().unwrap();
    let (app, story, email) = patient(&stack, "overview").await;
    let to = stack.run().providers[1].clone();
    let mailbox = mailbox(&stack, &to).await.unwrap();
    let case = told(&app, &story).await;
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&to)).await.unwrap();
    }
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let state = |state: &'static str| medius_tests::journey::wait_for_state(&app, &case, &delivery, state);
    state("SENT").await.unwrap();

    let seen = overview(&app, &case).await;
    assert_eq!(seen["must_decide"], "SELF");
    let current = seen["current"].as_array().unwrap();
    assert_eq!(current.len(), 4);
    for matter in current {
        assert_eq!((&matter["granted"], &matter["superseded"]), (&json!(true), &json!(false)));
        let words = matter["text"]["elements"].to_string();
        assert!(!words.contains('{') || !words.contains("{recipient}"), "{words}");
        if matter["item"] == "PS" {
            assert!(words.contains(matter["recipient_name"].as_str().unwrap()), "{words}");
            assert!(matter["until"].is_string());
        }
    }
    let readers = seen["may_read_now"].as_array().unwrap();
    assert_eq!(readers.len(), 1);
    assert_eq!((&readers[0]["who"], &readers[0]["delivery_id"]), (&json!("institution"), &json!(delivery)));

    app.withdraw(&case, "PS", Some(&to)).await.unwrap().expect(201, "withdrawal").unwrap();
    let seen = overview(&app, &case).await;
    assert_eq!(seen["may_read_now"], json!([]));
    let ps = seen["current"].as_array().unwrap().iter().find(|c| c["item"] == "PS").unwrap();
    assert_eq!((&ps["granted"], &ps["action"]), (&json!(false), &json!("WITHDRAW")));
    state("REVOKED").await.unwrap();

    let reference = delivery["dlv_".len()..][..8].to_ascii_uppercase();
    let ended = |m: &Mail| {
        m.body_text
            .as_deref()
            .is_some_and(|t| t.contains(&reference) && !t.contains("/r/") && eight_digits(t).is_none())
    };
    let to_institution = stack.wait_for_mail(&mailbox, PATIENCE, ended).await.unwrap();
    says_nothing(&to_institution, &story);
    let receipt = ["receipt", "영수증"];
    let notice = |m: &Mail| {
        let is = |t: &str| t.contains("/open") && receipt.iter().any(|word| t.contains(word));
        m.body_text.as_deref().is_some_and(is)
    };
    let to_patient = stack.wait_for_mail(&email, PATIENCE, notice).await.unwrap();
    says_nothing(&to_patient, &story);
}

#[tokio::test]
async fn only_the_parts_agreed_to_are_in_the_letter_and_agreeing_to_less_ends_the_link() {
    let stack = Stack::load().unwrap();
    let (app, story, _) = patient(&stack, "parts").await;
    let to = stack.run().providers[1].clone();
    let mailbox = mailbox(&stack, &to).await.unwrap();
    let case = told(&app, &story).await;
    let decided = app.agree_to(&case, "P", Some(&to), &["identity"]).await.unwrap();
    assert_eq!(decided.expect(201, "P").unwrap().json()["data_items"], json!(["identity"]));
    app.agree_to(&case, "PS", Some(&to), &["reason", "allergies"]).await.unwrap().expect(201, "PS").unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();

    let bundle = app.get(&format!("/v1/cases/{case}/referrals/{letter}/bundle")).await.unwrap().text();
    for withheld in ["+84 24 5550 0142", "patients.example", "Metformin", "Blurred vision", "HbA1c\"", "Appendicectomy"]
    {
        assert!(!bundle.contains(withheld), "{withheld}");
    }
    for given in ["Penicillin", "whether I should start insulin", "withheld"] {
        assert!(bundle.contains(given), "{given}");
    }
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let institution = entered(&stack, &case, &delivery, &mailbox).await;
    let page = institution.send(Method::GET, "/referral", None).await.unwrap().expect(200, "page").unwrap().text();
    assert!(page.contains("Penicillin") && !page.contains("Metformin"));
    // The patient agrees to less: what the letter holds is more than that.
    app.agree_to(&case, "PS", Some(&to), &["reason"]).await.unwrap().expect(201, "less").unwrap();
    let after = institution.send(Method::GET, "/referral", None).await.unwrap();
    assert_eq!(after.status.as_u16(), 404);
    medius_tests::journey::wait_for_state(&app, &case, &delivery, "REVOKED").await.unwrap();
    let again = app.post(&format!("/v1/cases/{case}/deliveries"), &json!({"referral_id": letter})).await.unwrap();
    assert_eq!((again.status.as_u16(), again.code().as_str()), (403, "consent-required"));
    assert_eq!(again.json()["missing_consents"], json!([{"item": "PS", "recipient": to}]));
}

#[tokio::test]
async fn a_link_does_not_revive_when_the_patient_agrees_anew() {
    let stack = Stack::load().unwrap();
    let (app, story, _) = patient(&stack, "revive").await;
    let to = stack.run().providers[1].clone();
    let mailbox = mailbox(&stack, &to).await.unwrap();
    let case = told(&app, &story).await;
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&to)).await.unwrap();
    }
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let institution = entered(&stack, &case, &delivery, &mailbox).await;
    app.withdraw(&case, "P", Some(&to)).await.unwrap().expect(201, "withdrawal").unwrap();
    let dead = institution.send(Method::GET, "/referral", None).await.unwrap();
    app.agree(&case, "P", Some(&to)).await.unwrap();
    let still = institution.send(Method::GET, "/referral", None).await.unwrap();
    assert_eq!((dead.status.as_u16(), still.status.as_u16()), (404, 404));
    assert_eq!(dead.body, still.body);
    // A new link for the same letter may be made.
    app.deliver(&case, &letter).await.unwrap();
}

#[tokio::test]
async fn parts_that_are_unknown_or_needed_are_named_and_what_is_optional_blocks_nothing() {
    let stack = Stack::load().unwrap();
    let (app, story, _) = patient(&stack, "optional").await;
    let to = stack.run().providers[1].clone();
    let case = told(&app, &story).await;
    for (item, parts, code) in [
        ("PS", vec!["allergies"], "missing"),
        ("PS", vec!["reason", "contact"], "unknown-value"),
        ("P", vec![], "missing"),
    ] {
        let answer = app.agree_to(&case, item, Some(&to), &parts).await.unwrap();
        assert_eq!(answer.status.as_u16(), 422, "{}", answer.text());
        assert_eq!(answer.json()["errors"], json!([{"pointer": "/data_items", "code": code}]));
    }
    app.decide(&case, "E1", None, "refuse").await.unwrap();
    let elsewhere = stack.run().providers[0].clone();
    for item in ["P", "PS"] {
        app.decide(&case, item, Some(&elsewhere), "refuse").await.unwrap();
        app.agree(&case, item, Some(&to)).await.unwrap();
    }
    app.make_letter(&case, &to).await.unwrap();
    // Nothing is transferred abroad here, so nothing is asked about it; and an adult has no guardian.
    for (item, status, code) in [("X1", 422, "invalid-field"), ("K1", 409, "state-conflict")] {
        let path = format!("/v1/cases/{case}/consents/servings");
        let answer = app.post(&path, &json!({"item": item, "language": "ko"})).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{item}");
    }
    let texts = app.get("/v1/consent-texts").await.unwrap().json();
    assert_eq!(texts["items"].as_array().unwrap().len(), 12);
}
