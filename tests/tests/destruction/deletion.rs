//! Deletion at the patient's wish, by the deployed functions: links die with the request, two people agree, everything is
//! destroyed at once, institutions are told, and the request ends with the certificate, or with what a statute keeps.

use crate::world::World;
use crate::{keys, ledger};
use chrono::{Days, NaiveDate, TimeDelta};
use medius_domain::clock::kst_day;
use medius_domain::destruction::{Ground, Step};
use medius_domain::id::{CaseId, DestructionId, Subject};
use medius_domain::lifecycle::{Hold, HoldGround, HoldStatute};
use medius_domain::signed::{Kind, verify};
use medius_store::Place;
use medius_tests::staff::StaffApp;
use medius_tests::user::{PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) async fn member(world: &World) -> StaffApp {
    let sign_in = world.stack.new_member(&format!("dpo-{}@staff.example", fresh_key()), "dpo").await.unwrap();
    StaffApp::of(&world.stack, &sign_in).await.unwrap()
}

pub(crate) async fn ask(app: &PatientApp, wish: &Value) -> String {
    let asked = app.post("/v1/rights-requests", wish).await.unwrap().expect(201, "request").unwrap();
    asked.json()["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn step(staff: &StaffApp, id: &str, what: &str) -> Value {
    let path = format!("/staff/v1/rights-requests/{id}/{what}");
    let key = [("idempotency-key", fresh_key())].map(|(k, v)| (k, v));
    let headers: Vec<(&str, &str)> = key.iter().map(|(k, v)| (*k, v.as_str())).collect();
    staff.send(Method::POST, &path, &headers, None).await.unwrap().expect(200, what).unwrap().json()
}

async fn seen(app: &PatientApp, id: &str) -> Value {
    app.get(&format!("/v1/rights-requests/{id}")).await.unwrap().expect(200, "request").unwrap().json()
}

/// The request once it stands where it is wanted.
pub(crate) async fn ended(app: &PatientApp, id: &str, state: &str) -> Value {
    for _ in 0..240 {
        let now = seen(app, id).await;
        if now["state"] == state {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("{}", seen(app, id).await);
}

async fn agreed(world: &World, id: &str) -> Value {
    let (one, two) = (member(world).await, member(world).await);
    step(&one, id, "assign").await;
    let first = step(&one, id, "approve").await;
    assert_eq!(first["state"], "IN_REVIEW", "an open case takes two");
    step(&two, id, "approve").await
}

#[tokio::test]
async fn what_a_patient_wants_deleted_is_destroyed_at_once_and_the_request_ends_with_the_certificate() {
    let world = World::new().await;
    let (app, case, subject) = world.delivered().await;
    let (other, _) = world.delivered_case().await;
    let others = world.everything_about(&other).await;
    let delivery = world.db.deliveries(&case).await.unwrap().remove(0);
    let number = world.db.referrals(&case).await.unwrap().remove(0).document_number;
    let id = ask(&app, &json!({"right": "deletion", "case_id": case})).await;
    // Verified with the sign-in: the link is dead from this moment, whatever is decided.
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{}", delivery.id)).await.unwrap().json();
    assert_eq!(view["state"], "REVOKED");
    assert!(world.sees(&case).await, "nothing is destroyed before it is agreed to");
    assert_eq!(agreed(&world, &id).await["state"], "EXECUTING");
    let done = ended(&app, &id, "COMPLETED").await;
    assert_eq!((&done["outcome"], done.get("refusal")), (&json!("deleted"), None));
    let address = format!("/c/{}", DestructionId::of(&case));
    assert_eq!(done["certificates"], json!([address]));
    assert!(world.everything_about(&case).await.is_empty() && !world.sees(&case).await);
    assert_eq!(app.get(&format!("/v1/cases/{case}")).await.unwrap().status, 404);
    assert_eq!(world.everything_about(&other).await, others, "of another case something is gone or changed");

    let file =
        reqwest::get(world.stack.url(&address)).await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
    let proof = verify(Kind::Destruction, &file, &keys(&world.stack).await).unwrap().statement;
    assert_eq!((&proof["ground"], &proof["case_id"]), (&json!("deletion"), &json!(case)));
    // Who holds a copy was told to destroy it, by a mail that names the letter and nobody.
    let told = &proof["third_parties"][0];
    assert!(told["told_at"].is_string() && told.get("mail").is_none(), "{proof}");
    assert_eq!(told["documents"], json!([number]));
    let mail = world.mail_with(&format!("문서번호 · Documents: {number}")).await;
    assert!(mail.contains(case.as_str()) && mail.contains("destroy it") && !mail.contains(subject.as_str()));
    assert!(proof["policy_version"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(ledger(&world, &case).await.right.unwrap().as_str(), id);
    // The patient had the address of the proof by mail while there was a mailbox.
    world.mail_with(&address).await;
}

fn hold(world: &World, days: u64) -> Hold {
    let now = world.db.now();
    let review_on: NaiveDate = kst_day(now) + Days::new(days);
    let (ground, statute) = (HoldGround::Dispute, HoldStatute::CivilProcedure);
    Hold { ground, statute, by: Subject::of("dpo"), since: now, review_on }
}

#[tokio::test]
async fn of_all_cases_the_one_that_a_statute_keeps_stays_until_that_ends_and_is_named() {
    let world = World::new().await;
    let (app, free, _) = world.delivered().await;
    let to = world.stack.run().providers[0].clone();
    let held: CaseId =
        app.ready_case(&medius_tests::journey::demo_story().unwrap(), &to).await.unwrap().parse().unwrap();
    let lives = world.db.case_to_destroy(&held).await.unwrap().unwrap();
    let hold = hold(&world, 30);
    world.put_case(&lives.held(Some(hold.clone()), world.db.now())).await;
    let id = ask(&app, &json!({"right": "deletion"})).await;
    assert_eq!(agreed(&world, &id).await["state"], "EXECUTING");
    let partly = ended(&app, &id, "PARTIAL").await;
    assert_eq!(partly["refusal"]["ground"], "kept_by_statute");
    assert_eq!(partly["held"][0]["case_id"], json!(held));
    assert_eq!(partly["held"][0]["until"], json!(hold.review_on));
    assert!(partly["held"][0]["statute"].as_str().unwrap().contains("Civil Procedure Act"));
    assert_eq!(partly["certificates"], json!([format!("/c/{}", DestructionId::of(&free))]));
    assert!(world.everything_about(&free).await.is_empty());
    assert!(world.sees(&held).await, "what is held is not destroyed");
    // The log of each case says that its destruction was entered, whatever the request was about.
    for case in [&free, &held] {
        let entries = world.db.log_entries(&medius_domain::access::Scope::Case(case.clone())).await.unwrap();
        assert!(entries.iter().any(|entry| entry.object.as_str() == "case/due"), "{case}");
        assert!(world.db.check_log(&case.into(), false).await.unwrap().is_ok());
    }
    // With the hold's end it is destroyed, by itself.
    let waits = ledger(&world, &held).await;
    assert_eq!((waits.ground, waits.step, waits.due_at), (Ground::Deletion, Step::Due, hold.ends_at()));
    world.set_ahead(hold.ends_at() - chrono::Utc::now() + TimeDelta::hours(72));
    world.retention().advance(waits, "test", &mut |_: Step| false).await.unwrap();
    assert!(ledger(&world, &held).await.is_done());
    assert!(world.everything_about(&held).await.is_empty());
}

#[tokio::test]
async fn a_hold_that_comes_after_the_agreement_stops_what_has_not_begun() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    let retention = world.retention();
    let now = world.db.now();
    let entered = retention.enter(&case, &subject, Ground::Deletion, now + TimeDelta::days(365), "test").await.unwrap();
    let lives = world.db.case_to_destroy(&case).await.unwrap().unwrap();
    let hold = hold(&world, 400);
    world.put_case(&lives.held(Some(hold.clone()), now)).await;
    world.set_ahead(TimeDelta::days(366));
    retention.advance(entered, "test", &mut |_: Step| false).await.unwrap();
    let waits = ledger(&world, &case).await;
    assert_eq!((waits.step, waits.due_at), (Step::Due, hold.ends_at()));
    assert!(world.everything_about(&case).await.len() > 10);
}

#[tokio::test]
async fn an_open_request_keeps_a_case_that_would_end_before_it_is_answered() {
    let world = World::new().await;
    let (app, case) = world.open_case().await;
    let id: CaseId = case.parse().unwrap();
    let lives = world.db.case_to_destroy(&id).await.unwrap().unwrap();
    // A case whose own end is in three days.
    let near = world.db.now() + TimeDelta::days(3);
    let ending = medius_domain::case::Case { version: lives.version + 1, expires_at: near, ..lives };
    world.put_case(&ending).await;
    let asked = ask(&app, &json!({"right": "access", "case_id": case})).await;
    let snapshot = world.db.read([Place::Right(asked.parse().unwrap())]).await.unwrap();
    let request = snapshot.rights_request(&asked.parse().unwrap()).unwrap().unwrap();
    let kept = world.db.case_to_destroy(&id).await.unwrap().unwrap();
    assert_eq!((kept.requested_until, kept.expires_at), (Some(request.due_at), request.due_at));
    // Its own end has come: retention finds it kept, and once the term is over, due.
    let retention = world.retention();
    let entered = retention.enter(&id, &kept.subject, Ground::RetentionEnded, near, "test").await.unwrap();
    world.set_ahead(TimeDelta::days(4));
    retention.advance(entered, "test", &mut |_: Step| false).await.unwrap();
    assert_eq!((ledger(&world, &id).await.step, ledger(&world, &id).await.due_at), (Step::Due, request.due_at));
}
