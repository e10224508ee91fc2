//! One of everything that the service keeps, each with its end: a patient with all that a case can hold, a child's case, a
//! request without a sign-in and its mandate, a copy, inquiries of a patient and of a visitor, and a destruction.

use crate::deletion::{ask, ended, member, step};
use crate::world::World;
use chrono::TimeDelta;
use medius_domain::destruction::Ground;
use medius_tests::anybody::Anybody;
use medius_tests::journey::{demo_story, mailbox, wait_for_state};
use medius_tests::samples::{announcement, bring, pdf, png, put};
use medius_tests::stack::Mail;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Institution, PatientApp, eight_digits, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// Every kind of item about a person, by its table: what the partition is of, and what the item is.
const KINDS: [(&str, &[&str]); 12] = [
    (
        "cases",
        &[
            "CASE CASE",
            "CASE INTAKE",
            "CASE CONTACT",
            "CASE ASSIGNMENT",
            "CASE MESSAGE",
            "CASE REFERRAL",
            "CASE DELIVERY",
            "CASE EXPLANATION",
            "CASE RECORD",
            "CASE CORRECTION",
            "DOCUMENT DOCUMENT",
        ],
    ),
    ("keys", &["CASE KEY", "CASE CONTACT", "INQUIRY KEY", "STATUTORY KEY", "RIGHT KEY"]),
    ("consents", &["CASE HEAD", "CASE EVENT", "CASE GUARDIAN"]),
    ("links", &["LINK LINK", "LINK CODE", "LINK SESSION", "EXPORT EXPORT"]),
    ("uploads", &["CASE UPLOAD", "RIGHT UPLOAD", "INQUIRY UPLOAD"]),
    ("rights", &["RIGHT RIGHT"]),
    ("inquiries", &["INQUIRY INQUIRY"]),
    ("statutory", &["STATUTORY STATUTORY"]),
    ("access_log", &["CASE HEAD", "CASE ENTRY", "RIGHT ENTRY", "INQUIRY ENTRY"]),
    ("outbox", &["MAIL MAIL"]),
    ("idempotency", &["IDEM IDEM", "TALLY TALLY"]),
    ("ledger", &["DESTRUCTION LEDGER"]),
];

async fn patient(world: &World, email: &str) -> PatientApp {
    let sign_in = world.stack.new_patient(email).await.unwrap();
    PatientApp::new(&world.stack, &world.stack.sign_in(&sign_in).await.unwrap())
}

/// A case with all that can be in one.
async fn full(world: &World, email: &str) -> (PatientApp, String) {
    let (stack, app) = (&world.stack, patient(world, email).await);
    // One whose inbox no other test here reads codes from.
    let to = stack.run().providers[1].clone();
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = json!(email);
    let case = app.ready_case(&story, &to).await.unwrap();
    let path = format!("/v1/cases/{case}");
    let file = bring(stack, &app, &format!("{path}/uploads"), "pdf", &pdf("(a sheet)")).await.unwrap();
    assert_eq!(file["state"], "released", "{file}");
    app.agree(&case, "E1", None).await.unwrap();
    let entry = json!({"kind": "result", "name": "K", "value": "6.8", "unit": "mmol/L", "range": "3.5~5.1", "date": "2026-11-02"});
    let told = app.post(&format!("{path}/records"), &json!({"entries": [entry]})).await.unwrap();
    told.expect(201, "record").unwrap();
    let explained = app.post(&format!("{path}/explanations"), &json!({"language": "both"})).await.unwrap();
    explained.expect(201, "explanation").unwrap();
    let sign_in = stack.new_member(&format!("desk-{}@staff.example", fresh_key()), "coordinator").await.unwrap();
    let desk = StaffApp::of(stack, &sign_in).await.unwrap();
    let taken = desk.put(&format!("/staff/v1/cases/{case}/assignment"), "\"0\"", &json!({"assignee": "me"})).await;
    taken.unwrap().expect(200, "assignment").unwrap();
    app.post(&format!("{path}/messages"), &json!({"text": "Hello."})).await.unwrap().expect(201, "message").unwrap();
    // A letter that an institution has opened.
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    let inbox = mailbox(stack, &to).await.unwrap();
    let mut institution = Institution::of_delivery(stack, &case, &delivery, &inbox).await.unwrap();
    institution.enter(&inbox).await.unwrap();
    (app, case)
}

/// A child's case, whose guardian was sent a code.
async fn child(world: &World) {
    let app = patient(world, &format!("child-{}@patients.example", fresh_key())).await;
    let opened = json!({"emergency_signs": [], "patient_under_14": true});
    let case = app.post("/v1/cases", &opened).await.unwrap().expect(201, "case").unwrap().json();
    let path = format!("/v1/cases/{}", case["id"].as_str().unwrap());
    let now = app.get(&path).await.unwrap();
    let guardian = json!({"name": "Nguyễn Văn Nam", "email": format!("guardian-{}@families.example", fresh_key()),
        "relationship": "parent", "language": "en"});
    let named = app.change(Method::PUT, &format!("{path}/intake/guardian"), &now.etag(), Some(&guardian)).await;
    named.unwrap().expect(200, "guardian").unwrap();
    app.post(&format!("{path}/guardian/code"), &Value::Null).await.unwrap().expect(202, "code").unwrap();
}

/// A copy of what is kept, and a correction whose values wait.
async fn rights(world: &World, app: &PatientApp, case: &str) {
    let dpo = member(world).await;
    let copy = ask(app, &json!({"right": "access", "case_id": case})).await;
    step(&dpo, &copy, "assign").await;
    step(&dpo, &copy, "approve").await;
    ended(app, &copy, "COMPLETED").await;
    let correction = ask(app, &json!({"right": "correction", "case_id": case, "parts": ["contact"]})).await;
    let values = serde_json::to_vec(&json!({"basic": {"phone": "+84 91 111 2222"}})).unwrap();
    let path = format!("/v1/rights-requests/{correction}/values");
    let given = app.send(Method::PUT, &path, &[("idempotency-key", &fresh_key())], Some(values)).await.unwrap();
    given.expect(200, "values").unwrap();
}

/// An agent's request, shown by the code to the mailbox on file, with a mandate.
async fn mandate(world: &World, email: &str, case: &str) {
    const CLAIMS: &str = "/v1/public/rights-requests";
    let who = Anybody::new(&world.stack, "rights");
    let wish = json!({"right": "access", "email": email, "case_id": case, "role": "agent", "language": "en"});
    let claim = who.send(Method::POST, CLAIMS, Some(&wish)).await.unwrap().expect(202, "claim").unwrap().json();
    let id = claim["id"].as_str().unwrap();
    let has = |m: &Mail| m.subject.ends_with("Your code") && m.body_text.as_deref().and_then(eight_digits).is_some();
    let mail = world.stack.wait_for_mail(email, Duration::from_secs(30), has).await.unwrap();
    let code = json!({"code": eight_digits(&mail.body_text.unwrap()).unwrap()});
    let shown = who.send(Method::POST, &format!("{CLAIMS}/{id}/verify"), Some(&code)).await.unwrap();
    let ticket = who.with(shown.expect(200, "verification").unwrap().json()["ticket"].as_str().unwrap());
    let proofs = format!("{CLAIMS}/{id}/proofs");
    let announced = ticket.send(Method::POST, &proofs, Some(&announcement("png", &png()))).await.unwrap();
    let announced = announced.expect(201, "proof").unwrap().json();
    put(&world.stack, &announced, &png(), &[]).await.unwrap().expect(200, "put").unwrap();
}

/// What a patient asks, with a file, and what a visitor asks.
async fn inquiries(world: &World, app: &PatientApp) {
    let inquiry = json!({"topic": "complaint", "text": "When do you open?"});
    let asked = app.post("/v1/inquiries", &inquiry).await.unwrap().expect(201, "inquiry").unwrap().json();
    let path = format!("/v1/inquiries/{}/attachments", asked["id"].as_str().unwrap());
    app.post(&path, &announcement("png", &png())).await.unwrap().expect(201, "attachment").unwrap();
    let visitor = Anybody::new(&world.stack, "inquiry");
    let email = format!("visitor-{}@people.example", fresh_key());
    let body = json!({"topic": "service", "text": "How long does it take?", "email": email, "language": "en"});
    let asked = visitor.send(Method::POST, "/v1/public/inquiries", Some(&body)).await.unwrap();
    asked.expect(202, "visitor's inquiry").unwrap();
}

#[tokio::test]
async fn every_personal_item_of_every_table_has_an_end() {
    let world = World::new().await;
    let email = format!("everything-{}@patients.example", fresh_key());
    let (app, case) = full(&world, &email).await;
    child(&world).await;
    rights(&world, &app, &case).await;
    mandate(&world, &email, &case).await;
    inquiries(&world, &app).await;
    let id = case.parse().unwrap();
    let subject = world.db.case_to_destroy(&id).await.unwrap().unwrap().subject;
    let later = world.db.now() + TimeDelta::days(900);
    world.retention().enter(&id, &subject, Ground::RetentionEnded, later, "test").await.unwrap();

    // The directory and the staff's registry are about nobody's health, and are kept while they are in use.
    let apart = ["directory", "registry"];
    let personal: BTreeSet<&str> =
        world.stack.run().tables.keys().map(String::as_str).filter(|table| !apart.contains(table)).collect();
    assert_eq!(personal, KINDS.iter().map(|(table, _)| *table).collect(), "a table that nobody looked into");
    for (table, kinds) in KINDS {
        let (found, endless) = world.kinds_and_endless(table).await;
        for kind in kinds {
            assert!(found.contains(*kind), "{table} has no {kind}: nothing was shown; it has {found:?}");
        }
        assert!(endless.is_empty(), "{table}: {endless:?}");
    }
}
