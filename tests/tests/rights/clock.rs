//! What time alone does to requests, by the deployed function: reminders once for each missed day, unconfirmed requests closed
//! after ten days, and no identity ninety days after the end; asked again, nothing is done twice.

use super::{ask, own, patient, seen, with_case};
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::id::RightId;
use medius_domain::policy::{On, Thing, permit};
use medius_domain::rights::{Milestone, RightsRequest, State, due_at};
use medius_store::{Change, Database, Place, Tables};
use medius_tests::stack::Stack;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn database(stack: &Stack) -> Database {
    let tables = Tables::new(|name| stack.run().tables.get(&name.strip_prefix("TABLE_")?.to_lowercase()).cloned());
    Database::new(stack.dynamodb(stack.operator_credentials()), tables, Arc::new(medius_domain::clock::SystemClock))
}

async fn stored(db: &Database, id: &RightId) -> RightsRequest {
    db.read([Place::Right(id.clone())]).await.unwrap().rights_request(id).unwrap().expect("the request")
}

/// Writes a request as if everything about it had happened so many days earlier.
pub(crate) async fn aged(db: &Database, id: &RightId, days: i64) {
    let request = stored(db, id).await;
    let earlier = |at: DateTime<Utc>| at - TimeDelta::days(days);
    let received_at = earlier(request.received_at);
    let mut events = request.events.clone();
    for event in &mut events {
        event.at = earlier(event.at);
    }
    let rev = request.rev + 1;
    let old = RightsRequest { received_at, due_at: due_at(received_at), events, rev, ..request };
    let event =
        Event::of_function("test", Action::Update, Object::of(Thing::Right, id, "age"), Purpose::PatientRights, None);
    let scope = old.scope();
    let mut change = Change::new(permit(event, &On::Service(&scope)).unwrap(), db.now());
    change.rights_request(&old).unwrap();
    let snapshot = db.read([Place::LogHead(scope)]).await.unwrap();
    db.commit(change, &snapshot).await.unwrap();
}

pub(crate) async fn tick(stack: &Stack) -> Value {
    stack.invoke("fulfilment", None, &json!({"kind": "clock"})).await.unwrap()
}

async fn reminders(stack: &Stack, id: &RightId, at_least: usize) -> usize {
    let mut found = 0;
    for _ in 0..100 {
        let mails = stack.mails().await.unwrap();
        found = mails.iter().filter(|mail| mail.body_text.as_deref().is_some_and(|t| t.contains(id.as_str()))).count();
        if found >= at_least {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    found
}

#[tokio::test]
async fn the_officer_is_reminded_of_each_missed_day_by_one_mail() {
    let stack = Stack::load().unwrap();
    let db = database(&stack);
    let (app, case) = with_case(&stack).await;
    let id: RightId = ask(&app, &json!({"right": "access", "case_id": case})).await.parse().unwrap();
    tick(&stack).await;
    assert!(stored(&db, &id).await.reminded.is_empty());
    aged(&db, &id, 9).await;
    for _ in 0..2 {
        tick(&stack).await;
    }
    let all = BTreeSet::from([Milestone::Assign, Milestone::Decide, Milestone::Alarm]);
    assert_eq!(stored(&db, &id).await.reminded, all);
    assert_eq!(reminders(&stack, &id, 3).await, 3);
    tick(&stack).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(reminders(&stack, &id, 3).await, 3, "told twice");
    // It is no step: the patient sees the request as it was.
    assert_eq!(seen(&app, id.as_str()).await["state"], "QUEUED");
}

#[tokio::test]
async fn what_nobody_confirmed_is_closed_after_ten_days_and_not_before() {
    let stack = Stack::load().unwrap();
    let db = database(&stack);
    let wish = json!({"right": "access", "email": "nobody@nowhere.example", "role": "self", "language": "en"});
    let anybody = medius_tests::anybody::Anybody::new(&stack, "rights");
    let asked = anybody.send(reqwest::Method::POST, "/v1/public/rights-requests", Some(&wish)).await.unwrap();
    let id: RightId = asked.expect(202, "claim").unwrap().json()["id"].as_str().unwrap().parse().unwrap();
    aged(&db, &id, 10).await;
    tick(&stack).await;
    assert_eq!(stored(&db, &id).await.state, State::IdentityPending, "the tenth day is not over");
    aged(&db, &id, 1).await;
    tick(&stack).await;
    let closed = stored(&db, &id).await;
    assert_eq!((closed.state, closed.reminded.len()), (State::ClosedUnverified, 0));
}

#[tokio::test]
async fn ninety_days_after_its_end_only_the_patient_finds_a_request() {
    let stack = Stack::load().unwrap();
    let db = database(&stack);
    let (app, _) = patient(&stack).await;
    let (other, _) = patient(&stack).await;
    let id = ask(&app, &json!({"right": "access"})).await;
    own(&app, &id, "cancel").await.expect(200, "cancel").unwrap();
    let right: RightId = id.parse().unwrap();
    let subject = stored(&db, &right).await.subject;
    aged(&db, &right, 89).await;
    tick(&stack).await;
    assert!(!stored(&db, &right).await.hidden);
    aged(&db, &right, 3).await;
    for _ in 0..2 {
        tick(&stack).await;
    }
    let hidden = stored(&db, &right).await;
    assert!(hidden.hidden && hidden.subject != subject);
    assert_eq!(seen(&app, &id).await["state"], "CANCELLED");
    let listed = app.get("/v1/rights-requests").await.unwrap().expect(200, "list").unwrap().json();
    assert!(listed["items"].as_array().unwrap().iter().any(|item| item["id"] == json!(id)));
    assert_eq!(other.get(&format!("/v1/rights-requests/{id}")).await.unwrap().status.as_u16(), 404);
}
