//! A member of staff as an HTTP client: what the staff's screens send, and nothing more.

use crate::stack::{SignIn, Stack};
use crate::user::{Answer, fresh_key, read};
use anyhow::{Context, Result};
use medius_domain::id::Subject;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::Value;

/// Somebody of the staff, signed in.
#[derive(Clone)]
pub struct StaffApp {
    stack: Stack,
    token: String,
    /// The person's pseudonym, as assignments and the access log have it.
    pub subject: Subject,
}

impl StaffApp {
    /// Signs in the `nth` (from 0) demo member of a group such as `coordinator`.
    ///
    /// # Errors
    /// When the group has no such member, or Cognito refuses.
    pub async fn sign_in(stack: &Stack, group: &str, nth: usize) -> Result<Self> {
        let who = *stack.staff_in(group).get(nth).with_context(|| format!("run.json has no {group} number {nth}"))?;
        Self::of(stack, who).await
    }

    /// Signs in anybody of the staff pool, for example of [`Stack::new_member`].
    ///
    /// # Errors
    /// When Cognito refuses, or the token is none.
    pub async fn of(stack: &Stack, who: &SignIn) -> Result<Self> {
        let tokens = stack.sign_in(who).await?;
        Ok(Self { stack: stack.clone(), subject: subject_of(&tokens.access)?, token: tokens.access })
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
        let mut request = self.stack.http().request(method, self.stack.url(path)).bearer_auth(&self.token);
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

    /// PUT of a version.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn put(&self, path: &str, etag: &str, body: &Value) -> Result<Answer> {
        self.change(Method::PUT, path, etag, Some(body)).await
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

/// The pseudonym of an access token's `sub` claim. The signature is the gateway's business.
fn subject_of(token: &str) -> Result<Subject> {
    let claims = token.split('.').nth(1).context("the access token is no JWT")?;
    let claims: Value = serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes())?)?;
    Ok(Subject::of(claims["sub"].as_str().context("the access token has no subject")?))
}
