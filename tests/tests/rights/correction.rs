//! Correction from the wish to the next letter: the story's new version, what rested on the old one, who is told; and the choice
//! of who suspends.

use super::{ask, chain, ended, member, own, reason, seen, step, taken, with_case};
use medius_domain::access::{Action, Actor, Scope};
use medius_domain::provider::Provider;
use medius_tests::journey::{demo_story, mailbox, wait_for_state};
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{Answer, Institution, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Gives the right values.
pub(super) async fn give(app: &PatientApp, id: &str, values: &Value) -> Answer {
    let path = format!("/v1/rights-requests/{id}/values");
    let body = serde_json::to_vec(values).unwrap();
    app.send(Method::PUT, &path, &[("idempotency-key", &fresh_key())], Some(body)).await.unwrap()
}

#[tokio::test]
async fn a_correction_makes_a_new_version_ends_what_rests_on_the_old_one_and_tells_everybody() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let to = stack.run().providers[0].clone();
    let dpo = member(&stack, "dpo").await;
    let before = app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let hospital = mailbox(&stack, &to).await.unwrap();
    let institution = Institution::of_delivery(&stack, &case, &delivery, &hospital).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();

    let wish = json!({"right": "correction", "case_id": case, "parts": ["contact", "allergies"]});
    let id = ask(&app, &wish).await;
    let values = json!({"basic": {"phone": "+84 91 111 1111"}, "health": {"allergies": {"status": "none_known"}}});
    // Of exactly the parts that were named, and nothing that the story would not take.
    let less = give(&app, &id, &json!({"basic": {"phone": "+84 91 111 1111"}})).await;
    assert_eq!((less.status.as_u16(), &less.json()["errors"][0]["code"]), (422, &json!("inconsistent")));
    assert_eq!(give(&app, &id, &json!({"basic": {"phone": "no number"}})).await.status, 422);
    give(&app, &id, &values).await.expect(200, "values").unwrap();
    // Nothing of it stands in the record of the request.
    assert!(!seen(&app, &id).await.to_string().contains("91 111"));

    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    assert_eq!(reason(&give(&app, &id, &values).await), (409, "not-in-this-state".to_owned()));
    let path = format!("/staff/v1/rights-requests/{id}/values");
    let shown = dpo.get(&path).await.unwrap().expect(200, "values").unwrap().json();
    assert_eq!(shown["corrected"]["basic"]["phone"], "+84 91 111 1111");
    assert_eq!(shown["present"]["basic"]["phone"], before.json()["basic"]["phone"]);
    assert_eq!(shown["present"]["health"]["allergies"], before.json()["health"]["allergies"]);
    assert!(shown["present"]["basic"].get("name").is_none() && shown["present"]["health"].get("reason").is_none());
    taken(&dpo, &id, "approve", &Value::Null, "EXECUTING").await;
    assert_eq!(ended(&app, &id, "COMPLETED").await["outcome"], "corrected");

    let after = app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap().json();
    assert_eq!(after["basic"]["phone"], "+84 91 111 1111");
    assert_eq!(after["health"]["allergies"], json!({"status": "none_known"}));
    for same in ["name", "email", "languages"] {
        assert_eq!(after["basic"][same], before.json()["basic"][same], "{same}");
    }
    assert_eq!((&after["health"]["reason"], &after["state"]), (&before.json()["health"]["reason"], &json!("complete")));
    assert!(after["version"].as_u64() > before.json()["version"].as_u64());
    // Once carried out, the values are nowhere but in the story.
    assert_eq!(dpo.get(&path).await.unwrap().status, 404);

    // The old letter is no longer sent, its link is dead, and the institution is told without a word of health.
    assert_eq!(wait_for_state(&app, &case, &delivery, "SUPERSEDED").await.unwrap()["state"], "SUPERSEDED");
    assert_eq!(institution.ask_for_code().await.unwrap().status, 404);
    let again = app.post(&format!("/v1/cases/{case}/deliveries"), &json!({"referral_id": letter})).await.unwrap();
    assert_eq!(reason(&again), (409, "letter-superseded".to_owned()));
    let reference: String = delivery.chars().skip(4).take(8).collect();
    let told = |m: &Mail| m.subject.contains("corrected") && m.subject.contains(&reference.to_ascii_uppercase());
    let mail = stack.wait_for_mail(&hospital, Duration::from_secs(30), told).await.unwrap();
    let text = mail.body_text.unwrap();
    assert!(!text.contains("91 111") && !text.contains("://"));
    let email = demo_story().unwrap()["basic"]["email"].as_str().unwrap().to_owned();
    let news = |m: &Mail| {
        let text = m.body_text.as_deref().unwrap_or_default();
        text.contains(&format!("/open#{case}")) && (text.contains("was corrected") || text.contains("정정되었습니다"))
    };
    stack.wait_for_mail(&email, Duration::from_secs(30), news).await.unwrap();

    // The next letter names the one whose place it takes; the one after that names none.
    let old = app.get(&format!("/v1/cases/{case}/referrals/{letter}")).await.unwrap().json();
    let next = app.make_letter(&case, &to).await.unwrap();
    let bundle = app.get(&format!("/v1/cases/{case}/referrals/{next}/bundle")).await.unwrap().json();
    let composition = &bundle["entry"][0]["resource"];
    let relates = &composition["relatesTo"][0];
    assert_eq!(
        (&relates["code"], &relates["targetIdentifier"]["value"]),
        (&json!("replaces"), &old["document_number"])
    );
    app.deliver(&case, &next).await.unwrap();
    let third = app.make_letter(&case, &to).await.unwrap();
    let bundle = app.get(&format!("/v1/cases/{case}/referrals/{third}/bundle")).await.unwrap().json();
    assert!(bundle["entry"][0]["resource"].get("relatesTo").is_none());

    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let looks =
        entries.iter().filter(|e| e.action == Action::View && e.object.as_str() == format!("right/{id}/values"));
    assert_eq!(looks.filter(|e| matches!(e.actor, Actor::Staff { .. })).count(), 1);
}

#[tokio::test]
async fn a_letter_without_the_corrected_part_stays_what_it_is_and_asked_for_values_can_be_given_again() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let to = stack.run().providers[1].clone();
    app.agree_to(&case, "P", Some(&to), &["identity"]).await.unwrap().expect(201, "P").unwrap();
    app.agree_to(&case, "PS", Some(&to), &["reason"]).await.unwrap().expect(201, "PS").unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let dpo = member(&stack, "dpo").await;
    let id = ask(&app, &json!({"right": "correction", "case_id": case, "parts": ["residence"]})).await;
    give(&app, &id, &json!({"basic": {"country": "KR"}})).await.expect(200, "values").unwrap();
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    taken(&dpo, &id, "request-evidence", &json!({"needed": ["right_value"]}), "EVIDENCE_PENDING").await;
    let look = || async {
        let path = format!("/staff/v1/rights-requests/{id}/values");
        dpo.get(&path).await.unwrap().expect(200, "values").unwrap().json()["corrected"]["basic"]["country"].clone()
    };
    assert_eq!(look().await, "KR");
    give(&app, &id, &json!({"basic": {"country": "JP"}})).await.expect(200, "other values").unwrap();
    own(&app, &id, "evidence").await.expect(200, "evidence").unwrap();
    // Nobody agrees to values that they have not seen.
    assert_eq!(reason(&step(&dpo, &id, "approve", &Value::Null).await), (409, "values-unseen".to_owned()));
    assert_eq!(look().await, "JP");
    taken(&dpo, &id, "approve", &Value::Null, "EXECUTING").await;
    ended(&app, &id, "COMPLETED").await;
    let after = app.get(&format!("/v1/cases/{case}")).await.unwrap().json();
    assert_eq!(after["basic"]["country"], "JP");
    let state = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json()["state"].clone();
    assert!(["QUEUED", "SENT"].contains(&state.as_str().unwrap()), "{state}");
}

#[tokio::test]
async fn what_an_institution_recorded_is_passed_on_to_it_by_a_mail_that_names_nobody() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let to = stack.run().providers[0].clone();
    let hospital = mailbox(&stack, &to).await.unwrap();
    let id = ask(&app, &json!({"right": "correction", "case_id": case, "parts": ["results"]})).await;
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    let nowhere = "prv_00000000000000000000000000000000";
    let test = Provider::synthetic().unwrap().id;
    for (body, why) in [
        (json!({"outcome": "forwarded_to_source"}), "missing"),
        (json!({"outcome": "forwarded_to_source", "institution": nowhere}), "unknown-value"),
        (json!({"outcome": "forwarded_to_source", "institution": test}), "unknown-value"),
        (json!({"outcome": "corrected", "institution": to}), "inconsistent"),
    ] {
        let refused = step(&dpo, &id, "complete", &body).await;
        let error = json!({"pointer": "/institution", "code": why});
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]), (422, &error));
    }
    assert_eq!(seen(&app, &id).await["state"], "IN_REVIEW");
    let body = json!({"outcome": "forwarded_to_source", "institution": to});
    taken(&dpo, &id, "complete", &body, "COMPLETED").await;
    let view = seen(&app, &id).await;
    assert_eq!((&view["outcome"], &view["forwarded_to"]), (&json!("forwarded_to_source"), &json!(to)));
    let told = |m: &Mail| m.body_text.as_deref().is_some_and(|text| text.contains(&id));
    let mail = stack.wait_for_mail(&hospital, Duration::from_secs(30), told).await.unwrap();
    let story = demo_story().unwrap();
    for part in [mail.subject, mail.body_text.unwrap(), mail.body_html.unwrap()] {
        for secret in [&story["basic"]["name"], &story["basic"]["email"], &json!("results")] {
            assert!(!part.contains(secret.as_str().unwrap()));
        }
        assert!(!part.contains("://"), "{part}");
    }
}

#[tokio::test]
async fn who_suspends_chooses_what_becomes_of_what_is_there() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let everything =
        |data: &str| json!({"right": "suspension", "case_id": case, "scope": {"kind": "all"}, "data": data});
    let one = json!({"right": "suspension", "case_id": case, "data": "destroy",
        "scope": {"kind": "purpose", "purpose": "provision"}});
    let refused = app.post("/v1/rights-requests", &one).await.unwrap();
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["pointer"]), (422, &json!("/data")));
    let list = || async { app.get("/v1/rights-requests").await.unwrap().json()["items"].as_array().unwrap().clone() };
    ask(&app, &everything("isolate")).await;
    assert_eq!(list().await.len(), 1);
    ask(&app, &json!({"right": "resume", "case_id": case})).await;
    // With it a deletion is asked for, which is decided like any other.
    ask(&app, &everything("destroy")).await;
    for _ in 0..50 {
        if list().await.len() == 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let all = list().await;
    let deletion = all.iter().find(|request| request["right"] == "deletion").expect("a deletion was asked for");
    assert_eq!((&deletion["state"], &deletion["case_id"]), (&json!("QUEUED"), &json!(case)));
    let dpo = member(&stack, "dpo").await;
    let id = deletion["id"].as_str().unwrap();
    taken(&dpo, id, "assign", &Value::Null, "IN_REVIEW").await;
    assert_eq!(step(&dpo, id, "approve", &Value::Null).await.status, 200);
}
