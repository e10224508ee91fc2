//! A card that does not open: the mail waits, and whoever is woken learns of it, although no request failed.

use super::{SENDER, TURN, context, mail_of, mailer, order_notice, ordered, reachable};
use crate::proxy::Proxy;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use medius_mailer::handle;
use medius_tests::stack::{Mail, Stack};
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;

/// Seals that the mailer found broken so far, as its log says it to CloudWatch.
async fn found_broken(stack: &Stack) -> f64 {
    let lines = stack.logs("mailer").await.unwrap();
    let figures = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok()?["SealFailed"].as_f64());
    figures.sum()
}

async fn put(stack: &Stack, item: HashMap<String, AttributeValue>) {
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    dynamodb.put_item().table_name(stack.table("cases")).set_item(Some(item)).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_does_not_open_wakes_somebody_and_loses_no_mail() {
    let _turn = TURN.lock().await;
    let stack = Stack::load().unwrap();
    let (_, address, case) = reachable(&stack).await;
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let mut pages = dynamodb.scan().table_name(stack.table("cases")).into_paginator().items().send();
    let mut card = None;
    while let Some(item) = pages.next().await {
        let item = item.unwrap();
        let of_case = item["pk"].as_s().unwrap().contains(&case) && item.contains_key("card");
        card = card.or(Some(item).filter(|_| of_case));
    }
    let card = card.expect("the contact card");
    let mut bytes = card["card"].as_b().unwrap().clone().into_inner();
    *bytes.last_mut().unwrap() ^= 1;
    let mut broken = card.clone();
    broken.insert("card".to_owned(), AttributeValue::B(Blob::new(bytes)));

    let before = found_broken(&stack).await;
    put(&stack, broken).await;
    order_notice(&stack, &case).await;
    let mut found = 0.0;
    for _ in 0..100 {
        found = found_broken(&stack).await - before;
        if found > 0.0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    put(&stack, card).await;
    assert!(found > 0.0, "nothing was counted in 20 s");
    // A minute later, when the lease of the mailer that failed is over.
    let (mail, proxy) = (mail_of(&stack, &case, "patient_notice").await.0, Proxy::start(&stack.run().endpoint).await);
    handle(&mailer(&stack, &proxy, 5, SENDER), ordered(&mail), &context()).await.unwrap();
    let of_the_case = |m: &Mail| m.body_text.as_deref().is_some_and(|text| text.contains(&format!("/open#{case}")));
    stack.wait_for_mail(&address, Duration::from_secs(30), of_the_case).await.unwrap();
}
