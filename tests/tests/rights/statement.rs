//! What a patient says of a record goes with the correction to the institution that made it: behind a link and a code, once, and in
//! no mail. The patient sees who fetched it.

use super::copy::{Copy, unpacked};
use super::correction::give;
use super::{ask, chain, member, seen, step, taken, with_case};
use medius_domain::access::{Action, Actor, Authentication, Outcome, Scope};
use medius_tests::journey::{demo_story, mailbox};
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{PatientApp, eight_digits};
use serde_json::{Value, json};
use std::time::Duration;

/// A correction with values that was passed on to an institution; the request and the institution's mailbox.
async fn passed_on(stack: &Stack, app: &PatientApp, case: &str) -> (String, String) {
    let dpo = member(stack, "dpo").await;
    // One whose inbox few other tests read.
    let to = stack.run().providers[1].clone();
    let id = ask(app, &json!({"right": "correction", "case_id": case, "parts": ["medications"]})).await;
    let values =
        json!({"health": {"medications": {"status": "listed", "items": [{"name": {"text": "Zqright 1000 mg"}}]}}});
    give(app, &id, &values).await.expect(200, "values").unwrap();
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    let body = json!({"outcome": "forwarded_to_source", "institution": to});
    step(&dpo, &id, "complete", &body).await.expect(200, "passed on").unwrap();
    (id, mailbox(stack, &to).await.unwrap())
}

#[tokio::test]
async fn the_institution_fetches_once_what_the_patient_says_and_the_mails_say_nothing_of_it() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let (id, hospital) = passed_on(&stack, &app, &case).await;
    let statement = Copy::statement(&stack, &id, &hospital).await;
    statement.ask_code(&statement.secret).await.expect(202, "code").unwrap();
    let code = statement.code(1).await;
    let has = |m: &Mail| m.body_text.as_deref().and_then(eight_digits).is_some_and(|digits| digits == code);
    let code_mail = stack.wait_for_mail(&hospital, Duration::from_secs(30), has).await.unwrap();
    let told = |m: &Mail| m.body_text.as_deref().is_some_and(|text| text.contains(&statement.secret));
    let link_mail = stack.wait_for_mail(&hospital, Duration::from_secs(30), told).await.unwrap();
    let story = demo_story().unwrap();
    let name = story["basic"]["name"].as_str().unwrap();
    for mail in [code_mail, link_mail] {
        for part in [mail.subject, mail.body_text.unwrap(), mail.body_html.unwrap()] {
            assert!(!part.contains(name) && !part.contains("Zqright") && !part.contains("medications"), "{part}");
        }
    }

    // Neither without the code nor with a wrong one.
    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    assert_eq!(statement.try_code(&statement.secret, wrong).await.status, 404);
    assert_eq!(statement.try_code(&"a".repeat(52), &code).await.status, 404);
    let fetched = statement.try_code(&statement.secret, &code).await.expect(200, "statement").unwrap();
    let files = unpacked(&fetched.body);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["correction.html", "correction.json"]);
    let data: Value = serde_json::from_slice(&files["correction.json"]).unwrap();
    assert_eq!(data["right"]["health"]["medications"]["items"][0]["name"]["text"], "Zqright 1000 mg");
    assert_eq!(data["recorded"]["health"]["medications"], story["health"]["medications"]);
    assert_eq!((&data["person"]["name"], data["person"].get("phone")), (&json!(name), None));
    let page = String::from_utf8(files["correction.html"].clone()).unwrap();
    assert!(page.contains(name) && page.contains("Zqright 1000 mg") && page.contains(&id), "{page}");
    assert!(!page.contains(story["basic"]["email"].as_str().unwrap()) && !page.contains("<script"));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("correction.html"), &page).unwrap();

    // Once: neither with the same code nor with another one.
    assert_eq!(statement.try_code(&statement.secret, &code).await.status, 404);
    assert_eq!(statement.ask_code(&statement.secret).await.status, 404);
    assert_eq!(seen(&app, &id).await["outcome"], "forwarded_to_source");
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let statement_of = |e: &&medius_domain::access::Entry| e.object.as_str() == format!("export/{id}/statement");
    let taken: Vec<_> = entries.iter().filter(statement_of).filter(|e| e.action == Action::Download).collect();
    assert_eq!(taken.iter().filter(|e| e.outcome == Outcome::Done).count(), 1);
    let done = taken.iter().find(|e| e.outcome == Outcome::Done).unwrap();
    assert!(matches!(done.actor, Actor::Provider { .. }) && done.authentication == Authentication::LinkSecretAndCode);
    assert_eq!(taken.iter().filter(|e| e.outcome == Outcome::Refused).count(), 2);
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().text();
    assert!(log.contains("fetched what you said of its record"), "{log}");
}

#[tokio::test]
async fn what_is_gone_with_its_case_is_not_handed_out_any_more() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let (id, hospital) = passed_on(&stack, &app, &case).await;
    let statement = Copy::statement(&stack, &id, &hospital).await;
    statement.ask_code(&statement.secret).await.expect(202, "code").unwrap();
    // Without its key a case is destroyed, whatever else is still lying about.
    let text = |s: String| aws_sdk_dynamodb::types::AttributeValue::S(s);
    let delete = stack.dynamodb(stack.operator_credentials()).delete_item().table_name(stack.table("keys"));
    delete.key("pk", text(format!("CASE#{case}"))).key("sk", text("KEY".to_owned())).send().await.unwrap();
    assert_eq!(statement.try_code(&statement.secret, &statement.code(1).await).await.status, 404);
}
