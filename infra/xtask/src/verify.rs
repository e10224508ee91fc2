//! `cargo xtask verify-receipt`: whether a consent receipt is what its operator signed. Only the two files are read; no
//! network, no account, no stack.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use medius_domain::signed::{KeySet, Kind, Verified, verify};
use serde_json::Value;

use crate::say;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The receipt, as it was downloaded.
    file: PathBuf,
    /// The operator's public keys (a JWK Set), as its page `/.well-known/medius-signing-keys.json` gives them.
    #[arg(long)]
    keys: PathBuf,
}

/// Says what was verified, or fails with what is wrong.
pub(crate) fn receipt(options: &Options) -> Result<()> {
    let verified = file(Kind::ConsentReceipt, &options.file, &options.keys)?;
    say::line(&format!("verified: {}", in_words(&verified)));
    Ok(())
}

/// A signed file of any kind, checked against a file of keys.
pub(crate) fn file(kind: Kind, file: &Path, keys: &Path) -> Result<Verified> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let set: KeySet = serde_json::from_slice(&read(keys)?)
        .map_err(|error| anyhow!("{} holds no keys that can be used: {error}", keys.display()))?;
    verify(kind, &read(file)?, &set).map_err(|error| anyhow!("{} is not verified: {error}", file.display()))
}

/// What a receipt says, in one line.
fn in_words(verified: &Verified) -> String {
    let receipt = &verified.statement;
    let text = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_str);
    let state = match text("/events/1/event_state") {
        Some("given") => "agreed to",
        Some("refused") => "not agreed to",
        Some("withdrawn") => "withdrawn",
        Some("superseded") => "superseded by a newer text",
        Some("expired") => "ended by its term",
        _ => "recorded",
    };
    let notice = |field: &str| receipt.pointer(&format!("/pii_processing/privacy_notice/{field}"));
    let mut line = format!(
        "\"{}\" (item {}, version {}, {}) was {state} at {}",
        notice("title").and_then(Value::as_str).unwrap_or("?"),
        notice("item").and_then(Value::as_str).unwrap_or("?"),
        notice("version").unwrap_or(&Value::Null),
        text("/pii_processing/language").unwrap_or("?"),
        text("/events/1/event_time").unwrap_or("?"),
    );
    if let Some(validity) = text("/events/1/validity_duration") {
        line.push_str(&format!(", valid {validity}"));
    }
    if let Some(institution) = text("/party_identification/1/party_name") {
        line.push_str(&format!(", for {institution}"));
    }
    line.push_str(&format!(
        "; patient {}, record {}; signed by {} with the key {}; readable part and signature agree",
        text("/pii_principal_id").unwrap_or("?"),
        text("/record_id").unwrap_or("?"),
        text("/party_identification/0/party_name").unwrap_or("?"),
        verified.kid
    ));
    line
}
