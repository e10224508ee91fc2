//! The service's API as an app of a patient uses it.

use crate::Failure;
use medius_store::{Web, WebAnswer};
use serde_json::Value;

/// An API at its address, with or without a sign-in.
pub(crate) struct Api<'a> {
    pub(crate) web: &'a Web,
    pub(crate) base: &'a str,
    pub(crate) token: Option<String>,
}

/// An answer with the status that it should have.
pub(crate) struct Answer {
    step: &'static str,
    inner: WebAnswer,
}

impl Answer {
    /// The body.
    pub(crate) fn body(&self) -> &[u8] {
        &self.inner.body
    }

    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.inner.body).unwrap_or(Value::Null)
    }

    /// A text of the body.
    pub(crate) fn text(&self, name: &str) -> Result<String, Failure> {
        let found = self.json()[name].as_str().map(ToOwned::to_owned);
        found.ok_or(Failure::Content { step: self.step })
    }

    /// The `ETag`.
    pub(crate) fn etag(&self) -> Result<String, Failure> {
        self.inner.etag.clone().ok_or(Failure::Content { step: self.step })
    }

    /// That something about it holds.
    pub(crate) fn holds(&self, what: bool) -> Result<(), Failure> {
        if what { Ok(()) } else { Err(Failure::Content { step: self.step }) }
    }
}

impl Api<'_> {
    /// Sends a request; `status` is what the answer should have.
    pub(crate) async fn send(
        &self,
        (step, status): (&'static str, u16),
        (method, path): (&'static str, &str),
        headers: &[(&'static str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Failure> {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let body = body.map(Value::to_string);
        let mut all = vec![("accept", "*/*")];
        all.extend(bearer.as_deref().map(|token| ("authorization", token)));
        all.extend(body.as_ref().map(|_| ("content-type", "application/json")));
        all.extend(headers);
        let url = format!("{}{path}", self.base);
        let sent = self.web.send((method, &url), &all, body.unwrap_or_default().into_bytes()).await;
        let inner = sent.map_err(|error| Failure::Store { step, error })?;
        if inner.status == status {
            return Ok(Answer { step, inner });
        }
        let code = serde_json::from_slice::<Value>(&inner.body).unwrap_or(Value::Null);
        Err(Failure::Answer { step, status: inner.status, code: code["code"].as_str().unwrap_or_default().to_owned() })
    }

    /// GET.
    pub(crate) async fn get(&self, step: &'static str, path: &str) -> Result<Answer, Failure> {
        self.send((step, 200), ("GET", path), &[], None).await
    }

    /// POST with a key of its own.
    pub(crate) async fn post(
        &self,
        (step, status): (&'static str, u16),
        path: &str,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let key = uuid::Uuid::new_v4().simple().to_string();
        self.send((step, status), ("POST", path), &[("idempotency-key", &key)], Some(body)).await
    }

    /// A change of a version.
    pub(crate) async fn change(
        &self,
        step: &'static str,
        (method, path): (&'static str, &str),
        etag: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Failure> {
        self.send((step, 200), (method, path), &[("if-match", etag)], body).await
    }
}
