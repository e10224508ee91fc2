//! Between Lambda and axum: the event of a REST API (payload 1.0) becomes a request, the response an answer.
//!
//! `lambda_http` does this too, but fails the whole invocation (502) when any header holds a character outside ASCII,
//! and names the header's value in its log. Here such a value stays the bytes that it is, and no event makes it fail. The event's
//! `path` is without the stage on every address of the API, a custom domain included, so nothing has to be cut off.

use axum::Router;
use axum::body::Body;
use data_encoding::BASE64;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use lambda_runtime::LambdaEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let router = router.clone();
        async move { Ok::<_, Infallible>(answer(router, event.payload).await) }
    }))
    .await
}

/// Answers one event.
async fn answer(router: Router, event: Event) -> Answer {
    let Ok(response) = router.oneshot(event.into_request()).await;
    Answer::from_response(response).await
}

/// The event, with the fields that are used. Every field may be missing or null, so that reading it cannot fail.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Event {
    http_method: Option<String>,
    path: Option<String>,
    headers: Option<BTreeMap<String, Option<String>>>,
    multi_value_headers: Option<BTreeMap<String, Option<Vec<String>>>>,
    multi_value_query_string_parameters: Option<BTreeMap<String, Option<Vec<String>>>>,
    request_context: Option<Context>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
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

impl Event {
    fn into_request(self) -> Request<Body> {
        let mut uri = encoded(self.path.as_deref().filter(|path| path.starts_with('/')).unwrap_or("/"), b"/%");
        let mut separator = '?';
        for (name, values) in self.multi_value_query_string_parameters.unwrap_or_default() {
            for value in values.unwrap_or_default() {
                // Writing to a String cannot fail.
                let _ = write!(uri, "{separator}{}={}", encoded(&name, b""), encoded(&value, b""));
                separator = '&';
            }
        }
        let body = self.body.unwrap_or_default();
        let bytes = if self.is_base64_encoded == Some(true) {
            BASE64.decode(body.as_bytes()).unwrap_or_default()
        } else {
            body.into_bytes()
        };
        let mut request = Request::new(Body::from(bytes));
        *request.method_mut() = self.http_method.and_then(|m| m.parse().ok()).unwrap_or(Method::GET);
        // Encoded above: only a path longer than a URI may be (64 KiB) is refused, and becomes the root's 404.
        *request.uri_mut() = uri.parse().unwrap_or_default();
        *request.headers_mut() = headers(self.headers, self.multi_value_headers);
        request.extensions_mut().insert(self.request_context.unwrap_or_default().into_gateway());
        request
    }
}

impl Context {
    fn into_gateway(self) -> Gateway {
        let claims = self.authorizer.and_then(|a| a.claims).unwrap_or_default();
        Gateway {
            request_id: self.request_id,
            source_ip: self.identity.and_then(|i| i.source_ip).and_then(|ip| ip.parse().ok()),
            claims: claims
                .into_iter()
                .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .collect(),
        }
    }
}

/// The list of all values where it is given, else the single ones. What HTTP does not allow is left out.
fn headers(
    single: Option<BTreeMap<String, Option<String>>>,
    multi: Option<BTreeMap<String, Option<Vec<String>>>>,
) -> HeaderMap {
    let lists = multi.unwrap_or_else(|| {
        let one = |(name, value): (String, Option<String>)| (name, value.map(|value| vec![value]));
        single.unwrap_or_default().into_iter().map(one).collect()
    });
    let mut map = HeaderMap::new();
    for (name, values) in lists {
        let Ok(name) = HeaderName::try_from(name) else { continue };
        for value in values.unwrap_or_default() {
            if let Ok(value) = HeaderValue::try_from(value) {
                map.append(&name, value);
            }
        }
    }
    map
}

/// Percent-encodes all but RFC 3986's unreserved characters and those kept.
fn encoded(text: &str, keep: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The answer to the gateway.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    multi_value_headers: BTreeMap<String, Vec<String>>,
    body: String,
    is_base64_encoded: bool,
}

impl Answer {
    async fn from_response(response: Response<Body>) -> Self {
        let (mut parts, body) = response.into_parts();
        // The gateway counts the bytes that it sends.
        parts.headers.remove(CONTENT_LENGTH);
        let text_type = parts.headers.get(CONTENT_TYPE).is_none_or(is_text);
        // Our bodies are whole in memory: collecting them cannot fail.
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let (body, is_base64_encoded) = match String::from_utf8(bytes.into()) {
            Ok(text) if text_type => (text, false),
            Ok(text) => (BASE64.encode(text.as_bytes()), !text.is_empty()),
            Err(binary) => (BASE64.encode(binary.as_bytes()), true),
        };
        let mut multi_value_headers = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in &parts.headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            multi_value_headers.entry(name.as_str().to_owned()).or_default().push(value);
        }
        Self { status_code: parts.status.as_u16(), multi_value_headers, body, is_base64_encoded }
    }
}

/// Whether a media type is text: it then travels as it is, and reads well in the console.
fn is_text(value: &HeaderValue) -> bool {
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.starts_with("text/")
        || ["application/json", "application/javascript", "image/svg+xml"].contains(&essence)
        || essence.ends_with("+json")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use axum::response::IntoResponse;
    use axum::routing::get;
    use http::header::SET_COOKIE;
    use serde_json::json;

    async fn send(router: Router, event: Value) -> Value {
        serde_json::to_value(answer(router, serde_json::from_value(event).unwrap()).await).unwrap()
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
            "headers": {"Cookie": "b=2", "X-Name": "홍길동"},
            "multiValueHeaders": {"Cookie": ["a=1", "b=2"], "X-Name": ["홍길동"], "bad name": ["x"]},
            "queryStringParameters": {"q": "y&z"}, "multiValueQueryStringParameters": {"q": ["x y", "y&z"]},
            "requestContext": {"stage": "local", "path": "/local/v1/cases/cas 1", "requestId": "r-1",
                "identity": {"sourceIp": "203.0.113.7"}, "authorizer": {"claims": {"sub": "s", "exp": 17}}},
            "body": BASE64.encode(b"\xff\x00"), "isBase64Encoded": true
        });
        let answer = send(echo(), event).await;
        let seen: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        let expected = json!({
            "method": "PUT", "uri": "/v1/cases/cas%201?q=x%20y&q=y%26z",
            "headers": ["cookie=a=1", "cookie=b=2", "x-name=홍길동"], "body": [255, 0],
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
        assert_eq!((&head["isBase64Encoded"], &head["body"]), (&json!(false), &json!("")));
    }
}
