//! Work list, assignment, cases, letters, messages.

use super::{CANARY, case, done, invalid, member, refused};
use chrono::{Days, Utc};
use medius_domain::access::Scope;
use medius_domain::clock::kst_day;
use medius_domain::policy::Role;
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::{Value, json};

/// Texts that no message may have.
fn texts() -> Vec<(Value, &'static str)> {
    vec![
        (json!(""), "empty"),
        (json!("   "), "empty"),
        (json!("a".repeat(4001)), "too-long"),
        (json!(format!("{CANARY}\u{202e}")), "bidi-character"),
        (json!(format!("{CANARY}\u{0007}")), "control-character"),
        (json!("محمد"), "unsupported-script"),
        (json!(format!("{CANARY} 900101-1234567")), "resident-registration-number"),
        (json!(format!("{CANARY} M12345678")), "passport-number"),
        (json!(format!("{CANARY} 4111 1111 1111 1111")), "card-number"),
        (json!(7), "wrong-type"),
        (json!([CANARY]), "wrong-type"),
    ]
}

#[tokio::test]
async fn the_work_list_takes_only_what_it_knows() {
    let stack = Stack::load().unwrap();
    let coordinator = member(&stack, Role::Coordinator).await;
    for (query, pointer, why) in [
        (format!("state={CANARY}"), "/state", "unknown-value"),
        ("due_by=2026-13-01".to_owned(), "/due_by", "format"),
        (format!("due_by={CANARY}"), "/due_by", "format"),
        (format!("assignee={CANARY}"), "/assignee", "unknown-value"),
        (format!("colour={CANARY}"), "/colour", "unknown-field"),
        (format!("state=draft&state={CANARY}"), "/state", "duplicate-field"),
        (format!("{}={CANARY}", "a".repeat(50)), "", "unknown-field"),
    ] {
        let answer = coordinator.get(&format!("/staff/v1/work-list?{query}")).await.unwrap();
        invalid(&query, &answer, pointer, why);
    }
}

#[tokio::test]
async fn an_assignment_names_somebody_a_day_and_a_version() {
    let stack = Stack::load().unwrap();
    let (_, id) = case(&stack).await;
    let coordinator = member(&stack, Role::Coordinator).await;
    let path = format!("/staff/v1/cases/{id}/assignment");
    let before = done(&stack, Scope::Case(id.parse().unwrap())).await;
    let today = kst_day(Utc::now());
    let day = |day: Option<chrono::NaiveDate>| json!({"assignee": "me", "due_on": day.unwrap().to_string()});
    for (body, pointer, why) in [
        (json!({}), "/assignee", "missing"),
        (json!({"assignee": CANARY}), "/assignee", "format"),
        (json!({"assignee": 7}), "/assignee", "wrong-type"),
        (json!({"assignee": "me", "due_on": CANARY}), "/due_on", "format"),
        (json!({"assignee": "me", "due_on": "2026-02-30"}), "/due_on", "format"),
        (day(today.pred_opt()), "/due_on", "out-of-range"),
        (day(today.checked_add_days(Days::new(367))), "/due_on", "out-of-range"),
        (json!({"assignee": "me", "patient": CANARY}), "/patient", "unknown-field"),
    ] {
        invalid(&body.to_string(), &coordinator.put(&path, "\"0\"", &body).await.unwrap(), pointer, why);
    }
    let body = json!({"assignee": "me"});
    refused("stale", &coordinator.put(&path, "\"9\"", &body).await.unwrap(), 412, "version-mismatch", &[]);
    let bytes = serde_json::to_vec(&body).unwrap();
    let versionless = coordinator.send(Method::PUT, &path, &[], Some(bytes)).await.unwrap();
    refused("no version", &versionless, 428, "if-match-required", &[]);
    let broken = coordinator.send(Method::PUT, &path, &[("if-match", "\"0\"")], Some(b"{\"a".to_vec())).await.unwrap();
    refused("broken", &broken, 400, "malformed-json", &[]);
    assert_eq!(done(&stack, Scope::Case(id.parse().unwrap())).await, before, "bad input changed something");
}

#[tokio::test]
async fn a_reason_is_one_of_the_list() {
    let stack = Stack::load().unwrap();
    let (_, id) = case(&stack).await;
    let coordinator = member(&stack, Role::Coordinator).await;
    let before = done(&stack, Scope::Case(id.parse().unwrap())).await;
    let none = "ref_00000000000000000000000000000000";
    for path in [format!("/staff/v1/cases/{id}"), format!("/staff/v1/cases/{id}/messages")] {
        for (query, pointer, why) in [
            (String::new(), "/reason", "missing"),
            (format!("?reason={CANARY}"), "/reason", "unknown-value"),
            ("?reason=".to_owned(), "/reason", "unknown-value"),
            (format!("?reason=audit&reason={CANARY}"), "/reason", "duplicate-field"),
            (format!("?reason=audit&why={CANARY}"), "/why", "unknown-field"),
        ] {
            let answer = coordinator.get(&format!("{path}{query}")).await.unwrap();
            invalid(&format!("{path}{query}"), &answer, pointer, why);
        }
    }
    let path = format!("/staff/v1/cases/{id}/messages?reason=audit&before={CANARY}");
    invalid("before", &coordinator.get(&path).await.unwrap(), "/before", "format");
    let letter = format!("/staff/v1/cases/{id}/referrals/{none}/letter");
    for (body, pointer, why) in [
        (json!({}), "/reason", "missing"),
        (json!({"reason": null}), "/reason", "missing"),
        (json!({"reason": CANARY}), "/reason", "unknown-value"),
        (json!({"reason": 7}), "/reason", "wrong-type"),
        (json!({"reason": "audit", "note": CANARY}), "/note", "unknown-field"),
    ] {
        invalid(&body.to_string(), &coordinator.post(&letter, &body).await.unwrap(), pointer, why);
    }
    for path in ["/staff/v1/cases/not-an-id?reason=audit", "/staff/v1/cases/cas_0000000000000000000000000000000g"] {
        refused(path, &coordinator.get(path).await.unwrap(), 404, "not-found", &[]);
    }
    assert_eq!(done(&stack, Scope::Case(id.parse().unwrap())).await, before, "bad input let somebody in");
}

#[tokio::test]
async fn a_message_obeys_the_rules_of_text_from_both_sides() {
    let stack = Stack::load().unwrap();
    let (app, id) = case(&stack).await;
    let coordinator = member(&stack, Role::Coordinator).await;
    let before = done(&stack, Scope::Case(id.parse().unwrap())).await;
    let (own, desk) = (format!("/v1/cases/{id}/messages"), format!("/staff/v1/cases/{id}/messages"));
    for (text, why) in texts() {
        let answer = app.post(&own, &json!({"text": text})).await.unwrap();
        invalid(&format!("patient: {why}"), &answer, "/text", why);
        let answer = coordinator.post(&desk, &json!({"text": text, "reason": "patient_asked"})).await.unwrap();
        invalid(&format!("staff: {why}"), &answer, "/text", why);
    }
    let hello = json!({"text": "hello", "reason": CANARY});
    invalid("staff: reason", &coordinator.post(&desk, &hello).await.unwrap(), "/reason", "unknown-value");
    invalid("patient: reason", &app.post(&own, &hello).await.unwrap(), "/reason", "unknown-field");
    invalid("no text", &app.post(&own, &json!({})).await.unwrap(), "/text", "missing");
    invalid("before", &app.get(&format!("{own}?before={CANARY}")).await.unwrap(), "/before", "format");
    invalid("query", &app.get(&format!("{own}?reason=audit")).await.unwrap(), "/reason", "unknown-field");
    let bytes = serde_json::to_vec(&json!({"text": "hello"})).unwrap();
    let keyless = app.send(Method::POST, &own, &[], Some(bytes.clone())).await.unwrap();
    refused("no key", &keyless, 400, "idempotency-key-required", &[]);
    let short = app.send(Method::POST, &own, &[("idempotency-key", "short")], Some(bytes)).await.unwrap();
    refused("short key", &short, 400, "idempotency-key-invalid", &[]);
    let large = format!("{{\"text\":\"{}\"}}", "a".repeat(257 * 1024)).into_bytes();
    let key = [("idempotency-key", "0123456789abcdef")];
    let large = app.send(Method::POST, &own, &key, Some(large)).await.unwrap();
    refused("large", &large, 413, "body-too-large", &[]);
    assert_eq!(app.get(&own).await.unwrap().expect(200, "messages").unwrap().json()["items"], json!([]));
    assert_eq!(done(&stack, Scope::Case(id.parse().unwrap())).await, before + 1, "more than the last look");
}
