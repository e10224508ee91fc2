//! Visitors: who asks without a sign-in. Nothing is seen before the code, the address is nowhere in clear, and word of an answer
//! goes to the mailbox that was left.

use super::{NOWHERE, desk, item, log, member, patient, refused, take, texts, waiting};
use medius_domain::access::{Authentication, Outcome};
use medius_tests::anybody::Anybody;
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{Answer, eight_digits, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const PUBLIC: &str = "/v1/public/inquiries";

pub(super) fn asking(email: &str, topic: &str) -> Value {
    json!({"topic": topic, "text": "Zqvisitorask: how long\ndoes it take?", "email": email, "language": "en"})
}

pub(super) async fn visit(who: &Anybody, body: &Value) -> String {
    let asked = who.send(Method::POST, PUBLIC, Some(body)).await.unwrap().expect(202, "inquiry").unwrap();
    asked.json()["id"].as_str().unwrap().to_owned()
}

pub(super) async fn code(stack: &Stack, email: &str) -> String {
    let has = |m: &Mail| m.body_text.as_deref().and_then(eight_digits).is_some();
    let mail = stack.wait_for_mail(email, Duration::from_secs(30), has).await.unwrap();
    for part in [Some(mail.subject), mail.body_text.clone(), mail.body_html].map(Option::unwrap_or_default) {
        assert!(!part.contains("Zqvisitor") && !part.contains("inq_"), "{part}");
    }
    eight_digits(&mail.body_text.unwrap()).unwrap()
}

pub(super) async fn verify(who: &Anybody, id: &str, code: &str) -> Answer {
    who.send(Method::POST, &format!("{PUBLIC}/{id}/verify"), Some(&json!({"code": code}))).await.unwrap()
}

#[tokio::test]
async fn a_visitor_asks_confirms_with_a_code_and_reads_the_answer() {
    let stack = Stack::load().unwrap();
    let (who, email) = (Anybody::new(&stack, "inquiry"), format!("visitor-{}@people.example", fresh_key()));
    let key = fresh_key();
    let first = who.send_with(Method::POST, PUBLIC, Some(&asking(&email, "service")), &key).await.unwrap();
    let again = who.send_with(Method::POST, PUBLIC, Some(&asking(&email, "service")), &key).await.unwrap();
    assert_eq!((first.status.as_u16(), first.json()), (202, again.json()));
    let id = first.json()["id"].as_str().unwrap().to_owned();
    let digits = code(&stack, &email).await;

    // Before the code it is nowhere: not in the list, not by its id, and a term of a day.
    let coordinator = member(&stack, "coordinator").await;
    assert!(!waiting(&coordinator, "?topic=service").await.contains(&id));
    let unseen = coordinator.get("/staff/v1/inquiries?state=unconfirmed").await.unwrap();
    refused(&unseen, 422, "invalid-field");
    let path = format!("{}?reason=patient_asked", desk(&id));
    refused(&coordinator.get(&path).await.unwrap(), 404, "not-found");
    let (kept, now) = (item(&stack, "inquiries", &id, "INQUIRY").await.unwrap(), chrono::Utc::now().timestamp());
    let ends: i64 = kept["expires_at"].as_n().unwrap().parse().unwrap();
    assert!((86_000..=86_400).contains(&(ends - now)), "{}", ends - now);
    let key_item = item(&stack, "keys", &id, "KEY").await.unwrap();
    assert_eq!(key_item["expires_at"], kept["expires_at"]);
    for stored in [&kept, &key_item] {
        let text = format!("{stored:?}");
        assert!(!text.contains(&email) && !text.contains("Zqvisitor"), "{text}");
    }

    let wrong = if digits == "00000000" { "00000001" } else { "00000000" };
    refused(&verify(&who, &id, wrong).await, 404, "not-found");
    let confirmed = verify(&who, &id, &digits).await.expect(200, "verification").unwrap().json();
    assert_eq!(confirmed["inquiry"]["state"], "open");
    refused(&verify(&who, &id, &digits).await, 404, "not-found");
    let visitor = who.with(confirmed["ticket"].as_str().unwrap());
    let own = format!("{PUBLIC}/{id}");
    let seen = visitor.send(Method::GET, &own, None).await.unwrap().expect(200, "inquiry").unwrap();
    assert_eq!(texts(&seen.json()), [("patient".to_owned(), "Zqvisitorask: how long\ndoes it take?".to_owned())]);

    // Staff answer; word of it goes to the mailbox, without a word of the answer.
    take(&coordinator, &id).await;
    let list = coordinator.get("/staff/v1/inquiries?topic=service").await.unwrap().json();
    let listed = list["items"].as_array().unwrap().iter().find(|listed| listed["id"] == json!(id)).cloned();
    // The list holds a hundred; of more the newest is not among them.
    assert!(listed.is_none_or(|listed| listed["visitor"] == true));
    let answer = json!({"text": "Zqvisitorreply: two days."});
    coordinator.post(&format!("{}/answer", desk(&id)), &answer).await.unwrap().expect(201, "answer").unwrap();
    let has = |m: &Mail| m.body_text.as_deref().is_some_and(|text| text.contains(&format!("/open#{id}")));
    let mail = stack.wait_for_mail(&email, Duration::from_secs(30), has).await.unwrap();
    assert!(!mail.body_text.unwrap().contains("Zqvisitor") && !mail.body_html.unwrap().contains("Zqvisitor"));

    // The visitor asks on and closes, with the same ticket.
    let more = json!({"text": "Zqvisitormore: thank you."});
    let key = fresh_key();
    for _ in 0..2 {
        let path = format!("{own}/messages");
        visitor.send_with(Method::POST, &path, Some(&more), &key).await.unwrap().expect(201, "more").unwrap();
    }
    let seen = visitor.send(Method::GET, &own, None).await.unwrap().expect(200, "inquiry").unwrap();
    let said = texts(&seen.json());
    assert_eq!(said.iter().map(|(from, _)| from.as_str()).collect::<Vec<_>>(), ["patient", "coordinator", "patient"]);

    // A ticket opens this inquiry and no other; without one there is nothing.
    let other = visit(&who, &asking(&email, "service")).await;
    for (who, path) in [
        (&visitor, format!("{PUBLIC}/{other}")),
        (&visitor, format!("{PUBLIC}/{NOWHERE}")),
        (&who, own.clone()),
        (&who.with(&"a".repeat(52)), own.clone()),
    ] {
        refused(&who.send(Method::GET, &path, None).await.unwrap(), 404, "not-found");
    }
    let entries = log(&stack, &id).await;
    assert!(entries.iter().any(|entry| entry.authentication == Authentication::MailboxCode));
    let refused = entries.iter().filter(|entry| entry.outcome == Outcome::Refused).count();
    assert_eq!(refused, 2, "the wrong code, and a ticket that is none");
    for function in ["inquiry", "mailer"] {
        let lines = stack.logs(function).await.unwrap().join("\n");
        assert!(!lines.contains("Zqvisitor") && !lines.contains(&email), "a line of {function}");
    }
}

#[tokio::test]
async fn five_tries_three_codes_and_what_is_about_privacy_goes_to_the_officer() {
    let stack = Stack::load().unwrap();
    let (who, email) = (Anybody::new(&stack, "inquiry"), format!("visitor-{}@people.example", fresh_key()));
    let id = visit(&who, &asking(&email, "privacy")).await;
    let digits = code(&stack, &email).await;
    let wrong = if digits == "00000000" { "00000001" } else { "00000000" };
    for _ in 0..5 {
        refused(&verify(&who, &id, wrong).await, 404, "not-found");
    }
    refused(&verify(&who, &id, &digits).await, 404, "not-found");
    let again = format!("{PUBLIC}/{id}/code");
    for _ in 0..2 {
        who.send(Method::POST, &again, None).await.unwrap().expect(202, "code").unwrap();
    }
    let paused = who.send(Method::POST, &again, None).await.unwrap();
    assert_eq!((paused.status.as_u16(), paused.code().as_str()), (429, "too-many-requests"));
    let kms = stack.kms(stack.operator_credentials());
    let mac = medius_store::CodeMac::new(kms, stack.run().keys["code_mac"].clone());
    let third = mac.inquiry_code(&id.parse().unwrap(), 3).await.unwrap();
    verify(&who, &id, third.expose()).await.expect(200, "the newest").unwrap();
    let (dpo, coordinator) = (member(&stack, "dpo").await, member(&stack, "coordinator").await);
    let path = format!("{}?reason=rights_request", desk(&id));
    dpo.get(&path).await.unwrap().expect(200, "the officer").unwrap();
    refused(&coordinator.get(&path).await.unwrap(), 404, "not-found");
    for id in ["x", NOWHERE] {
        refused(&verify(&who, id, "00000000").await, 404, "not-found");
    }
    // A patient's own inquiry has no code.
    let app = patient(&stack, "signed-in").await;
    let theirs = super::ask(&app, "service", "And I?").await;
    refused(&verify(&who, &theirs, "00000000").await, 404, "not-found");
}

#[tokio::test]
async fn a_code_that_was_not_mailed_cannot_be_tried() {
    let stack = Stack::load().unwrap();
    let email = format!("visitor-{}@people.example", fresh_key());
    let stranger = Anybody::new(&stack, "inquiry");
    let mut last = String::new();
    for _ in 0..7 {
        last = visit(&stranger, &asking(&email, "service")).await;
    }
    let mac = medius_store::CodeMac::new(stack.kms(stack.operator_credentials()), stack.run().keys["code_mac"].clone());
    let seventh = mac.inquiry_code(&last.parse().unwrap(), 1).await.unwrap();
    refused(&verify(&stranger, &last, seventh.expose()).await, 404, "not-found");
    // From another network the same mailbox gets its code, and with it the inquiry is confirmed.
    let own = Anybody::new(&stack, "inquiry");
    let id = visit(&own, &asking(&email, "service")).await;
    let code = mac.inquiry_code(&id.parse().unwrap(), 1).await.unwrap();
    verify(&own, &id, code.expose()).await.expect(200, "verification").unwrap();
}

#[tokio::test]
async fn a_patient_without_a_case_is_told_of_an_answer_at_the_mailbox_that_they_left() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "no-case").await;
    let email = format!("left-{}@people.example", fresh_key());
    let body = json!({"topic": "technical", "text": "It does not open.", "email": email, "language": "ko"});
    let asked = app.post("/v1/inquiries", &body).await.unwrap().expect(201, "inquiry").unwrap();
    assert!(!asked.text().contains(&email));
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    let coordinator = member(&stack, "coordinator").await;
    take(&coordinator, &id).await;
    let answer = json!({"text": "Please try again."});
    coordinator.post(&format!("{}/answer", desk(&id)), &answer).await.unwrap().expect(201, "answer").unwrap();
    let has = |m: &Mail| m.body_text.as_deref().is_some_and(|text| text.contains(&format!("/open#{id}")));
    let mail = stack.wait_for_mail(&email, Duration::from_secs(30), has).await.unwrap();
    assert!(mail.body_text.unwrap().contains("문의에 답변이 있습니다"));
    for body in [
        json!({"topic": "service", "text": "x", "email": "zxcanaryqw", "language": "en"}),
        json!({"topic": "service", "text": "x", "email": "a@b.example", "language": "zxcanaryqw"}),
        json!({"topic": "zxcanaryqw", "text": "x", "email": "a@b.example", "language": "en"}),
        json!({"topic": "service", "text": "my number is 900101-1234567", "email": "a@b.example", "language": "en"}),
        json!({"topic": "service", "text": "x", "email": "a@b.example", "language": "en", "case_id": "zxcanaryqw"}),
    ] {
        let answer = Anybody::new(&stack, "inquiry").send(Method::POST, PUBLIC, Some(&body)).await.unwrap();
        refused(&answer, 422, "invalid-field");
        assert!(!answer.text().contains("zxcanaryqw") && !answer.text().contains("900101"), "{}", answer.text());
    }
}
