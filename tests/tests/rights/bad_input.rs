//! Bad input on the routes of rights: its status, its code, the field's name; the value never comes back and nothing is kept.

use super::{ask, member, own, patient, step, taken, with_case};
use medius_tests::stack::Stack;
use medius_tests::user::Answer;
use reqwest::Method;
use serde_json::{Value, json};

/// A word that must not come back in any answer.
const CANARY: &str = "zxcanaryqw";

fn invalid(what: &Value, answer: &Answer, pointer: &str, why: &str) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (422, "invalid-field"), "{what}: {}", answer.text());
    let errors = answer.json()["errors"].clone();
    assert!(errors.as_array().unwrap().contains(&json!({"pointer": pointer, "code": why})), "{what}: {errors}");
    assert!(!answer.text().contains(CANARY), "{what}: the value came back");
}

#[tokio::test]
async fn a_request_is_made_of_codes_and_of_one_s_own_ids() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let case = app.open_case().await.unwrap();
    let suspension = |scope: Value| json!({"right": "suspension", "case_id": case, "scope": scope});
    for (body, pointer, why) in [
        (json!({}), "/right", "missing"),
        (json!({"right": CANARY}), "/right", "unknown-value"),
        (json!({"right": 7}), "/right", "wrong-type"),
        (json!({"right": "access", "case_id": CANARY}), "/case_id", "format"),
        (json!({"right": "access", "statement": CANARY}), "/statement", "unknown-field"),
        (json!({"right": "access", "parts": ["contact"]}), "/parts", "inconsistent"),
        (json!({"right": "correction"}), "/parts", "missing"),
        (json!({"right": "correction", "parts": ["contact"]}), "/case_id", "missing"),
        (json!({"right": "correction", "parts": [CANARY]}), "/parts/0", "unknown-value"),
        (json!({"right": "suspension"}), "/case_id", "missing"),
        (json!({"right": "suspension"}), "/scope", "missing"),
        (json!({"right": "deletion", "scope": {"kind": "all"}}), "/scope", "inconsistent"),
        (suspension(json!({"kind": CANARY})), "/scope/kind", "unknown-value"),
        (suspension(json!({"kind": "purpose"})), "/scope/purpose", "missing"),
        (suspension(json!({"kind": "purpose", "purpose": "oversight"})), "/scope/purpose", "unknown-value"),
        (suspension(json!({"kind": "recipient"})), "/scope/recipient", "missing"),
        (suspension(json!({"kind": "recipient", "recipient": CANARY})), "/scope/recipient", "format"),
    ] {
        invalid(&body, &app.post("/v1/rights-requests", &body).await.unwrap(), pointer, why);
    }
    let bytes = serde_json::to_vec(&json!({"right": "access"})).unwrap();
    let keyless = app.send(Method::POST, "/v1/rights-requests", &[], Some(bytes)).await.unwrap();
    assert_eq!(keyless.code(), "idempotency-key-required");
    let listed = app.get("/v1/rights-requests").await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!(listed["items"], json!([]));
    for id in ["not-an-id", "rgt_0000000000000000000000000000000g", "cas_00000000000000000000000000000000"] {
        assert_eq!(app.get(&format!("/v1/rights-requests/{id}")).await.unwrap().code(), "not-found", "{id}");
        assert_eq!(own(&app, id, "cancel").await.code(), "not-found", "{id}");
    }
}

#[tokio::test]
async fn a_decision_is_made_of_codes_and_days() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let id = ask(&app, &json!({"right": "access", "case_id": case})).await;
    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    let near = chrono::Utc::now().date_naive() + chrono::Days::new(5);
    for (what, body, pointer, why) in [
        ("request-evidence", json!({}), "/needed", "missing"),
        ("request-evidence", json!({"needed": []}), "/needed", "empty"),
        ("request-evidence", json!({"needed": [CANARY]}), "/needed/0", "unknown-value"),
        ("refuse", json!({}), "/ground", "missing"),
        ("refuse", json!({"ground": CANARY}), "/ground", "unknown-value"),
        ("refuse", json!({"ground": "found_accurate"}), "/ground", "inconsistent"),
        ("refuse", json!({"ground": "harm_to_others", "text": CANARY}), "/text", "unknown-field"),
        ("defer", json!({"ground": "extent"}), "/until", "missing"),
        ("defer", json!({"ground": CANARY, "until": near}), "/ground", "unknown-value"),
        ("defer", json!({"ground": "extent", "until": "2020-01-01"}), "/until", "out-of-range"),
        ("defer", json!({"ground": "extent", "until": "2999-01-01"}), "/until", "out-of-range"),
        ("complete", json!({}), "/outcome", "missing"),
        ("complete", json!({"outcome": CANARY}), "/outcome", "unknown-value"),
        ("objections/decide", json!({"uphold": CANARY}), "/uphold", "wrong-type"),
    ] {
        invalid(&body, &step(&dpo, &id, what, &body).await, pointer, why);
    }
    for (query, pointer, why) in [
        (format!("state={CANARY}"), "/state", "unknown-value"),
        ("state=queued".to_owned(), "/state", "unknown-value"),
        ("due_by=tomorrow".to_owned(), "/due_by", "format"),
        ("due_by=%2B262142-12-31".to_owned(), "/due_by", "out-of-range"),
        ("due_by=-262143-01-01".to_owned(), "/due_by", "out-of-range"),
        ("whose=me".to_owned(), "/whose", "unknown-field"),
    ] {
        let answer = dpo.get(&format!("/staff/v1/rights-requests?{query}")).await.unwrap();
        invalid(&json!(query), &answer, pointer, why);
    }
    let seen = dpo.get(&format!("/staff/v1/rights-requests/{id}")).await.unwrap().expect(200, "seen").unwrap();
    assert_eq!((&seen.json()["state"], seen.text().contains(CANARY)), (&json!("IN_REVIEW"), false));
}
