//! The seal of a day: signed, locked, repeated without harm, and stronger than somebody who rewrites whole chains.

use crate::world::{days_ago, delete, heads, noon, put, records, refused, signer, staff, verify_chains};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::error::ProvideErrorMetadata;
use chrono::NaiveDate;
use medius_domain::access::{Entry, Scope};
use medius_domain::chain::{GENESIS, link};
use medius_domain::clock::kst_day;
use medius_domain::id::Subject;
use medius_domain::journal::DayHead;
use medius_domain::signed::{Kind, verify};
use medius_store::Place;
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};

use crate::sign_ins::{attempted, journal};

fn key(day: NaiveDate) -> String {
    format!("heads/{}.json", day.format("%Y/%m/%d"))
}

async fn day(stack: &Stack, day: NaiveDate) -> Value {
    let auditor = staff(stack, "auditor", 0).await;
    let path = format!("/staff/v1/audit/days/{day}/verification");
    auditor.get(&path).await.unwrap().expect(200, "day").unwrap().json()
}

#[tokio::test]
async fn days_are_sealed_in_their_order_and_nothing_gets_past_the_seal() {
    let stack = Stack::load().unwrap();
    let (yesterday, before) = (days_ago(1), days_ago(3));
    // Somebody signed in three days ago and yesterday; the schedule was down.
    let people = [Subject::of(&fresh_key()), Subject::of(&fresh_key())];
    for (person, day) in [(&people[0], before), (&people[1], yesterday)] {
        attempted(&stack, person, noon(day)).await;
    }
    let not_yet = day(&stack, yesterday).await;
    assert_eq!((&not_yet["fault"], &not_yet["head"]), (&json!("not-sealed"), &Value::Null));

    let sealed = stack.invoke("journal", None, &json!({"kind": "daily_head"})).await.unwrap();
    let days = sealed["sealed"].as_array().unwrap().iter();
    let days: Vec<NaiveDate> = days.map(|s| s["day"].as_str().unwrap().parse().unwrap()).collect();
    // No day is left out, the one between, without entries, neither.
    assert!(days[0] <= before && *days.last().unwrap() == yesterday, "{days:?}");
    assert!(days.windows(2).all(|pair| pair[0].succ_opt() == Some(pair[1])), "{days:?}");
    let again = stack.invoke("journal", None, &json!({"kind": "daily_head"})).await.unwrap();
    assert_eq!(again["sealed"][0], sealed["sealed"][days.len() - 1]);

    // Anybody with the public key can check a head; each follows from the one before.
    let s3 = stack.s3(stack.operator_credentials());
    let keys = signer(&stack).keys().set().await.unwrap();
    let mut previous = GENESIS.to_owned();
    for day in days.iter().copied() {
        let object = s3.get_object().bucket(&stack.run().log_heads).key(key(day)).send().await.unwrap();
        let version = object.version_id.clone().unwrap();
        let file = object.body.collect().await.unwrap().into_bytes();
        let statement = verify(Kind::LogHead, &file, &keys).unwrap().statement;
        let text = statement.to_string();
        assert!(!text.contains("sub_") && !text.contains("cas_"), "{text}");
        let head: DayHead = serde_json::from_value(statement).unwrap();
        assert_eq!((head.day, &head.previous_sha256), (day, &previous));
        previous = head.sha256().unwrap();
        // Not even the operator can take it away.
        let gone = s3.delete_object().bucket(&stack.run().log_heads).key(key(day)).version_id(version).send().await;
        assert_eq!(gone.unwrap_err().code(), Some("AccessDenied"));
    }
    let whole = day_is(&stack, yesterday, None).await;
    assert_eq!((&whole["entries_found"], &whole["failed_sign_ins"]), (&json!(1), &json!(1)), "{whole}");

    rewritten_chain_is_found(&stack, &people[1], yesterday).await;
    assert!(verify_chains(&stack).await.1.contains(&format!("{} days", days.len())));

    // The sealing itself is in the log.
    let entries = crate::world::db(&stack, chrono::Utc::now()).log_entries(&Scope::Registry).await.unwrap();
    let seals = entries.iter().filter(|e| e.object.as_str() == "chain/day" && e.evidence.is_some()).count();
    assert!(seals >= days.len(), "{seals}");
}

async fn day_is(stack: &Stack, which: NaiveDate, fault: Option<&str>) -> Value {
    let verdict = day(stack, which).await;
    assert_eq!((verdict["whole"].as_bool(), verdict["fault"].as_str()), (Some(fault.is_none()), fault), "{verdict}");
    verdict
}

/// Somebody rewrites a chain from its first entry on, so that nothing in the chain itself gives it away.
async fn rewritten_chain_is_found(stack: &Stack, person: &Subject, yesterday: NaiveDate) {
    let scope = Scope::SignIns(person.clone());
    let db = crate::world::db(stack, chrono::Utc::now());
    let pk = Place::LogHead(scope.clone()).pk();
    let items = records(stack, "access_log", &pk, "").await;
    assert_eq!(items.len(), 2, "one entry and the head");
    let mut entry: Entry = db.log_entries(&scope).await.unwrap().remove(0);
    entry.request_id = Some("another-one".to_owned());
    let hash = link(GENESIS, &entry).unwrap();
    for item in &items {
        let mut item = item.clone();
        let AttributeValue::M(mut body) = item["body"].clone() else { panic!("no body") };
        if item["sk"] == AttributeValue::S("HEAD".to_owned()) {
            body.insert("hash".to_owned(), AttributeValue::S(hash.clone()));
            item.insert("hash".to_owned(), AttributeValue::S(hash.clone()));
        } else {
            body.insert("request_id".to_owned(), AttributeValue::S("another-one".to_owned()));
        }
        item.insert("body".to_owned(), AttributeValue::M(body));
        put(stack, "access_log", &item).await;
    }
    assert_eq!(db.check_log(&scope, false).await.unwrap(), Ok(1), "the chain itself looks whole");
    day_is(stack, yesterday, Some("entries")).await;
    assert!(verify_chains(stack).await.1.contains(&format!("day {yesterday}: entries")));
    // A repeat of the seal finds it, says so, and leaves the head as it was.
    let error = stack.invoke("journal", None, &json!({"kind": "daily_head"})).await.unwrap_err().to_string();
    assert!(error.contains("is not the one that was sealed"), "{error}");
    let metric = stack.logs("journal").await.unwrap().iter().any(|line| line.contains("LogHeadMismatch"));
    assert!(metric, "no alarm can ring");
    // The chain is taken away as a whole.
    for item in &items {
        delete(stack, "access_log", item).await;
    }
    day_is(stack, yesterday, Some("count")).await;
    for item in &items {
        put(stack, "access_log", item).await;
    }
    day_is(stack, yesterday, None).await;
}

#[tokio::test]
async fn a_day_that_is_not_over_is_not_sealed_and_bad_days_are_refused() {
    let stack = Stack::load().unwrap();
    let today = kst_day(chrono::Utc::now());
    for event in [json!({"kind": "daily_head", "day": today}), json!({"kind": "daily_head", "day": "x"}), json!({})] {
        assert!(stack.invoke("journal", None, &event).await.is_err(), "{event}");
    }
    let auditor = staff(&stack, "auditor", 0).await;
    for wrong in ["2026-02-30", "yesterday", "9999-01-01"] {
        let path = format!("/staff/v1/audit/days/{wrong}/verification");
        refused(&auditor.get(&path).await.unwrap(), 404, "not-found");
    }
    let path = format!("/staff/v1/audit/days/{today}/verification");
    refused(&staff(&stack, "ops", 0).await.get(&path).await.unwrap(), 403, "forbidden");
    assert_eq!(auditor.get(&path).await.unwrap().json()["fault"], "not-sealed");
}

#[tokio::test]
async fn a_seal_at_another_time_is_made_by_the_same_code() {
    let stack = Stack::load().unwrap();
    // Long before the service began: no entries, and far from the days of the other tests.
    let old = NaiveDate::from_ymd_opt(2024, 2, 28).unwrap();
    let journal = journal(&stack, noon(old));
    let refusal = journal.seal(Some(old), "r").await.unwrap_err();
    assert_eq!(refusal.metric(), "LogHeadFailed");
    assert!(heads(&stack).get(old, &signer(&stack).keys().set().await.unwrap()).await.unwrap().is_none());
}
