//! HTTP as a signed-in person's app sends it, whoever the person is.

use crate::stack::Stack;
use anyhow::{Result, bail};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// An answer, read whole.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The problem's code; empty when the answer is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The `ETag`.
    pub fn etag(&self) -> String {
        self.header("etag")
    }

    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// What it is known by, but for when it was and which request it answers: status, headers, body.
    pub fn known_by(&self) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let by_chance = [
            "date",
            "x-amz-request-id",
            "x-amzn-requestid",
            "x-amz-apigw-id",
            "x-amzn-trace-id",
            "x-request-id",
            "apigw-requestid",
        ];
        let told = self.headers.iter().filter(|(name, _)| !by_chance.contains(&name.as_str()));
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let mut headers: Vec<_> = told.map(|(name, value)| (name.to_string(), text(value))).collect();
        headers.sort();
        (self.status.as_u16(), headers, self.body.clone())
    }

    /// The file behind the address that was answered: what is too large for an answer.
    ///
    /// # Errors
    /// When there is no such address, or it does not give the file.
    pub async fn followed(&self) -> Result<Self> {
        let address = self.json()["url"].as_str().map_or_else(|| self.header("location"), ToOwned::to_owned);
        read(reqwest::Client::new().get(address).send().await?).await?.expect(200, "the address of a file")
    }

    /// The answer, if it has the expected status.
    ///
    /// # Errors
    /// With the status and, for problems of ours, the body: they never repeat what was sent.
    pub fn expect(self, status: u16, what: &str) -> Result<Self> {
        if self.status.as_u16() != status {
            bail!(
                "{what}: expected {status}, got {}: {}",
                self.status,
                self.text().chars().take(400).collect::<String>()
            );
        }
        Ok(self)
    }
}

/// Reads an answer whole.
///
/// # Errors
/// When the connection breaks.
pub async fn read(response: reqwest::Response) -> Result<Answer> {
    Ok(Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: response.bytes().await?.to_vec(),
    })
}

/// A key that no other request has; any twelve of its characters are as good as drawn. Letters alone, from `a` to `p`: digits in a
/// row are now and then the number of a card, which nothing takes.
pub fn fresh_key() -> String {
    let id = medius_domain::id::MailId::new().to_string();
    let hex = id.rsplit('_').next().unwrap_or(&id).chars();
    hex.filter_map(|digit| digit.to_digit(16)).filter_map(|n| char::from_u32(u32::from(b'a') + n)).collect()
}

/// Requests with one access token.
#[derive(Clone)]
pub struct Client {
    stack: Stack,
    http: reqwest::Client,
    token: String,
}

impl Client {
    /// With any token, also one that is to be refused.
    pub fn new(stack: &Stack, token: &str) -> Self {
        Self { stack: stack.clone(), http: stack.http().clone(), token: token.to_owned() }
    }

    /// The same person, who is told where to go and does not go there.
    #[must_use]
    pub fn without_redirects(&self) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap_or_default();
        Self { http, ..self.clone() }
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer> {
        let mut request = self.http.request(method, self.stack.url(path)).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, HeaderValue::from_str(value)?);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        read(request.send().await?).await
    }

    /// GET.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, &[], None).await
    }

    /// POST with a key of its own.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.post_with(path, body, &fresh_key()).await
    }

    /// POST with a given key.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn post_with(&self, path: &str, body: &Value, key: &str) -> Result<Answer> {
        self.send(Method::POST, path, &[("idempotency-key", key)], Some(serde_json::to_vec(body)?)).await
    }

    /// A change of a version.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn change(&self, method: Method, path: &str, etag: &str, body: Option<&Value>) -> Result<Answer> {
        let body = body.map(serde_json::to_vec).transpose()?;
        self.send(method, path, &[("if-match", etag)], body).await
    }
}
