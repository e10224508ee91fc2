//! A wire with faults between a function and the local AWS: requests pass unless a rule says otherwise. A fault can strike
//! before the service acts, or after it acted, when only the answer is lost.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use std::sync::{Arc, Mutex};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The service is broken and did nothing.
    Broken,
    /// The service acted, and its answer was lost.
    AnswerLost,
    /// The service acted, and its answer comes too late.
    TooLate,
    /// The service wants to be called less often.
    Throttled,
    /// The service refuses for good, as KMS does with a disabled key.
    Refused,
}

/// Every operation of the tables.
pub(crate) const TABLES: &str = "DynamoDB";

/// Which calls fail, and how, until it is lifted.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// The operation as it is named on the wire, for example `TransactWriteItems`; for S3 `PUT` or `GET`; or [`TABLES`].
    pub(crate) operation: &'static str,
    /// How.
    pub(crate) kind: Kind,
}

#[derive(Clone)]
struct Wire {
    endpoint: String,
    client: reqwest::Client,
    fault: Arc<Mutex<Option<Fault>>>,
    struck: Arc<Mutex<u32>>,
    spared: Arc<Mutex<u32>>,
}

/// The wire.
pub(crate) struct Proxy {
    /// What functions take for AWS.
    pub(crate) endpoint: String,
    wire: Wire,
}

impl Proxy {
    /// A wire to an endpoint, on a port of its own.
    pub(crate) async fn start(endpoint: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (fault, struck, spared) = (Arc::default(), Arc::default(), Arc::default());
        let wire = Wire { endpoint: endpoint.to_owned(), client, fault, struck, spared };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(wire.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint: address, wire }
    }

    /// From now on calls fail.
    pub(crate) fn strike(&self, fault: Fault) {
        self.strike_after(0, fault);
    }

    /// So many of these calls pass, and from then on they fail.
    pub(crate) fn strike_after(&self, spared: u32, fault: Fault) {
        *self.wire.spared.lock().unwrap() = spared;
        *self.wire.struck.lock().unwrap() = 0;
        *self.wire.fault.lock().unwrap() = Some(fault);
    }

    /// From now on calls pass. Returns how many failed: a test of a fault that never struck proves nothing.
    pub(crate) fn lift(&self) -> u32 {
        *self.wire.fault.lock().unwrap() = None;
        *self.wire.struck.lock().unwrap()
    }
}

async fn pass(State(wire): State<Wire>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 16 << 20).await.unwrap();
    let target = parts.headers.get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().filter(|o| !o.is_empty()).unwrap_or(parts.method.as_str()).to_owned();
    let of_tables = target.starts_with(TABLES);
    let struck = |fault: &&Fault| fault.operation == operation || fault.operation == TABLES && of_tables;
    let mut kind = wire.fault.lock().unwrap().as_ref().filter(struck).map(|f| f.kind);
    if kind.is_some() {
        let mut spared = wire.spared.lock().unwrap();
        if *spared > 0 {
            (*spared, kind) = (*spared - 1, None);
        } else {
            *wire.struck.lock().unwrap() += 1;
        }
    }
    match kind {
        Some(Kind::Broken) => return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Some(Kind::Throttled) => return error(StatusCode::BAD_REQUEST, "ThrottlingException"),
        Some(Kind::Refused) => return error(StatusCode::BAD_REQUEST, "DisabledException"),
        Some(Kind::AnswerLost | Kind::TooLate) | None => {}
    }
    let answer = forward(&wire, parts, body).await;
    match kind {
        Some(Kind::AnswerLost) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Some(Kind::TooLate) => {
            tokio::time::sleep(std::time::Duration::from_millis(2300)).await;
            answer
        }
        Some(Kind::Broken | Kind::Throttled | Kind::Refused) | None => answer,
    }
}

async fn forward(wire: &Wire, parts: http::request::Parts, body: Bytes) -> Response {
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    // The signature covers the host that the function called, so that header goes on as it is.
    let request =
        wire.client.request(parts.method, format!("{}{path}", wire.endpoint)).headers(parts.headers).body(body);
    let answer = request.send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if !matches!(name.as_str(), "transfer-encoding" | "content-length" | "connection") {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

fn error(status: StatusCode, code: &str) -> Response {
    let body = format!(r#"{{"__type":"{code}","message":"injected"}}"#);
    let builder = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    builder.header("x-amzn-errortype", code).body(Body::from(body)).unwrap()
}
