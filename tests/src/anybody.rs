//! Somebody without a sign-in, from a network of their own: requests as the gateway hands them to a function. Over the gateway
//! all tests come from one network, and what is counted per network would be counted for all of them.

use crate::client::{Answer, fresh_key};
use crate::stack::Stack;
use anyhow::{Context, Result};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::net::Ipv6Addr;

/// An address in a network that nobody else has, of those that are for documents (RFC 3849).
pub fn network() -> Ipv6Addr {
    let drawn = fresh_key().bytes().take(8).fold(0_u32, |drawn, letter| (drawn << 4) | u32::from(letter - b'a'));
    Ipv6Addr::from((0x2001_0db8_u128 << 96) | (u128::from(drawn) << 64) | 1)
}

/// Somebody without a sign-in.
#[derive(Clone)]
pub struct Anybody {
    stack: Stack,
    function: &'static str,
    ip: String,
    ticket: Option<String>,
}

impl Anybody {
    /// From a network that nobody else has.
    pub fn new(stack: &Stack, function: &'static str) -> Self {
        Self { stack: stack.clone(), function, ip: network().to_string(), ticket: None }
    }

    /// The same, from another network.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        Self { ticket: self.ticket.clone(), ..Self::new(&self.stack, self.function) }
    }

    /// The same, with a ticket.
    #[must_use]
    pub fn with(&self, ticket: &str) -> Self {
        Self { ticket: Some(ticket.to_owned()), ..self.clone() }
    }

    /// A request with a key of its own.
    ///
    /// # Errors
    /// When the function does not answer.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        self.send_with(method, path, body, &fresh_key()).await
    }

    /// A request with a given key.
    ///
    /// # Errors
    /// When the function does not answer.
    pub async fn send_with(&self, method: Method, path: &str, body: Option<&Value>, key: &str) -> Result<Answer> {
        let mut headers = Map::new();
        headers.insert("idempotency-key".to_owned(), json!([key]));
        if body.is_some() {
            headers.insert("content-type".to_owned(), json!(["application/json"]));
        }
        if let Some(ticket) = &self.ticket {
            headers.insert("authorization".to_owned(), json!([format!("Bearer {ticket}")]));
        }
        let event = json!({
            "resource": path, "path": path, "httpMethod": method.as_str(), "headers": {}, "multiValueHeaders": headers,
            "queryStringParameters": null, "multiValueQueryStringParameters": null, "pathParameters": null,
            "stageVariables": null,
            "requestContext": {
                "accountId": "000000000000", "resourceId": "x", "apiId": "x", "stage": "local", "requestId": fresh_key(),
                "resourcePath": path, "httpMethod": method.as_str(), "path": path, "protocol": "HTTP/1.1",
                "identity": {"sourceIp": self.ip},
            },
            "body": body.map(ToString::to_string), "isBase64Encoded": false,
        });
        answer(&self.stack.invoke(self.function, None, &event).await?)
    }
}

/// The answer of a function, as the gateway passes it on.
fn answer(event: &Value) -> Result<Answer> {
    let status = event["statusCode"].as_u64().and_then(|s| u16::try_from(s).ok()).context("no status")?;
    let mut headers = HeaderMap::new();
    for (name, values) in event["multiValueHeaders"].as_object().into_iter().flatten() {
        for value in values.as_array().into_iter().flatten().filter_map(Value::as_str) {
            headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
    }
    let body = event["body"].as_str().unwrap_or_default();
    let body = if event["isBase64Encoded"] == true {
        data_encoding::BASE64.decode(body.as_bytes())?
    } else {
        body.as_bytes().to_vec()
    };
    Ok(Answer { status: StatusCode::from_u16(status)?, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What is counted per network must not be counted for two tests together: a network is the first 56 bits, 24 of them drawn.
    #[test]
    fn networks_are_apart() {
        let networks: BTreeSet<[u8; 7]> = (0..1000).filter_map(|_| network().octets().first_chunk().copied()).collect();
        assert!(networks.len() > 990, "{} of 1000", networks.len());
        assert!(fresh_key().len() == 32 && fresh_key().bytes().all(|letter| letter.is_ascii_lowercase()));
    }
}
