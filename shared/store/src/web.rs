//! HTTPS to the service's own API, as a user reaches it: with the AWS clients' TLS and root certificates, and without their signatures.

use crate::aws::Aws;
use crate::error::StoreError;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::time::Duration;

/// How long one request may take: longer than the gateway's own 29 s.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client.
#[derive(Debug)]
pub struct Web(Connector);

/// An answer, read whole.
#[derive(Debug)]
pub struct WebAnswer {
    /// Its status.
    pub status: u16,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Aws {
    /// A client for the service's own API.
    ///
    /// # Errors
    /// [`StoreError::Configuration`] when the certificates cannot be used.
    pub fn web(&self) -> Result<Web, StoreError> {
        let settings = HttpConnectorSettings::builder().connect_timeout(PATIENCE).read_timeout(PATIENCE).build();
        let connector = Connector::builder()
            .connector_settings(settings)
            .sleep_impl(TokioSleep::new())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(self.tls()?);
        Ok(Web(connector.build()))
    }
}

impl Web {
    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// [`StoreError::Service`] when there is no answer; the error names neither address nor body.
    pub async fn send(
        &self,
        (method, url): (&'static str, &str),
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<WebAnswer, StoreError> {
        let failed = |code: &str| StoreError::Service { service: "API", operation: method, code: code.to_owned() };
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method(method).map_err(|_| failed("method"))?;
        request.set_uri(url.to_owned()).map_err(|_| failed("address"))?;
        for (name, value) in headers {
            request.headers_mut().try_insert(*name, (*value).to_owned()).map_err(|_| failed("header"))?;
        }
        let answer = self.0.call(request).await.map_err(|error| {
            failed(if error.is_timeout() {
                "timeout"
            } else if error.is_io() {
                "connection"
            } else {
                "failed"
            })
        })?;
        let (status, etag) = (answer.status().as_u16(), answer.headers().get("etag").map(ToOwned::to_owned));
        let body = ByteStream::new(answer.into_body()).collect().await.map_err(|_| failed("interrupted"))?;
        Ok(WebAnswer { status, etag, body: body.to_vec() })
    }
}
