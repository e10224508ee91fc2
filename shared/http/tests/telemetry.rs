//! What a function writes to its log group, seen from outside: this test runs itself as a child process, with the real
//! start of logs and metrics, and reads its standard output.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use axum::Router;
use axum::routing::{get, post};
use http::Request;
use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Body, Env, Problem, service, telemetry};
use serde_json::Value;
use std::process::Command;
use std::sync::Arc;
use tower::ServiceExt;

const CHILD: &str = "MEDIUS_TELEMETRY_CHILD";
const CANARY: &str = "Canary-7";

#[derive(Debug, thiserror::Error)]
#[error("no answer from the table")]
struct Silent(#[source] Timeout);

#[derive(Debug, thiserror::Error)]
#[error("timed out after 2 s")]
struct Timeout;

/// The child: five requests that carry a canary wherever a request can.
#[test]
fn requests_of_the_child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    telemetry::init("things");
    let router = Router::new()
        .route("/v1/things/{id}", get(|| async { "ok" }))
        .route("/v1/things", post(|_: Body<Vec<u8>>| async { "ok" }))
        .route(
            "/v1/panic",
            get(|| async {
                if true {
                    panic!("{CANARY}")
                }
            }),
        )
        .route("/v1/broken", get(|| async { Problem::unavailable(Silent(Timeout)) }));
    let config = ApiConfig::from_env("things", &Env::of([("STAGE", "test")])).unwrap();
    let app = service(router, config, Arc::new(SystemClock));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (method, path) in [
        ("GET", format!("/v1/things/{CANARY}?q={CANARY}")),
        ("GET", format!("/{CANARY}")),
        ("POST", "/v1/things".to_owned()),
        ("GET", "/v1/panic".to_owned()),
        ("GET", "/v1/broken".to_owned()),
    ] {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/json").header("authorization", CANARY);
        runtime
            .block_on(app.clone().oneshot(request.body(axum::body::Body::from(format!("[\"{CANARY}\"]"))).unwrap()))
            .unwrap();
    }
    telemetry::count("EmergencyShown");
    telemetry::flush();
}

#[test]
fn lines_are_json_and_name_templates_and_causes_but_nothing_that_was_sent() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["requests_of_the_child", "--exact", "--nocapture"])
        .env(CHILD, "1")
        .env("RUST_LOG", "trace")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{err}");
    assert!(!out.contains(CANARY) && !err.contains(CANARY), "{out}{err}");

    let lines: Vec<Value> = out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let access: Vec<_> = lines.iter().filter(|l| l["message"] == "request").collect();
    let seen: Vec<_> = access.iter().map(|l| (l["route"].as_str().unwrap(), l["status"].as_u64().unwrap())).collect();
    let expected =
        [("/v1/things/{id}", 200), ("unmatched", 404), ("/v1/things", 422), ("/v1/panic", 500), ("/v1/broken", 503)];
    assert_eq!(seen, expected);
    for line in access {
        assert_eq!((&line["function"], &line["level"]), (&"things".into(), &"INFO".into()));
        assert_eq!(line["span"]["request_id"].as_str().unwrap().len(), 36);
        assert!(line["latency_ms"].is_number());
    }
    let failed: Vec<_> = lines.iter().filter(|l| l["message"] == "failed").collect();
    assert_eq!(failed.len(), 2, "each 5xx once");
    assert_eq!(failed[1]["cause"], "no answer from the table: timed out after 2 s");
    let panic = lines.iter().find(|l| l["message"] == "panic").unwrap();
    assert!(panic["panic.place"].as_str().unwrap().contains("telemetry.rs:"));

    let metric = |name: &str, route: &str| {
        lines
            .iter()
            .filter(|l| l["route"] == route && l.get("_aws").is_some())
            .filter_map(|l| l[name].as_u64())
            .sum::<u64>()
    };
    assert_eq!((metric("Requests", "/v1/things/{id}"), metric("Errors", "/v1/things/{id}")), (1, 0));
    assert_eq!((metric("Requests", "/v1/broken"), metric("Errors", "/v1/broken")), (1, 1));
    assert!(lines.iter().any(|l| l["EmergencyShown"] == 1 && l["function"] == "things"));
    assert!(lines.iter().any(|l| l["Latency"].is_array()));
}
