//! How often something can be tried or asked for, how many get in with one code, and what is wrong with what is sent.

use super::{CLAIMS, claim, codes, known, looked, other_than, stored, verified, verify, wish};
use crate::clock::{aged, database, tick};
use medius_domain::rights::State;
use medius_tests::anybody::Anybody;
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn five_wrong_tries_end_a_code_and_three_codes_come_in_ten_minutes() {
    let stack = Stack::load().unwrap();
    let (_, _, email) = known(&stack).await;
    let who = Anybody::new(&stack, "rights");
    let id = claim(&who, &wish("access", &email)).await;
    let code = codes(&stack, &email, 1).await.pop().unwrap();
    for _ in 0..5 {
        assert_eq!(verify(&who, &id, other_than(&code)).await.code(), "not-found");
    }
    assert_eq!(stored(&stack, &id).await.claim.unwrap().code.tries, 5);
    assert_eq!(verify(&who, &id, &code).await.code(), "not-found", "too late even for the right one");
    let again = format!("{CLAIMS}/{id}/code");
    for _ in 0..2 {
        who.send(Method::POST, &again, None).await.unwrap().expect(202, "code").unwrap();
    }
    let paused = who.send(Method::POST, &again, None).await.unwrap();
    assert_eq!((paused.status.as_u16(), paused.code().as_str()), (429, "too-many-requests"));
    assert!(paused.header("retry-after").parse::<u32>().unwrap() <= 600);
    // Only the newest works.
    let newest = stored(&stack, &id).await.claim.unwrap().code.n;
    assert_eq!(newest, 3);
    let kms = stack.kms(stack.operator_credentials());
    let mac = medius_store::CodeMac::new(kms, stack.run().keys["code_mac"].clone());
    let parsed = id.parse().unwrap();
    let second = mac.right_code(&parsed, 2).await.unwrap();
    assert_eq!(verify(&who, &id, second.expose()).await.code(), "not-found");
    let third = mac.right_code(&parsed, 3).await.unwrap();
    verify(&who, &id, third.expose()).await.expect(200, "the newest").unwrap();
}

#[tokio::test]
async fn of_many_at_once_with_the_right_code_one_gets_in_and_every_wrong_try_counts() {
    let stack = Stack::load().unwrap();
    let (_, _, email) = known(&stack).await;
    let who = Anybody::new(&stack, "rights");
    let id = claim(&who, &wish("access", &email)).await;
    let code = codes(&stack, &email, 1).await.pop().unwrap();
    let wrong = other_than(&code);
    let (one, two, three) = tokio::join!(verify(&who, &id, wrong), verify(&who, &id, wrong), verify(&who, &id, wrong));
    for answer in [&one, &two, &three] {
        assert_eq!(answer.code(), "not-found", "{}", answer.text());
    }
    assert_eq!(stored(&stack, &id).await.claim.unwrap().code.tries, 3);
    let all = tokio::join!(
        verify(&who, &id, &code),
        verify(&who, &id, &code),
        verify(&who, &id, &code),
        verify(&who, &id, &code)
    );
    let in_ = [&all.0, &all.1, &all.2, &all.3].into_iter().filter(|answer| answer.status.as_u16() == 200).count();
    assert_eq!(in_, 1);
}

/// Ends of unconfirmed requests that were ordered to be mailed.
async fn ends(stack: &Stack, id: &str) -> usize {
    let outbox = stack.dynamodb(stack.operator_credentials());
    let mut pages = outbox.scan().table_name(stack.table("outbox")).into_paginator().items().send();
    let mut found = 0;
    while let Some(item) = pages.next().await {
        let text = format!("{:?}", item.unwrap());
        found += usize::from(text.contains(id) && text.contains("right_closed"));
    }
    found
}

#[tokio::test]
async fn a_stranger_fills_no_mailbox_guesses_no_code_and_keeps_nobody_from_asking() {
    let stack = Stack::load().unwrap();
    let (_, _, email) = known(&stack).await;
    // From one network the mailbox gets six; the rest is answered as always and comes to nothing.
    let stranger = Anybody::new(&stack, "rights");
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(claim(&stranger, &wish("access", &email)).await);
    }
    codes(&stack, &email, 6).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(codes(&stack, &email, 6).await.len(), 6);

    // What was not mailed cannot be tried: not even who knows the code gets in with it.
    let mac = medius_store::CodeMac::new(stack.kms(stack.operator_credentials()), stack.run().keys["code_mac"].clone());
    for id in &ids[6..] {
        let code = mac.right_code(&id.parse().unwrap(), 1).await.unwrap();
        assert_eq!(verify(&stranger, id, code.expose()).await.code(), "not-found");
        let kept = stored(&stack, id).await.claim.unwrap();
        assert_eq!((kept.mailed, kept.code.used, kept.code.tries), (false, true, 0));
    }
    let kept = stored(&stack, &ids[0]).await.claim.unwrap();
    assert_eq!((kept.mailed, kept.code.used), (true, false));

    // Whose mailbox it is asks from a network of their own, and gets in.
    let (id, ticket) = verified(&stack, &Anybody::new(&stack, "rights"), &email, &wish("access", &email)).await;
    assert_eq!(looked(&ticket, &id).await.json()["state"], "QUEUED");

    // When the time is over, the end is told where a code was told, and nowhere else.
    let db = database(&stack);
    for id in [&ids[0], &ids[7]] {
        aged(&db, &id.parse().unwrap(), 11).await;
    }
    tick(&stack).await;
    for (id, expected) in [(&ids[0], 1), (&ids[7], 0)] {
        assert_eq!(stored(&stack, id).await.state, State::ClosedUnverified);
        assert_eq!(ends(&stack, id).await, expected);
    }
}

#[tokio::test]
async fn a_network_is_stopped_openly() {
    let stack = Stack::load().unwrap();
    let who = Anybody::new(&stack, "rights");
    let someone = || wish("access", &format!("many-{}@patients.example", fresh_key()));
    for _ in 0..20 {
        claim(&who, &someone()).await;
    }
    let stopped = who.send(Method::POST, CLAIMS, Some(&someone())).await.unwrap();
    assert_eq!((stopped.status.as_u16(), stopped.code().as_str()), (429, "too-many-requests"));
    assert!(stopped.header("retry-after").parse::<u32>().unwrap() <= 3600);
    claim(&who.elsewhere(), &someone()).await;
}

#[tokio::test]
async fn a_repeat_is_answered_as_before_and_what_is_wrong_is_named_and_not_repeated() {
    let stack = Stack::load().unwrap();
    let who = Anybody::new(&stack, "rights");
    let canary = "zxcanaryqw";
    let email = format!("repeat-{}@patients.example", fresh_key());
    let (key, body) = (fresh_key(), wish("access", &email));
    let first = who.send_with(Method::POST, CLAIMS, Some(&body), &key).await.unwrap().expect(202, "claim").unwrap();
    let again = who.send_with(Method::POST, CLAIMS, Some(&body), &key).await.unwrap().expect(202, "claim").unwrap();
    assert_eq!(first.json(), again.json());
    let other = who.send_with(Method::POST, CLAIMS, Some(&wish("deletion", &email)), &key).await.unwrap();
    assert_eq!(other.code(), "idempotency-key-reused");
    let with = |name: &str, value: serde_json::Value| {
        let mut body = wish("access", &email);
        body[name] = value;
        body
    };
    for (body, pointer, why) in [
        (with("email", json!(canary)), "/email", "format"),
        (with("email", json!(format!("{canary}@x.example\r\nBcc: a@b.example"))), "/email", "control-character"),
        (with("role", json!(canary)), "/role", "unknown-value"),
        (with("language", json!(canary)), "/language", "unknown-value"),
        (with("case_id", json!(canary)), "/case_id", "format"),
        (with("name", json!(canary)), "/name", "unknown-field"),
        (with("right", json!("resume")), "/case_id", "missing"),
    ] {
        let answer = who.send(Method::POST, CLAIMS, Some(&body)).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (422, "invalid-field"), "{}", answer.text());
        let errors = answer.json()["errors"].clone();
        assert!(errors.as_array().unwrap().contains(&json!({"pointer": pointer, "code": why})), "{errors}");
        assert!(!answer.text().contains(canary));
    }
    for id in ["x", "cas_00000000000000000000000000000000", super::NOWHERE] {
        assert_eq!(verify(&who, id, "00000000").await.code(), "not-found");
        let code = who.send(Method::POST, &format!("{CLAIMS}/{id}/code"), None).await.unwrap();
        assert_eq!(code.code(), "not-found");
    }
    let lines = stack.logs("rights").await.unwrap().join("\n");
    assert!(!lines.contains(canary) && !lines.contains(&email), "an address is in a log line");
}
