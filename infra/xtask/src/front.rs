//! The small reverse proxy that stands for the custom domain: users, tests and the browser see paths without the gateway's
//! stage, as behind `https://r.medius.example`. Everything else passes through unchanged.

use std::net::{SocketAddr, TcpListener};

use anyhow::Result;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, Uri, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

#[derive(Clone)]
struct Front {
    /// `http://127.0.0.1:4566/_aws/execute-api/{api}/{stage}`
    upstream: String,
    client: Client<HttpConnector, Body>,
}

/// Serves on `listener` until the process ends.
pub(crate) fn serve(listener: TcpListener, upstream: &str) -> Result<tokio::task::JoinHandle<()>> {
    let front = Front { upstream: upstream.to_owned(), client: client() };
    let service = Router::new().fallback(forward).with_state(front).into_make_service_with_connect_info::<SocketAddr>();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    Ok(tokio::spawn(async move {
        // Ends with the process; an accept error is the local machine's and shows at the client.
        let _ = axum::serve(listener, service).await;
    }))
}

/// Status of a GET, or nothing when nobody answers.
pub(crate) async fn status_of(url: &str) -> Option<u16> {
    let response = client().get(url.parse().ok()?).await.ok()?;
    Some(response.status().as_u16())
}

fn client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

async fn forward(State(front): State<Front>, peer: ConnectInfo<SocketAddr>, mut request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("{}{path}", front.upstream).parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    // As the gateway does: the caller does not choose its own address.
    if let Ok(address) = HeaderValue::from_str(&peer.ip().to_string()) {
        headers.insert("x-forwarded-for", address);
    }
    // The local gateway decodes binary answers only for a request that says what it accepts; AWS does so always.
    headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    headers.remove(header::CONNECTION);
    match front.client.request(request).await {
        Ok(response) => response.map(Body::new),
        Err(_unreachable) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
