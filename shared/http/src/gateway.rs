//! Between Lambda and axum: `lambda_http` turns the event of a REST API (payload 1.0) into a request and the response into
//! an answer.
//!
//! It fails the whole invocation when an event holds a header, host, path or body that HTTP does not allow, and names the
//! value in its error. Such parts are taken out here first, so that no event makes it fail: what HTTP does not allow
//! counts as not sent.

use axum::Router;
use axum::body::Body;
use data_encoding::BASE64;
use http::header::CONTENT_LENGTH;
use http::uri::Authority;
use http::{HeaderName, HeaderValue, Method};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Request};
use lambda_runtime::LambdaEvent;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write;
use std::net::IpAddr;
use tower::{ServiceExt, service_fn};

/// What the gateway knows of a request: in the request's extensions. A test that has no gateway puts its own there.
#[derive(Clone, Default)]
pub struct Gateway {
    /// The request's id.
    pub request_id: Option<String>,
    /// Where the request came from.
    pub source_ip: Option<IpAddr>,
    /// The claims of the token that the authorizer took; empty on a public route.
    pub claims: BTreeMap<String, String>,
}

/// Serves a router in Lambda until the process ends.
///
/// # Errors
/// The Runtime API does not answer.
pub async fn run(router: Router) -> Result<(), lambda_runtime::Error> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let router = router.clone();
        async move { Ok::<_, Infallible>(answer(router, event).await) }
    }))
    .await
}

/// Answers one event.
async fn answer(router: Router, event: LambdaEvent<Value>) -> Value {
    let LambdaEvent { payload: mut event, context } = event;
    let gateway = Gateway::of(&event);
    clean(&mut event);
    let Ok(request) = serde_json::from_value::<LambdaRequest>(event) else { return refused() };
    let serve = service_fn(move |request: Request| {
        let (router, gateway) = (router.clone(), gateway.clone());
        async move {
            let mut request = request.map(|body| Body::from(body.to_vec()));
            request.extensions_mut().insert(gateway);
            let Ok(mut response) = router.oneshot(request).await;
            // The gateway counts the bytes that it sends.
            response.headers_mut().remove(CONTENT_LENGTH);
            Ok::<_, Infallible>(response)
        }
    });
    let Ok(answer) = Adapter::from(serve).oneshot(LambdaEvent::new(request, context)).await;
    serde_json::to_value(answer).unwrap_or_else(|_| refused())
}

/// The answer to an event that is no request at all: only a direct invocation can send one.
fn refused() -> Value {
    json!({"statusCode": 400, "headers": {"content-type": "application/problem+json"}, "isBase64Encoded": false,
        "body": r#"{"type":"about:blank","title":"Bad Request","status":400,"code":"malformed-request"}"#})
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Context {
    request_id: Option<String>,
    identity: Option<Identity>,
    authorizer: Option<Authorizer>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Identity {
    source_ip: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Authorizer {
    claims: Option<BTreeMap<String, Value>>,
}

impl Gateway {
    /// From the event's context; what is missing there is missing here.
    fn of(event: &Value) -> Self {
        let context = Context::deserialize(&event["requestContext"]).unwrap_or_default();
        let claims = context.authorizer.and_then(|a| a.claims).unwrap_or_default();
        Self {
            request_id: context.request_id,
            source_ip: context.identity.and_then(|i| i.source_ip).and_then(|ip| ip.parse().ok()),
            claims: claims
                .into_iter()
                .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .collect(),
        }
    }
}

/// Takes out of an event what `lambda_http` would fail on.
fn clean(event: &mut Value) {
    let Some(event) = event.as_object_mut() else { return };
    let allowed = |name: &str| event.get(name).and_then(Value::as_object).map(headers).unwrap_or_default();
    let (multi, mut single) = (allowed("multiValueHeaders"), allowed("headers"));
    if !multi.is_empty() {
        // The lists hold every value; `lambda_http` would let the last one replace them.
        single.clear();
    }
    event.insert("multiValueHeaders".to_owned(), Value::Object(multi));
    event.insert("headers".to_owned(), Value::Object(single));
    let path = event.get("path").and_then(Value::as_str).filter(|p| p.starts_with('/') && p.len() < 16_384);
    let path = encoded(path.unwrap_or("/"));
    event.insert("path".to_owned(), Value::String(path));
    if event.get("httpMethod").and_then(Value::as_str).is_none_or(|m| m.parse::<Method>().is_err()) {
        event.insert("httpMethod".to_owned(), json!("GET"));
    }
    if event.get("isBase64Encoded") == Some(&Value::Bool(true))
        && event.get("body").and_then(Value::as_str).is_none_or(|body| BASE64.decode(body.as_bytes()).is_err())
    {
        event.insert("isBase64Encoded".to_owned(), Value::Bool(false));
        event.insert("body".to_owned(), Value::Null);
    }
    if event.get("body").is_some_and(|body| !body.is_string()) {
        event.insert("body".to_owned(), Value::Null);
    }
    // Only what routing needs; the rest is in [`Gateway`]. The path is without the stage on every address of the API, so
    // no stage is named: `lambda_http` would put it in front.
    event.insert("requestContext".to_owned(), json!({"httpMethod": "GET"}));
}

/// Headers that HTTP allows. A value outside visible ASCII is left out, as is a host that names no authority.
fn headers(given: &Map<String, Value>) -> Map<String, Value> {
    let allowed = |name: &HeaderName, value: &Value| {
        let Some(text) = value.as_str() else { return false };
        let visible = HeaderValue::from_str(text).is_ok_and(|v| v.to_str().is_ok());
        visible && (*name != http::header::HOST || text.parse::<Authority>().is_ok())
    };
    let mut kept = Map::new();
    for (name, value) in given {
        let Ok(parsed) = HeaderName::try_from(name) else { continue };
        let value = match value {
            Value::Array(values) => Value::Array(values.iter().filter(|v| allowed(&parsed, v)).cloned().collect()),
            Value::String(_) if allowed(&parsed, value) => value.clone(),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => continue,
        };
        if value.as_array().is_none_or(|values| !values.is_empty()) {
            kept.insert(name.clone(), value);
        }
    }
    kept
}

/// A path with all but RFC 3986's unreserved characters, slashes and earlier encodings percent-encoded.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use axum::response::IntoResponse;
    use axum::routing::get;
    use http::HeaderValue;
    use http::Request;
    use http::header::{CONTENT_TYPE, SET_COOKIE};
    use serde_json::json;

    async fn send(router: Router, event: Value) -> Value {
        answer(router, LambdaEvent::new(event, lambda_runtime::Context::default())).await
    }

    fn echo() -> Router {
        Router::new().fallback(|request: Request<Body>| async move {
            let gateway = request.extensions().get::<Gateway>().cloned().unwrap();
            let (parts, body) = request.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let text = |v: &HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
            let headers: Vec<_> = parts.headers.iter().map(|(n, v)| format!("{n}={}", text(v))).collect();
            axum::Json(json!({
                "method": parts.method.as_str(), "uri": parts.uri.to_string(), "headers": headers, "body": bytes.to_vec(),
                "ip": gateway.source_ip, "id": gateway.request_id, "claims": gateway.claims,
            }))
        })
    }

    #[tokio::test]
    async fn an_event_becomes_the_request_that_was_sent() {
        let event = json!({
            "version": "1.0", "resource": "/v1/cases/{case_id}", "path": "/v1/cases/cas 1", "httpMethod": "PUT",
            "headers": {"Cookie": "b=2", "X-Name": "홍길동", "X-Id": "7"},
            "multiValueHeaders": {"Cookie": ["a=1", "b=2"], "X-Name": ["홍길동"], "X-Id": ["7"], "bad name": ["x"]},
            "queryStringParameters": {"q": "y&z"}, "multiValueQueryStringParameters": {"q": ["x y", "y&z"]},
            "requestContext": {"stage": "local", "path": "/local/v1/cases/cas 1", "requestId": "r-1",
                "identity": {"sourceIp": "203.0.113.7"}, "authorizer": {"claims": {"sub": "s", "exp": 17}}},
            "body": BASE64.encode(b"\xff\x00"), "isBase64Encoded": true
        });
        let answer = send(echo(), event).await;
        let seen: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        let expected = json!({
            "method": "PUT", "uri": "/v1/cases/cas%201?q=x+y&q=y%26z",
            "headers": ["cookie=a=1", "cookie=b=2", "x-id=7"], "body": [255, 0],
            "ip": "203.0.113.7", "id": "r-1", "claims": {"sub": "s", "exp": "17"},
        });
        assert_eq!(seen, expected);
        let single = send(echo(), json!({"headers": {"Cookie": "b=2"}})).await;
        let seen: Value = serde_json::from_str(single["body"].as_str().unwrap()).unwrap();
        assert_eq!(seen["headers"], json!(["cookie=b=2"]));
    }

    #[tokio::test]
    async fn no_event_fails() {
        for event in [
            json!({}),
            json!({"headers": null, "multiValueHeaders": null, "requestContext": null, "body": null, "path": null}),
            json!({"path": "no slash", "httpMethod": "B A D", "body": "%%%", "isBase64Encoded": true}),
            json!({"path": format!("/{}", "x".repeat(70_000))}),
            json!({"path": "/%zz/%", "requestContext": {"authorizer": {"principalId": "p"}, "identity": {"sourceIp": "?"}}}),
        ] {
            assert_eq!(send(echo(), event).await["statusCode"], 200);
        }
    }

    #[tokio::test]
    async fn cookies_stay_apart_and_only_binary_bodies_are_encoded() {
        let router = Router::new()
            .route("/pdf", get(|| async { ([(CONTENT_TYPE, "application/pdf")], "%PDF-1.7").into_response() }))
            .route("/bundle", get(|| async { ([(CONTENT_TYPE, "application/fhir+json")], "{\"가\":1}") }))
            .route(
                "/cookies",
                get(|| async {
                    let mut response = ().into_response();
                    response.headers_mut().append(SET_COOKIE, HeaderValue::from_static("a=1"));
                    response.headers_mut().append(SET_COOKIE, HeaderValue::from_static("b=2"));
                    response
                }),
            );
        let pdf = send(router.clone(), json!({"path": "/pdf"})).await;
        assert_eq!((&pdf["isBase64Encoded"], &pdf["body"]), (&json!(true), &json!(BASE64.encode(b"%PDF-1.7"))));
        let bundle = send(router.clone(), json!({"path": "/bundle"})).await;
        assert_eq!((&bundle["isBase64Encoded"], &bundle["body"]), (&json!(false), &json!("{\"가\":1}")));
        let cookies = send(router.clone(), json!({"path": "/cookies"})).await;
        assert_eq!(cookies["multiValueHeaders"]["set-cookie"], json!(["a=1", "b=2"]));
        assert!(cookies["multiValueHeaders"].get("content-length").is_none());
        let head = send(router, json!({"path": "/pdf", "httpMethod": "HEAD"})).await;
        assert_eq!((&head["statusCode"], &head["body"]), (&json!(200), &json!("")));
    }
}
