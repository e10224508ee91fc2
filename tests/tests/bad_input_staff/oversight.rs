//! Verification and the monthly review.

use super::{CANARY, case, done, invalid, member, refused};
use medius_domain::access::Scope;
use medius_domain::policy::Role;
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_verifier_takes_a_case_with_a_reason_and_days_that_were() {
    let stack = Stack::load().unwrap();
    let (_, id) = case(&stack).await;
    let auditor = member(&stack, Role::Auditor).await;
    let before = done(&stack, Scope::Case(id.parse().unwrap())).await;
    for (query, pointer, why) in [
        (String::new(), "/reason", "missing"),
        (format!("?reason={CANARY}"), "/reason", "unknown-value"),
        (format!("?reason=audit&note={CANARY}"), "/note", "unknown-field"),
    ] {
        let answer = auditor.get(&format!("/staff/v1/cases/{id}/verification{query}")).await.unwrap();
        invalid(&query, &answer, pointer, why);
    }
    assert_eq!(done(&stack, Scope::Case(id.parse().unwrap())).await, before);
    for day in ["2026-02-30", CANARY, "2999-01-01"] {
        let answer = auditor.get(&format!("/staff/v1/audit/days/{day}/verification")).await.unwrap();
        refused(day, &answer, 404, "not-found", &[]);
    }
    for month in ["2026-13", "2026-1", CANARY, "2999-01"] {
        let answer = auditor.get(&format!("/staff/v1/audit/reviews/{month}")).await.unwrap();
        refused(month, &answer, 404, "not-found", &[]);
    }
}

#[tokio::test]
async fn a_sign_off_names_the_list_and_says_something_of_the_list() {
    let stack = Stack::load().unwrap();
    let auditor = member(&stack, Role::Auditor).await;
    // A month of long ago, in which nothing else is ever signed off.
    let path = "/staff/v1/audit/reviews/2020-02/sign-off";
    let sha = "0".repeat(64);
    for (body, pointer, why) in [
        (json!({"remarks": ["explained"]}), "/findings_sha256", "missing"),
        (json!({"findings_sha256": CANARY, "remarks": ["explained"]}), "/findings_sha256", "format"),
        (json!({"findings_sha256": "A".repeat(64), "remarks": ["explained"]}), "/findings_sha256", "format"),
        (json!({"findings_sha256": 7, "remarks": ["explained"]}), "/findings_sha256", "wrong-type"),
        (json!({"findings_sha256": sha}), "/remarks", "missing"),
        (json!({"findings_sha256": sha, "remarks": []}), "/remarks", "empty"),
        (json!({"findings_sha256": sha, "remarks": ["explained", "explained"]}), "/remarks", "duplicate"),
        (json!({"findings_sha256": sha, "remarks": [CANARY]}), "/remarks/0", "unknown-value"),
        (json!({"findings_sha256": sha, "remarks": CANARY}), "/remarks", "wrong-type"),
        (json!({"findings_sha256": sha, "remarks": ["explained"], "text": CANARY}), "/text", "unknown-field"),
    ] {
        invalid(&body.to_string(), &auditor.post(path, &body).await.unwrap(), pointer, why);
    }
    let good = json!({"findings_sha256": sha, "remarks": ["explained"]});
    let other = auditor.post(path, &good).await.unwrap();
    refused("another list", &other, 409, "state-conflict", &[]);
    assert_eq!(other.json()["reason"], "findings-changed");
    let bytes = serde_json::to_vec(&good).unwrap();
    let keyless = auditor.send(Method::POST, path, &[], Some(bytes)).await.unwrap();
    refused("no key", &keyless, 400, "idempotency-key-required", &[]);
    let seen = auditor.get("/staff/v1/audit/reviews/2020-02").await.unwrap().expect(200, "review").unwrap().json();
    assert!(seen["sign_off"].is_null() && seen["signed_off"].is_null(), "bad input signed something off");
}
