//! Hash chains: each record carries the hash of the one before it, so that a changed, missing or reordered record shows.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::Serialize;

/// The hash that the first record of a chain follows.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 as lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

/// Hash of a record that follows `previous`: SHA-256 over the previous hash, a line feed and the record as JSON.
///
/// The record's type fixes the order of its fields, which makes the JSON canonical for that type.
///
/// # Errors
/// A record that JSON cannot carry (a map with other keys than text); none of ours is one.
pub fn link<T: Serialize>(previous: &str, record: &T) -> Result<String, serde_json::Error> {
    let mut bytes = previous.as_bytes().to_vec();
    bytes.push(b'\n');
    serde_json::to_writer(&mut bytes, record)?;
    Ok(sha256_hex(&bytes))
}

/// Where a chain stands: how many records it has and the last one's hash.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// Number of records.
    pub seq: u64,
    /// Hash of the last record.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: GENESIS.to_owned() }
    }
}
