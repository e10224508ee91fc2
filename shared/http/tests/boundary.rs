//! The conventions of every function, on a small router: each refusal has its status and code, names the field and
//! never its value; every answer has its id and headers; whatever is sent, nothing panics and nothing is a 5xx.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use chrono::{DateTime, TimeZone, Utc};
use http::{HeaderMap, Method, StatusCode, header};
use medius_domain::clock::Clock;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{CaseId, ReferralId};
use medius_http::{
    ApiConfig, Body, ETag, Env, Gateway, IdempotencyKey, IfMatch, MissingConsent, PathIds, Patient, Problem,
    ProblemKind, RequestId, SourceIp, Staff, service,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 17, 0, 0).unwrap()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
    #[serde(default)]
    #[allow(dead_code, reason = "only its parsing is tested")]
    case: Option<CaseId>,
}

/// An error of a store, of which a client must learn nothing.
#[derive(Debug, thiserror::Error)]
#[error("table Medius-cases throttled")]
struct Throttled;

fn routes() -> Router {
    Router::new()
        .route("/things", post(|body: Body<Thing>| async move { Json(json!([body.value.name.len(), body.sha256])) }))
        .route("/tree", post(|_: Body<Value>| async { StatusCode::NO_CONTENT }))
        .route("/cases/{case_id}", get(|PathIds(case): PathIds<CaseId>| async move { Json(json!(case.as_str())) }))
        .route(
            "/cases/{case_id}/referrals/{referral_id}",
            get(|PathIds((_, referral)): PathIds<(CaseId, ReferralId)>| async move { referral.to_string() }),
        )
        .route("/cases/{case_id}/versions", put(|IfMatch(v): IfMatch| async move { (ETag(v + 1), "") }))
        .route(
            "/cases/{case_id}/keys",
            post(|patient: Patient, key: IdempotencyKey, body: Body<Thing>| async move {
                let request = key.request(&patient.subject, &body.sha256);
                Json(json!([request.scope_sha256, request.payload_sha256]))
            }),
        )
        .route("/me", get(|patient: Patient| async move { patient.subject.to_string() }))
        .route(
            "/staff",
            get(|staff: Staff| async move { staff.roles.iter().map(|r| r.code()).collect::<Vec<_>>().join("+") }),
        )
        .route("/whence", get(|ip: SourceIp, id: RequestId| async move { format!("{} {}", ip.0, id.as_str()) }))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("Hong Gildong 010-1234-5678")
                }
            }),
        )
        .route("/page", get(|| async { ([(header::CACHE_CONTROL, "max-age=60")], "page") }))
        .route("/problems/{kind}", get(|PathIds(kind): PathIds<String>| async move { problem(&kind) }))
}

fn problem(code: &str) -> Problem {
    match code {
        "consents" => Problem::consent_required(&[
            MissingConsent { item: "S1".into(), recipient: None },
            MissingConsent { item: "P".into(), recipient: Some("prv_1".into()) },
        ]),
        "incomplete" => Problem::intake_incomplete([FieldError::new("/name", Invalid::Missing)]),
        "conflict" => Problem::conflict("case-completed").detail("Completed cases are read-only."),
        "waiting" => Problem::too_many_requests(30),
        "broken" => Problem::internal(Throttled),
        "throttled" => Problem::unavailable(Throttled),
        _ => ProblemKind::ALL.into_iter().find(|k| k.code() == code).unwrap().into(),
    }
}

fn app() -> Router {
    let env = Env::of([
        ("STAGE", "test"),
        ("PATIENT_POOL_ID", "ap-northeast-2_Patients"),
        ("PATIENT_CLIENT_ID", "patients"),
        ("STAFF_POOL_ID", "ap-northeast-2_Staff"),
        ("STAFF_CLIENT_ID", "staff"),
    ]);
    service(routes(), ApiConfig::from_env("test", &env).unwrap(), Arc::new(Stopped))
}

/// A request as the gateway hands it on, from the patient of a `sub`.
fn signed_in(mut request: Request, sub: &str) -> Request {
    request.extensions_mut().insert(gateway([
        ("sub", sub),
        ("iss", "https://cognito-idp.ap-northeast-2.amazonaws.com/ap-northeast-2_Patients"),
        ("client_id", "patients"),
        ("token_use", "access"),
        ("exp", "Sun Nov 22 17:00:01 UTC 2026"),
    ]));
    request
}

fn gateway<const N: usize>(claims: [(&str, &str); N]) -> Gateway {
    Gateway {
        request_id: Some("11111111-2222-4333-8444-555555555555".into()),
        source_ip: Some([203, 0, 113, 7].into()),
        claims: claims.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
    }
}

fn request(method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<axum::body::Body>) -> Request {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).unwrap()
}

fn read(path: &str) -> Request {
    request(Method::GET, path, &[], "")
}

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("idempotency-key", "0123456789abcdef");
const CASE: &str = "/cases/cas_0123456789abcdef0123456789abcdef";

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }
}

async fn send(request: Request) -> Answer {
    let response = app().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

#[tokio::test]
async fn each_refusal_has_its_status_and_code() {
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(257 * 1024));
    let deep = format!("{}{}", "[".repeat(129), "]".repeat(129));
    let doubled_match = [("if-match", "\"1\""), ("if-match", "\"1\"")];
    let table: Vec<(Request, u16, &str, Value)> = vec![
        (
            request(Method::POST, "/things", &[JSON], r#"{"nome":"x"}"#),
            422,
            "invalid-field",
            json!([["/nome", "unknown-field"]]),
        ),
        (
            request(Method::POST, "/things", &[JSON], r#"{"name":3}"#),
            422,
            "invalid-field",
            json!([["/name", "wrong-type"]]),
        ),
        (
            request(Method::POST, "/things", &[JSON], r#"{"name":"","case":"x"}"#),
            422,
            "invalid-field",
            json!([["/case", "format"]]),
        ),
        (request(Method::POST, "/things", &[JSON], "{}"), 422, "invalid-field", json!([["/name", "missing"]])),
        (
            request(Method::POST, "/things", &[JSON], r#"{"name":"a","name":"b"}"#),
            422,
            "invalid-field",
            json!([["/name", "duplicate-field"]]),
        ),
        (request(Method::POST, "/things", &[JSON], "{"), 400, "malformed-json", json!(null)),
        (request(Method::POST, "/things", &[JSON], ""), 400, "malformed-json", json!(null)),
        (
            request(Method::POST, "/things", &[JSON], b"{\"name\":\"\xe9\"}".to_vec()),
            400,
            "malformed-json",
            json!(null),
        ),
        (request(Method::POST, "/things", &[JSON], deep), 400, "json-too-deep", json!(null)),
        (request(Method::POST, "/things", &[JSON], long), 413, "body-too-large", json!(null)),
        (request(Method::POST, "/things", &[], r#"{"name":""}"#), 415, "unsupported-media-type", json!(null)),
        (
            request(Method::POST, "/things", &[("content-type", "text/plain")], "{}"),
            415,
            "unsupported-media-type",
            json!(null),
        ),
        (request(Method::PUT, &format!("{CASE}/versions"), &[], ""), 428, "if-match-required", json!(null)),
        (
            request(Method::PUT, &format!("{CASE}/versions"), &[("if-match", "*")], ""),
            428,
            "if-match-required",
            json!(null),
        ),
        (
            request(Method::PUT, &format!("{CASE}/versions"), &[("if-match", "W/\"1\"")], ""),
            412,
            "version-mismatch",
            json!(null),
        ),
        (
            request(Method::PUT, &format!("{CASE}/versions"), &[("if-match", "\"01\"")], ""),
            412,
            "version-mismatch",
            json!(null),
        ),
        (
            request(Method::PUT, &format!("{CASE}/versions"), &[("if-match", "\"+1\"")], ""),
            412,
            "version-mismatch",
            json!(null),
        ),
        (
            request(Method::PUT, &format!("{CASE}/versions"), &[("if-match", "1")], ""),
            412,
            "version-mismatch",
            json!(null),
        ),
        (
            request(Method::PUT, &format!("{CASE}/versions"), &[("if-match", "\"1\", \"2\"")], ""),
            412,
            "version-mismatch",
            json!(null),
        ),
        (request(Method::PUT, &format!("{CASE}/versions"), &doubled_match, ""), 412, "version-mismatch", json!(null)),
        (
            signed_in(request(Method::POST, &format!("{CASE}/keys"), &[JSON], "{}"), "a"),
            400,
            "idempotency-key-required",
            json!(null),
        ),
        (
            signed_in(request(Method::POST, &format!("{CASE}/keys"), &[JSON, ("idempotency-key", "short")], "{}"), "a"),
            400,
            "idempotency-key-invalid",
            json!(null),
        ),
        (
            signed_in(
                request(Method::POST, &format!("{CASE}/keys"), &[JSON, ("idempotency-key", "0123456789abcde|")], "{}"),
                "a",
            ),
            400,
            "idempotency-key-invalid",
            json!(null),
        ),
        (
            signed_in(request(Method::POST, &format!("{CASE}/keys"), &[JSON, KEY, KEY], "{}"), "a"),
            400,
            "idempotency-key-invalid",
            json!(null),
        ),
        (read("/me"), 401, "unauthorized", json!(null)),
        (signed_in(read("/staff"), "a"), 401, "unauthorized", json!(null)),
        (read("/nowhere"), 404, "not-found", json!(null)),
        (read("/cases/cas_1"), 404, "not-found", json!(null)),
        (read("/cases/%ff"), 404, "not-found", json!(null)),
        (request(Method::DELETE, "/things", &[], ""), 405, "method-not-allowed", json!(null)),
        (read("/problems/incomplete"), 409, "intake-incomplete", json!([["/name", "missing"]])),
        (read("/problems/waiting"), 429, "too-many-requests", json!(null)),
        (read("/problems/broken"), 500, "internal", json!(null)),
        (read("/problems/throttled"), 503, "temporarily-unavailable", json!(null)),
        (read("/panic"), 500, "internal", json!(null)),
    ];
    for (request, status, code, errors) in table {
        let label = format!("{} {} -> {code}", request.method(), request.uri());
        let answer = send(request).await;
        let body = answer.json();
        assert_eq!((answer.status.as_u16(), body["code"].as_str().unwrap()), (status, code), "{label}");
        assert_eq!(body["status"], status, "{label}");
        assert_eq!(body["type"], format!("urn:medius:problem:{code}"), "{label}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{label}");
        let pairs = body.get("errors").map_or(Value::Null, |all| {
            all.as_array().unwrap().iter().map(|e| json!([e["pointer"], e["code"]])).collect()
        });
        assert_eq!(pairs, errors, "{label}");
        assert_eq!(body.get("request_id").is_none(), status == 404, "{label}");
    }
}

#[tokio::test]
async fn every_kind_speaks_korean_and_english() {
    let mut codes = std::collections::BTreeSet::new();
    for kind in ProblemKind::ALL {
        assert!(codes.insert(kind.code()), "{}", kind.code());
        let path = format!("/problems/{}", kind.code());
        let english = send(read(&path)).await;
        let korean = send(request(Method::GET, &path, &[("accept-language", "ko-KR,en;q=0.5")], "")).await;
        assert_eq!(korean.status, kind.status());
        assert!(english.json()["title"].as_str().unwrap().is_ascii());
        assert!(korean.json()["title"].as_str().unwrap().chars().any(|c| ('가'..='힣').contains(&c)));
        assert_eq!(korean.headers[header::CONTENT_LANGUAGE], "ko");
        assert_eq!(english.json()["code"], korean.json()["code"]);
    }
}

#[tokio::test]
async fn members_and_headers_of_a_problem_arrive() {
    let consents = send(read("/problems/consents")).await.json();
    assert_eq!(consents["missing_consents"], json!([{"item": "S1"}, {"item": "P", "recipient": "prv_1"}]));
    let conflict = send(read("/problems/conflict")).await.json();
    assert_eq!(
        (&conflict["reason"], &conflict["detail"]),
        (&json!("case-completed"), &json!("Completed cases are read-only."))
    );
    let emergency = send(request(Method::GET, "/problems/emergency", &[("accept-language", "ko")], "")).await.json();
    assert_eq!(emergency["emergency"]["korea"], "119");
    assert!(emergency["emergency"]["text"].as_str().unwrap().contains("응급"));
    assert_eq!(send(read("/problems/waiting")).await.headers[header::RETRY_AFTER], "30");
    assert!(send(read("/problems/throttled")).await.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(send(read("/me")).await.headers[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(send(request(Method::DELETE, "/things", &[], "")).await.headers[header::ALLOW], "POST");
}

#[tokio::test]
async fn a_failure_says_nothing_of_its_cause() {
    for path in ["/problems/broken", "/problems/throttled", "/panic"] {
        let text = send(read(path)).await.text().to_owned();
        for secret in ["Medius-cases", "throttled\"", "Hong", "1234", "panic"] {
            assert!(!text.contains(secret), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn every_404_is_the_same_byte_for_byte() {
    let first = send(read("/nowhere")).await;
    for path in
        ["/cases/cas_1", "/cases/%ff", "/problems/not-found", &format!("{CASE}/referrals/{}", "ref_1"), "/cases/"]
    {
        let other = send(read(path)).await;
        assert_eq!((other.status, &other.bytes), (first.status, &first.bytes), "{path}");
        let names =
            |a: &Answer| a.headers.keys().map(|n| n.as_str().to_owned()).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(names(&other), names(&first), "{path}");
    }
}

#[tokio::test]
async fn every_answer_has_its_id_and_headers_and_a_handler_may_have_its_own() {
    for path in ["/page", "/nowhere", "/panic", "/me", "/cases/cas_1"] {
        let mut request = read(path);
        request.extensions_mut().insert(gateway([]));
        let answer = send(request).await;
        assert_eq!(answer.headers["x-request-id"], "11111111-2222-4333-8444-555555555555", "{path}");
        let cache = if path == "/page" { "max-age=60" } else { "no-store" };
        assert_eq!(answer.headers[header::CACHE_CONTROL], cache, "{path}");
        for name in
            ["x-content-type-options", "strict-transport-security", "referrer-policy", "content-security-policy"]
        {
            assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{path} {name}");
        }
    }
    let without_gateway = send(read("/page")).await;
    assert_eq!(without_gateway.headers["x-request-id"].len(), 36);
    let head = send(request(Method::HEAD, "/page", &[], "")).await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn what_the_gateway_knows_reaches_the_handler() {
    let me = send(signed_in(read("/me"), "8e5a0d1c")).await;
    assert_eq!((me.status, me.text().len()), (StatusCode::OK, 36));
    assert!(!me.text().contains("8e5a0d1c"));
    let mut staff = read("/staff");
    staff.extensions_mut().insert(gateway([
        ("sub", "s"),
        ("iss", "https://cognito-idp.ap-northeast-2.amazonaws.com/ap-northeast-2_Staff"),
        ("client_id", "staff"),
        ("token_use", "access"),
        ("exp", "1795370400"),
        ("cognito:groups", "[coordinator auditor]"),
    ]));
    assert_eq!(send(staff).await.text(), "coordinator+auditor");
    assert_eq!(send(signed_in(read("/whence"), "a")).await.text(), "203.0.113.7 11111111-2222-4333-8444-555555555555");
}

#[tokio::test]
async fn a_version_is_read_and_given() {
    let answer = send(request(Method::PUT, &format!("{CASE}/versions"), &[("if-match", "\"41\"")], "")).await;
    assert_eq!(answer.headers[header::ETAG], "\"42\"");
}

#[tokio::test]
async fn an_idempotent_request_is_its_subject_route_key_path_and_body() {
    let ask = async |sub: &str, case: &str, key: &str, body: &'static str| {
        let request = request(Method::POST, &format!("{case}/keys"), &[JSON, ("idempotency-key", key)], body);
        let pair = send(signed_in(request, sub)).await.json();
        (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned())
    };
    let (key, other) = ("0123456789abcdef", "0123456789abcdeF");
    let (scope, payload) = ask("a", CASE, key, r#"{"name":"x"}"#).await;
    assert_eq!((scope.len(), payload.len()), (64, 64));
    assert_eq!(ask("a", CASE, key, r#"{"name":"x"}"#).await, (scope.clone(), payload.clone()));
    assert_ne!(ask("b", CASE, key, r#"{"name":"x"}"#).await.0, scope);
    assert_ne!(ask("a", CASE, other, r#"{"name":"x"}"#).await.0, scope);
    let changed = ask("a", CASE, key, r#"{"name":"y"}"#).await;
    assert_eq!((&changed.0, changed.1 != payload), (&scope, true));
    let elsewhere = ask("a", "/cases/cas_ffffffffffffffffffffffffffffffff", key, r#"{"name":"x"}"#).await;
    assert_eq!((&elsewhere.0, elsewhere.1 != payload), (&scope, true));
}

#[tokio::test]
async fn a_body_of_exactly_256_kib_is_read() {
    let body = format!("{{\"name\":\"{}\"}}", "x".repeat(256 * 1024 - 11));
    assert_eq!(body.len(), 256 * 1024);
    assert_eq!(send(request(Method::POST, "/things", &[JSON], body.clone())).await.status, StatusCode::OK);
    assert_eq!(
        send(request(Method::POST, "/things", &[JSON], format!("{body} "))).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

/// Something that can only come from the request: no name of a field looks like it.
const CANARY: &str = "Canary-7";

fn json_like() -> impl Strategy<Value = Value> {
    let text = prop_oneof![Just(CANARY.to_owned()), "\\PC{0,8}", Just("name".to_owned()), Just("case".to_owned())];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..6).prop_map(|m| m.into_iter().collect()),
        ]
    })
}

fn ask(path: &str, content_type: &str, body: Vec<u8>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(send(request(Method::POST, path, &[("content-type", content_type)], body)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_refused_or_read(mut body in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>()) {
        let at = at.index(body.len() + 1);
        body.splice(at..at, CANARY.bytes());
        for path in ["/things", "/tree"] {
            let answer = ask(path, "application/json", body.clone());
            prop_assert!(answer.status.is_client_error() || answer.status.is_success());
            prop_assert!(!answer.text().contains(CANARY));
        }
    }

    #[test]
    fn any_json_is_refused_or_read(value in json_like(), cut in any::<prop::sample::Index>(), whole in any::<bool>()) {
        let mut body = value.to_string().into_bytes();
        if !whole {
            body.truncate(cut.index(body.len() + 1));
        }
        for path in ["/things", "/tree"] {
            let answer = ask(path, "application/json", body.clone());
            prop_assert!(answer.status.is_client_error() || answer.status.is_success());
            prop_assert!(!answer.text().contains("Canary"));
        }
    }

    #[test]
    fn any_path_and_headers_are_answered(path in "/[!-~]{0,40}", value in "[ -~]{0,40}") {
        let Ok(uri) = path.parse::<http::Uri>() else { return Ok(()) };
        let names = ["if-match", "idempotency-key", "content-type", "accept-language", "accept"];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (method, path) in [(Method::GET, uri.to_string()), (Method::PUT, format!("{CASE}/versions")), (Method::POST, format!("{CASE}/keys"))] {
            let headers = names.map(|name| (name, value.as_str()));
            let answer = runtime.block_on(send(signed_in(request(method, &path, &headers, "{}"), "a")));
            prop_assert!(!answer.status.is_server_error() || uri.path() == "/panic");
        }
    }
}

#[test]
fn a_problem_without_the_boundary_still_has_its_status() {
    assert_eq!(Problem::not_found().into_response().status(), StatusCode::NOT_FOUND);
}
