//! The tables fail under the mailer at each of its calls in turn, before they act and after: in the end the mail was sent, once.

use super::{
    OTHER_SENDER, TURN, context, mailer, order_notice, ordered, reachable, reported, sender_back, sender_gone,
};
use crate::proxy::{Fault, Kind, Proxy, TABLES};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_mailer::handle;
use medius_tests::stack::Stack;
use std::time::Duration;

/// More calls of the tables than sending a notice takes.
const MOST_CALLS: u32 = 20;
/// Minutes after which every lease has run out.
const STEP: i64 = 5;

/// Key and status of a mail.
async fn stored(stack: &Stack, id: &str) -> (String, String) {
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let mut pages = dynamodb.scan().table_name(stack.table("outbox")).into_paginator().items().send();
    let id = AttributeValue::S(id.to_owned());
    while let Some(item) = pages.next().await {
        let item = item.unwrap();
        if item["body"].as_m().unwrap().get("id") == Some(&id) {
            return (item["pk"].as_s().unwrap().clone(), item["status"].as_s().unwrap().clone());
        }
    }
    panic!("the mail is lost")
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_tables_fail_under_the_mailer_a_mail_is_sent_and_sent_once() {
    let _turn = TURN.lock().await;
    let stack = Stack::load().unwrap();
    let (_, address, case) = reachable(&stack).await;
    let proxy = Proxy::start(&stack.run().endpoint).await;
    sender_gone(&stack).await;
    let marker = format!("/open#{case}");
    let sent = async || {
        let mine = |mail: &medius_tests::stack::Mail| {
            mail.to.contains(&address) && mail.body_text.as_deref().is_some_and(|text| text.contains(&marker))
        };
        stack.mails().await.unwrap().iter().filter(|mail| mine(mail)).count()
    };
    let mut minutes = STEP;
    let mut struck = Vec::new();
    for kind in [Kind::Broken, Kind::AnswerLost] {
        for spared in 0..MOST_CALLS {
            let (before, id) = (sent().await, order_notice(&stack, &case).await);
            let (mail, _) = stored(&stack, id.as_str()).await;
            let turn = async |minutes| {
                handle(&mailer(&stack, &proxy, minutes, OTHER_SENDER), ordered(&mail), &context()).await.unwrap();
            };
            // The deployed mailer tries, too, and is refused: until it is this one's turn.
            let (mut faults, mut out) = (0, 0);
            while faults == 0 && out == 0 {
                tokio::time::sleep(Duration::from_millis(500)).await;
                minutes += STEP;
                proxy.strike_after(spared, Fault { operation: TABLES, kind });
                turn(minutes).await;
                (faults, out) = (proxy.lift(), sent().await - before);
            }
            // What the service took it says within seconds; the next attempt comes later.
            if out > 0 {
                reported(&stack, &mail).await;
            }
            for _ in 0..MOST_CALLS {
                minutes += STEP;
                turn(minutes).await;
                if stored(&stack, id.as_str()).await.1 == "SENT" {
                    break;
                }
            }
            assert_eq!(stored(&stack, id.as_str()).await.1, "SENT", "{kind:?} after {spared} calls: lost");
            assert_eq!(sent().await - before, 1, "{kind:?} after {spared} calls: {out} at the first try");
            if faults == 0 {
                break;
            }
            struck.push((kind, spared, out));
        }
    }
    sender_back(&stack).await;
    // Both before it was sent and after, and both before the tables acted and after.
    for kind in [Kind::Broken, Kind::AnswerLost] {
        for out in [0, 1] {
            assert!(struck.iter().any(|(k, _, o)| (*k, *o) == (kind, out)), "{kind:?}: {struck:?}");
        }
    }
}
