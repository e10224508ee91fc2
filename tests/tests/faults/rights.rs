//! What is decided about rights and carried out, with a fault before and after each commit: the officer's steps, a correction, a
//! copy, and what the clock does. The old state or the new one is left, a repeat comes to the end, and nobody is told twice.

use crate::functions::{Service, patient};
use crate::proxy::{Fault, Kind};
use crate::without_sign_in::{claim, mailbox, ordered, stored};
use crate::{EVERY_KIND, failed_cleanly};
use chrono::{DateTime, TimeDelta, Utc};
use lambda_runtime::Context;
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::id::RightId;
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{RightsRequest, State, due_at};
use medius_fulfilment::handle;
use medius_store::{Change, Place};
use medius_tests::journey::{demo_story, wait_for_state};
use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Mails to the patient about a case that were ordered, of one kind.
async fn notices(stack: &Stack, case: &str, kind: &str) -> usize {
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let mut pages = dynamodb.scan().table_name(stack.table("outbox")).into_paginator().items().send();
    let mut found = 0;
    while let Some(item) = pages.next().await {
        let text = format!("{:?}", item.unwrap());
        found += usize::from(text.contains(case) && text.contains(&format!("\"{kind}\"")));
    }
    found
}

async fn asked(app: &PatientApp, wish: &Value) -> RightId {
    let asked = app.post("/v1/rights-requests", wish).await.unwrap().expect(201, "request").unwrap();
    asked.json()["id"].as_str().unwrap().parse().unwrap()
}

/// Takes a step of the officer's while something fails, and again: it is taken once.
async fn step(officer: &Service, id: &RightId, (what, body): (&str, Option<&Value>), fault: Fault) {
    let path = format!("/staff/v1/rights-requests/{id}/{what}");
    let key = fresh_key();
    let about = format!("{what}: {fault:?}");
    officer.proxy.strike(fault);
    let reply = officer.rights("POST", &path, &[("idempotency-key", &key)], body).await;
    assert!(officer.proxy.lift() > 0, "{about} never struck");
    failed_cleanly(&reply, &about);
    let again = officer.rights("POST", &path, &[("idempotency-key", &key)], body).await;
    assert_eq!(again.status, 200, "{about}: {}", again.text());
    if reply.status == 200 {
        assert_eq!(reply.json(), again.json(), "{about}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_the_officer_is_taken_once_whatever_fails() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let case = app.ready_case(&demo_story().unwrap(), &stack.run().providers[0]).await.unwrap();
    let (one, two) = (Service::of_staff(&stack, "dpo").await, Service::of_staff(&stack, "dpo").await);
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        for kind in EVERY_KIND {
            let fault = || Fault { operation, kind };
            let id = asked(&app, &json!({"right": "access", "case_id": case})).await;
            let told = notices(&stack, &case, "right").await;
            let until = (Utc::now() + TimeDelta::days(9)).date_naive();
            let evidence = json!({"needed": ["document"]});
            let later = json!({"ground": "extent", "until": until});
            let refusal = json!({"ground": "harm_to_others"});
            for (what, body) in [
                ("assign", None),
                ("request-evidence", Some(&evidence)),
                ("take-up", None),
                ("defer", Some(&later)),
                ("take-up", None),
                ("refuse", Some(&refusal)),
            ] {
                step(&one, &id, (what, body), fault()).await;
            }
            let path = format!("/v1/rights-requests/{id}/object");
            let key = fresh_key();
            app.send(Method::POST, &path, &[("idempotency-key", &key)], None)
                .await
                .unwrap()
                .expect(200, "object")
                .unwrap();
            step(&two, &id, ("objections/decide", Some(&json!({"uphold": false}))), fault()).await;
            let kept = stored(&stack, &id).await;
            assert_eq!((kept.state, kept.events.len()), (State::Dismissed, 10), "{operation} {kind:?}");
            // The patient is told of each step once: six of one officer, the own objection, and the decision about it.
            assert_eq!(notices(&stack, &case, "right").await, told + 8, "{operation} {kind:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_put_and_lifted_once_whatever_fails() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let case = app.ready_case(&demo_story().unwrap(), &stack.run().providers[0]).await.unwrap();
    let officer = Service::of_staff(&stack, "dpo").await;
    let review = (Utc::now() + TimeDelta::days(30)).date_naive();
    let hold = json!({"ground": "dispute", "statute": "civil_procedure", "review_on": review});
    let held = || async {
        let id = case.parse().unwrap();
        let found = officer.database().case_to_destroy(&id).await.unwrap().unwrap();
        found.hold
    };
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        for kind in EVERY_KIND {
            for (what, body, wanted) in [("hold", Some(&hold), true), ("hold/lift", None, false)] {
                let about = format!("{what} {operation} {kind:?}");
                let (path, key) = (format!("/staff/v1/cases/{case}/{what}"), fresh_key());
                officer.proxy.strike(Fault { operation, kind });
                let reply = officer.rights("POST", &path, &[("idempotency-key", &key)], body).await;
                assert!(officer.proxy.lift() > 0, "{about} never struck");
                failed_cleanly(&reply, &about);
                let again = officer.rights("POST", &path, &[("idempotency-key", &key)], body).await;
                assert_eq!(again.status, 200, "{about}: {}", again.text());
                assert_eq!(held().await.is_some(), wanted, "{about}");
            }
        }
    }
}

/// A request in its next revision, as it would stand if everything about it had happened otherwise.
async fn written(service: &Service, next: &RightsRequest) {
    let db = service.database();
    let event = Event::of_function(
        "test",
        Action::Update,
        Object::of(Thing::Right, &next.id, "test"),
        Purpose::PatientRights,
        None,
    );
    let scope = next.scope();
    let mut change = Change::new(permit(event, &On::Service(&scope)).unwrap(), db.now());
    change.rights_request(next).unwrap();
    let snapshot = db.read([Place::LogHead(scope)]).await.unwrap();
    db.commit(change, &snapshot).await.unwrap();
}

/// A request that was agreed to and could not be carried out: the deployed function, which waits for what begins, leaves it alone.
async fn agreed(stack: &Stack, service: &Service, id: &RightId) {
    let (request, now) = (stored(stack, id).await, Utc::now());
    let dpo = medius_domain::id::Subject::of("dpo");
    let review = if request.state == State::Queued { request.assign(&dpo, now).unwrap() } else { request.clone() };
    let review = review.with_values_seen().unwrap_or(review);
    let failed = review.approve(&dpo, false, now).unwrap().failed(now).unwrap();
    written(service, &RightsRequest { rev: request.rev + 1, ..failed }).await;
}

fn context() -> Context {
    let end = SystemTime::now() + Duration::from_secs(600);
    let mut context = Context::default();
    context.request_id = "test".to_owned();
    context.deadline = u64::try_from(end.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    context
}

/// Word of a request, as the stream brings it.
async fn woken(service: &Service, id: &RightId) {
    let record = json!({"eventID": "1", "eventName": "MODIFY", "dynamodb": {
        "Keys": {"pk": {"S": format!("RIGHT#{id}")}, "sk": {"S": "RIGHT"}}, "SequenceNumber": "1",
        "NewImage": {"pk": {"S": format!("RIGHT#{id}")}, "sk": {"S": "RIGHT"}, "state": {"S": "EXECUTING"}}}});
    handle(&service.fulfilment(), json!({"Records": [record]}), &context()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_carried_out_once_whatever_fails() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let mut faults = vec![("Decrypt", Kind::Refused), ("Query", Kind::Broken), ("GenerateMac", Kind::Broken)];
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        faults.extend(EVERY_KIND.map(|kind| (operation, kind)));
    }
    for (n, (operation, kind)) in faults.into_iter().enumerate() {
        let what = format!("{operation} {kind:?}");
        let letter = app.make_letter(&case, &to).await.unwrap();
        let delivery = app.deliver(&case, &letter).await.unwrap();
        let id = asked(&app, &json!({"right": "correction", "case_id": case, "parts": ["contact"]})).await;
        let phone = format!("+84 91 111 {:04}", n + 1000);
        let values = serde_json::to_vec(&json!({"basic": {"phone": phone}})).unwrap();
        let path = format!("/v1/rights-requests/{id}/values");
        let key = fresh_key();
        let given = app.send(Method::PUT, &path, &[("idempotency-key", &key)], Some(values)).await.unwrap();
        given.expect(200, "values").unwrap();
        agreed(&stack, &service, &id).await;
        let told = notices(&stack, &case, "corrected").await;
        let before = app.get(&format!("/v1/cases/{case}")).await.unwrap().json();

        service.proxy.strike(Fault { operation, kind });
        woken(&service, &id).await;
        assert!(service.proxy.lift() > 0, "{what} never struck");
        // All of it or nothing.
        let (half, now) = (stored(&stack, &id).await, app.get(&format!("/v1/cases/{case}")).await.unwrap().json());
        let done = half.state == State::Completed;
        let there = if done { &json!(phone) } else { &before["basic"]["phone"] };
        assert_eq!(&now["basic"]["phone"], there, "{what}: half a correction");
        assert_eq!(notices(&stack, &case, "corrected").await, told + usize::from(done), "{what}");
        for _ in 0..2 {
            woken(&service, &id).await;
        }
        let after = app.get(&format!("/v1/cases/{case}")).await.unwrap().json();
        assert_eq!(after["basic"]["phone"], json!(phone), "{what}");
        assert_eq!(stored(&stack, &id).await.state, State::Completed, "{what}");
        assert_eq!(notices(&stack, &case, "corrected").await, told + 1, "{what}: told twice or not at all");
        wait_for_state(&app, &case, &delivery, "SUPERSEDED").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_once_and_can_be_read_whatever_fails() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let case = app.ready_case(&demo_story().unwrap(), &stack.run().providers[0]).await.unwrap();
    let mut faults = vec![("Decrypt", Kind::Refused), ("GenerateMac", Kind::Broken), ("Query", Kind::Broken)];
    faults.extend([("PUT", Kind::Broken), ("PUT", Kind::AnswerLost)]);
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        faults.extend(EVERY_KIND.map(|kind| (operation, kind)));
    }
    for (operation, kind) in faults {
        let what = format!("{operation} {kind:?}");
        let id = asked(&app, &json!({"right": "access", "case_id": case})).await;
        agreed(&stack, &service, &id).await;
        service.proxy.strike(Fault { operation, kind });
        woken(&service, &id).await;
        assert!(service.proxy.lift() > 0, "{what} never struck");
        let export = || async {
            let found = service.database().read([Place::Export(id.clone())]).await.unwrap();
            found.export(&id).unwrap()
        };
        let done = stored(&stack, &id).await.state == State::Completed;
        assert_eq!(export().await.is_some(), done, "{what}: a copy without a request's end, or the other way round");
        for _ in 0..2 {
            woken(&service, &id).await;
        }
        assert_eq!(stored(&stack, &id).await.state, State::Completed, "{what}");
        // The one that is recorded is there, and is what it says; one mail has its link.
        let made = export().await.expect("a copy");
        assert_eq!((made.parts.len(), made.rev), (1, 1), "{what}");
        let part = &made.parts[0];
        let name = format!("exports/{case}/{id}/{}", part.sha256);
        let s3 = stack.s3(stack.operator_credentials());
        s3.head_object().bucket(&stack.run().bucket).key(name).send().await.unwrap();
        assert_eq!(ordered(&stack, &id).await, 1, "{what}: the link went out twice or not at all");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_clock_does_is_done_once_whatever_fails() {
    let stack = Stack::load().unwrap();
    let email = mailbox(&stack).await;
    let (app, _) = patient(&stack).await;
    let case = app.ready_case(&demo_story().unwrap(), &stack.run().providers[0]).await.unwrap();
    for (operation, kinds) in
        [("Query", &EVERY_KIND[..1]), ("TransactGetItems", &EVERY_KIND[..]), ("TransactWriteItems", &EVERY_KIND[..])]
    {
        for kind in kinds {
            let what = format!("{operation} {kind:?}");
            let service = Service::start(&stack, "nobody").await;
            let unconfirmed = claim(&service, &email, &fresh_key()).await;
            let unconfirmed: RightId = unconfirmed.json()["id"].as_str().unwrap().parse().unwrap();
            let waiting = asked(&app, &json!({"right": "access", "case_id": case})).await;
            let closed = asked(&app, &json!({"right": "access", "case_id": case})).await;
            for (id, days) in [(&unconfirmed, 11), (&waiting, 9), (&closed, 92)] {
                let request = stored(&stack, id).await;
                let request = if *id == closed { request.cancel(Utc::now()).unwrap() } else { request };
                let rev = if *id == closed { request.rev } else { request.rev + 1 };
                written(&service, &aged(RightsRequest { rev, ..request }, days)).await;
            }
            let fulfilment = service.fulfilment();
            service.proxy.strike(Fault { operation, kind: *kind });
            let _ = fulfilment.tick("test").await;
            assert!(service.proxy.lift() > 0, "{what} never struck");
            for _ in 0..2 {
                fulfilment.tick("test").await.unwrap();
            }
            assert_eq!(stored(&stack, &unconfirmed).await.state, State::ClosedUnverified, "{what}");
            // The code, and one word of the end.
            assert_eq!(ordered(&stack, &unconfirmed).await, 2, "{what}");
            assert_eq!(stored(&stack, &waiting).await.reminded.len(), 3, "{what}");
            assert_eq!(ordered(&stack, &waiting).await, 3, "{what}: the officer was told twice or not at all");
            assert!(stored(&stack, &closed).await.hidden, "{what}");
        }
    }
}

/// The request as if everything about it had happened so many days earlier.
fn aged(request: RightsRequest, days: i64) -> RightsRequest {
    let earlier = |at: DateTime<Utc>| at - TimeDelta::days(days);
    let received_at = earlier(request.received_at);
    let mut events = request.events;
    for event in &mut events {
        event.at = earlier(event.at);
    }
    RightsRequest { received_at, due_at: due_at(received_at), events, ..request }
}
