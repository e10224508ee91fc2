//! Requests about rights without a sign-in, with faults at every step: a request is there once with one mail, and a code gives
//! one ticket or none.

use crate::functions::{Service, patient};
use crate::proxy::Fault;
use crate::{EVERY_KIND, failed_cleanly};
use medius_domain::id::RightId;
use medius_domain::rights::{RightsRequest, State};
use medius_store::{CodeMac, Database, Place, Tables};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};
use std::sync::Arc;

const CLAIMS: &str = "/v1/public/rights-requests";

/// A mailbox that is on file.
pub(crate) async fn mailbox(stack: &Stack) -> String {
    let (app, _) = patient(stack).await;
    let email = format!("faults-{}@patients.example", fresh_key());
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = json!(email);
    app.ready_case(&story, &stack.run().providers[0]).await.unwrap();
    email
}

fn wish(email: &str) -> Value {
    json!({"right": "access", "email": email, "role": "self", "language": "en"})
}

pub(crate) async fn stored(stack: &Stack, id: &RightId) -> RightsRequest {
    let tables = stack.run().tables.clone();
    let name = move |variable: &str| tables.get(&variable.strip_prefix("TABLE_")?.to_lowercase()).cloned();
    let clock = Arc::new(medius_domain::clock::SystemClock);
    let db = Database::new(stack.dynamodb(stack.operator_credentials()), Tables::new(name), clock);
    db.read([Place::Right(id.clone())]).await.unwrap().rights_request(id).unwrap().unwrap()
}

/// Codes that were ordered for a request.
pub(crate) async fn ordered(stack: &Stack, id: &RightId) -> usize {
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let mut pages = dynamodb.scan().table_name(stack.table("outbox")).into_paginator().items().send();
    let mut found = 0;
    while let Some(item) = pages.next().await {
        found += usize::from(format!("{:?}", item.unwrap()).contains(id.as_str()));
    }
    found
}

async fn code(stack: &Stack, id: &RightId, n: u32) -> String {
    let mac = CodeMac::new(stack.kms(stack.operator_credentials()), stack.run().keys["code_mac"].clone());
    mac.right_code(id, n).await.unwrap().expose().to_owned()
}

pub(crate) async fn claim(service: &Service, email: &str, key: &str) -> crate::functions::Reply {
    service.rights("POST", CLAIMS, &[("idempotency-key", key)], Some(&wish(email))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_sign_in_is_there_once_with_one_mail_whatever_fails() {
    let stack = Stack::load().unwrap();
    let email = mailbox(&stack).await;
    for operation in ["TransactGetItems", "GenerateMac", "TransactWriteItems"] {
        let service = Service::start(&stack, "nobody").await;
        for kind in EVERY_KIND {
            let what = format!("{operation} {kind:?}");
            let key = fresh_key();
            service.proxy.strike(Fault { operation, kind });
            let reply = claim(&service, &email, &key).await;
            assert!(service.proxy.lift() > 0, "{what} never struck");
            failed_cleanly(&reply, &what);
            let again = claim(&service, &email, &key).await;
            assert_eq!(again.status, 202, "{what}: {}", again.text());
            if reply.status == 202 {
                assert_eq!(reply.json(), again.json(), "{what}");
            }
            let id: RightId = again.json()["id"].as_str().unwrap().parse().unwrap();
            assert_eq!(stored(&stack, &id).await.rev, 1, "{what}");
            // The mailbox has its limit: later ones come to nothing, and none comes twice.
            assert!(ordered(&stack, &id).await <= 1, "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_gives_one_ticket_or_none_whatever_fails() {
    let stack = Stack::load().unwrap();
    let email = mailbox(&stack).await;
    for operation in ["TransactGetItems", "GenerateMac", "Query", "TransactWriteItems"] {
        let service = Service::start(&stack, "nobody").await;
        for kind in EVERY_KIND {
            let what = format!("{operation} {kind:?}");
            let asked = claim(&service, &email, &fresh_key()).await;
            let id: RightId = asked.json()["id"].as_str().unwrap().parse().unwrap();
            let path = format!("{CLAIMS}/{id}/verify");
            let typed = json!({"code": code(&stack, &id, 1).await});
            service.proxy.strike(Fault { operation, kind });
            let reply = service.rights("POST", &path, &[], Some(&typed)).await;
            assert!(service.proxy.lift() > 0, "{what} never struck");
            failed_cleanly(&reply, &what);
            let again = service.rights("POST", &path, &[], Some(&typed)).await;
            match (reply.status, again.status) {
                (200, 404) | (503, 200) => {}
                // It was done, and nobody was told: another code gives another ticket.
                (503, 404) => {
                    service.rights("POST", &format!("{CLAIMS}/{id}/code"), &[], None).await;
                    let second = json!({"code": code(&stack, &id, 2).await});
                    let reply = service.rights("POST", &path, &[], Some(&second)).await;
                    assert_eq!(reply.status, 200, "{what}: {}", reply.text());
                }
                other => panic!("{what}: {other:?} {}", again.text()),
            }
            let kept = stored(&stack, &id).await;
            assert_eq!((kept.state, kept.events.len()), (State::Queued, 3), "{what}");
        }
    }
}
