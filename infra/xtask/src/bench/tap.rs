//! A proxy between the functions and the local AWS that counts what passes: no function is asked how often it called.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::kernel::function_of_key;

/// A time without a call after which the functions are at rest: longer than the local AWS takes to see a stream's new records.
const QUIET: Duration = Duration::from_secs(2);
/// Times that it is waited for.
const MOST_WAITS: usize = 30;

/// One call that a function made.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Id of the access key that signed it.
    key: String,
    /// Service and operation, such as `kms Decrypt`.
    pub(super) operation: String,
    /// Bytes of its body, as its header says.
    pub(super) sent: u64,
    start: Instant,
    end: Instant,
}

impl Call {
    /// Name of the function that called; looked up after the counting, which it would slow down.
    pub(super) fn function(&self) -> Option<String> {
        function_of_key(&self.key)
    }

    #[cfg(test)]
    pub(super) fn of(operation: &str, sent: u64) -> Self {
        let now = Instant::now();
        Self { key: String::new(), operation: operation.to_owned(), sent, start: now, end: now }
    }
}

/// The proxy and what it saw.
#[derive(Clone)]
pub(super) struct Tap {
    upstream: String,
    client: Client<HttpConnector, Body>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Tap {
    /// Serves on `listener` until the process ends, and passes everything on to `upstream`.
    pub(super) fn serve(listener: TcpListener, upstream: &str) -> Result<Self> {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let tap = Self { upstream: upstream.to_owned(), client, calls: Arc::default() };
        let service = Router::new().fallback(pass).with_state(tap.clone());
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::spawn(async move {
            // Ends with the process; an accept error shows at the function.
            let _ = axum::serve(listener, service).await;
        });
        Ok(tap)
    }

    /// Waits until nobody calls any more: what a request has set going, a mail for example, goes on after its answer.
    pub(super) async fn quiet(&self) -> Result<()> {
        let seen = || Ok::<_, anyhow::Error>(self.calls.lock().ok().context("the counting stopped")?.len());
        for _ in 0..MOST_WAITS {
            let before = seen()?;
            tokio::time::sleep(QUIET).await;
            if seen()? == before {
                return Ok(());
            }
        }
        bail!("the functions do not come to rest")
    }

    /// The calls since it was asked last.
    pub(super) fn take(&self) -> Result<Vec<Call>> {
        let mut calls = self.calls.lock().ok().context("the counting stopped")?;
        Ok(std::mem::take(&mut *calls))
    }
}

async fn pass(State(tap): State<Tap>, mut request: Request) -> Response {
    let (key, operation) = read(request.method(), request.uri(), request.headers());
    let sent = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("{}{path}", tap.upstream).parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // The header `Host` stays: it is part of what was signed.
    *request.uri_mut() = uri;
    request.headers_mut().remove(header::CONNECTION);
    let start = Instant::now();
    let answer = tap.client.request(request).await;
    let call = Call { key, operation, sent: sent.unwrap_or(0), start, end: Instant::now() };
    if let Ok(mut calls) = tap.calls.lock() {
        calls.push(call);
    }
    answer.map_or_else(|_unreachable| StatusCode::BAD_GATEWAY.into_response(), |answer| answer.map(Body::new))
}

/// The id of the key that signed a request, and the request's service and operation.
fn read(method: &Method, uri: &Uri, headers: &HeaderMap) -> (String, String) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scope = text("authorization").split_once("Credential=").map_or("", |(_, rest)| rest);
    let mut parts = scope.split(['/', ',']);
    let key = parts.next().unwrap_or_default().to_owned();
    let service = parts.nth(2).unwrap_or("unsigned");
    let operation = match text("x-amz-target").rsplit_once('.') {
        Some((_, operation)) => operation,
        // S3 bills a list as it bills what is put.
        None if uri.query().is_some_and(|query| query.contains("list-type=")) => "LIST",
        None => method.as_str(),
    };
    (key, format!("{service} {operation}"))
}

/// Round trips: the longest row of calls of which each began after the one before had ended. What goes side by side costs the
/// time of one.
pub(super) fn round_trips(calls: &[Call]) -> usize {
    let mut by_end: Vec<&Call> = calls.iter().collect();
    by_end.sort_by_key(|call| call.end);
    let mut last: Option<Instant> = None;
    by_end
        .into_iter()
        .filter(|call| {
            let follows = last.is_none_or(|end| call.start >= end);
            if follows {
                last = Some(call.end);
            }
            follows
        })
        .count()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn call(start: u64, end: u64) -> Call {
        let origin = *ORIGIN;
        let at = |ms| origin + Duration::from_millis(ms);
        Call { start: at(start), end: at(end), ..Call::of("", 0) }
    }

    static ORIGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

    #[test]
    fn calls_side_by_side_are_one_round_trip() {
        assert_eq!(round_trips(&[]), 0);
        assert_eq!(round_trips(&[call(0, 5), call(1, 4), call(2, 9)]), 1);
        assert_eq!(round_trips(&[call(0, 5), call(5, 8), call(6, 9), call(9, 12)]), 3);
        // A long one beside two short ones in a row: the two are what takes the time of two.
        assert_eq!(round_trips(&[call(0, 20), call(1, 4), call(5, 9)]), 2);
    }

    #[test]
    fn a_request_names_its_key_service_and_operation() {
        let mut headers = HeaderMap::new();
        let signed = "AWS4-HMAC-SHA256 Credential=ASIA1/20261123/ap-northeast-2/kms/aws4_request, SignedHeaders=host";
        headers.insert("authorization", signed.parse().unwrap());
        let uri = Uri::from_static("/bucket/key");
        assert_eq!(read(&Method::PUT, &uri, &headers), ("ASIA1".to_owned(), "kms PUT".to_owned()));
        let list = Uri::from_static("/bucket?list-type=2&prefix=a");
        assert_eq!(read(&Method::GET, &list, &headers), ("ASIA1".to_owned(), "kms LIST".to_owned()));
        headers.insert("x-amz-target", "TrentService.Decrypt".parse().unwrap());
        assert_eq!(read(&Method::POST, &uri, &headers), ("ASIA1".to_owned(), "kms Decrypt".to_owned()));
        assert_eq!(read(&Method::GET, &uri, &HeaderMap::new()), (String::new(), "unsigned GET".to_owned()));
    }

    #[tokio::test]
    async fn what_passes_is_counted_and_comes_back_unchanged() {
        let listen = || {
            let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            listener.set_nonblocking(true).unwrap();
            listener
        };
        let aws = listen();
        let upstream = format!("http://{}", aws.local_addr().unwrap());
        let aws = tokio::net::TcpListener::from_std(aws).unwrap();
        let echo = Router::new().fallback(|request: Request| async move {
            let host = request.headers()["host"].to_str().unwrap().to_owned();
            format!("{host} {}", request.uri())
        });
        tokio::spawn(async move { axum::serve(aws, echo).await });
        let front = listen();
        let own = front.local_addr().unwrap();
        let tap = Tap::serve(front, &upstream).unwrap();

        let client = Client::builder(TokioExecutor::new()).build_http();
        let request = Request::get(format!("http://{own}/bucket/key?x=1")).header("host", "signed.example");
        let answer = client.request(request.body(Body::empty()).unwrap()).await.unwrap();
        let body = axum::body::to_bytes(Body::new(answer.into_body()), 1000).await.unwrap();
        assert_eq!(body, "signed.example /bucket/key?x=1");
        let seen: Vec<_> = tap.take().unwrap().into_iter().map(|call| (call.key, call.operation)).collect();
        assert_eq!(seen, [(String::new(), "unsigned GET".to_owned())]);
        assert!(tap.take().unwrap().is_empty());
    }
}
