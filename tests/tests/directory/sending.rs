//! What the directory decides about letters: where mails go, who stops them, and whose registration has ended.

use crate::{call, decide, entered, field, mailbox, particulars, patient, propose, reason, staff, today};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::Institution;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn mails_go_to_a_new_contact_only_after_its_approval() {
    let stack = Stack::load().unwrap();
    let (one, two, app) =
        (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await, patient(&stack).await);
    let (id, old) = entered(&one, &two).await;
    let new = mailbox();
    let case = app.ready_case(&demo_story().unwrap(), &id).await.unwrap();
    let mails_to = async |address: &str| {
        let mails = stack.mails().await.unwrap();
        mails.iter().filter(|m| m.to.iter().any(|to| to == address)).count()
    };

    let change = propose(&one, &id, &particulars(&new)).await.expect(201, "proposal").unwrap().json();
    assert_eq!(change["differs"], json!(["contact_email"]));
    let listed = one.get("/staff/v1/providers").await.unwrap().json();
    let entry = listed["items"].as_array().unwrap().iter().find(|p| p["id"] == id.as_str()).unwrap().clone();
    assert_eq!((entry["pending_changes"].as_u64(), entry["contact_email"].as_str()), (Some(1), Some(old.as_str())));
    let letter = app.make_letter(&case, &id).await.unwrap();
    app.deliver(&case, &letter).await.unwrap();
    Institution::from_mail(&stack, &old, 0).await.unwrap();
    assert_eq!(mails_to(&new).await, 0, "a contact that nobody checked got a link");

    let path = decide(&change, "approve");
    two.post(&path, &json!({"call_back": call()})).await.unwrap().expect(200, "approval").unwrap();
    let letter = app.make_letter(&case, &id).await.unwrap();
    app.deliver(&case, &letter).await.unwrap();
    Institution::from_mail(&stack, &new, 0).await.unwrap();
    assert_eq!(mails_to(&old).await, 1, "the old contact got a link after the change");
}

#[tokio::test]
async fn letters_are_stopped_by_one_person_and_started_by_two() {
    let stack = Stack::load().unwrap();
    let (one, two, app) =
        (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await, patient(&stack).await);
    let (id, mailbox) = entered(&one, &two).await;
    let case = app.ready_case(&demo_story().unwrap(), &id).await.unwrap();
    let letter = app.make_letter(&case, &id).await.unwrap();
    let mut off = particulars(&mailbox);
    off["active"] = json!(false);
    let stopped = propose(&one, &id, &off).await.expect(201, "stop").unwrap().json();
    assert_eq!(stopped["status"], "approved");
    let path = format!("/v1/cases/{case}/deliveries");
    let refused = app.post(&path, &json!({"referral_id": letter})).await.unwrap();
    assert_eq!(reason(&refused), (409, "recipient-not-available".into()));
    let on = propose(&one, &id, &particulars(&mailbox)).await.expect(201, "start").unwrap().json();
    assert_eq!((on["status"].as_str(), on["needs_call_back"].as_bool()), (Some("pending"), Some(false)));
    assert_eq!(reason(&app.post(&path, &json!({"referral_id": letter})).await.unwrap()).0, 409);
    two.post(&decide(&on, "approve"), &json!({})).await.unwrap().expect(200, "approval").unwrap();
    app.deliver(&case, &letter).await.unwrap();
    let same = propose(&one, &id, &particulars(&mailbox)).await;
    assert_eq!(reason(&same), (409, "nothing-changes".into()));
}

#[tokio::test]
async fn an_institution_whose_registration_expired_is_not_sent_to() {
    let stack = Stack::load().unwrap();
    let (one, two, app) =
        (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await, patient(&stack).await);
    let (id, mailbox) = entered(&one, &two).await;
    let case = app.ready_case(&demo_story().unwrap(), &id).await.unwrap();
    let letter = app.make_letter(&case, &id).await.unwrap();

    // Its last day passes. No screen can write that, so the operator moves the day in the table.
    let key = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
    let yesterday = today().pred_opt().unwrap().to_string();
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let update = dynamodb.update_item().table_name(stack.table("directory"));
    let update = update.key("pk", key(format!("PROVIDER#{id}"))).key("sk", key("PROVIDER".into()));
    let update = update.update_expression("SET body.registration_expires_on = :day");
    update.expression_attribute_values(":day", key(yesterday)).send().await.unwrap();

    let sent = app.post(&format!("/v1/cases/{case}/deliveries"), &json!({"referral_id": letter})).await.unwrap();
    assert_eq!(reason(&sent), (409, "recipient-not-available".into()));
    for (case, to) in [(&case, id.as_str()), (&app.open_case().await.unwrap(), stack.run().providers[2].as_str())] {
        let wanted = json!({"item": "P", "recipient": to, "language": "en"});
        let served = app.post(&format!("/v1/cases/{case}/consents/servings"), &wanted).await.unwrap();
        assert_eq!(field(&served), (422, "/recipient unknown-value".into()), "consent is asked for nothing");
    }
    let listed = app.get("/v1/providers").await.unwrap().json();
    let entry = listed["items"].as_array().unwrap().iter().find(|p| p["id"] == id.as_str()).unwrap().clone();
    assert_eq!(entry["may_receive"], false);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(stack.mails().await.unwrap().iter().all(|m| !m.to.contains(&mailbox)), "a mail went out");

    // A renewed registration, by two people, and the letter goes.
    let renewed = propose(&one, &id, &particulars(&mailbox)).await.expect(201, "renewal").unwrap().json();
    assert_eq!(renewed["differs"], json!(["registration_expires_on"]));
    let path = decide(&renewed, "approve");
    assert_eq!(field(&two.post(&path, &json!({})).await.unwrap()), (422, "/call_back missing".into()));
    two.post(&path, &json!({"call_back": call()})).await.unwrap().expect(200, "approval").unwrap();
    app.deliver(&case, &letter).await.unwrap();
}
