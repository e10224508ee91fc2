//! Institutions and members of staff.

use super::{CANARY, done, invalid, member, refused, with, without};
use medius_domain::access::Scope;
use medius_domain::policy::Role;
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::{Value, json};

/// A proposal in which nothing is wrong.
fn proposal() -> Value {
    json!({
        "after": {
            "name_ko": "가상 병원", "name_en": "Example Hospital", "department_ko": "내과",
            "department_en": "Internal Medicine", "contact_email": "intake@hospital.example",
            "registration_number": "M-2026-01", "registration_expires_on": "2028-12-31", "active": true,
        },
        "call_back": {
            "number_from": "website", "number": "+8221234567", "called_on": "2026-11-20", "spoken_to_role": "reception",
        },
    })
}

/// What can be wrong with a proposal, field by field.
fn wrong() -> Vec<(Value, &'static str, &'static str)> {
    let good = proposal();
    let mut table = vec![
        (with(&good, "/after/contact_email", json!(CANARY)), "/after/contact_email", "format"),
        (
            with(&good, "/after/contact_email", json!(format!("{CANARY}@a.example\nBcc: b@a.example"))),
            "/after/contact_email",
            "control-character",
        ),
        (with(&good, "/after/registration_number", json!(CANARY)), "/after/registration_number", "format"),
        (with(&good, "/after/registration_number", json!("M--1")), "/after/registration_number", "format"),
        (
            with(&good, "/after/registration_expires_on", json!("2027-02-30")),
            "/after/registration_expires_on",
            "impossible-date",
        ),
        (with(&good, "/after/registration_expires_on", json!(CANARY)), "/after/registration_expires_on", "format"),
        (
            with(&good, "/after/registration_expires_on", json!("2020-01-01")),
            "/after/registration_expires_on",
            "out-of-range",
        ),
        (
            with(&good, "/after/registration_expires_on", json!("2999-01-01")),
            "/after/registration_expires_on",
            "out-of-range",
        ),
        (with(&good, "/after/active", json!(CANARY)), "/after/active", "wrong-type"),
        (with(&good, "/after/id", json!(CANARY)), "/after/id", "unknown-field"),
        (without(&good, "/after"), "/after", "missing"),
        (without(&good, "/after/active"), "/after/active", "missing"),
        (with(&good, "/approved_by", json!(CANARY)), "/approved_by", "unknown-field"),
        (with(&good, "/call_back/number_from", json!(CANARY)), "/call_back/number_from", "unknown-value"),
        (with(&good, "/call_back/number", json!("02-123-4567")), "/call_back/number", "format"),
        (with(&good, "/call_back/called_on", json!("2999-01-01")), "/call_back/called_on", "future-date"),
        (with(&good, "/call_back/called_on", json!(CANARY)), "/call_back/called_on", "format"),
        (with(&good, "/call_back/spoken_to_role", json!(CANARY)), "/call_back/spoken_to_role", "unknown-value"),
        (with(&good, "/call_back/note", json!(CANARY)), "/call_back/note", "unknown-field"),
        (without(&good, "/call_back/number"), "/call_back/number", "missing"),
    ];
    for name in ["name_ko", "name_en", "department_ko", "department_en"] {
        let pointer: &'static str = match name {
            "name_ko" => "/after/name_ko",
            "name_en" => "/after/name_en",
            "department_ko" => "/after/department_ko",
            _ => "/after/department_en",
        };
        for (value, why) in [
            (json!(""), "empty"),
            (json!("a".repeat(121)), "too-long"),
            (json!(format!("{CANARY}\nx")), "control-character"),
            (json!(format!("{CANARY}\u{202e}")), "bidi-character"),
            (json!(7), "wrong-type"),
        ] {
            table.push((with(&good, pointer, value), pointer, why));
        }
    }
    table
}

#[tokio::test]
async fn an_institution_is_proposed_field_by_field() {
    let stack = Stack::load().unwrap();
    let coordinator = member(&stack, Role::Coordinator).await;
    let existing = stack.run().providers[1].clone();
    let before = coordinator.get(&format!("/staff/v1/providers/{existing}")).await.unwrap().json();
    for (body, pointer, why) in wrong() {
        for path in ["/staff/v1/providers".to_owned(), format!("/staff/v1/providers/{existing}/changes")] {
            invalid(&format!("{path}: {pointer}"), &coordinator.post(&path, &body).await.unwrap(), pointer, why);
        }
    }
    let bytes = serde_json::to_vec(&proposal()).unwrap();
    let keyless = coordinator.send(Method::POST, "/staff/v1/providers", &[], Some(bytes)).await.unwrap();
    refused("no key", &keyless, 400, "idempotency-key-required", &[]);
    let after = coordinator.get(&format!("/staff/v1/providers/{existing}")).await.unwrap().json();
    assert_eq!(before["provider"]["name_en"], after["provider"]["name_en"]);
    let waiting = coordinator.get("/staff/v1/provider-changes").await.unwrap().expect(200, "changes").unwrap();
    assert!(!waiting.text().contains(CANARY));
    for (query, pointer, why) in
        [(format!("status={CANARY}"), "/status", "unknown-value"), ("status=".to_owned(), "/status", "unknown-value")]
    {
        let answer = coordinator.get(&format!("/staff/v1/provider-changes?{query}")).await.unwrap();
        invalid(&query, &answer, pointer, why);
    }
    for path in ["/staff/v1/providers/not-an-id", "/staff/v1/providers/prv_0000000000000000000000000000000g"] {
        refused(path, &coordinator.get(path).await.unwrap(), 404, "not-found", &[]);
    }
}

#[tokio::test]
async fn a_decision_about_a_proposal_is_one_of_the_list() {
    let stack = Stack::load().unwrap();
    let (one, two) = (member(&stack, Role::Coordinator).await, member(&stack, Role::Coordinator).await);
    let mut body = proposal();
    body.as_object_mut().unwrap().remove("call_back");
    let made = one.post("/staff/v1/providers", &body).await.unwrap().expect(201, "proposal").unwrap().json();
    let (provider, change) = (made["provider_id"].as_str().unwrap(), made["id"].as_str().unwrap());
    let path = format!("/staff/v1/providers/{provider}/changes/{change}");
    let scope = Scope::Provider(provider.parse().unwrap());
    let before = done(&stack, scope.clone()).await;
    let call = proposal()["call_back"].clone();
    for (body, pointer, why) in [
        (json!({}), "/call_back", "missing"),
        (json!({"call_back": with(&call, "/number", json!(CANARY))}), "/call_back/number", "format"),
        (json!({"call_back": with(&call, "/called_on", json!("2999-01-01"))}), "/call_back/called_on", "future-date"),
        (json!({"call_back": CANARY}), "/call_back", "wrong-type"),
        (json!({"yes": CANARY}), "/yes", "unknown-field"),
    ] {
        let answer = two.post(&format!("{path}/approve"), &body).await.unwrap();
        invalid(&body.to_string(), &answer, pointer, why);
    }
    for (body, pointer, why) in [
        (json!({}), "/ground", "missing"),
        (json!({"ground": CANARY}), "/ground", "unknown-value"),
        (json!({"ground": "mistake", "text": CANARY}), "/text", "unknown-field"),
    ] {
        let answer = two.post(&format!("{path}/reject"), &body).await.unwrap();
        invalid(&body.to_string(), &answer, pointer, why);
    }
    assert_eq!(done(&stack, scope).await, before, "bad input decided something");
    let wrong = format!("/staff/v1/providers/{provider}/changes/chg_{}/approve", "0".repeat(32));
    refused("absent", &two.post(&wrong, &json!({})).await.unwrap(), 404, "not-found", &[]);
    two.post(&format!("{path}/reject"), &json!({"ground": "mistake"})).await.unwrap().expect(200, "reject").unwrap();
}

#[tokio::test]
async fn a_member_is_an_address_and_roles_of_the_list() {
    let stack = Stack::load().unwrap();
    let ops = member(&stack, Role::Ops).await;
    let target = member(&stack, Role::Coordinator).await.subject;
    let known = ops.get(&format!("/staff/v1/members/{target}")).await.unwrap().expect(200, "member").unwrap().json();
    for (body, pointer, why) in [
        (json!({}), "/email", "missing"),
        (json!({"email": CANARY}), "/email", "format"),
        (json!({"email": 7}), "/email", "wrong-type"),
        (json!({"email": format!("{CANARY}@a.example\r\nBcc: b@a.example")}), "/email", "control-character"),
        (json!({"email": "a@staff.example", "roles": [CANARY]}), "/roles", "unknown-field"),
    ] {
        invalid(&body.to_string(), &ops.post("/staff/v1/members", &body).await.unwrap(), pointer, why);
    }
    let roles = format!("/staff/v1/members/{target}/roles");
    for (body, pointer, why) in [
        (json!({}), "/role", "missing"),
        (json!({"role": CANARY}), "/role", "unknown-value"),
        (json!({"role": "patient"}), "/role", "unknown-value"),
        (json!({"role": "function"}), "/role", "unknown-value"),
        (json!({"role": "ops", "until": CANARY}), "/until", "unknown-field"),
    ] {
        invalid(&body.to_string(), &ops.post(&roles, &body).await.unwrap(), pointer, why);
    }
    for role in [CANARY, "patient", "institution", "function"] {
        let answer = ops.send(Method::DELETE, &format!("{roles}/{role}"), &[], None).await.unwrap();
        invalid(role, &answer, "/role", "unknown-value");
    }
    for path in ["/staff/v1/members/not-an-id", "/staff/v1/members/sub_0000000000000000000000000000000g"] {
        refused(path, &ops.get(path).await.unwrap(), 404, "not-found", &[]);
    }
    let after = ops.get(&format!("/staff/v1/members/{target}")).await.unwrap().expect(200, "member").unwrap().json();
    assert_eq!(known, after, "bad input changed a member");
}
