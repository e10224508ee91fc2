//! What anybody can open: the same page for every address, and no service is asked for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use aws_credential_types::Credentials;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use medius_domain::clock::SystemClock;
use medius_http::{ApiConfig, Env, Gateway, service};
use medius_provider::{Operator, State};
use medius_store::{
    Aws, CodeMac, Contacts, Database, Documents, Exports, Handoff, Keyring, MailboxMac, PublicKeys, Quarantine, Tables,
};
use std::sync::Arc;
use tower::ServiceExt;

/// The function, with an AWS that nobody answers at and no table: whatever asked for one would fail.
fn router() -> axum::Router {
    let nowhere = Some("http://127.0.0.1:9".to_owned());
    let aws = Aws::new("local".into(), Credentials::new("x", "x", None, None, "test"), nowhere, false).unwrap();
    let state = State::new(
        Database::new(aws.dynamodb(), Tables::new(|_| None), Arc::new(SystemClock)),
        (
            Documents::new(aws.s3(), "none".into(), None),
            Exports::new(aws.s3(), "none".into(), None),
            Handoff::new(aws.s3(), "none".into(), None),
            Quarantine::new(aws.s3(), "none".into()),
        ),
        Keyring::new(aws.kms(), "none".into()),
        Contacts::new(aws.kms(), "none".into()),
        (CodeMac::new(aws.kms(), "none".into()), MailboxMac::new(aws.kms(), "none".into())),
        PublicKeys::new(aws.kms(), "none".into()),
        "https://r.medius.example",
        Operator { name: "Medius".into(), phone: "+82 2 555 0100".into(), registration: "M-1".into() },
    )
    .unwrap();
    let config = ApiConfig::from_env("provider", &Env::of([("STAGE", "test")])).unwrap();
    service(medius_provider::router().with_state(state), config, Arc::new(SystemClock))
}

async fn send(method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, Vec<(String, String)>, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let gateway = Gateway { request_id: Some("the-same".into()), ..Gateway::default() };
    request.extensions_mut().insert(gateway);
    let response = router().oneshot(request).await.unwrap();
    let status = response.status();
    let pairs = response.headers().iter();
    let headers = pairs.map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
    (status, headers, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

const ID: &str = "/r/abcdefghijklmnopqrstuvwxyz";

#[tokio::test]
async fn every_link_opens_the_same_page() {
    let first = send(Method::GET, ID, &[]).await;
    assert_eq!(first.0, StatusCode::OK);
    for path in ["/r/zzzzzzzzzzzzzzzzzzzzzzzzzz", "/r/x", "/r/%FF", "/r/a?b=c", "/r/abc%23secret", "/r/%3Cscript%3E"] {
        assert_eq!(send(Method::GET, path, &[]).await, first, "{path}");
    }
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert!(first.1.iter().any(|(n, v)| n == name && v == value), "{name}");
    }
    let policy = &first.1.iter().find(|(n, _)| n == "content-security-policy").unwrap().1;
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-") && policy.contains("frame-ancestors 'none'"));
    let head = send(Method::HEAD, ID, &[]).await;
    assert_eq!((head.0, head.2.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn every_document_number_opens_the_same_page() {
    let first = send(Method::GET, "/d/MDS-2026-7Q4WX0KD", &[]).await;
    assert_eq!(first.0, StatusCode::OK);
    for path in ["/d/MDS-2026-00000000", "/d/x", "/d/%23"] {
        assert_eq!(send(Method::GET, path, &[]).await, first, "{path}");
    }
    assert_eq!(send(Method::HEAD, "/d/x", &[]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_page_behind_a_patient_s_mail_is_the_same_for_everybody() {
    let first = send(Method::GET, "/open", &[]).await;
    assert_eq!(first.0, StatusCode::OK);
    for path in ["/open?a=b", "/open#cas_00000000000000000000000000000001"] {
        assert_eq!(send(Method::GET, path, &[("cookie", &cookie())]).await, first, "{path}");
    }
    let policy = &first.1.iter().find(|(n, _)| n == "content-security-policy").unwrap().1;
    assert!(policy.starts_with("default-src 'none'; script-src 'none'; ") && policy.contains("connect-src 'none'"));
    let head = send(Method::HEAD, "/open", &[]).await;
    assert_eq!((head.0, head.2.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn without_its_keys_the_check_of_receipts_is_not_shown() {
    for path in ["/verify", "/.well-known/medius-signing-keys.json"] {
        let (status, headers, body) = send(Method::GET, path, &[("accept", "text/html")]).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(headers.iter().any(|(name, value)| name == "content-type" && value == "application/problem+json"));
        let body = String::from_utf8(body).unwrap();
        assert!(body.contains("temporarily-unavailable") && !body.contains("KMS"), "{body}");
    }
}

#[tokio::test]
async fn without_a_session_every_answer_is_one_and_the_same_404() {
    let browser = ("accept", "text/html,*/*;q=0.8");
    let page = send(Method::GET, &format!("{ID}/referral"), &[browser]).await;
    let problem = send(Method::GET, &format!("{ID}/referral"), &[]).await;
    assert_eq!((page.0, problem.0), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    for part in ["desk", "task"] {
        assert_eq!(send(Method::GET, &format!("{ID}/{part}"), &[browser]).await, page, "{part}");
        assert_eq!(send(Method::GET, &format!("{ID}/{part}"), &[]).await, problem, "{part}");
    }
    for path in ["/r/x", ID] {
        for action in ["letter", "bundle", "acknowledge", "close", "answers", "appointment", "colleagues"] {
            let path = format!("{path}/{action}");
            assert_eq!(send(Method::POST, &path, &[browser]).await, page, "{path}");
            assert_eq!(send(Method::POST, &path, &[]).await, problem, "{path}");
            let foreign = [browser, ("sec-fetch-site", "cross-site"), ("cookie", &cookie())];
            assert_eq!(send(Method::POST, &path, &foreign).await, page, "{path}");
        }
    }
    assert_eq!(send(Method::GET, "/r/x/referral", &[browser, (header::COOKIE.as_str(), &cookie())]).await, page);
}

fn cookie() -> String {
    format!("__Host-medius={}", "a".repeat(43))
}
