//! What somebody without a sign-in can bring to the end: a correction with its values, the files that did not fit into the copy,
//! and a request that cannot take effect because of how the case stands.

use super::{CLAIMS, claim, codes, known, looked, stored, verified, verify, wish};
use crate::clock::database;
use crate::{member, reason, step, taken};
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::id::{CaseId, DeliveryId, LinkId};
use medius_domain::link::Link;
use medius_domain::policy::{On, Thing, permit};
use medius_store::{Change, DeliveryRecord, Place};
use medius_tests::anybody::Anybody;
use medius_tests::samples::{announcement, bring, pdf};
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, PatientApp};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn post(who: &Anybody, id: &str, what: &str) -> Answer {
    who.send(Method::POST, &format!("{CLAIMS}/{id}/{what}"), None).await.unwrap()
}

async fn give(who: &Anybody, id: &str, values: &Value) -> Answer {
    who.send(Method::PUT, &format!("{CLAIMS}/{id}/values"), Some(values)).await.unwrap()
}

/// A request once the service has brought it to a state, by its ticket.
async fn ended(ticket: &Anybody, id: &str, state: &str) -> Value {
    let mut last = Value::Null;
    for _ in 0..150 {
        last = looked(ticket, id).await.expect(200, "look").unwrap().json();
        if last["state"] == state {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the request is {} and not {state} after 30 s", last["state"])
}

/// So many more deliveries with living links beside one: no patient has that many institutions.
async fn multiply(stack: &Stack, case: &str, delivery: &str, more: usize) {
    let (db, case, delivery) =
        (database(stack), case.parse::<CaseId>().unwrap(), delivery.parse::<DeliveryId>().unwrap());
    let first = db.read([Place::Delivery(case.clone(), delivery.clone())]).await.unwrap();
    let first = first.delivery(&case, &delivery).unwrap().unwrap();
    let link = db.read([Place::Link(first.link_id.clone())]).await.unwrap().link(&first.link_id).unwrap().unwrap();
    for _ in 0..more {
        let delivery = DeliveryRecord { id: DeliveryId::new(), link_id: LinkId::new(), ..first.clone() };
        let link = Link { id: delivery.link_id.clone(), delivery_id: delivery.id.clone(), ..link.clone() };
        let event = Event::of_function(
            "test",
            Action::Update,
            Object::of(Thing::Delivery, &delivery.id, "more"),
            Purpose::Provision,
            None,
        );
        let snapshot = db.read([Place::Case(case.clone()), Place::case_log(&case)]).await.unwrap();
        let kept = snapshot.case(&case).unwrap().unwrap();
        let mut change = Change::new(permit(event, &On::Behind(&case, &kept.subject)).unwrap(), db.now());
        change.create_delivery(&delivery, &link, &kept).unwrap();
        db.commit(change, &snapshot).await.unwrap();
    }
}

async fn explained(app: &PatientApp, case: &str) -> String {
    let path = format!("/v1/cases/{case}/explanations");
    let made = app.post(&path, &json!({"language": "en"})).await.unwrap().expect(201, "explanation").unwrap();
    assert!(made.json().get("superseded_at").is_none());
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_correction_without_a_sign_in_is_carried_out_and_explanations_judged_with_the_old_value_say_so() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = known(&stack).await;
    let typed = json!({"kind": "result", "name": "Glucose", "value": "99", "unit": "mg/dL", "date": "2026-11-10"});
    let typed = json!({"entries": [typed]});
    app.post(&format!("/v1/cases/{case}/records"), &typed).await.unwrap().expect(201, "record").unwrap();
    app.agree(&case, "E1", None).await.unwrap();
    let old = explained(&app, &case).await;

    let who = Anybody::new(&stack, "rights");
    let wish = json!({"right": "correction", "case_id": case, "parts": ["identity"], "email": email, "role": "self",
        "language": "en"});
    let nameless =
        json!({"right": "correction", "parts": ["identity"], "email": email, "role": "self", "language": "en"});
    let refused = who.send(Method::POST, CLAIMS, Some(&nameless)).await.unwrap();
    assert_eq!(refused.json()["errors"][0], json!({"pointer": "/case_id", "code": "missing"}));
    let (id, ticket) = verified(&stack, &who, &email, &wish).await;
    let dpo = member(&stack, "dpo").await;
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    // Without a value nothing can be put right; it is asked for, and given with the ticket and nothing else.
    assert_eq!(reason(&step(&dpo, &id, "approve", &Value::Null).await), (409, "values-missing".to_owned()));
    let right = json!({"basic": {"birth_date": "1950-01-02"}});
    assert_eq!(reason(&give(&ticket, &id, &right).await), (409, "not-in-this-state".to_owned()));
    taken(&dpo, &id, "request-evidence", &json!({"needed": ["right_value"]}), "EVIDENCE_PENDING").await;
    for nobody in [&who, &who.with(&"a".repeat(52))] {
        assert_eq!(give(nobody, &id, &right).await.code(), "not-found");
    }
    let other = give(&ticket, &id, &json!({"basic": {"phone": "+84 91 111 1111"}})).await;
    assert_eq!((other.status.as_u16(), &other.json()["errors"][0]["code"]), (422, &json!("inconsistent")));
    give(&ticket, &id, &right).await.expect(200, "values").unwrap();
    post(&ticket, &id, "evidence").await.expect(200, "evidence").unwrap();
    dpo.get(&format!("/staff/v1/rights-requests/{id}/values")).await.unwrap().expect(200, "values").unwrap();
    taken(&dpo, &id, "approve", &Value::Null, "EXECUTING").await;
    assert_eq!(ended(&ticket, &id, "COMPLETED").await["outcome"], "corrected");

    let after = app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap().json();
    assert_eq!(after["basic"]["birth_date"], "1950-01-02");
    let list = || async { app.get(&format!("/v1/cases/{case}/explanations")).await.unwrap().json()["items"].clone() };
    let listed = list().await;
    assert!(listed[0]["superseded_at"].is_string(), "{listed}");
    for kind in ["report", "pdf"] {
        let path = format!("/v1/cases/{case}/explanations/{old}/{kind}");
        let file = app.get(&path).await.unwrap().expect(200, kind).unwrap();
        assert!(file.header("medius-superseded-at").ends_with('Z'), "{kind}");
    }
    let new = explained(&app, &case).await;
    let path = format!("/v1/cases/{case}/explanations/{new}/pdf");
    assert_eq!(app.get(&path).await.unwrap().expect(200, "new").unwrap().header("medius-superseded-at"), "");
}

#[tokio::test]
async fn a_file_that_is_not_in_the_copy_comes_with_a_code() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = known(&stack).await;
    let uploads = format!("/v1/cases/{case}/uploads");
    let paper = pdf("(Zqpaper of the patient)");
    let file = bring(&stack, &app, &uploads, "pdf", &paper).await.unwrap();
    assert_eq!(file["state"], "released");
    let file = file["id"].as_str().unwrap();
    let waiting = app.post(&uploads, &announcement("png", b"x")).await.unwrap().expect(201, "file").unwrap().json();
    let who = Anybody::new(&stack, "rights");
    let mut named = wish("access", &email);
    named["case_id"] = json!(case);
    let (id, ticket) = verified(&stack, &who, &email, &named).await;
    let path = |case: &str, file: &str| format!("{CLAIMS}/{id}/cases/{case}/files/{file}");
    let get = |who: Anybody, path: String| async move { who.send(Method::GET, &path, None).await.unwrap() };
    assert_eq!(get(ticket.clone(), path(&case, file)).await.code(), "not-found", "nothing is agreed to yet");
    let dpo = member(&stack, "dpo").await;
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    taken(&dpo, &id, "approve", &Value::Null, "EXECUTING").await;
    assert_eq!(ended(&ticket, &id, "COMPLETED").await["outcome"], "handed_over");

    let got = get(ticket.clone(), path(&case, file)).await.expect(200, "file").unwrap();
    assert!(got.body == paper && got.header("content-type") == "application/pdf");
    let (_, elsewhere, _) = known(&stack).await;
    for (who, path) in [
        (who.clone(), path(&case, file)),
        (who.with(&"a".repeat(52)), path(&case, file)),
        (ticket.clone(), path(&elsewhere, file)),
        (ticket.clone(), path(&case, "upl_00000000000000000000000000000000")),
    ] {
        assert_eq!(get(who, path).await.code(), "not-found");
    }
    let unreleased = get(ticket.clone(), path(&case, waiting["id"].as_str().unwrap())).await;
    assert_eq!(reason(&unreleased), (409, "file-not-released".to_owned()));
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().text();
    assert!(log.contains("downloaded a file"), "{log}");
}

#[tokio::test]
async fn a_right_code_loses_no_request_whatever_the_case_is_like() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = known(&stack).await;
    let who = || Anybody::new(&stack, "rights");
    let asked = |right: &str, scope: Value| {
        let mut wish = wish(right, &email);
        wish["case_id"] = json!(case);
        if !scope.is_null() {
            wish["scope"] = scope;
        }
        wish
    };
    let (one, two) = (&stack.run().providers[0], &stack.run().providers[1]);
    let recipient = |to: &str| json!({"kind": "recipient", "recipient": to});
    // Nothing is stopped, and so it is as it is asked for.
    let (id, ticket) = verified(&stack, &who(), &email, &asked("resume", Value::Null)).await;
    assert_eq!(looked(&ticket, &id).await.json()["outcome"], "resumed");
    let (id, ticket) = verified(&stack, &who(), &email, &asked("suspension", recipient(one))).await;
    assert_eq!(looked(&ticket, &id).await.json()["outcome"], "suspended");
    // The same once more is in force already.
    let (id, ticket) = verified(&stack, &who(), &email, &asked("suspension", recipient(one))).await;
    assert_eq!(looked(&ticket, &id).await.json()["outcome"], "suspended");

    // Another institution cannot take the first one's place by itself: who asks is told so and holds a ticket.
    let somebody = who();
    let before = codes(&stack, &email, 3).await.len();
    let id = claim(&somebody, &asked("suspension", recipient(two))).await;
    let code = codes(&stack, &email, before + 1).await.pop().unwrap();
    let shown = verify(&somebody, &id, &code).await.expect(200, "verification").unwrap().json();
    assert_eq!((&shown["waits_because"], &shown["request"]["state"]), (&json!("already-suspended"), &json!("QUEUED")));
    let ticket = somebody.with(shown["ticket"].as_str().unwrap());
    assert_eq!(looked(&ticket, &id).await.json()["state"], "QUEUED");
    assert_eq!(stored(&stack, &id).await.case_id.unwrap().as_str(), case);
    post(&ticket, &id, "cancel").await.expect(200, "cancel").unwrap();
    let view = app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap();
    assert!(!view.text().is_empty());
}

#[tokio::test]
async fn a_patient_of_many_cases_is_not_turned_away() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = known(&stack).await;
    let letter = app.make_letter(&case, &stack.run().providers[0]).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    for _ in 0..21 {
        app.open_case().await.unwrap();
    }
    let dpo = member(&stack, "dpo").await;
    let (id, ticket) = verified(&stack, &Anybody::new(&stack, "rights"), &email, &wish("access", &email)).await;
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    taken(&dpo, &id, "approve", &Value::Null, "EXECUTING").await;
    assert_eq!(ended(&ticket, &id, "COMPLETED").await["outcome"], "handed_over");

    // All of it is more than is destroyed in one step: the request is there, its links are dead, and the officer has it.
    let who = Anybody::new(&stack, "rights");
    let before = codes(&stack, &email, 1).await.len();
    let id = claim(&who, &wish("deletion", &email)).await;
    let code = codes(&stack, &email, before + 1).await.pop().unwrap();
    let shown = verify(&who, &id, &code).await.expect(200, "verification").unwrap().json();
    assert_eq!((&shown["waits_because"], &shown["request"]["state"]), (&json!("ask-for-each-case"), &json!("QUEUED")));
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(view["state"], "REVOKED");
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    assert_eq!(reason(&step(&dpo, &id, "approve", &Value::Null).await), (409, "ask-for-each-case".to_owned()));
    taken(&dpo, &id, "request-evidence", &json!({"needed": ["which_part"]}), "EVIDENCE_PENDING").await;
}

#[tokio::test]
async fn more_links_than_a_transaction_takes_end_all_the_same() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = known(&stack).await;
    let letter = app.make_letter(&case, &stack.run().providers[0]).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    // Twenty end with the request itself.
    multiply(&stack, &case, &delivery, 21).await;
    let states = || async {
        let all = app.get(&format!("/v1/cases/{case}/deliveries")).await.unwrap().expect(200, "list").unwrap().json();
        let of = |d: &Value| d["state"].as_str().unwrap().to_owned();
        all["items"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let mut wish = wish("deletion", &email);
    wish["case_id"] = json!(case);
    let (id, ticket) = verified(&stack, &Anybody::new(&stack, "rights"), &email, &wish).await;
    assert_eq!(looked(&ticket, &id).await.json()["state"], "QUEUED");
    let after = states().await;
    assert!(after.len() == 22 && after.iter().all(|state| state == "REVOKED"), "{after:?}");
}
