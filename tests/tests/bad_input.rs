//! Every kind of bad input: its status, its code, the field's name; the value never comes back and nothing changes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};

/// A word that must not come back in any answer.
const CANARY: &str = "zxcanaryqw";

struct Case {
    app: PatientApp,
    id: String,
    etag: String,
}

async fn case_with_consents() -> (Stack, Case) {
    let stack = Stack::load().unwrap();
    let sign_in = stack.new_patient(&format!("bad-{}@patients.example", fresh_key())).await.unwrap();
    let app = PatientApp::new(&stack, &stack.sign_in(&sign_in).await.unwrap());
    let id = app.open_case().await.unwrap();
    for item in ["G1", "S1"] {
        app.agree(&id, item, None).await.unwrap();
    }
    let etag = app.get(&format!("/v1/cases/{id}")).await.unwrap().etag();
    (stack, Case { app, id, etag })
}

impl Case {
    async fn basic(&self, body: &Value) -> Answer {
        let path = format!("/v1/cases/{}/intake/basic", self.id);
        self.app.change(Method::PUT, &path, &self.etag, Some(body)).await.unwrap()
    }

    async fn health(&self, health: Value) -> Answer {
        let path = format!("/v1/cases/{}/intake/health", self.id);
        let body = json!({"emergency_signs": [], "health": health});
        self.app.change(Method::PUT, &path, &self.etag, Some(&body)).await.unwrap()
    }

    async fn raw(&self, content_type: Option<&str>, body: Vec<u8>) -> Answer {
        let path = format!("/v1/cases/{}/intake/basic", self.id);
        let mut headers = vec![("if-match", self.etag.as_str())];
        // `send` sets application/json when there is a body; another type goes through a client of its own.
        match content_type {
            None => self.app.send(Method::PUT, &path, &headers, Some(body)).await.unwrap(),
            Some(other) => {
                headers.push(("content-type", other));
                self.app.send(Method::PUT, &path, &headers, None).await.unwrap()
            }
        }
    }

    async fn unchanged(&self) {
        let now = self.app.get(&format!("/v1/cases/{}", self.id)).await.unwrap();
        assert_eq!(now.etag(), self.etag, "bad input changed the case");
    }
}

fn refused(answer: &Answer, status: u16, code: &str, errors: &[(&str, &str)]) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert_eq!(answer.code(), code, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(!answer.header("x-request-id").is_empty());
    for (pointer, why) in errors {
        let wanted = json!({"pointer": pointer, "code": why});
        assert!(
            answer.json()["errors"].as_array().is_some_and(|e| e.contains(&wanted)),
            "{pointer} {why}: {}",
            answer.text()
        );
    }
    assert!(!answer.text().contains(CANARY), "the value came back");
}

#[tokio::test]
async fn basic_information_is_checked_field_by_field() {
    let (_, case) = case_with_consents().await;
    let one = |field: &str, value: Value| json!({field: value});
    let table: Vec<(Value, &str, &str)> = vec![
        (one("name", json!(format!("{CANARY}\u{202e}abc"))), "/name", "bidi-character"),
        (one("name", json!(format!("{CANARY}\u{0007}"))), "/name", "control-character"),
        (one("name", json!(format!("{CANARY}\nx"))), "/name", "control-character"),
        (one("name", json!("محمد")), "/name", "unsupported-script"),
        (one("name", json!("a".repeat(121))), "/name", "too-long"),
        (one("name", json!("   ")), "/name", "empty"),
        (one("name", json!(7)), "/name", "wrong-type"),
        (one("name", json!(format!("{CANARY} 900101-1234567"))), "/name", "resident-registration-number"),
        (one("name", json!(format!("{CANARY} M12345678"))), "/name", "passport-number"),
        (one("name", json!(format!("{CANARY} 4111 1111 1111 1111"))), "/name", "card-number"),
        (one("birth_date", json!("1990-02-30")), "/birth_date", "impossible-date"),
        (one("birth_date", json!("90-02-03")), "/birth_date", "format"),
        (one("birth_date", json!("2099-01-01")), "/birth_date", "future-date"),
        (one("sex", json!(CANARY)), "/sex", "unknown-value"),
        (one("email", json!(format!("{CANARY}@example.org\nBcc: x@example.org"))), "/email", "control-character"),
        (one("email", json!(CANARY)), "/email", "format"),
        (one("phone", json!("010 1234 5678")), "/phone", "format"),
        (one("country", json!("XX")), "/country", "unknown-value"),
        (one("languages", json!(["en", "en"])), "/languages/1", "duplicate"),
        (one("languages", json!([CANARY])), "/languages/0", "unknown-value"),
        (one("favourite_colour", json!(CANARY)), "/favourite_colour", "unknown-field"),
        (one("resident_registration_number", json!(CANARY)), "/resident_registration_number", "unknown-field"),
    ];
    for (body, pointer, why) in table {
        refused(&case.basic(&body).await, 422, "invalid-field", &[(pointer, why)]);
    }
    case.unchanged().await;
}

#[tokio::test]
async fn health_information_is_checked_field_by_field() {
    let (_, case) = case_with_consents().await;
    let text = |t: &str| json!({"text": t});
    let result = |value: Value| json!({"results": {"status": "listed", "items": [{"name": text("HbA1c"), "value": value, "collected_on": "2026-01-02"}]}});
    let table: Vec<(Value, &str, &str)> = vec![
        (
            json!({"reason": text(&format!("{CANARY} 900101-1234567"))}),
            "/health/reason/text",
            "resident-registration-number",
        ),
        (json!({"reason": {"text": "a", "ko": format!("{CANARY}\u{2066}")}}), "/health/reason/ko", "bidi-character"),
        (json!({"urgency": "stat"}), "/health/urgency", "unknown-value"),
        (json!({"allergies": {"status": "listed"}}), "/health/allergies", "inconsistent"),
        (
            json!({"allergies": {"status": "none_known", "items": [{"substance": text(CANARY)}]}}),
            "/health/allergies",
            "inconsistent",
        ),
        (
            json!({"symptoms": {"status": "listed", "items": [{"description": text("a"), "since": "2026-13"}]}}),
            "/health/symptoms/items/0/since",
            "impossible-date",
        ),
        (
            json!({"symptoms": {"status": "listed", "items": [{"description": text("a"), "since": "2999"}]}}),
            "/health/symptoms/items/0/since",
            "future-date",
        ),
        (
            result(json!({"quantity": {"value": "7,4", "unit": "%"}})),
            "/health/results/items/0/value/quantity/value",
            "format",
        ),
        (
            result(json!({"quantity": {"value": 7.4, "unit": "%"}})),
            "/health/results/items/0/value/quantity/value",
            "wrong-type",
        ),
        (
            result(json!({"quantity": {"value": "7.4", "unit": "furlong"}})),
            "/health/results/items/0/value/quantity/unit",
            "unknown-value",
        ),
        (
            result(json!({"quantity": {"value": "7.4", "unit": "%", "low": "6", "high": "4"}})),
            "/health/results/items/0/value/quantity/low",
            "out-of-range",
        ),
        (
            json!({"medications": {"status": "listed", "items": vec![json!({"name": text("a")}); 41]}}),
            "/health/medications",
            "too-long",
        ),
    ];
    for (body, pointer, why) in table {
        refused(&case.health(body).await, 422, "invalid-field", &[(pointer, why)]);
    }
    case.unchanged().await;
}

#[tokio::test]
async fn bodies_that_are_none_of_ours() {
    let (_, case) = case_with_consents().await;
    refused(&case.raw(None, b"{\"name\":".to_vec()).await, 400, "malformed-json", &[]);
    let large = format!("{{\"name\":\"{}\"}}", "a".repeat(257 * 1024));
    refused(&case.raw(None, large.into_bytes()).await, 413, "body-too-large", &[]);
    let deep = format!("{{\"name\":{}{}}}", "[".repeat(128), "]".repeat(128));
    refused(&case.raw(None, deep.into_bytes()).await, 400, "json-too-deep", &[]);
    refused(&case.raw(Some("text/plain"), vec![]).await, 415, "unsupported-media-type", &[]);
    case.unchanged().await;
}

#[tokio::test]
async fn versions_and_keys_are_asked_for() {
    let (_, case) = case_with_consents().await;
    let path = format!("/v1/cases/{}/intake/basic", case.id);
    let body = serde_json::to_vec(&json!({"name": "Lan"})).unwrap();
    let none = case.app.send(Method::PUT, &path, &[], Some(body)).await.unwrap();
    refused(&none, 428, "if-match-required", &[]);
    let stale = case.app.change(Method::PUT, &path, "\"999\"", Some(&json!({"name": "Lan"}))).await.unwrap();
    refused(&stale, 412, "version-mismatch", &[]);
    let body = serde_json::to_vec(&json!({"emergency_signs": []})).unwrap();
    let keyless = case.app.send(Method::POST, "/v1/cases", &[], Some(body.clone())).await.unwrap();
    refused(&keyless, 400, "idempotency-key-required", &[]);
    let short = case.app.send(Method::POST, "/v1/cases", &[("idempotency-key", "short")], Some(body)).await.unwrap();
    refused(&short, 400, "idempotency-key-invalid", &[]);
    case.unchanged().await;
}

#[tokio::test]
async fn only_a_patients_access_token_opens_the_patients_door() {
    let (stack, _) = case_with_consents().await;
    let patient = stack.sign_in(stack.patients()[0]).await.unwrap();
    let staff = stack.sign_in(stack.staff().unwrap()).await.unwrap();
    let forged = {
        let mut parts: Vec<String> = patient.access.split('.').map(ToOwned::to_owned).collect();
        parts[2] = parts[2].chars().rev().collect();
        parts.join(".")
    };
    for (what, token) in [
        ("an ID token", patient.id.as_str()),
        ("a staff token", staff.access.as_str()),
        ("a forged token", forged.as_str()),
        ("no token", ""),
        ("an expired token", EXPIRED),
    ] {
        let answer = PatientApp::with_token(&stack, token).get("/v1/cases").await.unwrap();
        assert_eq!(answer.status.as_u16(), 401, "{what}: {}", answer.text());
        assert_eq!(answer.code(), "unauthorized", "{what}");
    }
    let staff_route = PatientApp::with_token(&stack, &patient.access).get("/staff/v1/providers").await.unwrap();
    assert_eq!(staff_route.status.as_u16(), 401);
    let staff_route = PatientApp::with_token(&stack, &staff.access).get("/staff/v1/providers").await.unwrap();
    assert_eq!(staff_route.status.as_u16(), 200, "{}", staff_route.text());
}

/// A token of the right form whose time is over; its signature is nobody's.
const EXPIRED: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6Im5vbmUifQ.eyJzdWIiOiJ4IiwidG9rZW5fdXNlIjoiYWNjZXNzIiwiZXhwIjoxNjAwMDAwMDAwfQ.c2lnbmF0dXJl";

#[tokio::test]
async fn a_wrong_path_or_method_is_refused_without_a_trace() {
    let (_, case) = case_with_consents().await;
    for path in ["/v1/nothing", "/v1/cases/not-an-id", "/v1/cases/cas_0000000000000000000000000000000g"] {
        let answer = case.app.get(path).await.unwrap();
        assert_eq!(answer.status.as_u16(), 404, "{path}");
    }
    let wrong = case.app.send(Method::DELETE, "/v1/cases", &[], None).await.unwrap();
    assert!(wrong.status.is_client_error());
}

#[tokio::test]
async fn the_demo_story_is_taken_whole() {
    let (_, case) = case_with_consents().await;
    let story = demo_story().unwrap();
    case.basic(&story["basic"]).await.expect(200, "the demo's basic part").unwrap();
}
