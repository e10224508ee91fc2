//! Signed calls to AWS services that have no client in this workspace (Cognito, STS, CloudFormation, Logs): a client crate each
//! would cost minutes of building for a handful of requests.

use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use serde_json::Value;

/// One endpoint and the key that requests are signed with.
#[derive(Clone)]
pub struct Aws {
    endpoint: String,
    region: String,
    credentials: Credentials,
    http: reqwest::Client,
}

impl Aws {
    /// Signs for `endpoint` with `credentials`.
    pub fn new(endpoint: &str, region: &str, credentials: Credentials) -> Self {
        Self { endpoint: endpoint.to_owned(), region: region.to_owned(), credentials, http: reqwest::Client::new() }
    }

    /// The local AWS's own administrator: no function has these.
    pub fn local_operator() -> Credentials {
        Credentials::new("test", "test", None, None, "local operator")
    }

    /// A service of the JSON protocol. `target` is the value of `X-Amz-Target`.
    ///
    /// # Errors
    /// When the service cannot be reached or refuses; the message holds its error type and text.
    pub async fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let text = self.call(service, "POST", "/", &headers, &body.to_string()).await.context(target.to_owned())?;
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).context(target.to_owned()) }
    }

    /// A service of the query protocol; the answer is XML, see [`xml_text`].
    ///
    /// # Errors
    /// As [`Aws::json`].
    pub async fn query(&self, service: &str, form: &[(&str, &str)]) -> Result<String> {
        let body = form.iter().map(|(k, v)| format!("{k}={}", percent_encoded(v))).collect::<Vec<_>>().join("&");
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let action = form.first().map_or("query", |(_, action)| action);
        self.call(service, "POST", "/", &headers, &body).await.context(action.to_owned())
    }

    /// A service of the REST protocol.
    ///
    /// # Errors
    /// As [`Aws::json`].
    pub async fn rest(&self, service: &str, method: &str, path: &str, body: &Value) -> Result<String> {
        let headers = [("content-type", "application/json")];
        self.call(service, method, path, &headers, &body.to_string()).await.with_context(|| format!("{method} {path}"))
    }

    /// A service of the REST protocol that speaks XML (S3).
    ///
    /// # Errors
    /// As [`Aws::json`].
    pub async fn xml(&self, service: &str, method: &str, path: &str, body: &str) -> Result<String> {
        let headers = [("content-type", "application/xml")];
        self.call(service, method, path, &headers, body).await.with_context(|| format!("{method} {path}"))
    }

    async fn call(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<String> {
        let url = format!("{}{path}", self.endpoint);
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let request =
            SignableRequest::new(method, url.clone(), headers.iter().copied(), SignableBody::Bytes(body.as_bytes()))?;
        let (signature, _) = sign(request, &params)?.into_parts();
        let mut request = self.http.request(method.parse()?, url).body(body.to_owned());
        for (name, value) in headers.iter().copied().chain(signature.headers()) {
            request = request.header(name, value);
        }
        let response = request.send().await.context("the local AWS did not answer")?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{status}: {}", text.chars().take(400).collect::<String>());
        }
        Ok(text)
    }
}

/// The unescaped text of the first element `tag` in an XML answer.
pub fn xml_text(xml: &str, tag: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{tag}>"))?;
    let (inner, _) = rest.split_once(&format!("</{tag}>"))?;
    Some(unescaped(inner))
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').unwrap_or(("", part));
        let number = entity.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16));
        let number = number.or_else(|| entity.strip_prefix('#').map(str::parse)).and_then(Result::ok);
        match (entity, number.and_then(char::from_u32)) {
            (_, Some(character)) => out.push(character),
            ("lt", None) => out.push('<'),
            ("gt", None) => out.push('>'),
            ("quot", None) => out.push('"'),
            ("apos", None) => out.push('\''),
            (_, None) => out.push('&'),
        }
        out.push_str(rest);
    }
    out
}

fn percent_encoded(value: &str) -> String {
    value.bytes().fold(String::with_capacity(value.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_escape_in_an_answer_is_undone() {
        let xml = "<R><Body>{&quot;a&quot;:&#x27;b&apos;&#10;&lt;&amp;lt;&gt;}</Body></R>";
        assert_eq!(xml_text(xml, "Body").as_deref(), Some("{\"a\":'b'\n<&lt;>}"));
        assert_eq!(xml_text(xml, "Absent"), None);
    }

    #[test]
    fn form_values_keep_only_unreserved_characters() {
        assert_eq!(percent_encoded("arn:aws:iam::0:role/a b~é"), "arn%3Aaws%3Aiam%3A%3A0%3Arole%2Fa%20b~%C3%A9");
    }
}
