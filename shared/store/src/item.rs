//! A record as DynamoDB holds it: its key, the record itself under `body`, and beside it only what conditions, indexes and
//! the TTL need.

use crate::error::StoreError;
use crate::place::Place;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// An item of DynamoDB.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Text.
pub(crate) fn text(s: impl Into<String>) -> AttributeValue {
    AttributeValue::S(s.into())
}

/// A number.
pub(crate) fn number(n: impl ToString) -> AttributeValue {
    AttributeValue::N(n.to_string())
}

/// Bytes.
pub(crate) fn bytes(b: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(b))
}

/// The key of a place.
pub(crate) fn key(place: &Place) -> Item {
    HashMap::from([("pk".to_owned(), text(place.pk())), ("sk".to_owned(), text(place.sk()))])
}

/// An item with a body; `beside` holds the attributes that conditions and indexes look at.
pub(crate) fn encode<T: Serialize>(
    place: &Place,
    body: &T,
    expires_at: Option<DateTime<Utc>>,
    beside: impl IntoIterator<Item = (&'static str, AttributeValue)>,
) -> Result<Item, StoreError> {
    let corrupt = |_| StoreError::Corrupt { place: place.kind() };
    let mut item = key(place);
    item.insert("body".to_owned(), serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(body).map_err(corrupt)?);
    if let Some(at) = expires_at {
        item.insert("expires_at".to_owned(), number(at.timestamp()));
    }
    item.extend(beside.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(item)
}

/// The body of an item.
pub(crate) fn decode<T: DeserializeOwned>(kind: &'static str, item: &Item) -> Result<T, StoreError> {
    let body = item.get("body").cloned().ok_or(StoreError::Corrupt { place: kind })?;
    serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(body).map_err(|_| StoreError::Corrupt { place: kind })
}

/// Bytes beside the body.
pub(crate) fn blob(item: &Item, name: &str) -> Option<Vec<u8>> {
    item.get(name)?.as_b().ok().map(|b| b.as_ref().to_vec())
}

/// Whether an item is past its end: the TTL deletes only days later, so every read asks.
pub(crate) fn expired(item: &Item, now: DateTime<Utc>) -> bool {
    item.get("expires_at")
        .and_then(|v| v.as_n().ok())
        .and_then(|n| n.parse::<i64>().ok())
        .is_some_and(|at| at <= now.timestamp())
}

/// A moment as sortable text: RFC 3339, UTC, milliseconds.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
